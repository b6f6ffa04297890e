//! The one way to hold a value that must not be shown.

use std::fmt;

use serde::{Serialize, Serializer};

/// A value that may be a credential. `Debug`, `Display` and `Serialize` all redact, so the value can
/// travel through every layer and every format without a chance to be printed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Secret(String);

/// Prefixes that say what kind of credential follows, and are public knowledge.
const KINDS: &[&str] = &[
    "pk_live_", "pk_test_", "sk_live_", "sk_test_", "whsec_", "ak_", "mt_", "oat_",
];

/// A tail is shown only when at least this many characters stay hidden before it.
const HIDDEN_AT_LEAST: usize = 16;

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself. Every caller is a place to look at when a leak is feared.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What may be shown: the kind and, of a long credential, the last four characters.
    pub fn redacted(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let kind = KINDS.iter().find(|kind| self.0.starts_with(**kind));
        let Some(kind) = kind else {
            return "…".to_owned();
        };
        let rest = &self.0[kind.len()..];
        let tail: String = match rest.char_indices().rev().nth(3) {
            Some((at, _)) if at >= HIDDEN_AT_LEAST && rest.is_ascii() => rest[at..]
                .chars()
                .filter(|c| c.is_ascii_graphic())
                .collect(),
            _ => String::new(),
        };
        format!("{kind}…{tail}")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.redacted())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.redacted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_kind_and_the_tail_of_a_long_credential() {
        let key = Secret::new(format!("sk_live_{}x7Qd", "a".repeat(30)));
        assert_eq!(key.to_string(), "sk_live_…x7Qd");
        assert_eq!(format!("{key:?}"), "Secret(sk_live_…x7Qd)");
        assert_eq!(
            serde_json::to_string(&key).ok().as_deref(),
            Some("\"sk_live_…x7Qd\"")
        );
    }

    #[test]
    fn shows_no_tail_where_little_would_stay_hidden() {
        assert_eq!(Secret::new("sk_live_short").to_string(), "sk_live_…");
        assert_eq!(Secret::new("hunter2").to_string(), "…");
        assert_eq!(Secret::new("").to_string(), "");
    }
}
