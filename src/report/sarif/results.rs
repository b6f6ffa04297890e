//! The findings: those that count, and those that somebody acknowledged.

use std::fmt::Write as _;

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::Text;
use super::rules::{Rules, level};
use crate::model::{Acknowledged, Acknowledgement, AppReport, CheckResult, Finding, Place, Report};
use crate::report::places::{Spot, Spots};
use crate::report::sanitize;

/// Written one by one: there may be a hundred thousand.
pub(super) struct Results<'a> {
    pub(super) report: &'a Report,
    pub(super) rules: &'a Rules<'a>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(None)?;
        for app in &self.report.apps {
            for check in &app.checks {
                for finding in check.outcome.findings() {
                    seq.serialize_element(&self.result(app, check, finding, Vec::new()))?;
                }
                for one in &check.acknowledged {
                    let by = vec![Suppression::new(one)];
                    seq.serialize_element(&self.result(app, check, &one.finding, by))?;
                }
            }
        }
        seq.end()
    }
}

impl Results<'_> {
    fn result<'f>(
        &self,
        app: &AppReport,
        check: &CheckResult,
        finding: &'f Finding,
        suppressions: Vec<Suppression>,
    ) -> Row<'f> {
        let spots = Spots::of(self.report, app, &finding.marks);
        let (spot, label) = &spots.main;
        let related = spots.related.iter().enumerate();
        let fingerprint = finding.fingerprint.as_str();
        Row {
            rule_id: check.meta.id,
            rule_index: self.rules.index(check.meta.id),
            level: level(finding.severity),
            message: Message {
                text: text(&finding.message, &finding.hint, &spots),
                markdown: markdown(finding, &spots),
            },
            locations: [Location::new(None, spot, label)],
            related_locations: related
                .map(|(at, (spot, label))| Location::new(Some(at + 1), spot, label))
                .collect(),
            partial_fingerprints: (!fingerprint.is_empty()).then_some(Fingerprints {
                ours: fingerprint,
                github: fingerprint,
            }),
            suppressions,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_fingerprints: Option<Fingerprints<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
}

#[derive(Serialize)]
struct Message {
    text: String,
    markdown: String,
}

/// GitHub tells alerts apart by the second one alone, and would compute it from the line: then two
/// variables that are missing, both shown at line 1 of the manifest, would be one alert.
#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "clerkAudit/v1")]
    ours: &'a str,
    #[serde(rename = "primaryLocationLineHash")]
    github: &'a str,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

impl Suppression {
    fn new(one: &Acknowledged) -> Self {
        let config = "clerk-audit.toml";
        let kind = match &one.by {
            Acknowledgement::Ignored {
                place: Place::Span { file, .. } | Place::File { file },
                ..
            } if file.rsplit('/').next() != Some(config) => "inSource",
            _ => "external",
        };
        let mut justification = sanitize::line(one.by.reason()).into_owned();
        if let Acknowledgement::Ignored {
            until: Some(day), ..
        } = &one.by
        {
            // Writing to a string cannot fail.
            let _ = write!(justification, " (until {day})");
        }
        Self {
            kind,
            status: "accepted",
            justification,
        }
    }
}

#[derive(Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl Location {
    pub(super) fn new(id: Option<usize>, spot: &Spot, label: &str) -> Self {
        Self {
            id,
            physical_location: Physical {
                artifact_location: Artifact {
                    uri: uri(&spot.path),
                    uri_base_id: "%SRCROOT%",
                },
                region: Region {
                    start_line: spot.line,
                    start_column: spot.column,
                    end_line: spot.line,
                    end_column: spot.end,
                },
            },
            message: (!label.is_empty()).then(|| Text {
                text: sanitize::line(label).into_owned(),
            }),
        }
    }
}

/// A path as a relative reference (RFC 3986, section 4.2): a colon in its first part would be a scheme.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// The sentence, places that no file has, and what to do.
pub(super) fn text(message: &str, hint: &str, spots: &Spots<'_>) -> String {
    let mut text = format!("{message}.{}", spots.asides());
    if !hint.is_empty() {
        let _ = write!(text, " Fix: {hint}.");
    }
    sanitize::line(&text).into_owned()
}

fn markdown(finding: &Finding, spots: &Spots<'_>) -> String {
    let message = format!("{}.{}", finding.message, spots.asides());
    let mut page = prose(&message);
    if !finding.hint.is_empty() {
        let _ = write!(page, "\n\n**Fix:** {}.", prose(&finding.hint));
    }
    if let Some(command) = &finding.verify {
        let fence = "`".repeat(longest_run(command).max(2) + 1);
        let command = sanitize::line(command);
        let _ = write!(page, "\n\n**Verify:**\n\n{fence}sh\n{command}\n{fence}");
    }
    page
}

/// The longest run of backticks in a text.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// A sentence in which nothing but our own code spans is markup: a name of the project can be no link
/// and no picture.
fn prose(text: &str) -> String {
    let text = sanitize::line(text);
    let paired = text.matches('`').count().is_multiple_of(2);
    let mut safe = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        if c == '`' && paired {
            code = !code;
        } else if !code && "\\`*_{}[]()<>#!|~&".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(
            uri("app/(shop)/[id]/page.tsx"),
            "app/(shop)/%5Bid%5D/page.tsx"
        );
        assert_eq!(uri("a b:c%/鍵"), "a%20b%3Ac%25/%E9%8D%B5");
    }

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(
            prose("add `.env*` to [x](y)"),
            "add `.env*` to \\[x\\]\\(y\\)"
        );
        assert_eq!(prose("a ` <b>"), "a \\` \\<b\\>");
        assert_eq!(longest_run("a ``` b ` c"), 3);
    }
}
