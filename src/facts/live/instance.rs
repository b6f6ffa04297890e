//! The instance, by the Backend API.

use crate::facts::api::ApiAnswer;

/// What the Backend API answers to a secret key.
#[derive(Debug, Clone)]
pub struct Instance {
    /// What became of the first question, whether the key is accepted and of which instance it is.
    pub answer: ApiAnswer,
    /// Milliseconds until then.
    pub took_ms: u64,
}
