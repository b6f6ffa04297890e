//! Text of the project on its way into the page: never markup, and nothing in it that cannot be seen.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::report::sanitize;

/// Text for an element or a quoted attribute.
pub(super) struct Text<'a>(pub(super) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_special(*c)) {
            let (plain, tail) = rest.split_at(at);
            f.write_str(plain)?;
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // Two of them can begin a command to a CI runner.
                '#' => f.write_str("&#35;")?,
                unseen => write!(f, "{}", unseen.escape_default())?,
            }
            rest = tail.get(c.len_utf8()..).unwrap_or_default();
        }
        f.write_str(rest)
    }
}

fn is_special(c: char) -> bool {
    match c {
        '&' | '<' | '>' | '"' | '\'' | '#' => true,
        ' '..='~' => false,
        c => sanitize::is_unsafe(c),
    }
}

/// A sentence, in which what stands between backticks is code.
pub(super) struct Prose<'a>(pub(super) &'a str);

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((before, tail)) = rest.split_once('`')
            && let Some((code, after)) = tail.split_once('`')
        {
            write!(f, "{}<code>{}</code>", Text(before), Text(code))?;
            rest = after;
        }
        write!(f, "{}", Text(rest))
    }
}

/// A check's id as a part of an anchor: `env-key-missing`.
pub(super) struct Slug(pub(super) &'static str);

impl Display for Slug {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0
            .chars()
            .try_for_each(|c| f.write_char(if c == '/' { '-' } else { c }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup_or_unseen() {
        let shown = Text("<a b=\"c\" d='e'>&\u{202e}\n\u{1b}é").to_string();
        assert_eq!(
            shown,
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\\u{202e}\\n\\u{1b}é"
        );
    }

    #[test]
    fn code_in_a_sentence_ends_where_it_began() {
        let shown = |text| Prose(text).to_string();
        assert_eq!(
            shown("run `a < b`, `c`"),
            "run <code>a &lt; b</code>, <code>c</code>"
        );
        assert_eq!(shown("one ` alone"), "one ` alone");
    }
}
