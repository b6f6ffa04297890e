//! How users sign in, as the instance is set up.

pub mod accounts_enumerable;
pub mod bots_let_in;
pub mod debug_mode;
pub mod identifiers_unverified;
pub mod lockout_off;
pub mod maintenance;
pub mod not_production;
pub mod passwords_weak;
pub mod provider_deprecated;
pub mod second_factor_missing;
mod settings;
pub mod stripe_test_mode;
pub mod test_mode;
pub mod urls_unsafe;
