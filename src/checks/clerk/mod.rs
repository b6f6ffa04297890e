//! Clerk itself, asked over the network.

mod address;
pub mod allowed_origin_unsafe;
pub mod allowlist_empty;
pub mod app_host_unknown;
pub mod backend_api_unreachable;
pub mod frontend_host_unknown;
pub mod incident_open;
mod instance;
pub mod jwt_template_loose;
pub mod jwt_template_missing;
pub mod keys_of_two_instances;
pub mod oauth_server_open;
pub mod organization_enrolment_loose;
pub mod organizations_off;
pub mod protect_bypassed;
pub mod redirect_url_unsafe;
pub mod role_missing;
pub mod satellite_differs;
pub mod sms_unrestricted;
pub mod sso_connection_loose;
