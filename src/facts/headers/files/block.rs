//! nginx and Caddy: directives with braces around those that stand in them.

use super::Set;
use crate::facts::document::At;
use crate::facts::headers::csp::HOLE;

/// A word of a config, where it is, and whether it stood in quotes.
struct Word {
    text: String,
    at: At,
    quoted: bool,
    /// Whether it is the first of its line.
    first: bool,
}

/// Blocks that are nested deeper are not looked into.
const DEPTH: usize = 20;

/// Words; `{`, `}` and `;` outside quotes are words of their own.
fn words(text: &str, ends_in_semicolon: bool) -> Vec<Word> {
    let mut all = Vec::new();
    let (mut line, mut column) = (1, 0);
    let mut word: Option<Word> = None;
    let mut quote: Option<char> = None;
    let mut first = true;
    let mut comment = false;
    for c in text.chars() {
        column += 1;
        let at = At { line, column };
        if c == '\n' {
            line += 1;
            column = 0;
        }
        if let Some(open) = quote {
            if c == open {
                quote = None;
            } else if let Some(word) = &mut word {
                word.text.push(c);
            }
            continue;
        }
        let breaks = c.is_whitespace() || comment;
        let own = matches!(c, '{' | '}') || (c == ';' && ends_in_semicolon);
        if breaks || (own && !word.as_ref().is_some_and(|word| in_variable(&word.text))) {
            all.extend(word.take());
            if own && !comment {
                all.push(Word {
                    text: c.to_string(),
                    at,
                    quoted: false,
                    first,
                });
                first = false;
            }
            if c == '\n' {
                first = true;
                comment = false;
            }
            continue;
        }
        if word.is_none() && c == '#' {
            comment = true;
            continue;
        }
        if word.is_none() && matches!(c, '"' | '\'' | '`') {
            quote = Some(c);
        }
        let quoted = quote.is_some();
        let word = word.get_or_insert_with(|| Word {
            text: String::new(),
            at,
            quoted,
            first: std::mem::take(&mut first),
        });
        if !quoted {
            word.text.push(c);
        }
    }
    all.extend(word);
    all
}

/// Whether a word has come to the inside of `${variable}`.
fn in_variable(word: &str) -> bool {
    let open = word
        .rsplit_once("${")
        .is_some_and(|(_, tail)| !tail.contains('}'));
    open || word.ends_with('$')
}

/// `add_header` of nginx. A block that has one of its own takes none from around it
/// (<https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header>), and a page comes out of
/// `location /`.
pub(super) fn nginx(text: &str) -> Vec<Set> {
    struct Block {
        /// Whether pages come out of it.
        pages: bool,
        is_location: bool,
        own: Vec<Set>,
    }
    let mut blocks = vec![Block {
        pages: true,
        is_location: false,
        own: Vec::new(),
    }];
    let mut statement: Vec<Word> = Vec::new();
    let mut found: Vec<Set> = Vec::new();
    let mut of_location = false;
    for word in words(text, true) {
        match (word.text.as_str(), word.quoted) {
            ("{", false) => {
                let name = statement.first().map(|word| word.text.clone());
                let is_location = name.as_deref() == Some("location");
                let path = statement.last().map(|word| word.text.clone());
                let around = blocks.last().is_none_or(|block| block.pages);
                let root = !is_location || matches!(path.as_deref(), Some("/" | "/*"));
                let is_condition = name.as_deref() == Some("if");
                statement.clear();
                if blocks.len() < DEPTH {
                    blocks.push(Block {
                        pages: around && root && !is_condition,
                        is_location,
                        own: Vec::new(),
                    });
                }
            }
            ("}", false) => {
                statement.clear();
                if blocks.len() > 1
                    && let Some(block) = blocks.pop()
                    && block.pages
                    && !block.own.is_empty()
                {
                    if block.is_location && !of_location {
                        // What the server sets around it is gone here.
                        if let Some(around) = blocks.last_mut() {
                            around.own.clear();
                            around.pages = false;
                        }
                        of_location = true;
                    }
                    found.extend(block.own);
                }
            }
            (";", false) => {
                if let Some(set) = add_header(&statement)
                    && let Some(block) = blocks.last_mut()
                {
                    block.own.push(set);
                }
                statement.clear();
            }
            _ => statement.push(word),
        }
    }
    found
}

fn add_header(statement: &[Word]) -> Option<Set> {
    let [directive, name, value, ..] = statement else {
        return None;
    };
    (directive.text == "add_header").then_some(())?;
    Set::of(directive.at, &name.text, &with_holes(&value.text))
}

/// `$variable` and `${variable}` are not known.
fn with_holes(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        out.push(HOLE);
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let after = after.strip_prefix('{').unwrap_or(after);
        let end = after.find(|c| !name(c)).unwrap_or(after.len());
        let tail = after.get(end..).unwrap_or_default();
        rest = tail.strip_prefix('}').unwrap_or(tail);
    }
    out.push_str(rest);
    out
}

/// `header` of a Caddyfile (<https://caddyserver.com/docs/caddyfile/directives/header>): with a block of fields,
/// or one field in its line; a matcher before them makes it one for some pages.
pub(super) fn caddy(text: &str) -> Vec<Set> {
    let all = words(text, false);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = all.get(at) {
        at += 1;
        if word.text != "header" || !word.first || word.quoted {
            continue;
        }
        let line = line_of(&all, at);
        let opens = line
            .last()
            .is_some_and(|last| last.text == "{" && !last.quoted);
        let fields = if opens { line.len() - 1 } else { line.len() };
        let matcher = line
            .first()
            .filter(|_| fields > 0)
            .map(|word| word.text.as_str());
        let everywhere = match matcher {
            Some(path) if path.starts_with(['/', '@']) => path == "/*",
            _ => true,
        };
        let own = line
            .iter()
            .skip(usize::from(matches!(matcher, Some("*" | "/*"))));
        let own: Vec<&Word> = own.collect();
        at += line.len();
        if !opens {
            if everywhere && let [name, value, ..] = own.as_slice() {
                found.extend(field(name, value));
            }
            continue;
        }
        while let Some(first) = all.get(at).filter(|word| word.text != "}") {
            let rest = line_of(&all, at + 1);
            if everywhere && let Some(value) = rest.first() {
                found.extend(field(first, value));
            }
            at += 1 + rest.len();
        }
    }
    found
}

/// The words from here to the end of the line.
fn line_of(all: &[Word], from: usize) -> &[Word] {
    let rest = all.get(from..).unwrap_or_default();
    let end = rest.iter().position(|word| word.first);
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

fn field(name: &Word, value: &Word) -> Option<Set> {
    let plain = name.text.trim_start_matches(['+', '?', '>']);
    let value = if value.text.contains('{') {
        HOLE.to_string()
    } else {
        value.text.clone()
    };
    (!name.text.starts_with('-')).then_some(())?;
    Set::of(name.at, plain, &value)
}
