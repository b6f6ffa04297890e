//! What a check found, and where.

use std::borrow::Cow;

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

/// One fault: what can be ignored, known from before and mended alone is a finding of its own.
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
    /// Why this one matters, where that is not why others of its check do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Cow<'static, str>>,
    /// A command with which a doubter can see it, without a secret in it.
    pub verify: Option<String>,
    /// What stays the same when lines move: the engine derives it from the check, the app, the file and
    /// what is found there. Empty before that.
    pub fingerprint: String,
    /// How it is told with others of its kind, where there may be many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Box<Together>>,
    /// What it is known by, where its words and its first place are those of one example of several.
    #[serde(skip)]
    pub known_by: Option<String>,
    /// What a program can do about it, where it can.
    #[serde(skip)]
    pub mend: Option<Fix>,
    /// Why it cannot, where it can for others of the check.
    #[serde(skip)]
    pub unmended: Option<&'static str>,
}

/// The sentence that people read in place of many findings, with their number between its parts. Each of
/// them stays a finding of its own: known, ignored and mended alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// What stands before the number; may be empty.
    pub before: String,
    /// What stands after it.
    pub after: String,
}

impl Together {
    /// `{before} 3 {after}`
    pub fn new(before: impl Into<String>, after: impl Into<String>) -> Self {
        Self {
            before: before.into(),
            after: after.into(),
        }
    }

    /// The sentence about so many.
    pub fn sentence(&self, number: usize) -> String {
        let gap = if self.before.is_empty() { "" } else { " " };
        format!("{}{gap}{number} {}", self.before, self.after)
    }
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
            why: None,
            verify: None,
            fingerprint: String::new(),
            together: None,
            known_by: None,
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

    /// Says why it matters, where the check's own reason is not that of this finding.
    #[must_use]
    pub fn because(mut self, why: impl Into<Option<&'static str>>) -> Self {
        self.why = why.into().map(Cow::Borrowed);
        self
    }

    /// Says what a program can do.
    #[must_use]
    pub fn mended_by(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.mend = fix.into();
        self
    }

    /// Says how it is told with others of its kind.
    #[must_use]
    pub fn together(mut self, sentence: &Together) -> Self {
        self.together = Some(Box::new(sentence.clone()));
        self
    }

    /// Says what stays the same when another of its places is the first one, or its words list others.
    #[must_use]
    pub fn known_by(mut self, what: impl Into<String>) -> Self {
        self.known_by = Some(what.into());
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
