//! The honesty type: a fact that is missing is never a pass.

use serde::Serialize;

/// A fact that had to be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Known<T> {
    /// Asked and answered.
    Yes(T),
    /// Not asked, and why (no key, `--offline`, …). The checks that need it are skipped.
    NotAsked(String),
    /// Asked, and no answer came. The checks that need it could not be judged.
    Failed(String),
}

impl<T> Known<T> {
    /// The fact, where it is known.
    pub fn as_ref(&self) -> Option<&T> {
        match self {
            Known::Yes(fact) => Some(fact),
            Known::NotAsked(_) | Known::Failed(_) => None,
        }
    }

    /// The same state of another fact.
    pub fn map<U>(self, view: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Known::Yes(fact) => Known::Yes(view(fact)),
            Known::NotAsked(why) => Known::NotAsked(why),
            Known::Failed(why) => Known::Failed(why),
        }
    }
}
