//! The Markdown of the checks' own pages, for a terminal: headings, paragraphs, lists, fenced code,
//! inline code, bold and links. Anything else is shown as it is written.

use std::fmt::Write as _;

use super::style::{Ink, Style};
use super::{sanitize, text};

/// Indentation of everything but headings, as in a manual page.
const BODY: usize = 2;

/// The page, ready to print.
pub(super) fn render(docs: &str, style: &Style) -> String {
    let docs = sanitize::unless_unicode(docs, style);
    let mut page = Page {
        out: String::new(),
        style,
    };
    let mut lines = docs.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        if let Some(info) = trimmed.strip_prefix("```") {
            let code = lines
                .by_ref()
                .take_while(|line| !line.trim_start().starts_with("```"));
            page.code(info.trim(), code);
        } else if let Some(title) = heading(line) {
            page.heading(title);
        } else if !trimmed.is_empty() {
            let mut block = trimmed.to_owned();
            while let Some(next) = lines.next_if(|next| continues(next)) {
                block.push(' ');
                block.push_str(next.trim());
            }
            let depth = (line.len() - trimmed.len()) / 2;
            page.block(&block, depth);
        } else {
            page.gap();
        }
    }
    page.out.truncate(page.out.trim_end().len());
    page.out.push('\n');
    page.out
}

/// The text of a heading line.
pub(super) fn heading(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    (title.len() < line.len() && title.starts_with(' ')).then(|| title.trim())
}

/// The sign of a list item and what follows it: `-`, `*` or `1.`.
pub(super) fn item(block: &str) -> Option<(&str, &str)> {
    let (sign, rest) = block.split_once(' ')?;
    let number = sign.strip_suffix('.').unwrap_or("");
    let numbered = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    (matches!(sign, "-" | "*") || numbered).then(|| (sign, rest.trim_start()))
}

/// Whether a line belongs to the paragraph or list item before it.
pub(super) fn continues(line: &str) -> bool {
    let line = line.trim_start();
    let block = line.is_empty() || line.starts_with("```");
    !(block || heading(line).is_some() || item(line).is_some())
}

struct Page<'a> {
    out: String,
    style: &'a Style,
}

impl Page<'_> {
    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn heading(&mut self, title: &str) {
        self.gap();
        let _ = writeln!(self.out, "{}", self.style.paint(Ink::Strong, title));
    }

    fn code<'l>(&mut self, info: &str, lines: impl Iterator<Item = &'l str>) {
        // ```ts proxy.ts fixes fail-x: the word after the language names the file, the rest is for the test
        // that runs the example.
        if let Some(path) = info.split_whitespace().nth(1) {
            let caption = format!("{path}:");
            let _ = writeln!(
                self.out,
                "{}{}",
                " ".repeat(BODY),
                self.style.paint(Ink::Dim, &caption)
            );
        }
        for line in lines {
            if !line.is_empty() {
                let line = self.style.paint(Ink::Path, line);
                let _ = write!(self.out, "{}{line}", " ".repeat(BODY + 2));
            }
            self.out.push('\n');
        }
    }

    fn block(&mut self, block: &str, depth: usize) {
        let indent = BODY + 2 * depth;
        let (sign, body) = match item(block) {
            Some(("-" | "*", body)) => (format!("{} ", self.style.glyphs().bullet), body),
            Some((number, body)) => (format!("{number} "), body),
            None => (String::new(), block),
        };
        let used = indent + text::width(&sign);
        let mut line = format!("{}{sign}", " ".repeat(indent));
        let mut columns = used;
        for (word, width) in words(body, self.style) {
            if columns > used
                && self
                    .style
                    .width
                    .is_some_and(|all| columns + 1 + width > all)
            {
                self.out.push_str(&line);
                self.out.push('\n');
                line = " ".repeat(used);
                columns = used;
            } else if columns > used {
                line.push(' ');
                columns += 1;
            }
            line.push_str(&word);
            columns += width;
        }
        self.out.push_str(&line);
        self.out.push('\n');
    }
}

/// The words of a paragraph with their width, inline markup turned into colour. Without colour the
/// backticks stay, since they say where a name begins and ends.
fn words(body: &str, style: &Style) -> Vec<(String, usize)> {
    let mut words = Vec::new();
    let mut word = (String::new(), 0);
    let (mut code, mut bold) = (false, false);
    for piece in pieces(body) {
        match piece {
            "`" => {
                code = !code;
                if !style.color {
                    word.0.push('`');
                    word.1 += 1;
                }
            }
            "**" if !code => bold = !bold,
            " " => {
                let done = std::mem::take(&mut word);
                words.extend((done.1 > 0).then_some(done));
            }
            plain => {
                word.0.push_str(&match (code, bold) {
                    (true, _) => style.paint(Ink::Path, plain),
                    (false, true) => style.paint(Ink::Strong, plain),
                    (false, false) => plain.to_owned(),
                });
                word.1 += text::width(plain);
            }
        }
    }
    words.extend((word.1 > 0).then_some(word));
    words
}

/// A paragraph in pieces: backticks, double asterisks, spaces, and what is between them.
pub(super) fn pieces(body: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find(['`', ' ', '*']) {
        let (plain, tail) = rest.split_at(at);
        let sign = if tail.starts_with("**") { 2 } else { 1 };
        let (sign, tail) = tail.split_at(sign);
        pieces.extend([plain, sign].into_iter().filter(|piece| !piece.is_empty()));
        rest = tail;
    }
    pieces.extend((!rest.is_empty()).then_some(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCS: &str = "# A title\n\nOne paragraph with `inline code`, **bold words**\nand a second line of it.\n\n## How to fix\n\n- first item that is long enough to be wrapped\n  on two lines\n- second\n  1. inner\n\n```ts proxy.ts fixes fail-next-16\nexport default clerkMiddleware();\n\n```\nEnd.\n";

    #[test]
    fn a_page_reads_like_a_manual_page() {
        let style = Style {
            width: Some(40),
            ..Style::PLAIN
        };
        let expected = "A title\n\n  One paragraph with `inline code`, bold\n  words and a second line of it.\n\nHow to fix\n\n  * first item that is long enough to be\n    wrapped on two lines\n  * second\n    1. inner\n\n  proxy.ts:\n    export default clerkMiddleware();\n\n  End.\n";
        assert_eq!(render(DOCS, &style), expected);
    }

    #[test]
    fn a_fence_that_is_never_closed_shows_the_rest_as_code() {
        assert_eq!(render("```\na", &Style::PLAIN), "    a\n");
        assert_eq!(render("", &Style::PLAIN), "\n");
    }

    #[test]
    fn colour_replaces_the_backticks() {
        let style = Style {
            color: true,
            ..Style::PLAIN
        };
        assert_eq!(
            render("a `b c`", &style),
            "  a \u{1b}[36mb\u{1b}[0m \u{1b}[36mc\u{1b}[0m\n"
        );
    }
}
