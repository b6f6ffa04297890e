//! Words of the project in GitHub's Markdown: code, never markup. No link, no image, no `@mention`, no
//! heading and no table cell can come out of them. Control characters are the caller's: see `sanitize`.

use std::fmt::Write as _;

/// Code, as it is. Where a backtick or a bar would end the span or the cell, by HTML entities.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    if !text.contains(['`', '|']) {
        return format!("`{text}`");
    }
    let mut html = "<code>".to_owned();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            let _ = write!(html, "&#{};", u32::from(c));
        } else {
            html.push(c);
        }
    }
    html.push_str("</code>");
    html
}

/// A sentence in which every word that could be markup is code.
pub(super) fn prose(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            safe.push(' ');
        }
        if is_plain(word) {
            safe.push_str(word);
        } else {
            safe.push_str(&code(word));
        }
    }
    safe
}

fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || ".,;:'\"()/-…–".contains(c);
    let dotted = word.contains('.');
    let link = word.contains("://") || dotted && word.to_ascii_lowercase().contains("www.");
    word.chars().all(plain) && !link
}
