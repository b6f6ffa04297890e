//! The deployed site, asked as a signed-out visitor.

pub mod csp_blocks_clerk;
pub mod file_exposed;
pub mod headers_missing;
pub mod secret_in_page;
pub mod source_map_public;
