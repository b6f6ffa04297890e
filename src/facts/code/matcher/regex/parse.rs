//! The grammar of ECMA-262 patterns with Annex B, which is what browsers and Node read.

use super::RegexProblem;
use super::escape::{Bounds, Escape};
use super::set::{Folding, Set};

/// Groups inside groups. The parser and the compiler recurse once for each.
const DEEPEST: u32 = 120;
/// Code units of a pattern. Next.js refuses sources over 4096.
const LONGEST: usize = 20_000;

/// A piece of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Char(u32),
    /// `.`
    Any,
    /// A class, and whether it starts with `^`.
    Class(Set, bool),
    Start,
    End,
    /// `\b`, or `\B` where false.
    Boundary(bool),
    Capture(u32, Box<Node>),
    Back(u32),
    Look {
        behind: bool,
        negative: bool,
        node: Box<Node>,
    },
    Repeat(Box<Repeat>),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
}

/// A quantified piece.
#[derive(Debug, Clone)]
pub(super) struct Repeat {
    pub(super) node: Node,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    pub(super) greedy: bool,
    /// The captures inside, which every round forgets: from, up to but not including.
    pub(super) captures: (u32, u32),
}

/// What the flags say about reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mode {
    pub(super) unicode: bool,
    pub(super) folding: Folding,
}

pub(super) struct Parser {
    pub(super) source: Vec<u32>,
    pub(super) at: usize,
    pub(super) mode: Mode,
    /// The name of each capture; the first is the whole match.
    pub(super) names: Vec<Option<Vec<u32>>>,
    opened: u32,
    depth: u32,
}

pub(super) type Parsed<T> = Result<T, RegexProblem>;

pub(super) fn invalid<T>(why: impl Into<String>) -> Parsed<T> {
    Err(RegexProblem::Invalid(why.into()))
}

pub(super) fn unsupported<T>(why: impl Into<String>) -> Parsed<T> {
    Err(RegexProblem::Unsupported(why.into()))
}

/// A pattern's tree and how many captures it has, the whole match included.
pub(super) fn parse(source: &str, mode: Mode) -> Parsed<(Node, u32)> {
    let source = super::units(source, mode.unicode);
    if source.len() > LONGEST {
        return unsupported("the pattern is too long");
    }
    let mut parser = Parser {
        names: Vec::new(),
        source,
        at: 0,
        mode,
        opened: 0,
        depth: 0,
    };
    parser.names = parser.find_captures()?;
    let node = parser.either()?;
    if parser.peek().is_some() {
        return invalid("Unmatched ')'");
    }
    Ok((node, u32::try_from(parser.names.len()).unwrap_or(u32::MAX)))
}

impl Parser {
    pub(super) fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        let unit = self.source.get(self.at + ahead).copied()?;
        // Half a surrogate pair is no character of the grammar.
        Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn eat_all(&mut self, text: &str) -> bool {
        let found = text
            .chars()
            .enumerate()
            .all(|(i, c)| self.peek_at(i) == Some(c));
        if found {
            self.at += text.len();
        }
        found
    }

    /// The captures of the whole pattern, since `\2` may refer to a group that comes later.
    fn find_captures(&mut self) -> Parsed<Vec<Option<Vec<u32>>>> {
        let mut names = vec![None];
        let mut in_class = false;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\\' => self.at += 1,
                '[' => in_class = true,
                ']' => in_class = false,
                '(' if in_class => {}
                '(' if self.peek() != Some('?') => names.push(None),
                '(' if self.peek_at(1) == Some('<')
                    && !matches!(self.peek_at(2), Some('=' | '!')) =>
                {
                    self.at += 2;
                    let name = self.group_name()?;
                    if names.contains(&Some(name.clone())) {
                        return unsupported("two groups of one name");
                    }
                    names.push(Some(name));
                }
                _ => {}
            }
        }
        self.at = 0;
        Ok(names)
    }

    /// A group's name up to and including its `>`.
    pub(super) fn group_name(&mut self) -> Parsed<Vec<u32>> {
        let from = self.at;
        while let Some(c) = self.peek() {
            match c {
                '>' if self.at > from => {
                    let name = self.source.get(from..self.at).unwrap_or_default().to_vec();
                    self.at += 1;
                    return Ok(name);
                }
                '0'..='9' if self.at > from => {}
                'a'..='z' | 'A'..='Z' | '_' | '$' => {}
                '\\' => return unsupported("an escape in a group's name"),
                c if !c.is_ascii() => return unsupported("a group's name beyond ASCII"),
                _ => return invalid("Invalid capture group name"),
            }
            self.at += 1;
        }
        invalid("Invalid capture group name")
    }

    fn either(&mut self) -> Parsed<Node> {
        let mut arms = vec![self.sequence()?];
        while self.eat('|') {
            arms.push(self.sequence()?);
        }
        Ok(match arms.len() {
            1 => arms.remove(0),
            _ => Node::Either(arms),
        })
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            nodes.push(self.term(c)?);
        }
        Ok(Node::Sequence(nodes))
    }

    fn term(&mut self, c: char) -> Parsed<Node> {
        let before = self.opened;
        let unicode = self.mode.unicode;
        let node = match c {
            '^' => return self.simple(Node::Start),
            '$' => return self.simple(Node::End),
            '(' => {
                let node = self.group()?;
                let fixed = matches!(&node, Node::Look { behind, .. } if *behind || unicode);
                if fixed {
                    return Ok(node);
                }
                node
            }
            '.' => self.simple(Node::Any)?,
            '[' => self.class()?,
            '\\' => match self.escape()? {
                Escape::Node(node @ Node::Boundary(_)) => return Ok(node),
                Escape::Node(node) => node,
                Escape::Char(c) => Node::Char(c),
                Escape::Set(set) => Node::Class(set.folded(self.mode.folding), false),
            },
            '*' | '+' | '?' => return invalid("Nothing to repeat"),
            '{' if unicode => return invalid("Nothing to repeat"),
            '{' if self.braces()?.is_some() => return invalid("Nothing to repeat"),
            '}' | ']' if unicode => return invalid("Lone quantifier brackets"),
            _ => {
                let unit = self.source.get(self.at).copied().unwrap_or_default();
                self.simple(Node::Char(unit))?
            }
        };
        self.quantified(node, before)
    }

    fn simple(&mut self, node: Node) -> Parsed<Node> {
        self.at += 1;
        Ok(node)
    }

    fn quantified(&mut self, node: Node, before: u32) -> Parsed<Node> {
        let bounds = match self.peek() {
            Some('*') => self.sign((0, None)),
            Some('+') => self.sign((1, None)),
            Some('?') => self.sign((0, Some(1))),
            Some('{') => self.braces()?,
            _ => return Ok(node),
        };
        let Some((min, max)) = bounds else {
            return match self.mode.unicode {
                true => invalid("Incomplete quantifier"),
                false => Ok(node),
            };
        };
        let greedy = !self.eat('?');
        let captures = (before + 1, self.opened + 1);
        Ok(Node::Repeat(Box::new(Repeat {
            node,
            min,
            max,
            greedy,
            captures,
        })))
    }

    fn sign(&mut self, bounds: Bounds) -> Option<Bounds> {
        self.at += 1;
        Some(bounds)
    }

    fn group(&mut self) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return unsupported("groups are nested too deep");
        }
        self.at += 1;
        let look = [
            ("?=", false, false),
            ("?!", false, true),
            ("?<=", true, false),
            ("?<!", true, true),
        ];
        let look = look.into_iter().find(|(sign, ..)| self.eat_all(sign));
        let number = match look {
            Some(_) => None,
            None if self.eat_all("?:") => None,
            None => Some(self.capture_number()?),
        };
        let node = Box::new(self.either()?);
        if !self.eat(')') {
            return invalid("Unterminated group");
        }
        self.depth -= 1;
        Ok(match (look, number) {
            (Some((_, behind, negative)), _) => Node::Look {
                behind,
                negative,
                node,
            },
            (None, Some(number)) => Node::Capture(number, node),
            (None, None) => Node::Sequence(vec![*node]),
        })
    }

    fn capture_number(&mut self) -> Parsed<u32> {
        if self.eat_all("?<") {
            self.group_name()?;
        } else if self.peek() == Some('?') {
            // `(?i:…)` is of 2025; Node before 23 refuses it.
            return match self.peek_at(1) {
                Some('i' | 'm' | 's' | '-') => unsupported("flags inside the pattern"),
                _ => invalid("Invalid group"),
            };
        }
        self.opened += 1;
        Ok(self.opened)
    }
}
