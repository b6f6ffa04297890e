//! Headers, scripts, files and origins.

use crate::model::Site;

/// Headers, scripts, files and origins.
#[derive(Debug, Clone)]
pub struct Surface {
    /// The site.
    pub site: Site,
}
