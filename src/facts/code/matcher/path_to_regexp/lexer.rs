//! The signs of a path.

use super::PathProblem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Char,
    Escaped,
    Modifier,
    Open,
    Close,
    Name,
    Pattern,
    End,
}

impl Kind {
    /// The library's word for it in its messages.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Kind::Char => "CHAR",
            Kind::Escaped => "ESCAPED_CHAR",
            Kind::Modifier => "MODIFIER",
            Kind::Open => "OPEN",
            Kind::Close => "CLOSE",
            Kind::Name => "NAME",
            Kind::Pattern => "PATTERN",
            Kind::End => "END",
        }
    }
}

pub(super) struct Lexeme {
    pub(super) kind: Kind,
    /// In UTF-16 code units.
    pub(super) at: usize,
    pub(super) value: String,
}

struct Lexer<'a> {
    rest: std::str::Chars<'a>,
    at: usize,
}

pub(super) fn lex(path: &str) -> Result<Vec<Lexeme>, PathProblem> {
    let mut lexer = Lexer {
        rest: path.chars(),
        at: 0,
    };
    let mut lexemes = Vec::new();
    loop {
        let at = lexer.at;
        let Some(c) = lexer.next() else {
            let (kind, value) = (Kind::End, String::new());
            lexemes.push(Lexeme { kind, at, value });
            return Ok(lexemes);
        };
        let (kind, value) = match c {
            '*' | '+' | '?' => (Kind::Modifier, c.to_string()),
            '\\' => {
                let escaped = lexer.next().map(String::from);
                (Kind::Escaped, escaped.unwrap_or_default())
            }
            '{' => (Kind::Open, c.to_string()),
            '}' => (Kind::Close, c.to_string()),
            ':' => (Kind::Name, lexer.name(at)?),
            '(' => (Kind::Pattern, lexer.pattern(at)?),
            _ => (Kind::Char, c.to_string()),
        };
        lexemes.push(Lexeme { kind, at, value });
    }
}

fn problem<T>(why: &str, at: usize) -> Result<T, PathProblem> {
    Err(PathProblem::Path(format!("{why} at {at}")))
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.at += c.len_utf16();
        Some(c)
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn name(&mut self, from: usize) -> Result<String, PathProblem> {
        let mut name = String::new();
        while let Some(c) = self
            .peek()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        {
            name.push(c);
            self.next();
        }
        match name.is_empty() {
            true => problem("Missing parameter name", from),
            false => Ok(name),
        }
    }

    /// What stands between the parentheses.
    fn pattern(&mut self, from: usize) -> Result<String, PathProblem> {
        if self.peek() == Some('?') {
            return problem("Pattern cannot start with \"?\"", self.at);
        }
        let mut pattern = String::new();
        let mut depth = 1;
        loop {
            let at = self.at;
            let Some(c) = self.next() else {
                return problem("Unbalanced pattern", from);
            };
            match c {
                '\\' => {
                    pattern.push(c);
                    pattern.extend(self.next());
                    continue;
                }
                ')' => depth -= 1,
                '(' => {
                    depth += 1;
                    if self.peek() != Some('?') {
                        return problem("Capturing groups are not allowed", at);
                    }
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
            pattern.push(c);
        }
        match pattern.is_empty() {
            true => problem("Missing pattern", from),
            false => Ok(pattern),
        }
    }
}
