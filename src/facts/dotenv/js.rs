//! The few rules of JavaScript that the loaders lean on without saying so: what a regular expression
//! calls white space, what `String.prototype.replace` does with `$` in a replacement, and the order in
//! which an object lists its keys. Source: ECMA-262.

use std::collections::HashMap;

/// `\s` of a regular expression, and what `trim` removes.
pub(super) fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202f}'
                | '\u{205f}'
                | '\u{3000}'
                | '\u{feff}'
    )
}

/// Where `^` and `$` of a multi-line regular expression hold, and where `.` stops.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// `trim`.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `text.replace(pattern, with)` for a string pattern: the first occurrence only, and `$$`, `$&`, `` $` ``
/// and `$'` in `with` mean something. `None` where the result would be longer than `limit`.
pub(super) fn replace_first(text: &str, pattern: &str, with: &str, limit: usize) -> Option<String> {
    let Some((before, after)) = text.split_once(pattern) else {
        return Some(text.to_owned());
    };
    let mut out = before.to_owned();
    let mut rest = with;
    while let Some((plain, tail)) = rest.split_once('$') {
        out.push_str(plain);
        let (piece, special) = match tail.as_bytes().first() {
            Some(b'$') => ("$", true),
            Some(b'&') => (pattern, true),
            Some(b'`') => (before, true),
            Some(b'\'') => (after, true),
            _ => ("$", false),
        };
        out.push_str(piece);
        if out.len() > limit {
            return None;
        }
        rest = tail.get(usize::from(special)..).unwrap_or_default();
    }
    out.push_str(rest);
    out.push_str(after);
    (out.len() <= limit).then_some(out)
}

/// A plain object with string values.
#[derive(Clone, Default)]
pub(super) struct Object {
    keys: Vec<String>,
    values: HashMap<String, String>,
}

impl Object {
    /// `object[key] = value`. A string is no prototype, so assigning one to `__proto__` does nothing.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        if key == "__proto__" {
            return;
        }
        match self.values.get_mut(key) {
            Some(held) => value.clone_into(held),
            None => {
                self.keys.push(key.to_owned());
                self.values.insert(key.to_owned(), value.to_owned());
            }
        }
    }

    /// `object[key]`, own properties only.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// Every key with its value, in no order that matters.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The keys as `for…in` lists them: array indices in ascending order, then the others as they came.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys = self.keys.clone();
        keys.sort_by_key(|key| array_index(key).map_or(u64::MAX, u64::from));
        keys
    }
}

/// The number that a key is, where it is written as an array index would be.
fn array_index(key: &str) -> Option<u32> {
    let index = key.parse::<u32>().ok()?;
    (index != u32::MAX && index.to_string() == key).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_first_occurrence_and_reads_dollar_patterns() {
        let replace = |text, pattern, with| replace_first(text, pattern, with, 100).unwrap();
        assert_eq!(replace("a-b-c", "-", "+"), "a+b-c");
        assert_eq!(
            replace("a-b", "-", "[$$|$&|$`|$'|$1|$]"),
            "a[$|-|a|b|$1|$]b"
        );
        assert_eq!(replace("a", "x", "y"), "a");
    }

    #[test]
    fn refuses_a_result_over_the_limit() {
        assert_eq!(replace_first("aaaa-", "-", &"$`".repeat(50), 100), None);
    }

    #[test]
    fn lists_array_indices_first() {
        let mut object = Object::default();
        for key in ["b", "10", "a", "2", "02", "__proto__", "b"] {
            object.set(key, key);
        }
        assert_eq!(object.keys(), ["2", "10", "b", "a", "02"]);
        assert_eq!(object.get("__proto__"), None);
    }
}
