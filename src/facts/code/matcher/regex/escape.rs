//! Escapes, classes and counted repeats of a pattern.

use super::parse::{Node, Parsed, Parser, invalid, unsupported};
use super::set::Set;

/// What an escape stands for.
pub(super) enum Escape {
    Char(u32),
    Set(Set),
    Node(Node),
}

/// The least and the most rounds.
pub(super) type Bounds = (u32, Option<u32>);

impl Parser {
    /// A counted repeat at the cursor, consumed; `None` where the brace is only a brace.
    pub(super) fn braces(&mut self) -> Parsed<Option<Bounds>> {
        let from = self.at;
        let bounds = self.read_braces();
        match bounds {
            None => self.at = from,
            Some((min, Some(max))) if min > max => {
                return invalid("numbers out of order in {} quantifier");
            }
            Some(_) => {}
        }
        Ok(bounds)
    }

    fn read_braces(&mut self) -> Option<Bounds> {
        self.at += 1;
        let min = self.number()?;
        let max = match self.eat(',') {
            false => Some(min),
            true if self.peek() == Some('}') => None,
            true => Some(self.number()?),
        };
        self.eat('}').then_some((min, max))
    }

    /// A decimal number; a huge one is the largest.
    fn number(&mut self) -> Option<u32> {
        let mut value: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let before = value.unwrap_or_default();
            value = Some(before.saturating_mul(10).saturating_add(digit));
            self.at += 1;
        }
        value
    }

    /// A class from its `[` on.
    pub(super) fn class(&mut self) -> Parsed<Node> {
        self.at += 1;
        let negated = self.eat('^');
        let mut set = Set::default();
        loop {
            if self.eat(']') {
                return Ok(Node::Class(set.folded(self.mode.folding), negated));
            }
            let from = self.class_atom()?;
            if self.peek() != Some('-') || matches!(self.peek_at(1), None | Some(']')) {
                add(&mut set, &from);
                continue;
            }
            self.at += 1;
            let to = self.class_atom()?;
            match (&from, &to) {
                (Escape::Char(from), Escape::Char(to)) if from <= to => set.add(*from, *to),
                (Escape::Char(_), Escape::Char(_)) => {
                    return invalid("Range out of order in character class");
                }
                _ if self.mode.unicode => return invalid("Invalid character class"),
                _ => {
                    add(&mut set, &from);
                    set.add(0x2d, 0x2d);
                    add(&mut set, &to);
                }
            }
        }
    }

    fn class_atom(&mut self) -> Parsed<Escape> {
        match self.peek() {
            None => invalid("Unterminated character class"),
            Some('\\') => self.class_escape(),
            Some(_) => {
                let unit = self.source.get(self.at).copied().unwrap_or_default();
                self.at += 1;
                Ok(Escape::Char(unit))
            }
        }
    }

    fn class_escape(&mut self) -> Parsed<Escape> {
        let unicode = self.mode.unicode;
        match self.peek_at(1) {
            Some('b') => self.two(0x08),
            Some('-') if unicode => self.two(0x2d),
            Some('c') if !unicode => {
                let control = self.peek_at(2).filter(|c| *c == '_' || c.is_ascii_digit());
                match control {
                    Some(c) => {
                        self.at += 3;
                        Ok(Escape::Char(u32::from(c) % 32))
                    }
                    None => self.escape(),
                }
            }
            Some('B' | 'k') if unicode => invalid("Invalid escape"),
            Some('B') => self.two(u32::from('B')),
            Some('k') if self.names.iter().all(Option::is_none) => self.two(u32::from('k')),
            Some('k') => invalid("Invalid escape"),
            Some('1'..='9') if unicode => invalid("Invalid class escape"),
            Some('1'..='9') => Ok(Escape::Char(self.octal())),
            _ => self.escape(),
        }
    }

    fn two(&mut self, c: u32) -> Parsed<Escape> {
        self.at += 2;
        Ok(Escape::Char(c))
    }

    /// An escape from its backslash on.
    pub(super) fn escape(&mut self) -> Parsed<Escape> {
        let Some(c) = self.peek_at(1) else {
            return invalid("\\ at end of pattern");
        };
        let set = match c {
            'd' | 'D' => Set::digits(),
            's' | 'S' => Set::space(),
            'w' | 'W' => Set::word(self.mode.folding),
            _ => return self.char_escape(c),
        };
        self.at += 2;
        let set = match c.is_ascii_uppercase() {
            true => set.complement(),
            false => set,
        };
        Ok(Escape::Set(set))
    }

    fn char_escape(&mut self, c: char) -> Parsed<Escape> {
        match c {
            'b' | 'B' => {
                self.at += 2;
                Ok(Escape::Node(Node::Boundary(c == 'b')))
            }
            't' => self.two(0x09),
            'n' => self.two(0x0a),
            'v' => self.two(0x0b),
            'f' => self.two(0x0c),
            'r' => self.two(0x0d),
            'c' => self.control(),
            'x' => self.hexadecimal(2, 'x'),
            'u' => self.unicode_escape(),
            'k' => self.named_reference(),
            'p' | 'P' if self.mode.unicode => unsupported("a Unicode property"),
            '0'..='9' => self.decimal(),
            _ => self.identity(c),
        }
    }

    fn identity(&mut self, c: char) -> Parsed<Escape> {
        if self.mode.unicode && !"^$\\.*+?()[]{}|/".contains(c) {
            return invalid("Invalid escape");
        }
        let unit = self.source.get(self.at + 1).copied().unwrap_or_default();
        self.two(unit)
    }

    fn control(&mut self) -> Parsed<Escape> {
        match self.peek_at(2) {
            Some(letter) if letter.is_ascii_alphabetic() => {
                self.at += 3;
                Ok(Escape::Char(u32::from(letter) % 32))
            }
            _ if self.mode.unicode => invalid("Invalid unicode escape"),
            // Annex B: the backslash stands for itself.
            _ => {
                self.at += 1;
                Ok(Escape::Char(0x5c))
            }
        }
    }

    /// `\xHH` or `\uHHHH`; without the digits only the letter, save under the flag `u`.
    fn hexadecimal(&mut self, digits: usize, letter: char) -> Parsed<Escape> {
        match self.hex_at(2, digits) {
            Some(value) => {
                self.at += 2 + digits;
                Ok(Escape::Char(value))
            }
            None if self.mode.unicode => invalid("Invalid escape"),
            None => self.two(u32::from(letter)),
        }
    }

    fn hex_at(&self, ahead: usize, digits: usize) -> Option<u32> {
        (0..digits).try_fold(0, |value, i| {
            let digit = self.peek_at(ahead + i)?.to_digit(16)?;
            Some(value * 16 + digit)
        })
    }

    fn unicode_escape(&mut self) -> Parsed<Escape> {
        if !self.mode.unicode {
            return self.hexadecimal(4, 'u');
        }
        if self.peek_at(2) == Some('{') {
            return self.code_point();
        }
        let high = self.hex_at(2, 4);
        let escaped = self.peek_at(6) == Some('\\') && self.peek_at(7) == Some('u');
        let low = self.hex_at(8, 4).filter(|_| escaped);
        match (high, low) {
            (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                self.at += 12;
                let value = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                Ok(Escape::Char(value))
            }
            _ => self.hexadecimal(4, 'u'),
        }
    }

    /// `\u{…}`
    fn code_point(&mut self) -> Parsed<Escape> {
        self.at += 3;
        let from = self.at;
        let mut value: u32 = 0;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) {
            value = value.saturating_mul(16).saturating_add(digit);
            self.at += 1;
        }
        let empty = self.at == from;
        match self.eat('}') && !empty && value <= 0x10_ffff {
            true => Ok(Escape::Char(value)),
            false => invalid("Invalid Unicode escape"),
        }
    }

    fn named_reference(&mut self) -> Parsed<Escape> {
        let named = self.names.iter().any(Option::is_some);
        if !named && !self.mode.unicode {
            return self.two(u32::from('k'));
        }
        if self.peek_at(2) != Some('<') {
            return invalid("Invalid named reference");
        }
        self.at += 3;
        let name = Some(self.group_name()?);
        match self.names.iter().position(|other| *other == name) {
            Some(group) => Ok(Escape::Node(Node::Back(u32::try_from(group).unwrap_or(0)))),
            None => invalid("Invalid named capture referenced"),
        }
    }

    /// `\0`, a reference to a capture, or an octal number.
    fn decimal(&mut self) -> Parsed<Escape> {
        let from = self.at;
        let zero = self.peek_at(1) == Some('0');
        let digit_follows = self.peek_at(2).is_some_and(|c| c.is_ascii_digit());
        if zero && !digit_follows {
            return self.two(0);
        }
        self.at += 1;
        let number = self.number().unwrap_or_default();
        if !zero && (number as usize) < self.names.len() {
            return Ok(Escape::Node(Node::Back(number)));
        }
        if self.mode.unicode {
            return invalid("Invalid decimal escape");
        }
        self.at = from;
        Ok(Escape::Char(self.octal()))
    }

    /// Annex B: up to three octal digits, at most `\377`; `\8` and `\9` stand for themselves.
    fn octal(&mut self) -> u32 {
        self.at += 1;
        let mut value = 0;
        let mut read = 0;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) {
            if read == 3 || value * 8 + digit > 0o377 {
                break;
            }
            value = value * 8 + digit;
            read += 1;
            self.at += 1;
        }
        if read == 0 {
            value = self.source.get(self.at).copied().unwrap_or_default();
            self.at += 1;
        }
        value
    }
}

fn add(set: &mut Set, what: &Escape) {
    match what {
        Escape::Char(c) => set.add(*c, *c),
        Escape::Set(other) => set.add_all(other),
        Escape::Node(_) => {}
    }
}
