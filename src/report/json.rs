//! For programs: one JSON document, described by `schema/clerk-audit-report.v1.json`.
//!
//! Its shape is that of the types in this file, never of our internal ones. Within a version, fields may
//! be added to the schema and none is renamed, removed or given another meaning. There is no clock and
//! no absolute path in it: the same project gives the same bytes.

use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::{Options, Style, attest, sanitize};
use crate::model::routes::RouteCounts;
use crate::model::{
    Acknowledged, Acknowledgement, AppKind, AppReport, CheckResult, Finding, Mark, Outcome, Place,
    Report, Role, Severity, Tally, VariableReport,
};

/// The value of the field `schema`: changes when a reader would have to.
pub const VERSION: &str = "clerk-audit/report/v1";

/// The JSON Schema (draft 2020-12) of the document.
pub const SCHEMA: &str = include_str!("schema/clerk-audit-report.v1.json");

/// Writes the report as JSON.
pub fn render(
    report: &Report,
    _style: &Style,
    _options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write(&Document::from(report), out)
}

/// Writes a value indented, with a line break at the end.
pub fn write(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    // A document is very many small pieces: they are put together before they go through a pointer.
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    let mut serializer = Serializer::with_formatter(&mut out, Layout::default());
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The layout of serde_json's `PrettyFormatter`, an indentation in one piece. Characters that could steer a
/// terminal or a CI runner are JSON escapes: the data stays what it is, and the document is safe to look at.
#[derive(Default)]
struct Layout {
    depth: usize,
    /// Whether the list or object that is about to end has anything in it.
    filled: bool,
}

/// A line break and the indentation of thirty-one levels.
const INDENT: &[u8] = b"\n                                                              ";

impl Layout {
    fn line<W: ?Sized + io::Write>(&self, out: &mut W) -> io::Result<()> {
        let first = INDENT.get(..=2 * self.depth).unwrap_or(INDENT);
        out.write_all(first)?;
        for _ in INDENT.len()..=2 * self.depth {
            out.write_all(b" ")?;
        }
        Ok(())
    }

    fn begin<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        out.write_all(bracket)
    }

    fn item<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        self.line(out)
    }

    fn end<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.filled {
            self.line(out)?;
        }
        self.filled = true;
        out.write_all(bracket)
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.item(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.item(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if sanitize::is_plain(fragment) && !fragment.contains(sanitize::LOG_COMMAND) {
            return out.write_all(fragment.as_bytes());
        }
        let mut pieces = fragment.split(sanitize::LOG_COMMAND);
        visible(out, pieces.next().unwrap_or_default())?;
        for piece in pieces {
            out.write_all(br"#\u0023[")?;
            visible(out, piece)?;
        }
        Ok(())
    }
}

fn visible<W: ?Sized + io::Write>(out: &mut W, text: &str) -> io::Result<()> {
    for part in text.split_inclusive(sanitize::is_unsafe) {
        let last = part.chars().next_back().filter(|c| sanitize::is_unsafe(*c));
        let safe = part.len() - last.map_or(0, char::len_utf8);
        out.write_all(part.as_bytes().get(..safe).unwrap_or_default())?;
        for unit in last
            .iter()
            .flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec())
        {
            write!(out, "\\u{unit:04x}")?;
        }
    }
    Ok(())
}

/// A list whose entries are made when they are written: there may be very many.
struct Each<'a, T, U, C = ()> {
    of: &'a [T],
    with: C,
    entry: fn(&'a T, C) -> U,
}

impl<'a, T, U: From<&'a T>> Each<'a, T, U> {
    fn of(of: &'a [T]) -> Self {
        Self {
            of,
            with: (),
            entry: |one, ()| U::from(one),
        }
    }
}

impl<T, U: Serialize, C: Copy> Serialize for Each<'_, T, U, C> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.of.iter().map(|one| (self.entry)(one, self.with)))
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    target: &'static str,
    verdict: &'static str,
    exit_code: u8,
    summary: Summary,
    notes: &'a [String],
    apps: Each<'a, AppReport, App<'a>>,
    attestations: Vec<attest::Entry<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    total: usize,
    pass: usize,
    fail: usize,
    warn: usize,
    acknowledged: usize,
    skip: usize,
    na: usize,
    error: usize,
}

#[derive(Serialize)]
struct Variable<'a> {
    name: &'a str,
    value: &'a str,
    origin: &'a str,
    shadowed: &'a [String],
}

#[derive(Serialize)]
struct App<'a> {
    path: &'a str,
    name: Option<&'a str>,
    kind: &'static str,
    framework: &'static str,
    framework_name: &'static str,
    framework_version: Option<&'a str>,
    clerk_packages: Each<'a, (String, Option<String>), Package<'a>>,
    environment: &'a str,
    variables: Each<'a, VariableReport, Variable<'a>>,
    routes: Option<Routes>,
    checks: Each<'a, CheckResult, Check<'a>>,
}

#[derive(Serialize)]
struct Routes {
    total: usize,
    reached: usize,
    undecided: usize,
    credential: usize,
    public: usize,
    stopped: usize,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    version: Option<&'a str>,
}

#[derive(Serialize)]
struct Check<'a> {
    id: &'static str,
    group: &'static str,
    severity: Severity,
    outcome: &'static str,
    title: &'static str,
    reason: Option<&'a str>,
    hint: Option<&'a str>,
    places: Each<'a, Mark, Spot<'a>>,
    findings: Each<'a, Finding, Fault<'a>, &'static str>,
    acknowledged: Each<'a, Acknowledged, Known<'a>, &'static str>,
}

#[derive(Serialize)]
struct Known<'a> {
    by: &'static str,
    reason: Option<&'a str>,
    place: Option<At<'a>>,
    until: Option<String>,
    finding: Fault<'a>,
}

#[derive(Serialize)]
struct Fault<'a> {
    severity: Severity,
    message: &'a str,
    places: Each<'a, Mark, Spot<'a>>,
    hint: Option<&'a str>,
    why: &'a str,
    verify: Option<&'a str>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct Spot<'a> {
    #[serde(flatten)]
    at: At<'a>,
    label: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum At<'a> {
    Span {
        file: &'a str,
        line: u32,
        column: u32,
    },
    File {
        file: &'a str,
    },
    Variable {
        variable: &'a str,
        origin: &'a str,
    },
    Url {
        url: &'a str,
    },
}

impl<'a> From<&'a Report> for Document<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            schema: VERSION,
            tool: Tool {
                name: "clerk-audit",
                version: report.version,
            },
            target: report.target,
            verdict: report.decision.word(),
            exit_code: report.exit_code,
            summary: Summary::from(report.tally()),
            notes: &report.notes,
            apps: Each::of(&report.apps),
            attestations: attest::entries(&report.attestations),
        }
    }
}

impl From<RouteCounts> for Routes {
    fn from(counts: RouteCounts) -> Self {
        Self {
            total: counts.all,
            reached: counts.reached,
            undecided: counts.undecided,
            credential: counts.credential,
            public: counts.public,
            stopped: counts.stopped,
        }
    }
}

impl From<Tally> for Summary {
    fn from(tally: Tally) -> Self {
        Self {
            total: tally.total(),
            pass: tally.pass,
            fail: tally.fail,
            warn: tally.warn,
            acknowledged: tally.acknowledged,
            skip: tally.skip,
            na: tally.na,
            error: tally.error,
        }
    }
}

impl<'a> From<&'a AppReport> for App<'a> {
    fn from(app: &'a AppReport) -> Self {
        Self {
            path: &app.path,
            name: app.name.as_deref(),
            kind: match app.kind {
                AppKind::App => "app",
                AppKind::Library => "library",
                AppKind::Unused => "unused",
            },
            framework: app.framework,
            framework_name: app.framework_name,
            framework_version: app.framework_version.as_deref(),
            clerk_packages: Each::of(&app.clerk_packages),
            environment: &app.environment,
            variables: Each::of(&app.variables),
            routes: app.routes.map(Routes::from),
            checks: Each::of(&app.checks),
        }
    }
}

impl<'a> From<&'a CheckResult> for Check<'a> {
    fn from(check: &'a CheckResult) -> Self {
        let (hint, marks) = match &check.outcome {
            Outcome::Broken { hint, marks, .. } => (told(hint), marks.as_slice()),
            _ => (None, [].as_slice()),
        };
        let why = check.meta.why;
        Self {
            id: check.meta.id,
            group: check.meta.group.id(),
            severity: check.meta.severity,
            outcome: check.outcome.word(),
            title: check.title(),
            reason: check.outcome.reason(),
            hint,
            places: Each::of(marks),
            findings: Each {
                of: check.outcome.findings(),
                with: why,
                entry: fault,
            },
            acknowledged: Each {
                of: &check.acknowledged,
                with: why,
                entry: known,
            },
        }
    }
}

fn fault<'a>(finding: &'a Finding, why: &'static str) -> Fault<'a> {
    Fault {
        severity: finding.severity,
        message: &finding.message,
        places: Each::of(&finding.marks),
        hint: told(&finding.hint),
        why: finding.why.as_deref().unwrap_or(why),
        verify: finding.verify.as_deref(),
        fingerprint: &finding.fingerprint,
    }
}

fn known<'a>(one: &'a Acknowledged, why: &'static str) -> Known<'a> {
    let (reason, place, until) = match &one.by {
        Acknowledgement::Baseline => (None, None, None),
        Acknowledgement::Ignored {
            reason,
            place,
            until,
        } => (Some(reason.as_str()), Some(place), *until),
    };
    Known {
        by: one.by.word(),
        reason,
        place: place.map(At::from),
        until: until.map(|day| day.to_string()),
        finding: fault(&one.finding, why),
    }
}

impl<'a> From<&'a (String, Option<String>)> for Package<'a> {
    fn from((name, version): &'a (String, Option<String>)) -> Self {
        Self {
            name,
            version: version.as_deref(),
        }
    }
}

impl<'a> From<&'a VariableReport> for Variable<'a> {
    fn from(variable: &'a VariableReport) -> Self {
        Self {
            name: &variable.name,
            value: &variable.value,
            origin: &variable.origin,
            shadowed: &variable.shadowed,
        }
    }
}

/// A text that may be empty for "none".
fn told(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl<'a> From<&'a Mark> for Spot<'a> {
    fn from(mark: &'a Mark) -> Self {
        Self {
            at: At::from(&mark.place),
            label: &mark.label,
            role: match mark.role {
                Role::Primary => "primary",
                Role::Related => "related",
            },
        }
    }
}

impl<'a> From<&'a Place> for At<'a> {
    fn from(place: &'a Place) -> Self {
        match place {
            Place::Span {
                file, line, column, ..
            } => At::Span {
                file,
                line: *line,
                column: *column,
            },
            Place::File { file } => At::File { file },
            Place::Variable { name, origin } => At::Variable {
                variable: name,
                origin,
            },
            Place::Url { url } => At::Url { url },
        }
    }
}

#[cfg(test)]
mod layout {
    use serde_json::{Value, json};

    #[test]
    fn a_document_looks_as_serde_json_writes_it() {
        let mut deep = json!([]);
        for _ in 0..40 {
            deep = json!({ "a": [deep, {}, 1] });
        }
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!([[], {}, [[]], { "a": {}, "b": [1, "two", null] }]),
            deep,
        ] {
            let mut bytes = Vec::new();
            super::write(&value, &mut bytes).unwrap();
            let theirs = serde_json::to_string_pretty(&value).unwrap() + "\n";
            assert_eq!(String::from_utf8(bytes).unwrap(), theirs);
        }
    }

    #[test]
    fn what_steers_a_terminal_or_a_runner_is_an_escape_and_stays_what_it_is() {
        let value = json!({ "a": "x\u{1b}[2J \u{202e} ##[error]b ##", "##[": "\u{e0041}" });
        let mut bytes = Vec::new();
        super::write(&value, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            !text.contains("##[") && text.trim_end().is_ascii(),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
