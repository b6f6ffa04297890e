//! What an app does against forgery, scripts and strangers beside its gate.

pub mod clerk_js_pinned;
pub mod csp_blocks_clerk;
pub mod csp_development_host;
pub mod csp_loose;
pub mod csp_option;
pub mod headers_missing;
mod policies;
