//! Git's wildcards over bytes, in time linear in pattern × text.
//!
//! The meaning is that of gitignore(5) and fnmatch(3) with `FNM_PATHNAME`, and where the two leave room,
//! that of git itself as measured in `fixtures/parity/gitignore`: one byte at a time (`?` is half of an
//! `é`), and a bracket that is never closed matches nothing.

/// A compiled pattern: what the text has to be, from left to right.
#[derive(Debug, Clone)]
pub(super) struct Wild {
    /// The part before the first special character.
    literal: Vec<u8>,
    /// What has to follow it.
    steps: Vec<Step>,
    /// The number of bytes that a matching text has at least.
    least: usize,
}

#[derive(Debug, Clone)]
enum Step {
    /// This byte.
    Byte(u8),
    /// `?`: one byte that is no slash.
    One,
    /// `[…]`: one byte of a set, never a slash.
    Set(Box<ByteSet>),
    /// `*`: any bytes but slashes.
    Name,
    /// `**` that stands alone between slashes: any bytes.
    Rest,
    /// `**/`: nothing, or any bytes up to and with a slash.
    Folders,
    /// A malformed part: no text matches.
    Never,
}

/// A set of bytes.
#[derive(Debug, Clone, Default)]
struct ByteSet([u64; 4]);

impl ByteSet {
    fn add(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }

    fn add_where(&mut self, belongs: impl Fn(u8) -> bool) {
        (0..=u8::MAX)
            .filter(|byte| belongs(*byte))
            .for_each(|byte| self.add(byte));
    }

    fn has(&self, byte: u8) -> bool {
        self.0
            .get(usize::from(byte >> 6))
            .is_some_and(|word| word & (1 << (byte & 63)) != 0)
    }

    fn invert(&mut self) {
        self.0 = self.0.map(|word| !word);
    }
}

impl Wild {
    /// Compiles `pattern`. As in git, what follows the literal part is a pattern of its own: in `a**/b`
    /// the two stars stand at a beginning and cross folders.
    pub(super) fn compile(pattern: &[u8]) -> Self {
        let special = pattern.iter().position(|byte| b"*?[\\".contains(byte));
        let (literal, rest) = pattern.split_at(special.unwrap_or(pattern.len()));
        let mut steps = Vec::new();
        let mut at = 0;
        while let Some(&byte) = rest.get(at) {
            let (step, next) = match byte {
                b'*' => stars(rest, at),
                b'?' => (Step::One, at + 1),
                b'[' => match set(rest, at + 1) {
                    Some((set, next)) => (Step::Set(Box::new(set)), next),
                    None => (Step::Never, rest.len()),
                },
                b'\\' => match rest.get(at + 1) {
                    Some(&escaped) => (Step::Byte(escaped), at + 2),
                    None => (Step::Never, at + 1),
                },
                _ => (Step::Byte(byte), at + 1),
            };
            steps.push(step);
            at = next;
        }
        let any = |step: &&Step| matches!(step, Step::Name | Step::Rest | Step::Folders);
        let least = literal.len() + steps.len() - steps.iter().filter(any).count();
        Self {
            literal: literal.to_owned(),
            steps,
            least,
        }
    }

    /// Whether all of `text` is what the pattern describes. `ends` is only room to work in.
    pub(super) fn matches(&self, text: &[u8], ends: &mut Vec<bool>) -> bool {
        match self.steps.last() {
            None => text == self.literal,
            Some(Step::Byte(last)) if text.last() != Some(last) => false,
            Some(_) => self.ends(text, ends) && ends.last().copied().unwrap_or(false),
        }
    }

    /// Writes to `ends[n]` whether the first `n` bytes of `text` are what the pattern describes. False when
    /// that is so for no `n`; then `ends` says nothing.
    pub(super) fn ends(&self, text: &[u8], ends: &mut Vec<bool>) -> bool {
        if text.len() < self.least || !text.starts_with(&self.literal) {
            return false;
        }
        ends.clear();
        ends.resize(text.len() + 1, false);
        if let Some(end) = ends.get_mut(self.literal.len()) {
            *end = true;
        }
        self.steps.iter().all(|step| step.advance(text, ends))
    }
}

impl Step {
    /// Takes `ends` past this step. False when no beginning of the text is left that matches.
    fn advance(&self, text: &[u8], ends: &mut [bool]) -> bool {
        match self {
            Step::Byte(wanted) => one_byte(text, ends, |byte| byte == *wanted),
            Step::One => one_byte(text, ends, |byte| byte != b'/'),
            Step::Set(set) => one_byte(text, ends, |byte| byte != b'/' && set.has(byte)),
            Step::Never => false,
            Step::Name => any_bytes(text, ends, |_, before, byte| before && byte != b'/'),
            Step::Rest => any_bytes(text, ends, |seen, _, _| seen),
            Step::Folders => any_bytes(text, ends, |seen, _, byte| seen && byte == b'/'),
        }
    }
}

/// Moves every end one byte on, where that byte fits.
fn one_byte(text: &[u8], ends: &mut [bool], fits: impl Fn(u8) -> bool) -> bool {
    let mut before = false;
    let mut alive = false;
    let bytes = std::iter::once(None).chain(text.iter().copied().map(Some));
    for (end, byte) in ends.iter_mut().zip(bytes) {
        let moved = before && byte.is_some_and(&fits);
        before = std::mem::replace(end, moved);
        alive |= moved;
    }
    alive
}

/// Keeps every end and adds those that `reached` allows. It is told whether any earlier position was an
/// end before this step, whether the position one byte before is an end now, and that byte.
fn any_bytes(text: &[u8], ends: &mut [bool], reached: impl Fn(bool, bool, u8) -> bool) -> bool {
    let (mut seen, mut before) = match ends.first() {
        Some(first) => (*first, *first),
        None => return false,
    };
    for (end, byte) in ends.iter_mut().skip(1).zip(text) {
        let was = *end;
        *end |= reached(seen, before, *byte);
        before = *end;
        seen |= was;
    }
    seen
}

/// A run of stars that begins at `at`.
fn stars(pattern: &[u8], at: usize) -> (Step, usize) {
    let after = pattern.iter().skip(at).position(|byte| *byte != b'*');
    let after = after.map_or(pattern.len(), |run| at + run);
    let begins = at
        .checked_sub(1)
        .is_none_or(|before| pattern.get(before) == Some(&b'/'));
    let rest = pattern.get(after..).unwrap_or_default();
    match rest {
        _ if after - at < 2 || !begins => (Step::Name, after),
        [] => (Step::Rest, after),
        [b'/', ..] => (Step::Folders, after + 1),
        [b'\\', b'/', ..] => (Step::Rest, after),
        _ => (Step::Name, after),
    }
}

/// The set behind a `[` and the position after its `]`; `None` when it is malformed.
fn set(pattern: &[u8], mut at: usize) -> Option<(ByteSet, usize)> {
    let mut members = ByteSet::default();
    let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
    if negated {
        at += 1;
    }
    let first = at;
    // The member that a following `-` makes the lower bound of a range.
    let mut lower = None;
    loop {
        let byte = *pattern.get(at)?;
        match (byte, lower, pattern.get(at + 1)) {
            (b']', _, _) if at > first => break,
            (b'-', Some(low), Some(&next)) if next != b']' => {
                let (high, last) = escaped(pattern, at + 1)?;
                (low..=high).for_each(|byte| members.add(byte));
                (lower, at) = (None, last + 1);
            }
            (b'[', _, Some(b':')) => {
                let name = pattern.get(at + 2..)?;
                let end = name.iter().position(|byte| *byte == b']')?;
                match name.get(..end)?.strip_suffix(b":") {
                    Some(class) => {
                        members.add_where(class_test(class)?);
                        (lower, at) = (None, at + 2 + end + 1);
                    }
                    None => {
                        members.add(b'[');
                        (lower, at) = (Some(b'['), at + 1);
                    }
                }
            }
            _ => {
                let (member, last) = escaped(pattern, at)?;
                members.add(member);
                (lower, at) = (Some(member), last + 1);
            }
        }
    }
    if negated {
        members.invert();
    }
    Some((members, at + 1))
}

/// The byte at `at`, or the one behind the backslash there, with its position.
fn escaped(pattern: &[u8], at: usize) -> Option<(u8, usize)> {
    match pattern.get(at)? {
        b'\\' => Some((*pattern.get(at + 1)?, at + 1)),
        byte => Some((*byte, at)),
    }
}

/// The POSIX character classes, in the C locale.
fn class_test(name: &[u8]) -> Option<fn(u8) -> bool> {
    Some(match name {
        b"alnum" => |byte| byte.is_ascii_alphanumeric(),
        b"alpha" => |byte| byte.is_ascii_alphabetic(),
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"cntrl" => |byte| byte.is_ascii_control(),
        b"digit" => |byte| byte.is_ascii_digit(),
        b"graph" => |byte| byte.is_ascii_graphic(),
        b"lower" => |byte| byte.is_ascii_lowercase(),
        b"print" => |byte| byte.is_ascii_graphic() || byte == b' ',
        b"punct" => |byte| byte.is_ascii_punctuation(),
        b"space" => |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'),
        b"upper" => |byte| byte.is_ascii_uppercase(),
        b"xdigit" => |byte| byte.is_ascii_hexdigit(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Wild::compile(pattern.as_bytes()).matches(text.as_bytes(), &mut Vec::new())
    }

    #[test]
    fn a_star_stays_in_one_folder() {
        assert!(matches("*.env", "a.env"));
        assert!(!matches("a/*", "a/b/c"));
        assert!(!matches("a*c", "a/c"));
    }

    #[test]
    fn two_stars_cross_folders_only_between_slashes() {
        assert!(matches("a/**/b", "a/b"));
        assert!(matches("a/**/b", "a/x/y/b"));
        assert!(matches("**/b", "b"));
        assert!(matches("a/**", "a/x/y"));
        assert!(!matches("?/x**/b", "a/x/y/b"));
        assert!(matches("a/x**/b", "a/x/y/b"));
    }

    #[test]
    fn a_malformed_set_matches_nothing() {
        assert!(!matches("[a", "a"));
        assert!(!matches("[a", "[a"));
        assert!(!matches("[[:word:]]", "a"));
        assert!(matches("[]a]", "]"));
        assert!(matches("[!a-c]", "d"));
    }

    #[test]
    fn a_pattern_made_to_backtrack_ends_soon() {
        let pattern = "**/*a".repeat(500);
        assert!(!matches(&pattern, &"a/".repeat(2000)));
    }
}
