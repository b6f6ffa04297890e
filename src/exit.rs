//! The exit codes; the only place with the numbers.

use crate::model::Decision;

/// How the program ends. The same for every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Ready: nothing at or above `--fail-on`, every selected check judged.
    Ready,
    /// Not ready: findings at or above `--fail-on`.
    NotReady,
    /// Wrong usage or an invalid config; clap's own code, shared on purpose.
    Usage,
    /// Incomplete: nothing to audit, or a selected check could not be judged.
    Incomplete,
}

impl Exit {
    /// The number. (130, interrupted, comes from the signal itself.)
    pub const fn code(self) -> u8 {
        match self {
            Exit::Ready => 0,
            Exit::NotReady => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
        }
    }
}

impl From<Decision> for Exit {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Ready => Exit::Ready,
            Decision::NotReady => Exit::NotReady,
            Decision::Incomplete => Exit::Incomplete,
        }
    }
}
