//! What becomes of a file when a change is made to it: text in, text out.

use super::code::mend as code;
use super::keys::{self, Kind};
use crate::model::fix::Change;

/// The text with a change made; `None` where there is nothing left to do. An error says why it cannot be made.
pub fn changed(path: &str, text: &str, change: &Change) -> Result<Option<String>, String> {
    let new = match change {
        Change::Line(line) => with_line(text, line),
        Change::Variable { from, to } => renamed(text, from, to)?,
        _ => code::changed(path, text, change)?,
    };
    let Some(new) = new else { return Ok(None) };
    if keys_of(text) != keys_of(&new) {
        return Err("a line that holds a key would change".to_owned());
    }
    Ok((new != text).then_some(new))
}

/// Puts changes of one file into an order in which each finds its place: those that go by a place come
/// first, the last one in the file first.
pub fn sort(changes: &mut [Change]) {
    changes.sort_by_key(|change| match change {
        Change::Await(at) | Change::Parties { at, .. } => (0, std::cmp::Reverse(Some(*at))),
        _ => (1, std::cmp::Reverse(None)),
    });
}

/// Whether a file shows which variables there are, without real values.
pub fn is_example(name: &str) -> bool {
    let env = name.starts_with(".env.") || name.ends_with(".env") || name.starts_with("env.");
    let sample = ["example", "sample", "template", "dist"];
    env && name.split('.').any(|part| sample.contains(&part))
}

/// Whether a text holds a key of Clerk's.
pub fn holds_key(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "_-+/".contains(c);
    text.split(|c| !part(c)).any(|word| {
        let public = keys::kind_of(word) == Some(Kind::Publishable) && word.len() >= 24;
        public || keys::is_credential(word)
    })
}

/// The lines that hold keys.
fn keys_of(text: &str) -> Vec<&str> {
    text.split_inclusive('\n')
        .map(|line| line.trim_end_matches(['\r', '\n']))
        .filter(|line| holds_key(line))
        .collect()
}

/// How lines end in a text.
pub(super) fn line_break(text: &str) -> &'static str {
    match memchr::memmem::find(text.as_bytes(), b"\r\n") {
        Some(_) => "\r\n",
        None => "\n",
    }
}

fn with_line(text: &str, line: &str) -> Option<String> {
    let same = |one: &&str| one.trim_end() == line;
    let there = match line.starts_with('!') {
        // What takes a rule back counts only after that rule.
        true => text
            .lines()
            .rev()
            .take_while(|one| one.trim().is_empty() || one.starts_with(['!', '#']))
            .any(|one| same(&one)),
        false => text.lines().any(|one| same(&one)),
    };
    if there {
        return None;
    }
    let end = line_break(text);
    let begun = !text.is_empty() && !text.ends_with('\n');
    let before = if begun { end } else { "" };
    Some(format!("{text}{before}{line}{end}"))
}

/// A line of an env file, also one that is commented out: before the name, the name, behind it.
fn parts(line: &str) -> Option<(&str, &str, &str)> {
    let blank = |text: &str| text.len() - text.trim_start().len();
    let mut start = line.len() - line.trim_start_matches('\u{feff}').len();
    start += blank(line.get(start..)?);
    if line.get(start..)?.starts_with('#') {
        start += 1;
        start += blank(line.get(start..)?);
    }
    if let Some(rest) = line.get(start..)?.strip_prefix("export ") {
        start = line.len() - rest.trim_start().len();
    }
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let rest = line.get(start..)?;
    let end = start + rest.find(|c| !name(c))?;
    let after = line.get(end..)?;
    let assigns = after.trim_start_matches(' ').starts_with('=');
    (assigns && end > start).then_some((line.get(..start)?, line.get(start..end)?, after))
}

/// Whether a value is made of that of a variable: `$NAME` or `${NAME`.
fn refers_to(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + name.len()..).unwrap_or_default();
        let goes_on = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        !goes_on && before.ends_with(['$', '{'])
    })
}

fn renamed(text: &str, from: &str, to: &str) -> Result<Option<String>, String> {
    let names = || text.lines().filter_map(|line| Some(parts(line)?.1));
    if !names().any(|name| name == from) {
        return Ok(None);
    }
    if holds_key(text) {
        return Err("it holds a key, so it is no mere example".to_owned());
    }
    if names().any(|name| name == to) {
        return Err(format!("it names {to}, too"));
    }
    if refers_to(text, from) {
        return Err(format!("a value in it refers to {from}"));
    }
    let lines = text.split_inclusive('\n').map(|line| match parts(line) {
        Some((before, name, after)) if name == from => format!("{before}{to}{after}"),
        _ => line.to_owned(),
    });
    Ok(Some(lines.collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::fix::{Guarded, Spot};

    fn rename(text: &str) -> Result<Option<String>, String> {
        let (from, to) = ("OLD_NAME".to_owned(), "NEW_NAME".to_owned());
        changed(".env.example", text, &Change::Variable { from, to })
    }

    fn line(text: &str, line: &str) -> Option<String> {
        changed(".gitignore", text, &Change::Line(line.to_owned())).unwrap()
    }

    #[test]
    fn a_line_goes_to_the_end_once_and_as_lines_end_there() {
        assert_eq!(line("", ".env*").as_deref(), Some(".env*\n"));
        assert_eq!(line("a", ".env*").as_deref(), Some("a\n.env*\n"));
        assert_eq!(line("a\r\nb", "c").as_deref(), Some("a\r\nb\r\nc\r\n"));
        assert_eq!(line("a\n.env*  \n", ".env*"), None);
    }

    #[test]
    fn what_takes_a_rule_back_stands_after_it() {
        let text = "!.env.example\n.env*\n";
        let new = line(text, "!.env.example").unwrap();
        assert_eq!(new, "!.env.example\n.env*\n!.env.example\n");
        assert_eq!(line(&new, "!.env.example"), None);
    }

    #[test]
    fn a_name_is_changed_wherever_it_is_assigned_and_nowhere_else() {
        let text = "\u{feff}OLD_NAME=\r\n# OLD_NAME = x # OLD_NAME\r\nexport OLD_NAME=1\r\nMY_OLD_NAME=\r\n# about OLD_NAME\r\n";
        let new = rename(text).unwrap().unwrap();
        assert_eq!(
            new,
            "\u{feff}NEW_NAME=\r\n# NEW_NAME = x # OLD_NAME\r\nexport NEW_NAME=1\r\nMY_OLD_NAME=\r\n# about OLD_NAME\r\n"
        );
        assert_eq!(rename(&new), Ok(None));
    }

    #[test]
    fn a_file_that_names_both_or_holds_a_key_is_left_as_it_is() {
        assert!(rename("OLD_NAME=\nNEW_NAME=\n").is_err());
        let key = format!("OLD_NAME=sk_{}_{}\n", "live", "aB3dE6gH9jK2mN5pQ8sT1vW4");
        assert!(rename(&key).is_err());
        assert!(rename("OLD_NAME=sk_live_your_secret_key_here\n").is_ok_and(|new| new.is_some()));
    }

    #[test]
    fn a_name_that_values_are_made_of_stays() {
        for value in ["$OLD_NAME", "${OLD_NAME}", "\"a ${OLD_NAME:-b}\""] {
            let text = format!("OLD_NAME=\nOTHER={value}\n");
            assert!(rename(&text).is_err(), "{value}");
        }
        assert!(rename("OLD_NAME=\nOTHER=$OLD_NAMES\n").is_ok_and(|new| new.is_some()));
    }

    #[test]
    fn changes_that_go_by_a_place_come_first_and_from_the_end() {
        let at = |line| Change::Await(Spot { line, column: 1 });
        let guard = Change::Guard(Guarded::Export("GET".to_owned()));
        let mut all = [guard.clone(), at(2), at(9)];
        sort(&mut all);
        assert_eq!(all, [at(9), at(2), guard]);
    }

    proptest! {
        /// Whatever is changed, each line with a key stays as it was.
        #[test]
        fn no_change_touches_a_line_with_a_key(
            lines in prop::collection::vec((0_usize..6, "[A-Za-z0-9]{24}"), 0..8),
            which in 0_usize..4,
        ) {
            let lines = lines.into_iter().map(|(kind, random)| match kind {
                0 => format!("OLD_NAME=sk_live_{random}"),
                1 => "OLD_NAME=".to_owned(),
                2 => format!("const key = \"sk_test_{random}\"; export async function GET() {{ work() }}"),
                3 => format!("createRouteMatcher(['/sign-in', 'whsec_{random}'])"),
                4 => "export async function GET() {\n  work();\n}".to_owned(),
                _ => random,
            });
            let text = lines.collect::<Vec<_>>().join("\n");
            let change = match which {
                0 => Change::Line(".env*".to_owned()),
                1 => Change::Variable { from: "OLD_NAME".to_owned(), to: "NEW_NAME".to_owned() },
                2 => Change::Guard(Guarded::Export("GET".to_owned())),
                _ => Change::Entry { was: "/sign-in".to_owned(), with: "/sign-in(.*)".to_owned() },
            };
            if let Ok(Some(new)) = changed("a.ts", &text, &change) {
                prop_assert_eq!(keys_of(&text), keys_of(&new));
                prop_assert_ne!(&new, &text);
            }
        }
    }
}
