//! What `rotate-check` says: how each step of a key rotation stands.

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Done.
    Pass,
    /// Not done, or wrong.
    Fail,
    /// Not asked.
    Skip,
    /// Asked, and not answered.
    Error,
}

impl StepState {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            StepState::Pass => "PASS",
            StepState::Fail => "FAIL",
            StepState::Skip => "SKIP",
            StepState::Error => "ERROR",
        }
    }
}

/// A step. Every text in it is fit to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its stable name.
    pub id: &'static str,
    /// How it stands.
    pub state: StepState,
    /// What was seen.
    pub says: String,
    /// What to do, where something is to be done.
    pub fix: String,
    /// What of it was not asked, where only a part was.
    pub beside: Option<&'static str>,
}

/// All steps, in the order of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Of the program.
    pub version: &'static str,
    /// The old key, redacted.
    pub old: String,
    /// The new key, redacted.
    pub new: String,
    /// The steps.
    pub steps: Vec<Step>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

impl Rotation {
    /// The state of the whole: a failed step outranks one that was not answered; what was skipped does
    /// not count.
    pub fn state(&self) -> StepState {
        let has = |state| self.steps.iter().any(|step| step.state == state);
        if has(StepState::Fail) {
            StepState::Fail
        } else if has(StepState::Error) {
            StepState::Error
        } else {
            StepState::Pass
        }
    }

    /// What was not asked: the steps that were skipped, and parts of others.
    pub fn unasked(&self) -> Vec<&'static str> {
        let skipped = |step: &Step| (step.state == StepState::Skip).then_some(step.id);
        let all = self.steps.iter();
        all.filter_map(|step| skipped(step).or(step.beside))
            .collect()
    }
}
