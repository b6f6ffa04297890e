//! One line of an ignore file, as gitignore(5) and git's reader of such files take it.

use super::wild::Wild;

/// A pattern with what its line says about it.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The line, without the trailing spaces and the line break that git drops.
    pub(super) text: String,
    /// 1-based line.
    pub(super) line: u32,
    /// The pattern takes back what others ignored (`!`).
    pub(super) negated: bool,
    /// It names folders only (a trailing `/`).
    folders_only: bool,
    /// It is matched with the path below the folder of its file, not with the last name alone.
    by_path: bool,
    wild: Wild,
}

/// The patterns of an ignore file, in its order.
pub(super) fn read(text: &str) -> Vec<Pattern> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1u32..).zip(text.split('\n')).filter_map(|(line, text)| Pattern::parse(text, line)).collect()
}

impl Pattern {
    /// `None` for a comment and for a line that can match nothing because nothing is on it.
    fn parse(raw: &str, line: u32) -> Option<Self> {
        if raw.starts_with('#') {
            return None;
        }
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        // Git holds the line as a C string.
        let raw = raw.split('\0').next().unwrap_or_default();
        let text = without_trailing_spaces(raw);
        let negated = text.starts_with('!');
        let body = text.strip_prefix('!').unwrap_or(text);
        let folders_only = body.ends_with('/');
        let body = body.strip_suffix('/').unwrap_or(body);
        if body.is_empty() {
            return None;
        }
        let by_path = body.contains('/');
        let body = if by_path { body.strip_prefix('/').unwrap_or(body) } else { body };
        let literal = body.bytes().take_while(|byte| !b"*?[\\".contains(byte)).count();
        Some(Self {
            text: text.to_owned(),
            line,
            negated,
            folders_only,
            by_path,
            wild: Wild::compile(body.as_bytes(), literal),
        })
    }

    /// Whether the pattern speaks of `path`, which is relative to the folder of its file.
    pub(super) fn matches(&self, path: &str, is_dir: bool) -> bool {
        if self.folders_only && !is_dir {
            return false;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        self.wild.matches(if self.by_path { path } else { name }.as_bytes())
    }
}

/// Spaces at the end do not count unless a backslash stands before them. A tab always counts.
fn without_trailing_spaces(text: &str) -> &str {
    let mut end = 0;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if escaped || byte != b' ' {
            end = at + 1;
        }
        escaped = !escaped && byte == b'\\';
    }
    // `end` stands behind a whole character or at the end: only spaces follow it.
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_trailing_space_belongs_to_the_pattern() {
        assert_eq!(without_trailing_spaces("a  "), "a");
        assert_eq!(without_trailing_spaces("a\\  "), "a\\ ");
        assert_eq!(without_trailing_spaces("a\\\\ "), "a\\\\");
        assert_eq!(without_trailing_spaces("a\t "), "a\t");
        assert_eq!(without_trailing_spaces("é "), "é");
        assert_eq!(without_trailing_spaces("   "), "");
    }

    #[test]
    fn lines_keep_their_number() {
        let lines: Vec<_> = read("\u{feff}# note\r\n\r\n.env\r\n  \n!a")
            .into_iter()
            .map(|pattern| (pattern.line, pattern.text))
            .collect();
        assert_eq!(lines, [(3, ".env".to_owned()), (5, "!a".to_owned())]);
    }
}
