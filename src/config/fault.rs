//! What is wrong with the file, shown with its line.

use std::fmt::Write as _;
use std::ops::Range;

use anyhow::{Error, anyhow};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::secret;
use crate::model::nearest;

/// The most that is shown of a line.
const COLUMNS: usize = 96;

/// A file's name and text: what it takes to show a place of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'t> {
    /// The file, as it is shown.
    pub(super) name: &'t str,
    /// Its text.
    pub(super) text: &'t str,
}

impl Source<'_> {
    /// The 1-based line of a byte.
    pub(super) fn line(&self, at: usize) -> u32 {
        let before = self.text.get(..at).unwrap_or(self.text);
        u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX - 1) + 1
    }

    /// An error that shows the line.
    pub(super) fn fault(&self, span: &Range<usize>, what: impl std::fmt::Display) -> Error {
        anyhow!(
            "{}:{}: {what}{}",
            self.name,
            self.line(span.start),
            self.snippet(span)
        )
    }

    /// An error that shows nothing of the line.
    pub(super) fn unseen(&self, at: usize, what: impl std::fmt::Display) -> Error {
        anyhow!("{}:{}: {what}", self.name, self.line(at))
    }

    /// What TOML or its reader says, in our words.
    pub(super) fn of_toml(&self, error: &toml::de::Error) -> Error {
        let what = words(error.message());
        match error.span() {
            Some(span) => self.fault(&span, what),
            None => anyhow!("{}: {what}", self.name),
        }
    }

    fn snippet(&self, span: &Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or_default();
        let from = before.rfind('\n').map_or(0, |end| end + 1);
        let rest = self.text.get(from..).unwrap_or_default();
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        // A password in an address is nobody's business either.
        if secret::holds_password(line) {
            return String::new();
        }
        let lead: String = before
            .chars()
            .skip(before[..from].chars().count())
            .collect();
        let (shown, column) = window(line, lead.chars().count());
        let marked = self.text.get(span.clone()).unwrap_or_default();
        let marked = marked.split(['\n', '\r']).next().unwrap_or_default();
        let room = shown.width().saturating_sub(column).max(1);
        let carets = "^".repeat(marked.width().clamp(1, room));
        let number = self.line(span.start).to_string();
        let margin = " ".repeat(number.len());
        let mut page = String::new();
        // Writing to a string does not fail.
        let _ = write!(
            page,
            "\n{margin} |\n{number} | {shown}\n{margin} | {}{carets}",
            " ".repeat(column)
        );
        page
    }
}

/// The part of a line around a character, and the column at which that character then stands. What would
/// steer a terminal stands as one character each, so that the columns hold.
fn window(line: &str, at: usize) -> (String, usize) {
    let plain = |c: char| match c {
        '\t' => ' ',
        c if c.width().is_none_or(|width| width == 0) => '\u{fffd}',
        c => c,
    };
    let skipped = match line.chars().count() {
        0..=COLUMNS => 0,
        _ => at.saturating_sub(COLUMNS / 2),
    };
    let shown: String = line
        .chars()
        .skip(skipped)
        .take(COLUMNS)
        .map(plain)
        .collect();
    let column = shown.chars().take(at - skipped).collect::<String>().width();
    (shown, column)
}

/// The reader's message, with a proposal where it lists what it knows.
fn words(message: &str) -> String {
    let quoted = |text: &str| -> Vec<String> {
        let parts = text.split('`').skip(1).step_by(2);
        parts.map(str::to_owned).collect()
    };
    for (start, what) in [("unknown field ", "key"), ("unknown variant ", "value")] {
        let Some(rest) = message.strip_prefix(start) else {
            continue;
        };
        // The name itself may hold a backtick: the list begins after the last of these words.
        let (name, list) = rest.rsplit_once(", expected ").unwrap_or((rest, ""));
        let name = name.trim_matches('`');
        let known = quoted(list);
        return format!("there is no {what} {name}; {}", proposal(name, &known));
    }
    let missing = message.strip_prefix("missing field ");
    if let Some(name) = missing {
        return format!("{} is missing", name.trim_matches('`'));
    }
    if message.contains("recursion limit") || message.contains("recursion depth") {
        return "tables or lists nest too deeply".to_owned();
    }
    let mut message = message.trim_end().replace('\n', "; ");
    for (theirs, ours) in TYPES {
        message = message.replace(&format!("expected {theirs}"), &format!("expected {ours}"));
    }
    message
}

/// What the reader calls types, and what a person calls them.
const TYPES: &[(&str, &str)] = &[
    ("a boolean", "true or false"),
    ("a sequence", "a list"),
    ("a map", "a table"),
    ("u32", "a whole number that is not negative"),
    ("u64", "a whole number that is not negative"),
];

/// What to say of a name that is not known.
fn proposal(name: &str, known: &[String]) -> String {
    match near(name, known) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// The name that was meant, if one is near: the names here are short, so few letters may differ.
fn near<'n>(name: &str, known: &'n [String]) -> Option<&'n str> {
    let name = name.to_lowercase().replace('_', "-");
    let begun =
        |known: &&str| name.len() > 2 && (known.starts_with(&name) || name.starts_with(known));
    let all = || known.iter().map(String::as_str);
    all().find(begun).or_else(|| {
        let near = nearest(&name, all())?;
        (strsim::damerau_levenshtein(&name, near) * 2 <= near.len()).then_some(near)
    })
}
