//! The checks' own pages, in HTML: headings, paragraphs, lists, tables, fenced code, inline code, bold and
//! addresses.

use std::io::{self, Write};

use super::escape::Text;
use crate::report::page::{continues, heading, item, pieces};

/// Writes a page. Its headings begin at the fourth level: the page has a heading of its own.
pub(super) fn write(docs: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = docs.lines().peekable();
    let mut list = None;
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        let block = match item(trimmed) {
            Some((sign, body)) => {
                let wanted = if matches!(sign, "-" | "*") {
                    "ul"
                } else {
                    "ol"
                };
                turn(&mut list, Some(wanted), out)?;
                body
            }
            None if trimmed.is_empty() => continue,
            None => {
                turn(&mut list, None, out)?;
                trimmed
            }
        };
        if let Some(info) = trimmed.strip_prefix("```") {
            let inside = |line: &&str| !line.trim_start().starts_with("```");
            code(info.trim(), lines.by_ref().take_while(inside), out)?;
        } else if let Some(title) = heading(line) {
            out.write_all(b"<h4>")?;
            inline(title, out)?;
            out.write_all(b"</h4>\n")?;
        } else if trimmed.starts_with('|') {
            let mut rows = vec![trimmed];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(row);
            }
            table(&rows, out)?;
        } else {
            let tag = if list.is_some() { "li" } else { "p" };
            let mut block = block.to_owned();
            while let Some(next) = lines.next_if(|next| continues(next)) {
                block.push(' ');
                block.push_str(next.trim());
            }
            write!(out, "<{tag}>")?;
            inline(&block, out)?;
            writeln!(out, "</{tag}>")?;
        }
    }
    turn(&mut list, None, out)
}

/// Ends the list that is open, and begins another.
fn turn(
    list: &mut Option<&'static str>,
    wanted: Option<&'static str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if *list == wanted {
        return Ok(());
    }
    if let Some(open) = list {
        writeln!(out, "</{open}>")?;
    }
    if let Some(tag) = wanted {
        writeln!(out, "<{tag}>")?;
    }
    *list = wanted;
    Ok(())
}

fn code<'l>(
    info: &str,
    lines: impl Iterator<Item = &'l str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    // The word after the language names the file; the rest is for the test that runs the example.
    if let Some(path) = info.split_whitespace().nth(1) {
        writeln!(out, "<p class=\"caption\"><code>{}</code></p>", Text(path))?;
    }
    out.write_all(b"<pre tabindex=\"0\"><code>")?;
    for line in lines {
        writeln!(out, "{}", Text(line))?;
    }
    out.write_all(b"</code></pre>\n")
}

/// A table: the first row names the columns, the second is the rule below it.
fn table(rows: &[&str], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<table>\n")?;
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| *at != 1) {
        let (open, close) = match at {
            0 => ("<th scope=\"col\">", "</th>"),
            _ => ("<td>", "</td>"),
        };
        out.write_all(b"<tr>")?;
        for cell in row.trim().trim_matches('|').split('|') {
            out.write_all(open.as_bytes())?;
            inline(cell.trim(), out)?;
            out.write_all(close.as_bytes())?;
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(b"</table>\n")
}

/// A line of text. Markup that is still open at its end is closed there.
fn inline(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let (mut is_code, mut is_bold) = (false, false);
    for piece in pieces(text) {
        match piece {
            "`" => {
                is_code = !is_code;
                write!(out, "{}", if is_code { "<code>" } else { "</code>" })?;
            }
            "**" if !is_code => {
                is_bold = !is_bold;
                write!(out, "{}", if is_bold { "<strong>" } else { "</strong>" })?;
            }
            plain if is_code => write!(out, "{}", Text(plain))?,
            plain => address(plain, out)?,
        }
    }
    let closing = [(is_code, "</code>"), (is_bold, "</strong>")];
    let open = closing.iter().filter(|(is_open, _)| *is_open);
    open.into_iter()
        .try_for_each(|(_, tag)| out.write_all(tag.as_bytes()))
}

/// A word; where it is an address, with a link.
fn address(word: &str, out: &mut dyn Write) -> io::Result<()> {
    let Some(at) = word.find("https://") else {
        return write!(out, "{}", Text(word));
    };
    let (before, url) = word.split_at(at);
    let ends = |c: char| ".,;:)\"'".contains(c);
    let (url, after) = url.split_at(url.trim_end_matches(ends).len());
    let (url, before, after) = (Text(url), Text(before), Text(after));
    write!(
        out,
        "{before}<a href=\"{url}\" rel=\"noreferrer\">{url}</a>{after}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(docs: &str) -> String {
        let mut bytes = Vec::new();
        write(docs, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_page_keeps_its_structure() {
        let page = "## Why\n\nOne `a<b>`\ngoes **on**.\n\n- x\n  more\n- y (https://clerk.com/docs).\n\n1. z\n";
        assert_eq!(
            html(page),
            "<h4>Why</h4>\n<p>One <code>a&lt;b&gt;</code> goes <strong>on</strong>.</p>\n\
             <ul>\n<li>x more</li>\n<li>y (<a href=\"https://clerk.com/docs\" rel=\"noreferrer\">\
             https://clerk.com/docs</a>).</li>\n</ul>\n<ol>\n<li>z</li>\n</ol>\n"
        );
    }

    #[test]
    fn code_and_tables_are_told_apart_from_text() {
        assert_eq!(
            html("```ts proxy.ts fixes fail-x\na < b\n\n# no heading\n```\n"),
            "<p class=\"caption\"><code>proxy.ts</code></p>\n\
             <pre tabindex=\"0\"><code>a &lt; b\n\n&#35; no heading\n</code></pre>\n"
        );
        assert_eq!(
            html("| A | B |\n| --- | --- |\n| `c` | d |\n"),
            "<table>\n<tr><th scope=\"col\">A</th><th scope=\"col\">B</th></tr>\n\
             <tr><td><code>c</code></td><td>d</td></tr>\n</table>\n"
        );
    }
}
