//! The records of the instance's domain.

/// What the DNS says.
#[derive(Debug, Clone)]
pub struct Dns {
    /// The domain.
    pub domain: String,
}
