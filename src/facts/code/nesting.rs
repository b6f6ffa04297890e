//! How deep a text nests, and how much stack the parser may need for it.

use super::SyntaxProblem;
use super::module::Spot;

/// Code that people write nests less than fifty deep; generated code hardly more.
const MAX_DEPTH: usize = 500;

/// Type arguments nest without brackets that are sure to close: `a < b` opens none. oxc tries each as
/// type arguments and goes back, at a cost that grows faster than their number, and half a million of
/// them need more stack than [`MAX_STACK`]. A statement that people write leaves a handful open.
const MAX_ANGLES: usize = 200;

/// A level costs the text at least a byte and the parser at most 8 KiB of stack: measured over forty
/// kinds of nesting without optimisation, the worst being `[` in types. Stack that is not used is only
/// an address range. Above [`MAX_STACK`], the count of brackets has to do.
const STACK_PER_BYTE: usize = 8192;
const MIN_STACK: usize = 16 << 20;
const MAX_STACK: usize = 1 << 30;

/// The stack on which the parser can read this text, unless it nests too deep.
///
/// The count of brackets is a good guess, not a proof: whether `/` begins a regular expression is the
/// parser's own question. So the stack follows the length of the text, and the count keeps what is
/// plainly absurd away from it.
pub(super) fn stack_for(text: &str) -> Result<usize, SyntaxProblem> {
    if let Some(offset) = too_deep(text.as_bytes()) {
        return Err(SyntaxProblem {
            at: Spot::of(text, u32::try_from(offset).unwrap_or(u32::MAX)),
            message: "nested too deep to be code that people write".to_owned(),
        });
    }
    let stack = text.len().saturating_mul(STACK_PER_BYTE);
    Ok(stack.saturating_add(MIN_STACK).min(MAX_STACK))
}

/// What is open at a place of the text.
#[derive(Default)]
struct Open {
    /// The brackets, and how many `<` were open before each.
    brackets: Vec<(u8, usize)>,
    /// How many `<` are open since the last bracket or the statement's beginning.
    angles: usize,
    /// How many operators stand before the next operand.
    prefixes: usize,
}

impl Open {
    fn bracket(&mut self, bracket: u8) {
        self.brackets.push((bracket, self.angles));
        self.angles = 0;
    }

    fn close(&mut self) {
        self.angles = self.brackets.pop().map_or(0, |(_, angles)| angles);
    }

    fn is_in_template(&self) -> bool {
        self.brackets
            .last()
            .is_some_and(|(bracket, _)| *bracket == b'$')
    }

    fn is_too_much(&self) -> bool {
        self.brackets.len() > MAX_DEPTH || self.prefixes > MAX_DEPTH || self.angles > MAX_ANGLES
    }

    /// Counts what nests without brackets.
    fn other(&mut self, byte: u8, before: u8) {
        match byte {
            b'<' => self.angles += 1,
            b'>' if before != b'=' => self.angles = self.angles.saturating_sub(1),
            b';' => self.angles = 0,
            _ => {}
        }
        self.prefixes = match byte {
            b'!' | b'~' | b'+' | b'-' | b'@' => self.prefixes + 1,
            _ if byte.is_ascii_whitespace() => self.prefixes,
            _ => 0,
        };
    }
}

/// Where the text first nests too deep.
fn too_deep(text: &[u8]) -> Option<usize> {
    let mut open = Open::default();
    let mut before = b';';
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let next = match byte {
            b'"' | b'\'' => end_of_string(text, at),
            b'`' => template(text, at + 1, &mut open),
            b'/' => end_of_slash(text, at, before),
            b'}' if open.is_in_template() => {
                open.close();
                template(text, at + 1, &mut open)
            }
            b'(' | b'[' | b'{' => {
                open.bracket(byte);
                at + 1
            }
            b')' | b']' | b'}' => {
                open.close();
                at + 1
            }
            _ => at + 1,
        };
        open.other(byte, before);
        if open.is_too_much() {
            return Some(at);
        }
        if !byte.is_ascii_whitespace() && !is_comment(text, at) {
            before = byte;
        }
        at = next;
    }
    None
}

fn is_comment(text: &[u8], at: usize) -> bool {
    text.get(at) == Some(&b'/') && matches!(text.get(at + 1), Some(b'/' | b'*'))
}

/// The byte after a string; a line break ends one that is not closed.
fn end_of_string(text: &[u8], start: usize) -> usize {
    let quote = text.get(start).copied();
    let mut at = start + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return at,
            _ if Some(byte) == quote => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// Goes through the text of a template up to its end or to the next `${`.
fn template(text: &[u8], start: usize, open: &mut Open) -> usize {
    let mut at = start;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'`' => return at + 1,
            b'$' if text.get(at + 1) == Some(&b'{') => {
                open.bracket(b'$');
                return at + 2;
            }
            _ => at += 1,
        }
    }
    at
}

/// The byte after a comment, a regular expression or a division sign.
pub(super) fn end_of_slash(text: &[u8], start: usize, before: u8) -> usize {
    let rest = text.get(start + 2..).unwrap_or_default();
    match text.get(start + 1) {
        Some(b'/') => memchr::memchr(b'\n', rest).map_or(text.len(), |end| start + 2 + end),
        Some(b'*') => memchr::memmem::find(rest, b"*/").map_or(text.len(), |end| start + 4 + end),
        _ if before.is_ascii_alphanumeric()
            || matches!(before, b')' | b']' | b'_' | b'$' | b'"' | b'\'') =>
        {
            start + 1
        }
        _ => end_of_regex(text, start).unwrap_or(start + 1),
    }
}

fn end_of_regex(text: &[u8], start: usize) -> Option<usize> {
    let mut in_class = false;
    let mut at = start + 1;
    loop {
        match *text.get(at)? {
            b'\n' => return None,
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nesting_is_refused_where_it_begins() {
        for open in [
            "(", "[", "{a:", "`${", "!", "- ", "@", "A<", "A<B<C>,", "A<()=>B,",
        ] {
            let text = format!("x = {}", open.repeat(50_000));
            assert!(too_deep(text.as_bytes()).is_some(), "{open}");
        }
    }

    #[test]
    fn brackets_in_strings_comments_and_patterns_do_not_count() {
        let text = "'((' /* (( */ `((` /[(]\\(/ // ((\n".repeat(1_000);
        assert_eq!(too_deep(text.as_bytes()), None);
    }

    #[test]
    fn angles_that_close_or_belong_to_other_statements_do_not_count() {
        let text = "if (a < b) c = d < e; f<G<H>>(<i>{j}</i>, (k) => l)\n".repeat(10_000);
        assert_eq!(too_deep(text.as_bytes()), None);
    }

    #[test]
    fn a_template_closes_what_it_opened() {
        let text = "`${ {a: `${1}`} }` ;".repeat(1_000);
        assert_eq!(too_deep(text.as_bytes()), None);
    }

    #[test]
    fn a_text_that_ends_early_ends_the_count() {
        for text in ["'", "`", "`${", "/", "/*", "//", "/[", "'\\", "`\\", "/\\"] {
            assert_eq!(too_deep(text.as_bytes()), None, "{text}");
        }
    }
}
