//! The program and its rules: one per check, whatever the number of apps.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::Text;
use super::invocation;
use crate::model::{Group, Meta, Report, Severity};

/// The checks of a report, each once, and the number of each.
pub(super) struct Rules<'a> {
    list: Vec<&'a Meta>,
    index: BTreeMap<&'static str, usize>,
}

impl<'a> Rules<'a> {
    /// Every check of any app, in the order of the table.
    pub(super) fn of(report: &'a Report) -> Self {
        let mut rules = Self {
            list: Vec::new(),
            index: BTreeMap::new(),
        };
        for check in report.apps.iter().flat_map(|app| &app.checks) {
            rules.index.entry(check.meta.id).or_insert_with(|| {
                rules.list.push(&check.meta);
                rules.list.len() - 1
            });
        }
        rules
    }

    /// The number of a check.
    pub(super) fn index(&self, id: &str) -> usize {
        self.index.get(id).copied().unwrap_or_default()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    version: &'static str,
    rules: List<'a>,
    notifications: [invocation::Kind; 3],
}

impl<'a> Driver<'a> {
    pub(super) fn new(report: &Report, rules: &'a Rules<'a>) -> Self {
        Self {
            name: "clerk-audit",
            semantic_version: report.version,
            version: report.version,
            rules: List(&rules.list),
            notifications: invocation::KINDS,
        }
    }
}

struct List<'a>(&'a [&'a Meta]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(Some(self.0.len()))?;
        for meta in self.0 {
            seq.serialize_element(&Rule::new(meta))?;
        }
        seq.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// What GitHub sorts and filters alerts by.
#[derive(Serialize)]
struct Properties {
    tags: Vec<&'static str>,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    problem: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security: Option<&'static str>,
}

impl Rule {
    fn new(meta: &Meta) -> Self {
        let mut tags = vec![meta.group.id()];
        let security = security(meta);
        if security.is_some() && !tags.contains(&"security") {
            tags.insert(0, "security");
        }
        Self {
            id: meta.id,
            short_description: Text {
                text: meta.fail.to_owned(),
            },
            full_description: Text {
                text: format!("{}: {}.", meta.fail, meta.why),
            },
            help: Help {
                text: format!(
                    "{}: {}. The whole page: clerk-audit explain {}",
                    meta.fail, meta.why, meta.id
                ),
                markdown: meta.docs,
            },
            default_configuration: Configuration {
                level: level(meta.severity),
            },
            properties: Properties {
                tags,
                precision: "high",
                problem: level(meta.severity),
                security,
            },
        }
    }
}

/// The word of SARIF for how bad something is.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The number by which GitHub calls a security alert critical (above 9.0), high (from 7.0) or medium
/// (from 4.0). What is about running well, not about security, has none.
fn security(meta: &Meta) -> Option<&'static str> {
    match (meta.group, meta.severity) {
        (Group::App | Group::Monitoring | Group::Errors | Group::Performance, _) => None,
        (Group::Secrets, Severity::Error) => Some("9.3"),
        (_, Severity::Error) => Some("8.0"),
        (_, Severity::Warning) => Some("5.0"),
    }
}
