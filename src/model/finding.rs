//! What a check found, and where.

use serde::{Deserialize, Serialize};

use super::{Fix, Place, Severity};

/// Whether a place is the fault or helps to understand it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Role {
    /// The fault itself.
    Primary,
    /// Something that explains it: the line that is shadowed, the other key of a pair.
    Related,
}

/// A place with what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Where.
    pub place: Place,
    /// A few words shown at the place; may be empty.
    pub label: String,
    /// The fault itself, or an aid.
    pub role: Role,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// One true sentence about this project.
    pub message: String,
    /// Where; the first primary mark is the place that formats with one place show.
    pub marks: Vec<Mark>,
    /// What to do about it.
    pub hint: String,
    /// A command with which a doubter can see it, without a secret in it.
    pub verify: Option<String>,
    /// What stays the same when lines move: the engine derives it from the check, the app, the file and
    /// what is found there. Empty before that.
    pub fingerprint: String,
    /// What a program can do about it, where it can.
    #[serde(skip)]
    pub mend: Option<Fix>,
    /// Why it cannot, where it can for others of the check.
    #[serde(skip)]
    pub unmended: Option<&'static str>,
}

impl Finding {
    /// A fault that breaks the deploy or makes it unsafe.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// A likely mistake.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    /// A fault of the given severity.
    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            severity,
            message: message.into(),
            marks: Vec::new(),
            hint: String::new(),
            verify: None,
            fingerprint: String::new(),
            mend: None,
            unmended: None,
        }
    }

    /// Points at the fault.
    #[must_use]
    pub fn at(mut self, place: Place, label: impl Into<String>) -> Self {
        self.marks.push(Mark {
            place,
            label: label.into(),
            role: Role::Primary,
        });
        self
    }

    /// Points at something that explains the fault.
    #[must_use]
    pub fn see(mut self, place: Place, label: impl Into<String>) -> Self {
        self.marks.push(Mark {
            place,
            label: label.into(),
            role: Role::Related,
        });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn fix(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Says what a program can do.
    #[must_use]
    pub fn mended_by(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.mend = fix.into();
        self
    }

    /// Says what a program can do, or why it cannot do here what it can for others.
    #[must_use]
    pub fn mended_or_not(mut self, fix: Result<Fix, &'static str>) -> Self {
        match fix {
            Ok(fix) => self.mend = Some(fix),
            Err(why) => self.unmended = Some(why),
        }
        self
    }

    /// Gives a command that shows the fault.
    #[must_use]
    pub fn verify(mut self, command: impl Into<String>) -> Self {
        self.verify = Some(command.into());
        self
    }

    /// The place to show where only one fits.
    pub fn place(&self) -> Option<&Place> {
        let primary = self.marks.iter().find(|mark| mark.role == Role::Primary);
        primary.or(self.marks.first()).map(|mark| &mark.place)
    }
}
