//! What `rotate-check` says.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use crate::model::rotation::{Rotation, Step, StepState};
use crate::report::style::{Ink, Style};
use crate::report::{json, sanitize, text};

/// The value of the field `schema`: changes when a reader would have to.
pub const ROTATION_VERSION: &str = "clerk-audit/rotation/v1";

/// The JSON Schema (draft 2020-12) of the document.
pub const ROTATION_SCHEMA: &str = include_str!("../schema/clerk-audit-rotation.v1.json");

/// Columns of the widest word for a state.
const WORD: usize = "ERROR".len();

/// Writes how each step stands, for people.
pub fn rotation(rotation: &Rotation, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let clean = |text: &str| {
        let safe = sanitize::line(text).into_owned();
        sanitize::unless_unicode(&safe, style).into_owned()
    };
    let mut page = String::new();
    let tool = format!("clerk-audit {}", rotation.version);
    let keys = format!("from {} to {}", rotation.old, rotation.new);
    let _ = writeln!(
        page,
        "{}   key rotation {}\n",
        style.paint(Ink::Strong, &tool),
        clean(&keys)
    );
    let widest = rotation.steps.iter().map(|step| step.id.len()).max();
    let widest = widest.unwrap_or(0);
    let used = WORD + widest + 4;
    for step in &rotation.steps {
        let (word, ink) = word(step.state);
        let says = text::hang(&clean(&step.says), used, style.width);
        let id = text::pad(step.id, widest);
        let _ = writeln!(
            page,
            "{}  {id}  {says}",
            style.paint(ink, &text::pad(word, WORD))
        );
        if !step.fix.is_empty() {
            let fix = text::hang(&clean(&step.fix), used + 5, style.width);
            let _ = writeln!(
                page,
                "{}{} {fix}",
                " ".repeat(used),
                style.paint(Ink::Dim, "fix:")
            );
        }
    }
    page.push('\n');
    for note in &rotation.notes {
        let note = text::hang(&clean(note), 6, style.width);
        let _ = writeln!(page, "{} {note}", style.paint(Ink::Skip, "note:"));
    }
    let (sentence, ink) = verdict(rotation);
    let sentence = text::hang(&sentence, 2, style.width);
    let _ = writeln!(page, "{}", style.paint(ink, &sentence));
    out.write_all(page.as_bytes())
}

const fn word(state: StepState) -> (&'static str, Ink) {
    let ink = match state {
        StepState::Pass => Ink::Pass,
        StepState::Fail => Ink::Fail,
        StepState::Skip => Ink::Skip,
        StepState::Error => Ink::Broken,
    };
    (state.word(), ink)
}

fn verdict(rotation: &Rotation) -> (String, Ink) {
    let unasked = rotation.unasked();
    let (sentence, ink) = match rotation.state() {
        StepState::Fail => (
            "NOT COMPLETE: the rotation has a step that failed",
            Ink::Fail,
        ),
        StepState::Error => ("INCOMPLETE: a step could not be judged", Ink::Broken),
        StepState::Pass | StepState::Skip if unasked.is_empty() => {
            ("COMPLETE: every step passed", Ink::Pass)
        }
        StepState::Pass | StepState::Skip => {
            let of = unasked.join(", ");
            let sentence = format!("COMPLETE as far as it was asked; not asked: {of}");
            return (sentence, Ink::Pass);
        }
    };
    (sentence.to_owned(), ink)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    old_key: &'a str,
    new_key: &'a str,
    verdict: &'static str,
    exit_code: u8,
    steps: Vec<Entry<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'static str,
    state: String,
    says: &'a str,
    fix: Option<&'a str>,
}

/// Writes the same for programs.
pub fn rotation_json(
    rotation: &Rotation,
    exit_code: u8,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let verdict = match rotation.state() {
        StepState::Fail => "not-complete",
        StepState::Error => "incomplete",
        StepState::Pass | StepState::Skip if rotation.unasked().is_empty() => "complete",
        StepState::Pass | StepState::Skip => "complete-as-asked",
    };
    let document = Document {
        schema: ROTATION_VERSION,
        tool: Tool {
            name: "clerk-audit",
            version: rotation.version,
        },
        old_key: &rotation.old,
        new_key: &rotation.new,
        verdict,
        exit_code,
        steps: rotation.steps.iter().map(entry).collect(),
        notes: &rotation.notes,
    };
    json::write(&document, out)
}

fn entry(step: &Step) -> Entry<'_> {
    Entry {
        id: step.id,
        state: step.state.word().to_ascii_lowercase(),
        says: &step.says,
        fix: Some(step.fix.as_str()).filter(|fix| !fix.is_empty()),
    }
}
