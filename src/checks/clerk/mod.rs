//! Clerk itself, asked over the network.

pub mod backend_api_unreachable;
pub mod frontend_host_unknown;
pub mod incident_open;
pub mod keys_of_two_instances;
