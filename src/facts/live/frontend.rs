//! The instance, by its Frontend API.

/// What the Frontend API of a publishable key answers.
#[derive(Debug, Clone)]
pub struct Frontend {
    /// Its host.
    pub host: String,
}
