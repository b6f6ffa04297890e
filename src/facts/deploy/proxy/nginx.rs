//! Configuration of nginx (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header):
//! header directives "are inherited from the previous configuration level if and only if there are no
//! proxy_set_header directives defined on the current level".

use super::Proxy;
use crate::facts::document::{At, ParseError};
use crate::facts::manifest::{small, without_bom};

/// How deep blocks may be nested.
const DEPTH: usize = 32;

/// One word, or one of `;`, `{`, `}`.
struct Token {
    text: String,
    at: At,
    quoted: bool,
}

/// What is known of one block while it is read.
#[derive(Default)]
struct Level {
    /// The headers that it sets, in small letters.
    headers: Vec<(String, At)>,
    /// Whether it takes in a file that is not seen here.
    includes: bool,
    /// Whether it is a place for static files, where nobody signs in.
    is_static: bool,
    /// Where it passes requests on.
    passes: Vec<At>,
    /// What blocks within it that set no headers pass on: they count with this block's headers.
    open: Vec<At>,
    /// The same for blocks within it that set some of their own; which they lack.
    closed: Vec<(At, Vec<&'static str>, bool)>,
}

/// The places that pass requests on to an app; none where the text is no configuration of a server.
pub(in super::super) fn read(path: &str, text: &str) -> Result<Vec<Proxy>, ParseError> {
    let text = without_bom(text);
    if !text.contains("proxy_pass") || !text.contains('{') {
        return Ok(Vec::new());
    }
    let mut levels = vec![Level::default()];
    let mut words: Vec<Token> = Vec::new();
    let mut found = Vec::new();
    for token in Tokens::new(text) {
        match token.text.as_str() {
            ";" if !token.quoted => {
                if let Some(level) = levels.last_mut() {
                    directive(level, &words);
                }
                words.clear();
            }
            "{" if !token.quoted => {
                if levels.len() > DEPTH {
                    return Err(fault(token.at, "blocks are nested too deep"));
                }
                levels.push(Level {
                    is_static: is_static(&words),
                    ..Level::default()
                });
                words.clear();
            }
            "}" if !token.quoted => {
                words.clear();
                let (Some(inner), Some(outer)) = (levels.pop(), levels.last_mut()) else {
                    return Err(fault(token.at, "a `}` that closes nothing"));
                };
                close(inner, outer);
            }
            _ => words.push(token),
        }
    }
    if levels.len() > 1 {
        return Err(fault(
            At {
                line: small(text.lines().count().max(1)),
                column: 1,
            },
            "a block is not closed",
        ));
    }
    if let Some(mut top) = levels.pop() {
        top.open.append(&mut top.passes);
        let missing = missing(&top.headers);
        let known = !top.includes;
        found.extend(
            top.open
                .into_iter()
                .filter(|_| known)
                .map(|at| proxy(path, at, missing.clone(), None)),
        );
        for (at, missing, shadowing) in top.closed {
            let shadowed = top.headers.first().map(|(_, at)| *at).filter(|_| shadowing);
            found.push(proxy(path, at, missing, shadowed));
        }
    }
    found.sort_by_key(|proxy| proxy.at);
    Ok(found)
}

fn proxy(path: &str, at: At, missing: Vec<&'static str>, shadowed: Option<At>) -> Proxy {
    Proxy {
        file: path.to_owned(),
        at,
        missing,
        shadowed,
    }
}

fn fault(at: At, message: &str) -> ParseError {
    ParseError {
        message: message.to_owned(),
        line: at.line,
        column: at.column,
    }
}

fn directive(level: &mut Level, words: &[Token]) {
    let Some(first) = words.first() else { return };
    let second = words
        .get(1)
        .map(|word| word.text.as_str())
        .unwrap_or_default();
    match first.text.as_str() {
        "proxy_set_header" => {
            let empty = words.get(2).is_none_or(|value| value.text.is_empty());
            let name = second.to_ascii_lowercase();
            // `Host $proxy_host` is what is sent anyway: the name of the upstream.
            let upstream = words
                .get(2)
                .is_some_and(|value| value.text == "$proxy_host");
            let counts = !empty && !upstream;
            level
                .headers
                .push((if counts { name } else { String::new() }, first.at));
        }
        "include" if !second.contains("mime.types") => level.includes = true,
        "proxy_pass" if is_app(second) => level.passes.push(first.at),
        _ => {}
    }
}

/// Hands what a block passes on to the one around it, or settles it with the block's own headers. What a
/// file that is not seen may set is not known, so such places are dropped.
fn close(inner: Level, outer: &mut Level) {
    let mut passes = inner.passes;
    passes.extend(inner.open);
    if inner.is_static {
        passes.clear();
    }
    if !inner.includes && inner.headers.is_empty() {
        outer.open.append(&mut passes);
    } else if !inner.includes {
        let missing = missing(&inner.headers);
        outer
            .closed
            .extend(passes.into_iter().map(|at| (at, missing.clone(), true)));
    }
    outer.closed.extend(inner.closed);
}

fn missing(headers: &[(String, At)]) -> Vec<&'static str> {
    let has = |name: &str| headers.iter().any(|(header, _)| header == name);
    let forwarded = has("forwarded");
    let mut missing = Vec::new();
    if !has("x-forwarded-host") && !has("host") && !forwarded {
        missing.push("X-Forwarded-Host");
    }
    if !has("x-forwarded-proto") && !forwarded {
        missing.push("X-Forwarded-Proto");
    }
    missing
}

/// Whether a block is a `location` of static files, pictures or probes.
fn is_static(opening: &[Token]) -> bool {
    const WORDS: &[&str] = &[
        "static",
        "assets",
        "_next/image",
        "favicon",
        "images",
        "media",
        "uploads",
        "fonts",
        "health",
        "metrics",
        "robots",
        ".css",
        ".js",
        "|css",
        "|js",
        "(js",
        "(css",
        ".png",
        "|png",
        ".well-known",
        "webpack-hmr",
    ];
    let mut words = opening.iter().map(|word| word.text.as_str());
    let location = words.next() == Some("location");
    location && words.any(|word| WORDS.iter().any(|sign| word.contains(sign)))
}

/// Whether an upstream may be the app: plain http to a machine or a name without a public domain.
fn is_app(upstream: &str) -> bool {
    let Some(rest) = upstream.strip_prefix("http://") else {
        return false;
    };
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let number = host.starts_with(|c: char| c.is_ascii_digit());
    let inside = ["localhost", "internal", "local", "cluster", "svc"];
    rest.starts_with("unix:")
        || number
        || !host.contains('.')
        || inside.iter().any(|word| host.ends_with(word))
}

/// Cuts a text into tokens: `#` begins a comment, quotes and backslashes hold a word together.
struct Tokens<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    at: At,
}

impl<'t> Tokens<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            rest: text.chars().peekable(),
            at: At { line: 1, column: 1 },
        }
    }

    fn take(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.at = At {
                line: self.at.line.saturating_add(1),
                column: 1,
            };
        } else {
            self.at.column = self.at.column.saturating_add(1);
        }
        Some(c)
    }

    fn word(&mut self, at: At) -> Token {
        let mut text = String::new();
        // `${name}` is a variable, not a block.
        let mut braces = false;
        while let Some(c) = self.rest.peek().copied() {
            match c {
                '{' if text.ends_with('$') => braces = true,
                '}' if braces => braces = false,
                ';' | '{' | '}' => break,
                _ if c.is_whitespace() => break,
                '\\' => {
                    self.take();
                }
                _ => {}
            }
            if let Some(c) = self.take() {
                text.push(c);
            }
        }
        Token {
            text,
            at,
            quoted: false,
        }
    }

    fn quoted(&mut self, at: At, quote: char) -> Token {
        let mut text = String::new();
        self.take();
        while let Some(c) = self.take() {
            match c {
                '\\' => text.extend(self.take()),
                _ if c == quote => break,
                _ => text.push(c),
            }
        }
        Token {
            text,
            at,
            quoted: true,
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let (c, at) = (self.rest.peek().copied()?, self.at);
            match c {
                '#' => while self.take().is_some_and(|c| c != '\n') {},
                '"' | '\'' => return Some(self.quoted(at, c)),
                ';' | '{' | '}' => {
                    self.take();
                    return Some(Token {
                        text: c.to_string(),
                        at,
                        quoted: false,
                    });
                }
                _ if c.is_whitespace() => {
                    self.take();
                }
                _ => return Some(self.word(at)),
            }
        }
    }
}
