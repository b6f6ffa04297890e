//! What a look at the text of a module tells, so that each is read once and few are parsed.

use memchr::memmem;

use super::specifiers::specifiers;

/// What stands in a text.
#[derive(Debug, Default)]
pub(super) struct Glance {
    /// Whether `'use client'` stands at its top.
    pub is_client: bool,
    /// Whether it may hold a server function.
    pub says_server: bool,
    /// The modules that it imports, as written.
    pub imports: Vec<Box<str>>,
}

impl Glance {
    pub(super) fn at(text: &str) -> Self {
        Self {
            is_client: directives(text).any(|directive| directive == "use client"),
            says_server: memmem::find(text.as_bytes(), b"use server").is_some(),
            imports: specifiers(text).into_iter().map(Box::from).collect(),
        }
    }
}

/// The directives at the top of a text, without parsing the rest of it: `use client`.
fn directives(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rest = match text.strip_prefix("#!") {
        Some(script) => script.split_once('\n').map_or("", |(_, rest)| rest),
        None => text,
    };
    std::iter::from_fn(move || {
        rest = after_space(rest);
        let quote = rest
            .chars()
            .next()
            .filter(|one| matches!(one, '"' | '\''))?;
        let (directive, after) = rest.get(1..)?.split_once(quote)?;
        rest = after_space(after);
        rest = rest.strip_prefix(';').unwrap_or(rest);
        Some(directive)
    })
}

/// The text after spaces and comments.
fn after_space(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let after = match (text.strip_prefix("//"), text.strip_prefix("/*")) {
            (Some(line), _) => line.split_once('\n').map(|(_, rest)| rest),
            (_, Some(block)) => block.split_once("*/").map(|(_, rest)| rest),
            _ => return text,
        };
        text = after.unwrap_or_default();
    }
}
