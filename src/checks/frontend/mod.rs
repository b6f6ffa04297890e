//! The Frontend API, through the customer's own domain.

pub mod account_portal_off;
pub mod jwks_wrong;
pub mod origin_refused;
pub mod proxy_broken;
pub mod script_missing;
pub mod subdomains_open;
pub mod unhealthy;
