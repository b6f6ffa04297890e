//! What `$NAME` and `${NAME}` in a value become. Two families: the one that `@next/env` carries, and
//! `dotenv-expand` from 12 on. Both put a replacement back into the text and look again, so a value can
//! grow without end; every expansion here is bounded.

use std::collections::HashSet;

use super::js;

/// Longest value that is expanded.
pub(super) const LONGEST: usize = 1 << 20;
/// `@next/env` recurses for each replacement in a value, and overflows the stack of Node 22 to 26 after
/// this many (that of Node 20 after 4374).
const NEXT_DEPTH: usize = 4999;
/// Most replacements in one value; dotenv-expand itself would go on for ever.
const MOST_STEPS: usize = 10_000;
/// Bytes that the replacements in one value may go through: enough for `NEXT_DEPTH` of the shortest.
const VALUE_WORK: usize = 28 << 20;
/// The same for all values together, beside the length of the files. Next.js reads four files and gives
/// up each at its first endless value, so one such file never spoils another.
const WORK: usize = 4 * VALUE_WORK;
/// What a replacement costs however short the value is.
const STEP: usize = 64;

/// The expansion has no end, or one too far away to wait for.
pub(super) struct Endless;

/// What the expansion may still cost.
pub(super) struct Budget {
    all: usize,
    value: usize,
}

impl Budget {
    /// A budget for files of `bytes` bytes in all.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            all: WORK.saturating_add(bytes),
            value: VALUE_WORK,
        }
    }

    /// Starts the next value.
    fn next_value(&mut self) {
        self.value = VALUE_WORK;
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Endless> {
        self.value = self.value.checked_sub(bytes).ok_or(Endless)?;
        self.all = self.all.checked_sub(bytes).ok_or(Endless)?;
        Ok(())
    }

    /// Replaces a reference, if the value before and after is short enough and can still be paid for.
    fn replace(&mut self, value: &str, reference: &str, with: &str) -> Result<String, Endless> {
        if value.len() > LONGEST {
            return Err(Endless);
        }
        self.spend(STEP + with.len().min(LONGEST))?;
        let replaced = js::replace_first(value, reference, with, LONGEST);
        self.spend(replaced.as_ref().map_or(LONGEST, String::len))?;
        replaced.ok_or(Endless)
    }
}

/// `\$` is a dollar sign, resolved after everything else.
pub(super) fn unescape(value: &str) -> String {
    value.replace("\\$", "$")
}

/// `_interpolate` of `@next/env` 14 to 16 (its own copy of dotenv-expand 10): the last unescaped `$` of the
/// value decides what is replaced, and the process environment goes before the default, the default
/// before the file.
pub(super) fn next<'a>(
    value: &str,
    process: impl Fn(&str) -> Option<&'a str>,
    file: impl Fn(&str) -> Option<&'a str>,
    budget: &mut Budget,
) -> Result<String, Endless> {
    budget.next_value();
    let mut value = value.to_owned();
    for _ in 0..=NEXT_DEPTH {
        let Some(group) = next_group(&value) else {
            return Ok(value);
        };
        let filled = |text: &&str| !text.is_empty();
        let with = process(group.name)
            .filter(filled)
            .or_else(|| group.default.filter(filled))
            .or_else(|| file(group.name))
            .unwrap_or_default();
        value = budget.replace(&value, group.text, with)?;
    }
    Err(Endless)
}

struct Group<'a> {
    text: &'a str,
    name: &'a str,
    default: Option<&'a str>,
}

/// `\${?([\w]+)(?::-([^}\\]*))?}?` at the last `$` without a backslash before it.
fn next_group(value: &str) -> Option<Group<'_>> {
    let at = unescaped(value.rmatch_indices('$'), value)?;
    let group = value.get(at..)?;
    let open = group.get(1..)?;
    let open = open.strip_prefix('{').unwrap_or(open);
    let tail = open.trim_start_matches(is_word);
    let name = open.strip_suffix(tail).filter(|name| !name.is_empty())?;
    let (default, tail) = match tail.strip_prefix(":-") {
        Some(after) => {
            let (default, tail) = after.split_at(after.find(['}', '\\']).unwrap_or(after.len()));
            (Some(default), tail)
        }
        None => (None, tail),
    };
    let tail = tail.strip_prefix('}').unwrap_or(tail);
    Some(Group {
        text: group.strip_suffix(tail)?,
        name,
        default,
    })
}

fn unescaped<'a>(mut found: impl Iterator<Item = (usize, &'a str)>, value: &str) -> Option<usize> {
    found.find(|(at, _)| !escaped(value, *at)).map(|(at, _)| at)
}

fn escaped(value: &str, at: usize) -> bool {
    at > 0 && value.as_bytes().get(at - 1) == Some(&b'\\')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Which `dotenv-expand`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 12 and 13: a default is used for an empty variable with every operator, and a value that was seen
    /// before in the same expansion is not put in again.
    Twelve,
    /// 1000: `-` and `+` ask whether the variable is set, `:-` and `:+` whether it is filled.
    Thousand,
}

/// `expandValue` of `dotenv-expand`: the first template of the value is replaced until none is left, or
/// until the value equals the variable that was put in last.
pub(super) fn npm<'a>(
    version: Version,
    value: &str,
    env: impl Fn(&str) -> Option<&'a str>,
    settled: impl Fn(&str) -> Option<&'a str>,
    budget: &mut Budget,
) -> Result<String, Endless> {
    budget.next_value();
    let mut value = value.to_owned();
    let mut seen = HashSet::new();
    for _ in 0..=MOST_STEPS {
        let Some((template, expression)) = template(&value) else {
            return Ok(value);
        };
        let (name, operator, rest) = split(expression);
        let held = env(name);
        budget.spend(held.map_or(0, str::len).min(LONGEST))?;
        let with = match version {
            Version::Twelve => {
                seen.insert(value.clone());
                twelve(held.filter(|held| !held.is_empty()), operator, rest, &seen)
            }
            Version::Thousand => thousand(held, operator, rest),
        };
        let done = match version {
            Version::Twelve => settled(name),
            Version::Thousand => held,
        };
        value = budget.replace(&value, template, with)?;
        if done == Some(value.as_str()) {
            return Ok(value);
        }
    }
    Err(Endless)
}

/// What 12 and 13 put in; `held` is the variable, if it is filled.
fn twelve<'a>(
    held: Option<&'a str>,
    operator: &str,
    rest: &'a str,
    seen: &HashSet<String>,
) -> &'a str {
    match (operator, held) {
        (":+" | "+", held) => held.map_or("", |_| rest),
        (_, Some(held)) if held.len() > LONGEST || !seen.contains(held) => held,
        _ => rest,
    }
}

/// What 1000 puts in; `held` is the variable, if it is set.
fn thousand<'a>(held: Option<&'a str>, operator: &str, rest: &'a str) -> &'a str {
    let filled = held.filter(|held| !held.is_empty());
    match operator {
        ":-" => filled.unwrap_or(rest),
        "-" => held.unwrap_or(rest),
        ":+" => filled.map_or("", |_| rest),
        "+" => held.map_or("", |_| rest),
        _ => held.unwrap_or_default(),
    }
}

/// The first `${…}` or `$NAME` without a backslash before it, and what stands inside.
fn template(value: &str) -> Option<(&str, &str)> {
    value
        .match_indices('$')
        .filter(|(at, _)| !escaped(value, *at))
        .find_map(|(at, _)| template_at(value.get(at..)?))
}

fn template_at(text: &str) -> Option<(&str, &str)> {
    let after = text.get(1..)?;
    if let Some(inside) = after.strip_prefix('{') {
        let length = inside.find(['{', '}']).filter(|length| *length > 0)?;
        let closed = inside.as_bytes().get(length) == Some(&b'}');
        return closed.then_some((text.get(..length + 3)?, inside.get(..length)?));
    }
    let length = after.find(|c| !is_word(c)).unwrap_or(after.len());
    let name = after.get(..length)?;
    let named = name.starts_with(|c: char| !c.is_ascii_digit());
    named.then_some((text.get(..=length)?, name))
}

/// `NAME`, the operator and what follows it. Without an operator both versions call `split(null)`, and
/// JavaScript splits at the letters `null`.
fn split(expression: &str) -> (&str, &str, &str) {
    let operators = [":+", "+", ":-", "-"];
    let first = expression.find([':', '+', '-']).and_then(|_| {
        expression.char_indices().find_map(|(at, _)| {
            let tail = expression.get(at..)?;
            Some((
                at,
                *operators
                    .iter()
                    .find(|operator| tail.starts_with(**operator))?,
            ))
        })
    });
    match first {
        Some((at, operator)) => {
            let rest = expression.get(at + operator.len()..).unwrap_or_default();
            (expression.get(..at).unwrap_or_default(), operator, rest)
        }
        None => {
            let (name, rest) = expression.split_once("null").unwrap_or((expression, ""));
            (name, "", rest)
        }
    }
}
