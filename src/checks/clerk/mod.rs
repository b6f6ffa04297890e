//! Clerk itself, asked over the network.

pub mod backend_api_unreachable;
