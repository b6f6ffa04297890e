//! The deployed site, asked as a signed-out visitor.

pub mod cors_reflects_origin;
pub mod path_variant_reached;
pub mod private_page_cached;
pub mod route_differs_from_code;
pub mod route_reached;
mod visits;
