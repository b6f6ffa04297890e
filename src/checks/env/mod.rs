//! Keys and environment variables.

pub mod conflicting_values;
pub mod deprecated_variable;
pub mod key_modes_differ;
mod keys;
pub mod line_not_read;
pub mod publishable_key_development;
pub mod publishable_key_host_mismatch;
pub mod publishable_key_malformed;
pub mod publishable_key_missing;
pub mod publishable_key_placeholder;
pub mod redirect_url_unsafe;
pub mod secret_in_public_variable;
pub mod secret_key_development;
pub mod secret_key_malformed;
pub mod secret_key_missing;
pub mod secret_key_wrong_kind;
pub mod sign_in_url_missing;
pub mod unread_variable;
pub mod wrong_variable_name;
