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

/// A sentence in which every word that could be markup is code, and so is what stands between two backticks.
pub(super) fn prose(text: &str) -> String {
    if text.matches('`').count() % 2 == 1 {
        return words(text);
    }
    let pieces = text.split('`').enumerate();
    let safe = pieces.map(|(at, piece)| match at % 2 {
        0 => words(piece),
        _ => code(piece),
    });
    safe.collect()
}

fn words(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_one_piece_of_code() {
        assert_eq!(
            prose("for example from `vercel env pull`); see"),
            "for example from `vercel env pull`); see"
        );
        assert_eq!(
            prose("pass `a: ['<b>']` with every @one"),
            "pass `a: ['<b>']` with every `@one`"
        );
        assert_eq!(prose("an odd ` one"), "an odd <code>&#96;</code> one");
        assert_eq!(prose("a `x|y` b"), "a <code>x&#124;y</code> b");
    }
}
