//! Patterns of paths.

/// A pattern of patterns: `*` is any text within a segment, `**` any text, all else stands for itself
/// (a route's own pattern is full of brackets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    parts: Vec<Part>,
    /// How many parts are enough: a closing `/**` may stand for nothing at all.
    enough: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// This character.
    Char(char),
    /// `*`
    Within,
    /// `**`
    Across,
    /// `**/` after a `/` or at the beginning: any number of whole segments.
    Segments,
}

impl Glob {
    /// Reads a glob.
    ///
    /// # Errors
    /// What is wrong with it, as what follows its name.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("is empty; give a pattern such as '/api/**'".to_owned());
        }
        if text.contains("***") {
            return Err(format!(
                "{text}: `***` is neither `*` (within a segment) nor `**` (across)"
            ));
        }
        if text.contains(['{', '}']) {
            return Err(format!(
                "{text}: braces mean nothing here; give one pattern for each alternative"
            ));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let fresh = matches!(parts.last(), None | Some(Part::Char('/')));
            let (part, long) = if fresh && rest.starts_with("**/") {
                (Part::Segments, 3)
            } else if rest.starts_with("**") {
                (Part::Across, 2)
            } else if c == '*' {
                (Part::Within, 1)
            } else {
                (Part::Char(c), c.len_utf8())
            };
            parts.push(part);
            rest = rest.get(long..).unwrap_or_default();
        }
        let enough = match text.ends_with("/**") {
            true => parts.len().saturating_sub(2),
            false => parts.len(),
        };
        Ok(Self { parts, enough })
    }

    /// Whether it matches the whole text. All ways are tried at once, so that no glob is slow.
    pub fn matches(&self, text: &str) -> bool {
        let mut open = vec![false; self.parts.len() + 1];
        if let Some(first) = open.first_mut() {
            *first = true;
        }
        self.skip(&mut open, '/');
        for c in text.chars() {
            let mut next = vec![false; open.len()];
            for (at, part) in self.parts.iter().enumerate() {
                if !open.get(at).is_some_and(|open| *open) {
                    continue;
                }
                let (stays, goes) = match part {
                    Part::Char(own) => (false, *own == c),
                    Part::Within => (c != '/', false),
                    Part::Across | Part::Segments => (true, false),
                };
                for (to, yes) in [(at, stays), (at + 1, goes)] {
                    if let Some(to) = next.get_mut(to) {
                        *to |= yes;
                    }
                }
            }
            self.skip(&mut next, c);
            open = next;
        }
        let end = |at: usize| open.get(at).is_some_and(|open| *open);
        end(self.parts.len()) || end(self.enough)
    }

    /// Opens what follows a part that may stand for nothing more. `last` is the character before.
    fn skip(&self, open: &mut [bool], last: char) {
        for (at, part) in self.parts.iter().enumerate() {
            let done = match part {
                Part::Char(_) => false,
                Part::Within | Part::Across => true,
                Part::Segments => last == '/',
            };
            let here = open.get(at).is_some_and(|open| *open);
            if let Some(next) = open.get_mut(at + 1) {
                *next |= here && done;
            }
        }
    }
}
