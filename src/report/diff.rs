//! A change of a file as a diff that `git apply` takes.

use similar::{ChangeTag, TextDiff};

/// The change of one file, or why it cannot be shown as one.
pub fn unified(path: &str, before: &str, after: &str) -> Result<String, &'static str> {
    // Git quotes such names, and a terminal may obey them.
    if path
        .chars()
        .any(|c| c.is_control() || reorders(c) || c == '"' || c == '\\')
    {
        return Err("its name has characters that a diff cannot hold");
    }
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let diff = TextDiff::from_slices(&old, &new);
    // A name with a space ends with a tab, so that it is not taken for a name and a date.
    let tab = if path.contains(' ') { "\t" } else { "" };
    let mut out = format!("diff --git a/{path} b/{path}\n--- a/{path}{tab}\n+++ b/{path}{tab}\n");
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        out.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            out.push(match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            });
            out.push_str(change.value());
            if !change.value().ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || reorders(c);
    match out.contains(steers) {
        true => Err("it has characters that steer a terminal"),
        false => Ok(out),
    }
}

/// What makes a reader see another order than there is (UAX #9, table 4): a diff is read before it is applied.
fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_between_others_is_shown_with_what_is_around_it() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh";
        let diff = unified("x y.ts", before, &before.replace("f\n", "f\r\nF\n")).unwrap();
        assert_eq!(
            diff,
            "diff --git a/x y.ts b/x y.ts\n--- a/x y.ts\t\n+++ b/x y.ts\t\n@@ -3,6 +3,7 @@\n c\n d\n e\n-f\n+f\r\n+F\n g\n h\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn nothing_in_it_steers_a_terminal() {
        assert!(unified("a\u{1b}.ts", "a\n", "b\n").is_err());
        assert!(unified("a.ts", "a\u{1b}[2J\n", "b\n").is_err());
        assert!(unified("a\u{202e}.ts", "a\n", "b\n").is_err());
        assert!(unified("a.ts", "// \u{2066}a\nb\n", "// \u{2066}a\nc\n").is_err());
        assert!(unified("a.ts", "\u{feff}a\n", "\u{feff}b\n").is_ok());
    }
}
