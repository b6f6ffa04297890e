//! The front page, the keys behind it, its health.

use crate::model::Site;

/// The front page, the keys behind it, its health.
#[derive(Debug, Clone)]
pub struct Front {
    /// The site.
    pub site: Site,
}
