//! Python: requirement lists, `pyproject.toml`, `Pipfile` and the lock files made of them.

mod lock;
mod manifest;

pub use lock::{pipfile_lock, python_lock};
pub use manifest::{pipfile, pyproject, requirements_txt};

use toml::de::DeTable;

use super::place::{ParseError, conflict, without_bom};
use super::{Requirement, without_credentials};

/// A name as PEP 503 compares it: lower case, every run of `-`, `_` and `.` one `-`.
fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            _ => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}

/// One requirement as PEP 508 writes it: `name[extras] >=1,<2 ; marker` or `name @ address`.
fn requirement(text: &str, line: u32) -> Option<Requirement> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let range = match rest.strip_prefix('@') {
        Some(address) => without_credentials(address.split(" ;").next()?.trim()),
        None if rest.is_empty() || rest.starts_with(|c| "<>=!~(;".contains(c)) => specifier(rest),
        None => return None,
    };
    Some(Requirement {
        name: normalised(name),
        range,
        line,
        indirect: false,
    })
}

/// `(>=1) ; marker` and `>=1 ; marker` are both `>=1`.
fn specifier(text: &str) -> String {
    let text = text.split(';').next().unwrap_or_default().trim();
    let inner = text
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'));
    inner.unwrap_or(text).trim().to_owned()
}

/// The TOML document. The parser bounds how deep values may nest.
fn document(text: &str) -> Result<DeTable<'_>, ParseError> {
    if let Some(error) = conflict(text) {
        return Err(error);
    }
    let parsed = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        ParseError::at(text, offset, format!("not valid TOML: {}", error.message()))
    })?;
    Ok(parsed.into_inner())
}
