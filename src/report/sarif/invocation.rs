//! What was not judged, and why. A check that could not be judged is an error of the analysis, one that
//! was not asked for a note about its configuration; the notes of the report are warnings.

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::Text;
use super::results::{Location, text};
use super::rules::Rules;
use crate::model::{AppReport, CheckResult, Decision, Mark, Outcome, Report};
use crate::report::places::Spots;
use crate::report::sanitize;

/// A kind of notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kind {
    id: &'static str,
    short_description: Said,
}

#[derive(Serialize)]
struct Said {
    text: &'static str,
}

const fn kind(id: &'static str, text: &'static str) -> Kind {
    let short_description = Said { text };
    Kind {
        id,
        short_description,
    }
}

/// Every kind; the constants below are their numbers.
pub(super) const KINDS: [Kind; 3] = [
    kind("not-judged", "A check could not be judged"),
    kind("not-asked", "What a check needs was not asked for"),
    kind("note", "Something about the audit is worth knowing"),
];

const NOT_JUDGED: Reference = Reference {
    id: "not-judged",
    index: 0,
};
const NOT_ASKED: Reference = Reference {
    id: "not-asked",
    index: 1,
};
const NOTE: Reference = Reference {
    id: "note",
    index: 2,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    execution_successful: bool,
    exit_code: u8,
    exit_code_description: &'static str,
    tool_execution_notifications: Execution<'a>,
    tool_configuration_notifications: Configuration<'a>,
}

impl<'a> Invocation<'a> {
    pub(super) fn new(report: &'a Report, rules: &'a Rules<'a>) -> Self {
        Self {
            // Findings are a success of the analysis; what could not be judged is not.
            execution_successful: report.decision != Decision::Incomplete
                && report.tally().error == 0,
            exit_code: report.exit_code,
            exit_code_description: report.decision.word(),
            tool_execution_notifications: Execution { report, rules },
            tool_configuration_notifications: Configuration { report, rules },
        }
    }
}

struct Execution<'a> {
    report: &'a Report,
    rules: &'a Rules<'a>,
}

struct Configuration<'a> {
    report: &'a Report,
    rules: &'a Rules<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    descriptor: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<Reference>,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Reference {
    id: &'static str,
    index: usize,
}

impl Serialize for Execution<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(None)?;
        for (app, check) in checks(self.report) {
            if let Outcome::Broken { why, hint, marks } = &check.outcome {
                let place = Spots::of(self.report, app, marks);
                let told = format!("{}: {}", title(app, check), text(why, hint, &place));
                let level = "error";
                let found = locations(self.report, app, marks);
                let one = about(NOT_JUDGED, level, rule(check, self.rules), told, found);
                seq.serialize_element(&one)?;
            }
        }
        for note in &self.report.notes {
            let told = sanitize::line(note).into_owned();
            seq.serialize_element(&about(NOTE, "warning", None, told, Vec::new()))?;
        }
        seq.end()
    }
}

impl Serialize for Configuration<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(None)?;
        for (app, check) in checks(self.report) {
            if let Outcome::Skipped(why) = &check.outcome {
                let told = format!("{}: {}", title(app, check), sanitize::line(why));
                let rule = rule(check, self.rules);
                seq.serialize_element(&about(NOT_ASKED, "note", rule, told, Vec::new()))?;
            }
        }
        seq.end()
    }
}

fn about(
    descriptor: Reference,
    level: &'static str,
    associated_rule: Option<Reference>,
    text: String,
    locations: Vec<Location>,
) -> Notification {
    Notification {
        descriptor,
        associated_rule,
        level,
        message: Text { text },
        locations,
    }
}

fn checks(report: &Report) -> impl Iterator<Item = (&AppReport, &CheckResult)> {
    let of_app = |app| move |check| (app, check);
    let apps = report.apps.iter();
    apps.flat_map(move |app| app.checks.iter().map(of_app(app)))
}

fn rule(check: &CheckResult, rules: &Rules<'_>) -> Option<Reference> {
    let id = check.meta.id;
    Some(Reference {
        id,
        index: rules.index(id),
    })
}

fn title(app: &AppReport, check: &CheckResult) -> String {
    format!("{} in {}", check.meta.id, sanitize::line(&app.path))
}

/// The places, of those that are in a file.
fn locations(report: &Report, app: &AppReport, marks: &[Mark]) -> Vec<Location> {
    let spots = Spots::of(report, app, marks);
    if spots.asides.len() == marks.len() {
        return Vec::new();
    }
    let mut locations = Vec::new();
    for (spot, label) in std::iter::once(&spots.main).chain(&spots.related) {
        let location = Location::new(None, spot, label);
        // The schema wants each of them once.
        if !locations.contains(&location) {
            locations.push(location);
        }
    }
    locations
}
