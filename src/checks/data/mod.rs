//! Roles, permissions and the user's data.
