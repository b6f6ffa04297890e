//! The certificates of the Frontend API, the Account Portal and the app.

/// What the hosts show.
#[derive(Debug, Clone)]
pub struct Certificates {
    /// The domain.
    pub domain: String,
}
