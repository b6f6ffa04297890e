//! The deployed site, asked as a signed-out visitor.

pub mod authorized_parties_missing;
pub mod bypass_active;
pub mod clock_skewed;
pub mod cors_reflects_origin;
pub mod csp_blocks_clerk;
pub mod development_keys;
pub mod file_exposed;
pub mod forwarded_wrong;
pub mod headers_missing;
pub mod health_behind_auth;
pub mod keys_differ;
pub mod keys_of_two_instances;
pub mod middleware_broken;
pub mod not_https;
pub mod path_variant_reached;
pub mod private_page_cached;
pub mod redirect_loop;
pub mod route_differs_from_code;
pub mod route_reached;
pub mod sdk_outdated;
pub mod secret_in_page;
pub mod secret_key_refused;
pub mod secret_key_untested;
pub mod source_map_public;
mod visits;

use crate::checks::engine::Verdict;
use crate::facts::Facts;
use crate::facts::live::site::surface::Shown;

/// What the pages of the site show.
///
/// # Errors
/// What a check says where no page could be looked at.
fn shown(facts: &Facts) -> Result<&Shown, Verdict> {
    Verdict::told(&Verdict::told(&facts.live.surface)?.shown)
}
