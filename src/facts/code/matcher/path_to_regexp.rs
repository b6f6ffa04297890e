//! Strings such as `/users/:id(.*)` as regular expressions: path-to-regexp 6, which Clerk and Next ship.
//!
//! Facts from `path-to-regexp` 6.1.0 (in Next until 15.4), 6.2 (in Clerk until `@clerk/nextjs` 4) and
//! 6.3.0 (all since). Lengths and positions count UTF-16 code units, as JavaScript does.

mod lexer;

use lexer::{Kind, Lexeme, lex};

use super::regex::{Regex, RegexProblem};

/// Which rules the library follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// 6.0 to 6.2: parameters may touch, and a group without a prefix may repeat.
    Before63,
    /// Since 6.3.0 both are errors, and a parameter never takes the text that stands before it.
    Since63,
}

/// The options of `pathToRegexp` that Clerk (none) and Next (all three, for redirects and rewrites) set.
/// A match always takes the whole text.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which rules.
    pub edition: Edition,
    /// Upper and lower case differ.
    pub sensitive: bool,
    /// No delimiter is allowed at the end.
    pub strict: bool,
    /// The characters between segments.
    pub delimiter: String,
}

impl Options {
    /// What the library does unless told otherwise.
    pub fn of(edition: Edition) -> Options {
        Options {
            edition,
            sensitive: false,
            strict: false,
            delimiter: "/#?".to_owned(),
        }
    }
}

/// Why a path is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathProblem {
    /// The library throws, with this message.
    Path(String),
    /// The regular expression that comes out of it is the problem.
    Regex(RegexProblem),
}

impl std::fmt::Display for PathProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PathProblem::Path(why) => f.write_str(why),
            PathProblem::Regex(problem) => problem.fmt(f),
        }
    }
}

/// A piece of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Text that stands for itself.
    Text(String),
    /// `:id`, `(.*)` or `{…}`.
    Key {
        /// The name, or the number of an unnamed one.
        name: String,
        /// Text before it, which is part of it.
        prefix: String,
        /// Text after it, which is part of it.
        suffix: String,
        /// What it matches, as a regular expression; empty: nothing but prefix and suffix.
        pattern: String,
        /// `?`, `*` or `+`.
        modifier: Option<char>,
    },
}

/// `pathToRegexp(path, undefined, options)`.
pub fn path_to_regexp(path: &str, options: &Options) -> Result<Regex, PathProblem> {
    let source = source_of(&parse(path, options)?, options)?;
    let flags = if options.sensitive { "" } else { "i" };
    Regex::new(&source, flags).map_err(PathProblem::Regex)
}

/// The pieces of a path.
pub fn parse(path: &str, options: &Options) -> Result<Vec<Token>, PathProblem> {
    let mut parser = Parser {
        lexemes: lex(path)?.into_iter().peekable(),
        options,
        tokens: Vec::new(),
        text: String::new(),
        unnamed: 0,
    };
    parser.run()?;
    Ok(parser.tokens)
}

struct Parser<'a> {
    lexemes: std::iter::Peekable<std::vec::IntoIter<Lexeme>>,
    options: &'a Options,
    tokens: Vec<Token>,
    text: String,
    unnamed: usize,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), PathProblem> {
        while self.lexemes.peek().is_some() {
            let char = self.eat(Kind::Char);
            let name = self.eat(Kind::Name);
            let pattern = self.eat(Kind::Pattern);
            if name.is_some() || pattern.is_some() {
                self.key(char.unwrap_or_default(), name, pattern)?;
                continue;
            }
            // A backslash at the very end escapes nothing, and is dropped.
            let char = char.or_else(|| self.eat(Kind::Escaped));
            if let Some(char) = char.filter(|char| !char.is_empty()) {
                self.text.push_str(&char);
                continue;
            }
            self.end_text();
            match self.eat(Kind::Open) {
                Some(_) => self.group()?,
                None => self.must(Kind::End)?,
            }
        }
        Ok(())
    }

    fn eat(&mut self, kind: Kind) -> Option<String> {
        let lexeme = self.lexemes.next_if(|lexeme| lexeme.kind == kind)?;
        Some(lexeme.value)
    }

    fn must(&mut self, kind: Kind) -> Result<(), PathProblem> {
        if self.eat(kind).is_some() {
            return Ok(());
        }
        let (found, at) = match self.lexemes.peek() {
            Some(lexeme) => (lexeme.kind.word(), lexeme.at),
            None => (Kind::End.word(), 0),
        };
        let expected = kind.word();
        let why = format!("Unexpected {found} at {at}, expected {expected}");
        Err(PathProblem::Path(why))
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.tokens
                .push(Token::Text(std::mem::take(&mut self.text)));
        }
    }

    /// The modifier behind a key or a group.
    fn modifier(&mut self) -> Option<char> {
        self.eat(Kind::Modifier)?.chars().next()
    }

    fn number(&mut self) -> String {
        self.unnamed += 1;
        (self.unnamed - 1).to_string()
    }

    fn key(
        &mut self,
        before: String,
        name: Option<String>,
        pattern: Option<String>,
    ) -> Result<(), PathProblem> {
        // Only these are taken along as a prefix.
        let prefix = match before.as_str() {
            "." | "/" => before,
            _ => {
                self.text.push_str(&before);
                String::new()
            }
        };
        self.end_text();
        let name = match name {
            Some(name) => name,
            None => self.number(),
        };
        let pattern = match pattern {
            Some(pattern) => pattern,
            None => self.segment(&prefix)?,
        };
        let modifier = self.modifier();
        self.tokens.push(Token::Key {
            name,
            prefix,
            suffix: String::new(),
            pattern,
            modifier,
        });
        Ok(())
    }

    fn group(&mut self) -> Result<(), PathProblem> {
        let prefix = self.consume_text();
        let name = self.eat(Kind::Name);
        let pattern = self.eat(Kind::Pattern);
        let suffix = self.consume_text();
        self.must(Kind::Close)?;
        let (name, pattern) = match (name, pattern) {
            (Some(name), Some(pattern)) => (name, pattern),
            (Some(name), None) => (name, self.segment(&prefix)?),
            (None, Some(pattern)) => (self.number(), pattern),
            (None, None) => (String::new(), String::new()),
        };
        let modifier = self.modifier();
        self.tokens.push(Token::Key {
            name,
            prefix,
            suffix,
            pattern,
            modifier,
        });
        Ok(())
    }

    fn consume_text(&mut self) -> String {
        let mut text = String::new();
        while let Some(more) = self.eat(Kind::Char).or_else(|| self.eat(Kind::Escaped)) {
            if more.is_empty() {
                break;
            }
            text.push_str(&more);
        }
        text
    }

    /// What a parameter without a pattern of its own matches: characters of one segment.
    fn segment(&self, prefix: &str) -> Result<String, PathProblem> {
        let delimiter = escape(&self.options.delimiter);
        let any = format!("[^{delimiter}]+?");
        if self.options.edition == Edition::Before63 {
            return Ok(any);
        }
        let before = match (prefix, self.tokens.last()) {
            ("", Some(Token::Key { name, .. })) => {
                let why = "Must have text between two parameters, missing text after";
                return Err(PathProblem::Path(format!("{why} \"{name}\"")));
            }
            ("", Some(Token::Text(text))) => text,
            _ => prefix,
        };
        let apart = self.options.delimiter.chars().any(|c| before.contains(c));
        Ok(match before.is_empty() || apart {
            true => any,
            false => format!("(?:(?!{})[^{delimiter}])+?", escape(before)),
        })
    }
}

/// The source of the regular expression for the pieces of a path.
pub fn source_of(tokens: &[Token], options: &Options) -> Result<String, PathProblem> {
    let mut source = String::from("^");
    for token in tokens {
        match token {
            Token::Text(text) => source.push_str(&escape(text)),
            Token::Key {
                name,
                prefix,
                suffix,
                pattern,
                modifier,
            } => {
                let (prefix, suffix) = (escape(prefix), escape(suffix));
                let sign = modifier.map(String::from).unwrap_or_default();
                let repeats = matches!(modifier, Some('*' | '+'));
                source.push_str(
                    &match (pattern.as_str(), prefix.is_empty() && suffix.is_empty()) {
                        ("", _) => format!("(?:{prefix}{suffix}){sign}"),
                        (_, true) if repeats => match options.edition {
                            Edition::Before63 => format!("((?:{pattern}){sign})"),
                            Edition::Since63 => return Err(cannot_repeat(name)),
                        },
                        (_, true) => format!("({pattern}){sign}"),
                        _ if repeats => {
                            let sign = if *modifier == Some('*') { "?" } else { "" };
                            let more = format!("(?:{suffix}{prefix}(?:{pattern}))*");
                            format!("(?:{prefix}((?:{pattern}){more}){suffix}){sign}")
                        }
                        _ => format!("(?:{prefix}({pattern}){suffix}){sign}"),
                    },
                );
            }
        }
    }
    if !options.strict {
        source.push_str(&format!("[{}]?", escape(&options.delimiter)));
    }
    source.push('$');
    Ok(source)
}

fn cannot_repeat(name: &str) -> PathProblem {
    PathProblem::Path(format!(
        "Can not repeat \"{name}\" without a prefix and suffix"
    ))
}

/// Text as a regular expression that matches just it.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if ".+*?=^!:${}()[]|/\\".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
