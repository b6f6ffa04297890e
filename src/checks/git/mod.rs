//! What git ignores, and what it tracks.

pub mod env_file_not_ignored;
pub mod keyless_not_ignored;
pub mod secret_tracked;
