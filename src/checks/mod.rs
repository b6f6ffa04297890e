//! The checks: the product. One folder per group, in it one file and one page per check.

pub mod app;
pub mod clerk;
pub mod data;
pub mod dependencies;
pub mod deploy;
pub mod engine;
pub mod env;
pub mod errors;
pub mod git;
pub mod middleware;
pub mod monitoring;
pub mod performance;
pub mod routes;
pub mod secrets;
pub mod security;
pub mod webhooks;

use engine::Check;

/// Every check, in table order.
pub const ALL: &[&Check] = &[
    &env::publishable_key_missing::CHECK,
    &env::publishable_key_placeholder::CHECK,
    &env::publishable_key_malformed::CHECK,
    &env::publishable_key_host_mismatch::CHECK,
    &env::publishable_key_development::CHECK,
    &env::secret_key_missing::CHECK,
    &env::secret_key_malformed::CHECK,
    &env::secret_key_wrong_kind::CHECK,
    &env::secret_key_development::CHECK,
    &env::key_modes_differ::CHECK,
    &env::wrong_variable_name::CHECK,
    &env::conflicting_values::CHECK,
    &env::secret_in_public_variable::CHECK,
    &env::sign_in_url_missing::CHECK,
    &env::redirect_url_unsafe::CHECK,
    &env::deprecated_variable::CHECK,
    &env::unread_variable::CHECK,
    &env::line_not_read::CHECK,
    &secrets::hard_coded::CHECK,
    &secrets::hard_coded_publishable_key::CHECK,
    &secrets::secret_in_client_code::CHECK,
    &secrets::exposed_by_config::CHECK,
    &secrets::secret_logged::CHECK,
    &secrets::secret_in_build::CHECK,
    &secrets::build_with_test_key::CHECK,
    &secrets::secret_in_history::CHECK,
    &secrets::session_state_committed::CHECK,
    &webhooks::signing_secret_missing::CHECK,
    &webhooks::signing_secret_misnamed::CHECK,
    &webhooks::signing_secret_malformed::CHECK,
    &webhooks::unverified_handler::CHECK,
    &webhooks::handler_behind_protection::CHECK,
    &webhooks::verification_bypassed::CHECK,
    &webhooks::secret_fallback::CHECK,
    &webhooks::parsed_body::CHECK,
    &webhooks::failure_answered_ok::CHECK,
    &git::env_file_not_ignored::CHECK,
    &git::keyless_not_ignored::CHECK,
    &git::secret_tracked::CHECK,
    &middleware::file_missing::CHECK,
    &middleware::file_misplaced::CHECK,
    &middleware::file_not_loaded::CHECK,
    &middleware::both_files::CHECK,
    &middleware::deprecated_name::CHECK,
    &middleware::wrong_export::CHECK,
    &middleware::without_clerk::CHECK,
    &routes::reached::CHECK,
    &routes::unawaited_auth::CHECK,
    &routes::bypass_switch::CHECK,
    &routes::vulnerable_call_shape::CHECK,
    &routes::unsafe_metadata::CHECK,
    &routes::unverified_token::CHECK,
    &routes::deprecated_matcher::CHECK,
    &routes::no_protection::CHECK,
    &routes::stopped_by_middleware_only::CHECK,
    &routes::layout_only::CHECK,
    &routes::auth_without_middleware::CHECK,
    &routes::sign_in_not_reachable::CHECK,
    &routes::pattern_misses::CHECK,
    &routes::matcher_invalid::CHECK,
    &routes::skippable_middleware::CHECK,
    &routes::extension_hole::CHECK,
    &routes::matcher_on_static_files::CHECK,
    &clerk::backend_api_unreachable::CHECK,
];
