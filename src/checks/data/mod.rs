//! Roles, permissions and the user's data.

pub mod events_not_handled;
mod kept;
pub mod permission_form;
pub mod query_not_scoped;
pub mod role_without_prefix;
pub mod user_deletion_ignored;
