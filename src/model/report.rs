//! The result of an audit: everything a format may see, already sorted.

use serde::{Deserialize, Serialize};

use super::attest::Attestation;
use super::routes::{RouteCounts, RouteMap};
use super::{Date, Finding, Group, Mark, Meta, Place, Severity};

/// How one check ended. There is one for every check, always: the table has no hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Judged, and nothing was found.
    Pass,
    /// Judged, and at least one finding is an error.
    Fail(Vec<Finding>),
    /// Judged, and all findings are warnings.
    Warn(Vec<Finding>),
    /// Judged, and everything that was found is acknowledged: see [`CheckResult::acknowledged`].
    Acknowledged,
    /// The check does not concern this app, and why.
    NotApplicable(String),
    /// What it needs was not asked for, and why.
    Skipped(String),
    /// It should have been judged and could not be: why, and the places that could not be followed.
    Broken {
        /// Why, in one sentence.
        why: String,
        /// What would make it judgeable; may be empty.
        hint: String,
        /// The places in question.
        marks: Vec<Mark>,
    },
}

impl Outcome {
    /// The outcome of a judged check.
    pub fn judged(mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| finding.severity);
        match findings.first().map(|finding| finding.severity) {
            None => Outcome::Pass,
            Some(Severity::Error) => Outcome::Fail(findings),
            Some(Severity::Warning) => Outcome::Warn(findings),
        }
    }

    /// The word for it in machine formats.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail(_) => "fail",
            Outcome::Warn(_) => "warn",
            Outcome::Acknowledged => "acknowledged",
            Outcome::NotApplicable(_) => "na",
            Outcome::Skipped(_) => "skip",
            Outcome::Broken { .. } => "error",
        }
    }

    /// Whether there is a verdict.
    pub const fn is_judged(&self) -> bool {
        matches!(
            self,
            Outcome::Pass | Outcome::Fail(_) | Outcome::Warn(_) | Outcome::Acknowledged
        )
    }

    /// What was found, and counts.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Outcome::Fail(findings) | Outcome::Warn(findings) => findings,
            _ => &[],
        }
    }

    /// Why it was not judged.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Outcome::NotApplicable(why) | Outcome::Skipped(why) | Outcome::Broken { why, .. } => {
                Some(why)
            }
            _ => None,
        }
    }
}

/// One check of one app.
#[derive(Debug, Clone)]
pub struct CheckResult {
    /// What the check says about itself.
    pub meta: Meta,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found and does not count, because somebody said so.
    pub acknowledged: Vec<Acknowledged>,
}

/// A finding that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// What was found.
    pub finding: Finding,
    /// Who said that it does not count.
    pub by: Acknowledgement,
}

/// Who said that a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acknowledgement {
    /// An ignore, in the code or in the config.
    Ignored {
        /// Why, in the words of whoever wrote it.
        reason: String,
        /// Where it is written.
        place: Place,
        /// The last day on which it counts.
        until: Option<Date>,
    },
    /// It was there already: it is in the baseline.
    Baseline,
}

impl Acknowledgement {
    /// The word for it in machine formats.
    pub const fn word(&self) -> &'static str {
        match self {
            Acknowledgement::Ignored { .. } => "ignored",
            Acknowledgement::Baseline => "baseline",
        }
    }

    /// The reason that was given, or where it comes from.
    pub fn reason(&self) -> &str {
        match self {
            Acknowledgement::Ignored { reason, .. } => reason,
            Acknowledgement::Baseline => "in the baseline",
        }
    }
}

impl CheckResult {
    /// The sentence of the table row: true whatever the outcome.
    pub fn title(&self) -> &'static str {
        match self.outcome {
            Outcome::Pass => self.meta.pass,
            Outcome::Fail(_) | Outcome::Warn(_) | Outcome::Acknowledged => self.meta.fail,
            Outcome::NotApplicable(_) => "Does not concern this app",
            Outcome::Skipped(_) => "Not asked",
            Outcome::Broken { .. } => "Could not be judged",
        }
    }

    /// Why a finding of this check matters.
    pub fn why<'a>(&self, finding: &'a Finding) -> &'a str {
        finding.why.as_deref().unwrap_or(self.meta.why)
    }
}

/// Whether an app is deployed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AppKind {
    /// Something that is deployed.
    App,
    /// A package that other apps import; keys and middleware belong to those.
    Library,
    /// It declares a Clerk package that no code imports.
    Unused,
}

/// One audited app.
#[derive(Debug, Clone)]
pub struct AppReport {
    /// Folder, relative to the audited directory; `.` is that directory itself.
    pub path: String,
    /// Name from its manifest.
    pub name: Option<String>,
    /// Its manifest, relative to the audited directory.
    pub manifest: String,
    /// Deployed by itself, or not.
    pub kind: AppKind,
    /// The framework's id, such as `next`.
    pub framework: &'static str,
    /// The framework's name, such as `Next.js`.
    pub framework_name: &'static str,
    /// Its version, resolved from the lock file, else the range of the manifest.
    pub framework_version: Option<String>,
    /// Clerk packages with their versions.
    pub clerk_packages: Vec<(String, Option<String>)>,
    /// Where the environment came from, in words.
    pub environment: String,
    /// The variables of Clerk that it would start with, by name.
    pub variables: Vec<VariableReport>,
    /// How its routes ended, where they were asked for.
    pub routes: Option<RouteCounts>,
    /// The routes themselves, for the formats that draw them.
    pub map: Option<RouteMap>,
    /// One per check, in table order.
    pub checks: Vec<CheckResult>,
}

/// A variable of an app's environment, with what may be shown of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableReport {
    /// Its name.
    pub name: String,
    /// Its value, redacted; empty where it is set to nothing.
    pub value: String,
    /// Where the value comes from, in words: `.env.production:3`.
    pub origin: String,
    /// Where values stand that it shadows, nearest first.
    pub shadowed: Vec<String>,
}

/// What an outcome was, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Checks that passed.
    pub pass: usize,
    /// Checks with at least one error.
    pub fail: usize,
    /// Checks with warnings only.
    pub warn: usize,
    /// Checks of which every finding is acknowledged.
    pub acknowledged: usize,
    /// Checks whose facts were not asked for.
    pub skip: usize,
    /// Checks that do not concern the app.
    pub na: usize,
    /// Checks that could not be judged.
    pub error: usize,
}

impl Tally {
    /// Counts one outcome.
    pub fn count(&mut self, outcome: &Outcome) {
        let field = match outcome {
            Outcome::Pass => &mut self.pass,
            Outcome::Fail(_) => &mut self.fail,
            Outcome::Warn(_) => &mut self.warn,
            Outcome::Acknowledged => &mut self.acknowledged,
            Outcome::Skipped(_) => &mut self.skip,
            Outcome::NotApplicable(_) => &mut self.na,
            Outcome::Broken { .. } => &mut self.error,
        };
        *field += 1;
    }

    /// All of them together.
    pub fn total(&self) -> usize {
        self.pass + self.fail + self.warn + self.acknowledged + self.skip + self.na + self.error
    }
}

/// The answer to "is it ready?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing at or above the threshold, and every selected check was judged.
    Ready,
    /// Findings at or above the threshold.
    NotReady,
    /// Nothing to audit, or a check could not be judged.
    Incomplete,
}

impl Decision {
    /// The word for it in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Decision::Ready => "ready",
            Decision::NotReady => "not-ready",
            Decision::Incomplete => "incomplete",
        }
    }
}

/// Everything a format may see.
#[derive(Debug, Clone)]
pub struct Report {
    /// The version of this program.
    pub version: &'static str,
    /// What the project is judged for: `production`, `preview` or `development`.
    pub target: &'static str,
    /// Whether the network may be used.
    pub online: bool,
    /// Why, in a few words for the heading; may be empty.
    pub online_why: String,
    /// The name of the audited directory, for the heading.
    pub directory: String,
    /// Where that directory lies in its git work tree; `""` where it is the root, or there is none. Code
    /// hosts know files by their path in the repository, people by the one below where they are.
    pub prefix: String,
    /// The audited apps, sorted by path.
    pub apps: Vec<AppReport>,
    /// What people attest; empty where it was not asked for.
    pub attestations: Vec<Attestation>,
    /// What could not be read or is worth knowing, in words: never silently a half answer.
    pub notes: Vec<String>,
    /// Findings of this severity or a worse one make it not ready; none do where there is none.
    pub gate: Option<Severity>,
    /// Whether statements that nobody attests and checks that lack a fact count too.
    pub strict: bool,
    /// The answer.
    pub decision: Decision,
    /// The exit code that goes with it.
    pub exit_code: u8,
}

impl Report {
    /// The outcomes of all apps, counted.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for check in self.apps.iter().flat_map(|app| &app.checks) {
            tally.count(&check.outcome);
        }
        tally
    }

    /// The groups that have a check, in table order.
    pub fn groups(app: &AppReport) -> impl Iterator<Item = (Group, Vec<&CheckResult>)> {
        Group::ALL.iter().filter_map(|group| {
            let of_group: Vec<_> = app
                .checks
                .iter()
                .filter(|c| c.meta.group == *group)
                .collect();
            (!of_group.is_empty()).then_some((*group, of_group))
        })
    }
}
