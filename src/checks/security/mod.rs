//! What an app does against forgery, scripts and strangers beside its gate.

pub mod admin_without_role;
pub mod authorized_parties_malformed;
pub mod authorized_parties_missing;
pub mod clerk_js_pinned;
pub mod cors_with_credentials;
pub mod csp_blocks_clerk;
pub mod csp_development_host;
pub mod csp_loose;
pub mod csp_option;
mod guards;
pub mod headers_missing;
pub mod incomplete_token_verification;
pub mod open_redirect;
pub(super) mod policies;
pub mod proxy_misconfigured;
pub mod rate_limit_missing;
pub mod redirect_url_unsafe;
pub mod satellite_misconfigured;
pub mod test_backdoor;
pub mod user_id_in_header;
