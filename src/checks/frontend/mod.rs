//! The Frontend API, through the customer's own domain.

pub mod account_portal_off;
pub mod jwks_wrong;
pub mod origin_refused;
pub mod proxy_broken;
pub mod script_missing;
pub mod subdomains_open;
pub mod unhealthy;

use crate::facts::Facts;
use crate::facts::code::shapes::guard::Guard;
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::code::shapes::{Shapes, What};

/// Whether the code sends browsers through a proxy: the host of the key then needs no name.
fn is_proxied_in_code(facts: &Facts) -> bool {
    let mut shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    shapes.any(|(_, shape)| match &shape.what {
        What::Guard(Guard::Settings(settings)) => settings.proxy_url.is_given(),
        What::Symbol(symbol) => *symbol == Symbol::FrontendApiProxy,
        _ => false,
    })
}
