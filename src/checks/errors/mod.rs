//! What a user meets when something goes wrong.

pub mod env_schema_without_clerk;
pub mod error_page_missing;
pub mod error_shown_to_user;
pub mod sign_in_not_activated;
pub mod webhook_not_idempotent;
