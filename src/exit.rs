//! The exit codes; the only place with the numbers.

use crate::model::Decision;
use crate::model::rotation::StepState;
use crate::model::triage::Standing;

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
    /// Interrupted while it watched. (Elsewhere 130 comes from the signal itself.)
    Interrupted,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Ready => 0,
            Exit::NotReady => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
            Exit::Interrupted => 130,
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

impl From<Standing> for Exit {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Healthy => Exit::Ready,
            Standing::Incident => Exit::NotReady,
            Standing::CannotTell => Exit::Incomplete,
        }
    }
}

impl From<StepState> for Exit {
    fn from(state: StepState) -> Self {
        match state {
            StepState::Pass | StepState::Skip => Exit::Ready,
            StepState::Fail => Exit::NotReady,
            StepState::Error => Exit::Incomplete,
        }
    }
}
