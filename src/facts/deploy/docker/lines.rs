//! From the text of a Dockerfile to its instructions: continued lines, comments between them, here-documents.

use super::super::{Given, ParseError};
use super::{Copy, Setting};
use crate::facts::document::At;
use crate::facts::manifest::{conflict, small, without_bom};

/// One instruction.
#[derive(Debug, Clone, Default)]
pub struct Instruction {
    /// Its keyword, in capitals.
    pub keyword: String,
    /// What follows it, continued lines joined with a line break.
    pub text: String,
    /// Where it stands.
    pub at: At,
    /// Where each line of `text` begins in the file.
    starts: Vec<At>,
}

/// The keywords of the reference, `MAINTAINER` of old included.
const KEYWORDS: &[&str] = &[
    "FROM",
    "RUN",
    "CMD",
    "LABEL",
    "MAINTAINER",
    "EXPOSE",
    "ENV",
    "ADD",
    "COPY",
    "ENTRYPOINT",
    "VOLUME",
    "USER",
    "WORKDIR",
    "ARG",
    "ONBUILD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "SHELL",
];

/// Reads the instructions.
pub(super) fn read(text: &str) -> Result<Vec<Instruction>, ParseError> {
    let text = without_bom(text);
    if let Some(error) = conflict(text) {
        return Err(error);
    }
    let escape = escape_of(text);
    // Text of a template engine is no Dockerfile yet.
    let template = text.contains("{{") || text.contains("{%") || text.contains("<%");
    let mut found: Vec<Instruction> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let mut instruction = begin(line, at);
        if !KEYWORDS.contains(&instruction.keyword.as_str()) {
            if template {
                continue;
            }
            return Err(fault(at, "no instruction of a Dockerfile begins so"));
        }
        let mut open = continues(&mut instruction.text, escape);
        while open {
            let Some((at, line)) = lines.next() else {
                break;
            };
            // Comments and empty lines between continued ones do not end them.
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let mut more = line.to_owned();
            open = continues(&mut more, escape);
            instruction.text.push('\n');
            instruction.text.push_str(&more);
            instruction.starts.push(place(at, 1));
        }
        for (word, strip) in documents(&instruction) {
            if !skip_document(&mut lines, &word, strip, &mut instruction) {
                return Err(fault(at, "a here-document that does not end"));
            }
        }
        found.push(instruction);
    }
    if !template && !found.iter().any(|one| one.keyword == "FROM") {
        return Err(fault(0, "it has no FROM"));
    }
    Ok(found)
}

fn fault(line: usize, message: &str) -> ParseError {
    ParseError {
        message: message.to_owned(),
        line: small(line + 1),
        column: 1,
    }
}

fn place(line: usize, column: usize) -> At {
    At {
        line: small(line + 1),
        column: small(column),
    }
}

/// The `# escape=` of the directives at the top.
fn escape_of(text: &str) -> char {
    for line in text.lines() {
        let Some(directive) = line.trim().strip_prefix('#') else {
            break;
        };
        let Some((name, value)) = directive.split_once('=') else {
            break;
        };
        if name.trim().eq_ignore_ascii_case("escape") {
            return value.trim().chars().next().unwrap_or('\\');
        }
    }
    '\\'
}

fn begin(line: &str, at: usize) -> Instruction {
    let trimmed = line.trim_start();
    let indent = line.chars().count() - trimmed.chars().count();
    let end = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
    let (keyword, rest) = trimmed.split_at(end);
    let text = rest.trim_start();
    let before = indent + keyword.chars().count() + (rest.chars().count() - text.chars().count());
    Instruction {
        keyword: keyword.to_ascii_uppercase(),
        text: text.to_owned(),
        at: place(at, indent + 1),
        starts: vec![place(at, before + 1)],
    }
}

/// Takes the escape off the end of a line; whether there was one.
fn continues(line: &mut String, escape: char) -> bool {
    let kept = line.trim_end().strip_suffix(escape).map(str::len);
    if let Some(kept) = kept {
        line.truncate(kept);
    } else {
        line.truncate(line.trim_end().len());
    }
    kept.is_some()
}

/// The words that end the here-documents of an instruction, and whether tabs before them count.
fn documents(instruction: &Instruction) -> Vec<(String, bool)> {
    if !matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
        return Vec::new();
    }
    let text = &instruction.text;
    let mut found = Vec::new();
    for (at, _) in text.match_indices("<<") {
        let rest = text.get(at + 2..).unwrap_or_default();
        // `<<<` and `1<<2` are a shell's own.
        let before = text.get(..at).unwrap_or_default().chars().next_back();
        let alone =
            before.is_none_or(char::is_whitespace) || before.is_some_and(|c| c.is_ascii_digit());
        let (rest, strip) = rest
            .strip_prefix('-')
            .map_or((rest, false), |rest| (rest, true));
        let word = rest
            .split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '>' | '<' | ')'));
        let word = word
            .into_iter()
            .next()
            .unwrap_or_default()
            .trim_matches(['"', '\'']);
        let usual = word
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-' || c == '.');
        if alone && usual && word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            found.push((word.to_owned(), strip));
        }
    }
    found
}

/// Takes the lines of a here-document in; whether its end was found. Those of `COPY` are a file's text.
fn skip_document<'t>(
    lines: &mut impl Iterator<Item = (usize, &'t str)>,
    end: &str,
    strip: bool,
    into: &mut Instruction,
) -> bool {
    for (at, line) in lines {
        let body = if strip {
            line.trim_start_matches('\t')
        } else {
            line
        };
        if body == end {
            return true;
        }
        if into.keyword == "RUN" {
            into.text.push('\n');
            into.text.push_str(line);
            into.starts.push(place(at, 1));
        }
    }
    false
}

/// A word with the place in the text at which it begins.
struct Word {
    text: String,
    start: usize,
}

impl Instruction {
    /// Its words: quotes taken off, flags included.
    pub fn words(&self) -> Vec<String> {
        self.split().into_iter().map(|word| word.text).collect()
    }

    fn split(&self) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::new();
        let mut open: Option<Word> = None;
        let mut quote: Option<char> = None;
        let mut escaped = false;
        for (at, c) in self.text.char_indices() {
            if quote.is_none() && !escaped && c.is_whitespace() {
                words.extend(open.take());
                continue;
            }
            let word = open.get_or_insert_with(|| Word {
                text: String::new(),
                start: at,
            });
            match c {
                _ if escaped => {
                    word.text.push(c);
                    escaped = false;
                }
                '\\' if quote != Some('\'') => escaped = true,
                '"' | '\'' if quote == Some(c) => quote = None,
                '"' | '\'' if quote.is_none() => quote = Some(c),
                _ => word.text.push(c),
            }
        }
        words.extend(open);
        words
    }

    /// The place in the file of a place in `text`.
    fn place_of(&self, start: usize) -> At {
        let before = self.text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count();
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |line| line.chars().count());
        let begin = self.starts.get(line).copied().unwrap_or(self.at);
        At {
            line: begin.line,
            column: begin.column.saturating_add(small(column)),
        }
    }

    /// The names that `ARG` and `ENV` set. `ENV NAME a value` is the old form.
    pub fn settings(&self) -> Vec<Setting> {
        let words = self.split();
        let old =
            self.keyword == "ENV" && words.first().is_some_and(|word| !word.text.contains('='));
        if old {
            let Some(name) = words.first() else {
                return Vec::new();
            };
            let value: Vec<&str> = words
                .iter()
                .skip(1)
                .map(|word| word.text.as_str())
                .collect();
            return vec![Setting {
                name: name.text.clone(),
                given: Given::of(&value.join(" ")),
                at: self.place_of(name.start),
            }];
        }
        // A line of thousands of settings would be counted thousands of times.
        let words = words.into_iter().take(500);
        words
            .map(|word| {
                let (name, given) = match word.text.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Given::of(value)),
                    None => (word.text.clone(), Given::Elsewhere),
                };
                Setting {
                    name,
                    given,
                    at: self.place_of(word.start),
                }
            })
            .collect()
    }

    /// What it copies.
    pub fn copy(&self) -> Option<Copy> {
        let json = self
            .text
            .contains('[')
            .then(|| self.text.replace(['[', ']', ','], " "));
        let plain = Instruction {
            text: json.unwrap_or_else(|| self.text.clone()),
            ..self.clone()
        };
        let words = plain.words();
        let from = words
            .iter()
            .find_map(|word| word.strip_prefix("--from="))
            .map(str::to_owned);
        let mut paths: Vec<String> = words
            .into_iter()
            .filter(|word| !word.starts_with("--"))
            .collect();
        let target = paths.pop()?;
        paths.retain(|path| !path.starts_with("<<"));
        Some(Copy {
            from,
            sources: paths,
            target,
            at: self.at,
        })
    }
}
