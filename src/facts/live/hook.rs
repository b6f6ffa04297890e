//! The webhook endpoint, asked with events that nobody sent.

/// How the endpoint answers.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its address.
    pub url: String,
}
