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
    // Words that could be markup are one piece of code with those beside them.
    let mut open = String::new();
    for (at, word) in text.split(' ').enumerate() {
        let (before, core, after) = edges(word);
        if is_plain(core) || !before.is_empty() {
            safe.push_str(&code(&std::mem::take(&mut open)));
        }
        if at > 0 {
            let gap = if open.is_empty() {
                &mut safe
            } else {
                &mut open
            };
            gap.push(' ');
        }
        if is_plain(core) {
            safe.push_str(word);
            continue;
        }
        safe.push_str(before);
        open.push_str(core);
        if !after.is_empty() {
            safe.push_str(&code(&std::mem::take(&mut open)));
            safe.push_str(after);
        }
    }
    safe.push_str(&code(&open));
    safe
}

/// A word between the punctuation of its sentence: a comma that follows a name is no part of it.
fn edges(word: &str) -> (&str, &str, &str) {
    let count = |text: &str, c: char| text.matches(c).count();
    let is_end =
        |c: char, text: &str| ",.;:".contains(c) || c == ')' && count(text, ')') > count(text, '(');
    let mut core = word;
    while let Some(last) = core.chars().next_back().filter(|last| is_end(*last, core)) {
        core = core.strip_suffix(last).unwrap_or_default();
    }
    let after = word.get(core.len()..).unwrap_or_default();
    let opens = count(core, '(') > count(core, ')');
    match core.strip_prefix('(').filter(|_| opens) {
        Some(core) => ("(", core, after),
        None => ("", core, after),
    }
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

    #[test]
    fn the_punctuation_of_a_sentence_is_no_code() {
        assert_eq!(
            prose("rename A_B to C_D, or (see E_F)."),
            "rename `A_B` to `C_D`, or (see `E_F`)."
        );
        assert_eq!(prose("under SIGN_IN: a_b; c"), "under `SIGN_IN`: `a_b`; c");
        assert_eq!(prose("call f([a]) there"), "call `f([a])` there");
    }

    #[test]
    fn code_of_several_words_is_one_piece() {
        assert_eq!(
            prose("<SignIn path=\"/x\"> stands here"),
            "`<SignIn path=\"/x\">` stands here"
        );
        assert_eq!(prose("f(a_b, { c_d })"), "`f(a_b`, `{ c_d }`)");
    }
}
