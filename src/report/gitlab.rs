//! For merge requests on GitLab: a code quality report
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).
//!
//! Every finding that counts is an issue, and so is a check that could not be judged: the format has no
//! other word for "nobody knows". Acknowledged findings are left out. GitLab shows one place, a file and
//! a line: what is in no file stands at the manifest of its app, and the description names the real place.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::places::Spots;
use super::{Options, Style, json, sanitize};
use crate::model::{AppReport, CheckResult, Group, Mark, Meta, Outcome, Report, Severity};

/// Writes the report as a list of issues.
pub fn render(
    report: &Report,
    _style: &Style,
    _options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    json::write(&Issues(report), out)
}

struct Issues<'a>(&'a Report);

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: Cow<'a, str>,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

impl Serialize for Issues<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(None)?;
        let mut seen = BTreeMap::new();
        for app in &self.0.apps {
            for check in &app.checks {
                let meta = &check.meta;
                for finding in check.outcome.findings() {
                    seq.serialize_element(&Issue {
                        fingerprint: unique(&mut seen, &finding.fingerprint),
                        severity: severity(meta, finding.severity),
                        ..self.issue(app, meta, &finding.message, &finding.hint, &finding.marks)
                    })?;
                }
                if let Some(issue) = self.not_judged(app, check) {
                    seq.serialize_element(&issue)?;
                }
            }
        }
        seq.end()
    }
}

impl<'a> Issues<'a> {
    fn issue(
        &self,
        app: &AppReport,
        meta: &Meta,
        message: &str,
        hint: &str,
        marks: &[Mark],
    ) -> Issue<'a> {
        let spots = Spots::of(self.0, app, marks);
        let mut description = format!("{message}.{}", spots.asides());
        if !hint.is_empty() {
            description.push_str(" Fix: ");
            description.push_str(hint);
            description.push('.');
        }
        let (spot, _) = spots.main;
        Issue {
            description: sanitize::line(&description).into_owned(),
            check_name: meta.id,
            fingerprint: Cow::Borrowed(""),
            severity: "info",
            location: Location {
                path: spot.path,
                lines: Lines { begin: spot.line },
            },
        }
    }

    fn not_judged(&self, app: &AppReport, check: &CheckResult) -> Option<Issue<'a>> {
        let Outcome::Broken { why, hint, marks } = &check.outcome else {
            return None;
        };
        let message = format!("Could not be judged: {why}");
        Some(Issue {
            fingerprint: format!("not-judged/{}/{}", check.meta.id, app.path).into(),
            ..self.issue(app, &check.meta, &message, hint, marks)
        })
    }
}

/// The fingerprint, with a number where there was one like it: GitLab shows one issue of each.
fn unique<'a>(seen: &mut BTreeMap<&'a str, usize>, fingerprint: &'a str) -> Cow<'a, str> {
    let nth = seen.entry(fingerprint).or_default();
    *nth += 1;
    if *nth == 1 && !fingerprint.is_empty() {
        Cow::Borrowed(fingerprint)
    } else {
        Cow::Owned(format!("{fingerprint}-{nth}"))
    }
}

/// A secret that lies open blocks; a warning is minor. `info` is left for what could not be judged.
fn severity(meta: &Meta, severity: Severity) -> &'static str {
    match (severity, meta.group) {
        (Severity::Error, Group::Secrets) => "blocker",
        (Severity::Error, _) => "critical",
        (Severity::Warning, _) => "minor",
    }
}
