//! Reading large JSON without building it: borrowed text, entries in a list, everything else skipped.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::ParseError;

/// Text that is borrowed from the file where it holds no escape. (`Option<Cow<str>>` alone always copies.)
#[derive(Deserialize, Default)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The entries of an object, in order.
pub(super) struct Entries<'a, T>(pub(super) Vec<(Text<'a>, T)>);

impl<T> Default for Entries<'_, T> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Entries<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_map(EntriesVisitor(PhantomData))
            .map(Entries)
    }
}

struct EntriesVisitor<'a, T>(PhantomData<(&'a (), T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<'a, T> {
    type Value = Vec<(Text<'a>, T)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// The place and kind of a fault. The parser's own message may quote the text, which may hold a token.
pub(super) fn error(text: &str, error: &serde_json::Error) -> ParseError {
    use serde_json::error::Category;
    let message = match error.classify() {
        Category::Eof if text.trim().is_empty() => "empty: a JSON object was expected",
        Category::Eof => "not valid JSON: it ends too early",
        Category::Data => "a value is of a type that a lock file does not have there",
        Category::Syntax | Category::Io => "not valid JSON, or nested too deeply",
    };
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).max(1);
    ParseError {
        message: message.to_owned(),
        line: number(error.line()),
        column: number(error.column()),
    }
}
