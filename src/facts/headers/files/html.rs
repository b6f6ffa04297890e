//! `<meta http-equiv="Content-Security-Policy">` and the script of clerk-js in an HTML page.

use super::Set;
use crate::facts::code::Spot;
use crate::facts::document::At;
use crate::facts::headers::Name;
use crate::facts::headers::clerk::{Pin, script_version};
use crate::facts::headers::csp::HOLE;

/// The policies of a page.
pub(super) fn policies(text: &str) -> Vec<Set> {
    let tags = tags(text, "<meta");
    let found = tags.filter_map(|(at, tag)| {
        let equiv = attribute(tag, "http-equiv")?;
        let content = attribute(tag, "content")?;
        (Name::of(equiv) == Some(Name::Policy)).then(|| Set {
            at: place(text, at),
            name: Name::MetaPolicy,
            value: filled(content),
        })
    });
    found.take(10).collect()
}

/// The scripts of a page that are one version of clerk-js.
pub(super) fn pins(path: &str, text: &str) -> Vec<Pin> {
    let found = tags(text, "<script").filter_map(|(at, tag)| {
        let version = script_version(attribute(tag, "src")?)?;
        Some(Pin {
            file: path.to_owned(),
            at: place(text, at),
            what: format!("a script with clerk-js {version}"),
        })
    });
    found.take(10).collect()
}

/// What a build fills in (`%VITE_X%`, `<%= x %>`, `{{ x }}`) is not known.
fn filled(content: &str) -> String {
    let mut out = content
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    for (open, close) in [("<%", "%>"), ("{{", "}}"), ("${", "}"), ("%VITE_", "%")] {
        while let Some(start) = out.find(open) {
            let rest = out.get(start + open.len()..).unwrap_or_default();
            let end = rest
                .find(close)
                .map_or(out.len(), |at| start + open.len() + at + close.len());
            out.replace_range(start..end, &HOLE.to_string());
        }
    }
    out
}

/// The tags of a name outside comments, each from its name to its `>`.
fn tags<'t>(text: &'t str, open: &'static str) -> impl Iterator<Item = (usize, &'t str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(from..)?;
            let start = rest.find('<')?;
            let tag = rest.get(start..)?;
            if tag.starts_with("<!--") {
                from += start + tag.find("-->")?;
                continue;
            }
            let at = from + start;
            from = at + 1;
            let is = tag
                .get(..open.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(open));
            if is {
                let end = end_of(tag)?;
                from = at + end;
                return Some((at, tag.get(..end)?));
            }
        }
    })
}

/// The `>` that ends a tag; one in quotes does not.
fn end_of(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// The value of an attribute of a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    loop {
        let equals = rest.find('=')?;
        let key = rest.get(..equals)?.trim_end();
        let after = rest.get(equals + 1..)?.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, next) = match quote {
            Some(quote) => {
                let inside = after.get(1..)?;
                let end = inside.find(quote)?;
                (inside.get(..end)?, inside.get(end + 1..)?)
            }
            None => {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                after.split_at(end)
            }
        };
        let key = key.rsplit(char::is_whitespace).next()?;
        if key.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = next;
    }
}

fn place(text: &str, at: usize) -> At {
    let spot = Spot::of(text, u32::try_from(at).unwrap_or(u32::MAX));
    At {
        line: spot.line,
        column: spot.column,
    }
}
