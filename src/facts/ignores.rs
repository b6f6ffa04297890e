//! Ignores that are written beside the code: `// clerk-audit-ignore routes/reached: a public feed`.

use crate::model::ignore::{Ignore, Scope, says_something};
use crate::model::{Date, Place};

/// The word that makes a comment an ignore.
pub const WORD: &str = "clerk-audit-ignore";

/// What may stand before the word: the beginnings of comments.
const OPENERS: &[&str] = &["//", "/*", "*", "#", "<!--", "--", ";", "%"];

/// What may stand after the reason: the ends of comments.
const CLOSERS: &[&str] = &["*/}", "*/", "-->"];

/// Whether a text may hold an ignore.
pub fn may_hold(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, WORD.as_bytes()).is_some()
}

/// The ignores of a file, in order.
pub fn read(path: &str, text: &str) -> Vec<Ignore> {
    if !may_hold(text.as_bytes()) {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let kind = Kind::of(path);
    let found = lines.iter().enumerate().filter_map(|(at, line)| {
        let comment = comment(line, kind)?;
        Some(ignore(path, &lines, at, comment, kind))
    });
    found.collect()
}

/// How comments are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `//`
    Slashes,
    /// `#`
    Hashes,
    /// A document: a code block shows an ignore, and only a hidden comment is one.
    Document,
}

impl Kind {
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending {
            "md" | "mdx" | "markdown" | "rst" | "txt" => Kind::Document,
            "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "mts" | "cts" | "vue" | "svelte"
            | "astro" | "css" | "scss" | "go" | "swift" | "kt" | "java" | "jsonc" | "json5" => {
                Kind::Slashes
            }
            _ => Kind::Hashes,
        }
    }
}

/// A comment that is an ignore.
struct Comment<'t> {
    /// 0-based byte at which the word begins.
    at: usize,
    /// Whether code stands before it on its line.
    trails: bool,
    /// What follows the word.
    said: &'t str,
}

fn comment(line: &str, kind: Kind) -> Option<Comment<'_>> {
    let at = line.find(WORD)?;
    let (before, said) = (line.get(..at)?, line.get(at + WORD.len()..)?);
    // `clerk-audit-ignored` is another word.
    if said.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
        return None;
    }
    let before = before.trim_end();
    let opener = OPENERS.iter().find(|opener| before.ends_with(**opener))?;
    if kind == Kind::Document && *opener != "<!--" {
        return None;
    }
    let code = before.strip_suffix(opener)?.trim_end_matches('{').trim();
    // `*` goes on with a comment only at the beginning of its line; elsewhere it multiplies.
    if *opener == "*" && !code.is_empty() {
        return None;
    }
    let mut said = said.trim();
    for closer in CLOSERS {
        said = said.strip_suffix(closer).unwrap_or(said).trim_end();
    }
    Some(Comment {
        at,
        trails: !code.is_empty(),
        said,
    })
}

fn ignore(path: &str, lines: &[&str], at: usize, comment: Comment<'_>, kind: Kind) -> Ignore {
    let (names, reason) = match comment.said.split_once(':') {
        Some((names, reason)) => (names, reason.trim()),
        None => (comment.said, ""),
    };
    let mut names: Vec<&str> = names
        .split([',', ' ', '\t'])
        .filter(|name| !name.is_empty())
        .collect();
    let until = until(&mut names);
    let (first, last) = match comment.trails {
        true => (at, at),
        false => below(lines, at, kind),
    };
    let line = lines.get(at).copied().unwrap_or_default();
    let column = line
        .get(..comment.at)
        .map_or(1, |before| before.chars().count() + 1);
    let head = lines.iter().take(at).all(|line| is_preamble(line, kind));
    Ignore {
        checks: names.into_iter().map(str::to_owned).collect(),
        reason: match says_something(reason) {
            true => reason.to_owned(),
            false => String::new(),
        },
        until,
        place: Place::Span {
            file: path.to_owned(),
            line: number(at),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            excerpt: None,
        },
        scope: Scope::Lines {
            file: path.to_owned(),
            first: number(first),
            last: number(last),
            head: head && !comment.trails,
        },
    }
}

/// Takes `until 2027-01-31` off the end. What is no day stays, and is then a check that there is not.
fn until(names: &mut Vec<&str>) -> Option<Date> {
    let [.., "until", day] = names.as_slice() else {
        return None;
    };
    let day = day.parse().ok()?;
    names.truncate(names.len() - 2);
    Some(day)
}

/// The statement below a comment: its first line, and what is indented under it. Going by the one line
/// that a finding points at today would lose the ignore as soon as the place gets more exact.
fn below(lines: &[&str], comment: usize, kind: Kind) -> (usize, usize) {
    let is_code = |line: &str| !line.trim().is_empty() && !is_comment(line, kind);
    let after = lines.iter().enumerate().skip(comment + 1);
    let Some((first, head)) = after.clone().find(|(_, line)| is_code(line)) else {
        return (comment, comment);
    };
    let depth = indent(head);
    let mut last = first;
    for (at, line) in lines.iter().enumerate().skip(first + 1) {
        if line.trim().is_empty() {
            continue;
        }
        let closes = line.trim_start().starts_with([')', ']', '}', '>', '/']);
        if indent(line) > depth {
            last = at;
        } else if indent(line) == depth && closes && !is_comment(line, kind) {
            last = at;
            // `} else {` and `});` go on or end; what follows at the same depth is another statement.
            if !line.trim_end().ends_with(['{', '(', '[']) {
                break;
            }
        } else {
            break;
        }
    }
    (first, last)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_comment(line: &str, kind: Kind) -> bool {
    let line = line.trim_start();
    let slashes = ["//", "/*", "*/", "* ", "<!--", "{/*"];
    match kind {
        Kind::Slashes | Kind::Document => slashes.iter().any(|sign| line.starts_with(sign)),
        Kind::Hashes => line.starts_with('#') || line.starts_with("//") || line.starts_with("<!--"),
    }
}

/// What may stand above an ignore that is at the head of a file: nothing that is done.
fn is_preamble(line: &str, kind: Kind) -> bool {
    let line = line.trim();
    let directive = line.trim_end_matches(';');
    line.is_empty()
        || is_comment(line, kind)
        || line.starts_with("#!")
        || matches!(
            directive,
            "\"use client\"" | "'use client'" | "\"use server\"" | "'use server'" | "---"
        )
}

fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<(Vec<String>, String, u32, u32, bool)> {
        let all = read(path, text).into_iter();
        let told = all.map(|ignore| match ignore.scope {
            Scope::Lines {
                first, last, head, ..
            } => (ignore.checks, ignore.reason, first, last, head),
            _ => unreachable!(),
        });
        told.collect()
    }

    fn one(path: &str, text: &str) -> (u32, u32, bool) {
        let all = lines(path, text);
        assert_eq!(all.len(), 1, "{all:?}");
        (all[0].2, all[0].3, all[0].4)
    }

    #[test]
    fn a_comment_names_checks_and_gives_a_reason() {
        let text = "a();\n// clerk-audit-ignore routes/reached, app/x: a feed: for all\nb();\n";
        let (checks, reason, first, last, head) = lines("a.ts", text).remove(0);
        assert_eq!(checks, ["routes/reached", "app/x"]);
        assert_eq!(reason, "a feed: for all");
        assert_eq!((first, last, head), (3, 3, false));
    }

    #[test]
    fn every_kind_of_comment_is_read() {
        for (path, line) in [
            ("a.ts", "/* clerk-audit-ignore a/b: why */"),
            ("a.tsx", "  {/* clerk-audit-ignore a/b: why */}"),
            ("a.ts", " * clerk-audit-ignore a/b: why"),
            (".env", "# clerk-audit-ignore a/b: why"),
            ("a.html", "<!-- clerk-audit-ignore a/b: why -->"),
            ("a.md", "<!-- clerk-audit-ignore a/b: why -->"),
            ("a.sql", "-- clerk-audit-ignore a/b: why"),
            ("a.yml", "key: value # clerk-audit-ignore a/b: why"),
        ] {
            let (checks, reason, ..) = lines(path, line).remove(0);
            assert_eq!(
                (checks[0].as_str(), reason.as_str()),
                ("a/b", "why"),
                "{line}"
            );
        }
    }

    #[test]
    fn what_says_nothing_is_no_reason() {
        for reason in ["", ".", "***", "\u{200b}", "\u{202e}\u{2060}"] {
            let text = format!("// clerk-audit-ignore a/b: {reason}");
            assert_eq!(read("a.ts", &text).remove(0).reason, "", "{reason:?}");
        }
        let other = read("a.ts", "// clerk-audit-ignore a/b: 公開").remove(0);
        assert_eq!(other.reason, "公開");
    }

    #[test]
    fn it_may_have_a_last_day() {
        let of = |text: &str| read("a.ts", text).remove(0);
        let dated = of("// clerk-audit-ignore a/b, c/d until 2027-01-31: why");
        assert_eq!(dated.checks, ["a/b", "c/d"]);
        assert_eq!(
            dated.until.map(|day| day.to_string()).as_deref(),
            Some("2027-01-31")
        );
        assert_eq!(
            of("// clerk-audit-ignore a/b until soon: why").checks,
            ["a/b", "until", "soon"]
        );
    }

    #[test]
    fn what_only_shows_one_is_none() {
        for (path, line) in [
            ("a.md", "// clerk-audit-ignore a/b: why"),
            ("a.ts", "const a = 'clerk-audit-ignore a/b: why'"),
            ("a.ts", "// clerk-audit-ignored a/b: why"),
            ("a.ts", "const a = b * clerk-audit-ignore"),
        ] {
            assert!(read(path, line).is_empty(), "{line}");
        }
    }

    #[test]
    fn it_covers_the_statement_below_and_no_other() {
        let text = "x();\n// clerk-audit-ignore a/b: why\n// more of it\n\nexport const GET = wrap(\n  async () => {\n    return 1;\n  },\n);\nexport const POST = 2;\n";
        assert_eq!(one("a.ts", text), (5, 9, false));
        assert_eq!(
            one(".env", "A=1\n# clerk-audit-ignore a/b: why\nB=2\nC=3\n"),
            (3, 3, false)
        );
        let chain = "x\n// clerk-audit-ignore a/b: why\nif (a) {\n  b\n} else {\n  c\n}\nd\n";
        assert_eq!(one("a.ts", chain), (3, 7, false));
    }

    #[test]
    fn behind_code_it_covers_its_own_line() {
        assert_eq!(
            one("a.ts", "a();\nb(); // clerk-audit-ignore a/b: why\nc();\n"),
            (2, 2, false)
        );
    }

    #[test]
    fn at_the_head_it_covers_the_file_as_a_whole_too() {
        let text = "'use client';\n// about\n// clerk-audit-ignore a/b: why\nimport x from 'y';\n";
        assert_eq!(one("a.ts", text), (4, 4, true));
        assert_eq!(one("a.ts", "// clerk-audit-ignore a/b: why"), (1, 1, true));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "(.|\n){0,60}", tail in "(.|\n){0,60}") {
            let text = format!("{text}//{WORD}{tail}");
            for ignore in read("a.ts", &text) {
                let Scope::Lines { first, last, .. } = ignore.scope else { unreachable!() };
                proptest::prop_assert!(first <= last);
                proptest::prop_assert!(last as usize <= text.lines().count());
            }
        }
    }
}
