//! Words, strings and signs of a source text, without its comments.

use super::files::Language;
use crate::facts::code::nesting;

/// How deep templates may stand in each other before we stop to tell them apart.
const MAX_TEMPLATES: usize = 64;

/// A piece of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A name or keyword.
    Word(&'t str),
    /// The text between quotes, escapes and all.
    Text(&'t str),
    /// Any other visible byte.
    Sign(u8),
}

/// Reads the tokens of a text, each with the byte where it begins.
pub(super) struct Tokens<'t> {
    text: &'t str,
    language: Language,
    at: usize,
    /// The last visible byte, which tells a division from a regular expression.
    before: u8,
    /// For each template that we are in: how many braces are open in it.
    templates: Vec<usize>,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str, language: Language) -> Self {
        Self {
            text,
            language,
            at: 0,
            before: b';',
            templates: Vec::new(),
        }
    }

    fn bytes(&self) -> &'t [u8] {
        self.text.as_bytes()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes().get(at).copied()
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text
            .get(start..end.min(self.text.len()))
            .unwrap_or_default()
    }

    fn word(&mut self) -> Token<'t> {
        let start = self.at;
        while self.byte(self.at).is_some_and(is_word) {
            self.at += 1;
        }
        Token::Word(self.slice(start, self.at))
    }

    /// A string on one line; in Python also a long one over many.
    fn string(&mut self, quote: u8) -> Token<'t> {
        let triple = [quote; 3];
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        if self.language == Language::Hash && rest.starts_with(&triple) {
            let start = self.at + 3;
            let rest = self.bytes().get(start..).unwrap_or_default();
            let end =
                memchr::memmem::find(rest, &triple).map_or(self.text.len(), |end| start + end);
            self.at = (end + 3).min(self.text.len());
            return Token::Sign(b'"');
        }
        let start = self.at + 1;
        let mut end = start;
        while let Some(byte) = self.byte(end) {
            match byte {
                b'\\' => end += 2,
                b'\n' => break,
                _ if byte == quote => break,
                _ => end += 1,
            }
        }
        self.at = (end + 1).min(self.text.len());
        Token::Text(self.slice(start, end))
    }

    /// Text of a template up to its end or to the code in it. A template without code is a string.
    fn template(&mut self, start: usize, first: bool) -> Token<'t> {
        let mut end = start;
        let is_go = self.language == Language::Go;
        while let Some(byte) = self.byte(end) {
            match byte {
                b'\\' if !is_go => end += 2,
                b'`' => {
                    self.at = end + 1;
                    return if first {
                        Token::Text(self.slice(start, end))
                    } else {
                        Token::Sign(b'`')
                    };
                }
                b'$' if !is_go && self.byte(end + 1) == Some(b'{') => {
                    self.at = end + 2;
                    if self.templates.len() < MAX_TEMPLATES {
                        self.templates.push(0);
                    }
                    return Token::Sign(b'`');
                }
                _ => end += 1,
            }
        }
        self.at = self.text.len();
        Token::Sign(b'`')
    }

    /// Skips a comment; `None` where there is none.
    fn comment(&self) -> Option<usize> {
        let rest = self.bytes().get(self.at..)?;
        let line_end = || memchr::memchr(b'\n', rest).map_or(self.text.len(), |end| self.at + end);
        match (self.language, rest) {
            (Language::Hash, [b'#', ..]) => Some(line_end()),
            (Language::Hash, _) => None,
            // `https://` in the text of a component is no comment, but nothing of interest follows it either.
            (_, [b'/', b'/', ..]) => Some(line_end()),
            (_, [b'/', b'*', ..]) => Some(self.after(b"*/")),
            (Language::Script, [b'<', b'!', b'-', b'-', ..]) => Some(self.after(b"-->")),
            _ => None,
        }
    }

    fn after(&self, mark: &[u8]) -> usize {
        let start = self.at + 2;
        let rest = self.bytes().get(start..).unwrap_or_default();
        memchr::memmem::find(rest, mark).map_or(self.text.len(), |end| start + end + mark.len())
    }

    fn sign(&mut self, byte: u8) -> Token<'t> {
        match (byte, self.templates.last_mut()) {
            (b'{', Some(open)) => *open += 1,
            (b'}', Some(0)) => {
                self.templates.pop();
                return self.template(self.at + 1, false);
            }
            (b'}', Some(open)) => *open -= 1,
            _ => {}
        }
        self.at += 1;
        Token::Sign(byte)
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (Token<'t>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let byte = self.byte(self.at)?;
            if byte.is_ascii_whitespace() {
                self.at += 1;
                continue;
            }
            if let Some(end) = self.comment() {
                self.at = end;
                continue;
            }
            let start = self.at;
            let token = match byte {
                _ if is_word(byte) => self.word(),
                b'"' | b'\'' => self.string(byte),
                b'`' if self.language != Language::Hash => self.template(start + 1, true),
                b'/' if self.language == Language::Script => {
                    self.at = nesting::end_of_slash(self.bytes(), start, self.before);
                    Token::Sign(b'/')
                }
                _ => self.sign(byte),
            };
            self.before = self.byte(self.at.saturating_sub(1)).unwrap_or(byte);
            return Some((token, start));
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}
