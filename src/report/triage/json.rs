//! For programs: one JSON document, described by `schema/clerk-audit-triage.v1.json`. Within a version,
//! fields may be added and none is renamed, removed or given another meaning.

use std::io;

use serde::Serialize;

use crate::model::triage::{Advice, Evidence, Incident, Match, Turn};
use crate::report::json;

/// The value of the field `schema`: changes when a reader would have to.
pub const VERSION: &str = "clerk-audit/triage/v1";

/// The JSON Schema (draft 2020-12) of the document.
pub const SCHEMA: &str = include_str!("../schema/clerk-audit-triage.v1.json");

/// Writes what was seen as JSON.
pub fn json(incident: &Incident, exit_code: u8, out: &mut dyn io::Write) -> io::Result<()> {
    json::write(&Document::of(incident, exit_code), out)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    at: String,
    took_ms: u64,
    looks: usize,
    since: Option<String>,
    verdict: &'static str,
    exit_code: u8,
    main: Category<'a>,
    also: Vec<Category<'a>>,
    advice: Lines<'a>,
    evidence: Vec<Item<'a>>,
    timeline: Vec<Change<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Category<'a> {
    category: &'static str,
    title: &'static str,
    severity: &'static str,
    certainty: &'static str,
    because: &'a [String],
}

#[derive(Serialize)]
struct Lines<'a> {
    now: &'a [&'static str],
    not: &'a [&'static str],
    watch: &'a [&'static str],
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'static str,
    subject: &'a str,
    state: &'static str,
    says: &'a str,
    at: Option<String>,
    took_ms: Option<u64>,
}

#[derive(Serialize)]
struct Change<'a> {
    at: String,
    category: &'static str,
    certainty: &'static str,
    says: &'a str,
}

const fn certainty(sure: bool) -> &'static str {
    if sure { "sure" } else { "suspected" }
}

impl<'a> Document<'a> {
    fn of(incident: &'a Incident, exit_code: u8) -> Self {
        let look = &incident.last;
        let standing = look.standing();
        Self {
            schema: VERSION,
            tool: Tool {
                name: "clerk-audit",
                version: incident.version,
            },
            at: look.at.iso(),
            took_ms: look.took_ms,
            looks: incident.looks,
            since: incident.since.map(|since| since.iso()),
            verdict: standing.word(),
            exit_code,
            main: category(&look.main),
            also: look.also.iter().map(category).collect(),
            advice: lines(&look.advice),
            evidence: look.evidence.iter().map(item).collect(),
            timeline: incident.timeline.iter().map(change).collect(),
            notes: &look.notes,
        }
    }
}

fn category(one: &Match) -> Category<'_> {
    Category {
        category: one.category.id(),
        title: one.title(),
        severity: one.category.gravity().word(),
        certainty: certainty(one.sure),
        because: &one.because,
    }
}

fn lines(advice: &Advice) -> Lines<'_> {
    Lines {
        now: &advice.now,
        not: &advice.not,
        watch: &advice.watch,
    }
}

fn item(one: &Evidence) -> Item<'_> {
    Item {
        id: one.id,
        subject: &one.subject,
        state: one.mark.word(),
        says: &one.says,
        at: one.at.map(|at| at.iso()),
        took_ms: one.took_ms,
    }
}

fn change(turn: &Turn) -> Change<'_> {
    Change {
        at: turn.at.iso(),
        category: turn.category.id(),
        certainty: certainty(turn.sure),
        says: &turn.says,
    }
}
