//! Script blocks in markup. Not an HTML parser: it knows comments, tags, quoted attributes and the
//! elements whose inside is no markup, each looked at once.

use std::ops::Range;

/// A script block.
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// What stands between its tags.
    pub(super) inside: Range<usize>,
    attributes: Vec<(&'t str, &'t str)>,
}

impl<'t> Block<'t> {
    /// Whether it has an attribute.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The value of an attribute; empty where it has none.
    pub(super) fn value(&self, name: &str) -> Option<&'t str> {
        let found = self.attributes.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| *value)
    }

    /// Whether it holds code and no data, such as `application/ld+json`.
    pub(super) fn is_code(&self) -> bool {
        self.value("type").is_none_or(|kind| {
            matches!(kind, "" | "module" | "ts")
                || kind.ends_with("javascript")
                || kind.ends_with("typescript")
        })
    }
}

/// The script blocks of a text that do not stand in one of the containers.
pub(super) struct Tags<'t, 'c> {
    text: &'t str,
    at: usize,
    containers: &'c [&'c str],
    /// How many containers are open.
    open: usize,
}

impl<'t, 'c> Tags<'t, 'c> {
    pub(super) fn new(text: &'t str, containers: &'c [&'c str]) -> Self {
        Self {
            text,
            at: 0,
            containers,
            open: 0,
        }
    }

    /// The block that begins with the `<` at this place, if one does.
    fn tag(&mut self, start: usize) -> Option<Block<'t>> {
        let rest = self.text.get(start..)?;
        if rest.starts_with("<!--") {
            self.at = rest
                .find("-->")
                .map_or(self.text.len(), |end| start + end + 3);
            return None;
        }
        let closes = rest.starts_with("</");
        let name_at = start + if closes { 2 } else { 1 };
        let name = word(self.text.get(name_at..)?);
        self.at = name_at + name.len();
        if name.is_empty() {
            return None;
        }
        let is_container = self
            .containers
            .iter()
            .any(|one| name.eq_ignore_ascii_case(one));
        if closes {
            self.open = self.open.saturating_sub(usize::from(is_container));
            return None;
        }
        let (attributes, closed) = self.attributes();
        if closed {
            return None;
        }
        self.open += usize::from(is_container);
        let is_script = name.eq_ignore_ascii_case("script");
        if !is_script && !name.eq_ignore_ascii_case("style") {
            return None;
        }
        let inside = self.at..self.end_of(name);
        self.at = inside.end;
        (is_script && self.open == 0).then_some(Block { inside, attributes })
    }

    /// Where the inside of an element ends that holds no markup: at the first end tag of its name, even
    /// in a string.
    fn end_of(&self, name: &str) -> usize {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(self.at..).unwrap_or_default();
        let ends = memchr::memmem::find_iter(rest, b"</").map(|end| self.at + end);
        let own = |end: &usize| {
            let after = self.text.get(end + 2..).unwrap_or_default();
            word(after).eq_ignore_ascii_case(name)
        };
        ends.into_iter().find(own).unwrap_or(bytes.len())
    }

    /// Reads attributes up to the end of the tag, and says whether it closes itself.
    fn attributes(&mut self) -> (Vec<(&'t str, &'t str)>, bool) {
        let mut attributes = Vec::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let gap = rest.len() - rest.trim_start().len();
            self.at += gap;
            let rest = rest.get(gap..).unwrap_or_default();
            if rest.starts_with("/>") {
                self.at += 2;
                return (attributes, true);
            }
            match rest.chars().next() {
                None => return (attributes, true),
                Some('>') => {
                    self.at += 1;
                    return (attributes, false);
                }
                // Text, not a tag: `a < b`.
                Some('<') => return (attributes, true),
                Some(_) => {}
            }
            let name = word(rest);
            if name.is_empty() {
                self.at += self.odd(rest);
                continue;
            }
            self.at += name.len();
            attributes.push((name, self.attribute_value()));
        }
    }

    /// The length of what is no attribute: a quoted text, or a single character.
    fn odd(&self, rest: &str) -> usize {
        let first = rest.chars().next();
        match first {
            Some(quote @ ('"' | '\'')) => {
                let inside = rest.get(1..).unwrap_or_default();
                inside.find(quote).map_or(1, |end| end + 2)
            }
            other => other.map_or(0, char::len_utf8),
        }
    }

    fn attribute_value(&mut self) -> &'t str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(value) = rest.trim_start().strip_prefix('=') else {
            return "";
        };
        let value = value.trim_start();
        self.at = self.text.len() - value.len();
        match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = value.get(1..).unwrap_or_default();
                let end = inside.find(quote).unwrap_or(inside.len());
                self.at = (self.at + end + 2).min(self.text.len());
                inside.get(..end).unwrap_or_default()
            }
            _ => {
                let value = word(value);
                self.at += value.len();
                value
            }
        }
    }
}

impl<'t> Iterator for Tags<'t, '_> {
    type Item = Block<'t>;

    fn next(&mut self) -> Option<Block<'t>> {
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let start = self.at + memchr::memchr(b'<', rest)?;
            self.at = start + 1;
            if let Some(block) = self.tag(start) {
                return Some(block);
            }
        }
    }
}

/// The name at the beginning of a text.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| {
        c.is_whitespace() || matches!(c, '=' | '>' | '<' | '/' | '"' | '\'' | '`' | '{' | '}')
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}
