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

/// One name on the way down a path: where it is, and whether a folder has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    start: usize,
    end: usize,
    is_dir: bool,
}

/// The names of `path` from the top; `is_dir` says what the last one is.
pub(super) fn levels(path: &str, is_dir: bool) -> Vec<Level> {
    let mut start = 0;
    let mut levels = Vec::new();
    for (end, _) in path.match_indices('/') {
        levels.push(Level {
            start,
            end,
            is_dir: true,
        });
        start = end + 1;
    }
    levels.push(Level {
        start,
        end: path.len(),
        is_dir,
    });
    levels
}

/// The patterns of an ignore file, in its order.
pub(super) fn read(text: &str) -> Vec<Pattern> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1u32..)
        .zip(text.split('\n'))
        .filter_map(|(line, text)| Pattern::parse(text, line))
        .collect()
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
        let body = if by_path {
            body.strip_prefix('/').unwrap_or(body)
        } else {
            body
        };
        Some(Self {
            text: text.to_owned(),
            line,
            negated,
            folders_only,
            by_path,
            wild: Wild::compile(body.as_bytes()),
        })
    }

    /// Calls `found` with the number of each of `levels` that the pattern speaks of. The first `skip` bytes
    /// of `path` lead to the folder of its file. `ends` is only room to work in.
    pub(super) fn find(
        &self,
        path: &str,
        skip: usize,
        levels: &[Level],
        ends: &mut Vec<bool>,
        mut found: impl FnMut(usize),
    ) {
        let path = path.as_bytes();
        let seen = path.get(skip..).unwrap_or_default();
        // One run answers for the path and all folders above it.
        if self.by_path && !self.wild.ends(seen, ends) {
            return;
        }
        for (number, level) in levels.iter().enumerate() {
            if level.start < skip || (self.folders_only && !level.is_dir) {
                continue;
            }
            let name = path.get(level.start..level.end).unwrap_or_default();
            let matches = match self.by_path {
                true => ends.get(level.end - skip).copied().unwrap_or(false),
                false => self.wild.matches(name, ends),
            };
            if matches {
                found(number);
            }
        }
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
