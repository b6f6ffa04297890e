//! The few settings of git that say where things are. Pure: text in, data out.
//!
//! The syntax is that of git-config(1), "CONFIGURATION FILE". `[include]` is not followed, and nothing that
//! a configuration names is ever run.

use crate::facts::gitindex::ObjectFormat;

/// What was set. A later file overrides an earlier one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Config {
    /// `core.excludesFile`, as written.
    pub(super) excludes_file: Option<String>,
    /// `core.worktree`, as written.
    pub(super) work_tree: Option<String>,
    /// `core.bare`.
    pub(super) bare: bool,
    /// `extensions.worktreeConfig`: a work tree has a configuration of its own.
    pub(super) per_work_tree: bool,
    /// `extensions.objectFormat`, as written.
    object_format: Option<String>,
}

impl Config {
    /// Takes over what `text` sets.
    pub(super) fn read(&mut self, text: &str) {
        for (name, value) in (Reader {
            rest: text,
            section: String::new(),
        }) {
            match name.as_str() {
                "core.excludesfile" => self.excludes_file = value,
                "core.worktree" => self.work_tree = value,
                "core.bare" => self.bare = is_true(value.as_deref()),
                "extensions.worktreeconfig" => self.per_work_tree = is_true(value.as_deref()),
                "extensions.objectformat" => self.object_format = value,
                _ => {}
            }
        }
    }

    /// The hash of the repository, or the name of one that is not known.
    pub(super) fn object_format(&self) -> Result<ObjectFormat, &str> {
        match &self.object_format {
            None => Ok(ObjectFormat::Sha1),
            Some(name) => ObjectFormat::named(name).ok_or(name),
        }
    }
}

/// A boolean of git: a name without a value is true.
fn is_true(value: Option<&str>) -> bool {
    value.is_none_or(|value| {
        let number = value.parse::<i64>().ok();
        number.map_or(
            ["true", "yes", "on"]
                .iter()
                .any(|yes| value.eq_ignore_ascii_case(yes)),
            |n| n != 0,
        )
    })
}

/// Yields `section.name` in lower case (a subsection keeps its case) and the value.
struct Reader<'a> {
    rest: &'a str,
    section: String,
}

impl Iterator for Reader<'_> {
    type Item = (String, Option<String>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.rest = self
                .rest
                .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            match self.rest.chars().next()? {
                '#' | ';' => self.skip_line(),
                '[' => self.header(),
                c if c.is_ascii_alphabetic() => return Some(self.setting()),
                _ => self.skip_line(),
            }
        }
    }
}

impl Reader<'_> {
    fn skip_line(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
    }

    /// `[section]` or `[section "subsection"]`. A setting may follow on the same line.
    fn header(&mut self) {
        let line = self.rest.lines().next().unwrap_or_default();
        let mut quoted = false;
        let end = line.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == ']' && !quoted
        });
        let Some((end, _)) = end else {
            self.section.clear();
            return self.skip_line();
        };
        let inside = line.get(1..end).unwrap_or_default();
        let (section, sub) = inside.split_once('"').unwrap_or((inside, ""));
        self.section = section.trim().to_ascii_lowercase();
        if !sub.is_empty() {
            self.section.push('.');
            self.section.push_str(sub.trim_end_matches('"'));
        }
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
    }

    fn setting(&mut self) -> (String, Option<String>) {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let name = format!("{}.{}", self.section, name.to_ascii_lowercase());
        let rest = rest.trim_start_matches([' ', '\t']);
        match rest.strip_prefix('=') {
            Some(rest) => {
                let (value, rest) = value(rest);
                self.rest = rest;
                (name, Some(value))
            }
            None => {
                self.rest = rest;
                self.skip_line();
                (name, None)
            }
        }
    }
}

/// The value behind `=` and what follows its line.
fn value(text: &str) -> (String, &str) {
    let mut value = String::new();
    // Length of `value` without the spaces that stand outside quotes at its end.
    let mut kept = 0;
    let mut quoted = false;
    let mut chars = text.char_indices();
    let rest = loop {
        let Some((at, c)) = chars.next() else {
            break "";
        };
        match c {
            '\n' => break text.get(at + 1..).unwrap_or_default(),
            '#' | ';' if !quoted => {
                let comment = text.get(at..).unwrap_or_default();
                break comment.split_once('\n').map_or("", |(_, rest)| rest);
            }
            '"' => quoted = !quoted,
            '\\' => match chars.next() {
                Some((_, '\n')) => {}
                Some((at, '\r')) if text.get(at + 1..).is_some_and(|s| s.starts_with('\n')) => {
                    chars.next();
                }
                Some((_, c)) => {
                    value.push(match c {
                        'n' => '\n',
                        't' => '\t',
                        'b' => '\u{8}',
                        other => other,
                    });
                    kept = value.len();
                }
                None => {}
            },
            c if c.is_whitespace() && !quoted => {
                if !value.is_empty() {
                    value.push(c);
                }
            }
            c => {
                value.push(c);
                kept = value.len();
            }
        }
    };
    value.truncate(kept);
    (value, rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Config {
        let mut config = Config::default();
        config.read(text);
        config
    }

    #[test]
    fn reads_the_forms_that_people_write() {
        for text in [
            "[core]\n\texcludesFile = ~/.gitignore\n",
            "[core]\r\n\texcludesfile=~/.gitignore\r\n",
            "[CORE] ExcludesFile = \"~/.gitignore\" # mine",
            "[core]\nexcludesfile = ~/.git\\\nignore ; mine\n[user]\nexcludesfile = no",
            "[user]\nname = \"[core]\"\n[core]\nexcludesfile = other\nexcludesfile = ~/.gitignore",
            "\u{feff}[core]\nfilemode\nexcludesfile = ~/.gitignore",
        ] {
            assert_eq!(
                read(text).excludes_file.as_deref(),
                Some("~/.gitignore"),
                "{text}"
            );
        }
    }

    #[test]
    fn keeps_spaces_inside_and_in_quotes() {
        assert_eq!(
            read("[core]\nworktree =  a  b \n").work_tree.as_deref(),
            Some("a  b")
        );
        assert_eq!(
            read("[core]\nworktree = \" a \"\n").work_tree.as_deref(),
            Some(" a ")
        );
        assert_eq!(
            read("[core]\nworktree = C:\\\\a#b\n").work_tree.as_deref(),
            Some("C:\\a")
        );
    }

    #[test]
    fn a_subsection_is_another_section() {
        assert_eq!(
            read("[core \"a]b\"]\nexcludesfile = x\n"),
            Config::default()
        );
        assert_eq!(read("#[core]\nexcludesfile = x\n"), Config::default());
    }

    #[test]
    fn a_boolean_without_a_value_is_true() {
        assert!(read("[core]\nbare\n").bare);
        assert!(read("[core]\nbare = Yes\n").bare);
        assert!(read("[core]\nbare = 1\n").bare);
        assert!(!read("[core]\nbare = 0\n").bare);
        assert!(!read("[core]\nbare\nbare =\n").bare);
    }

    #[test]
    fn names_an_object_format_it_does_not_know() {
        assert_eq!(read("").object_format(), Ok(ObjectFormat::Sha1));
        let read = |name: &str| read(&format!("[extensions]\nobjectFormat = {name}\n"));
        assert_eq!(read("sha256").object_format(), Ok(ObjectFormat::Sha256));
        assert_eq!(read("sha512").object_format(), Err("sha512"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "([\\[\\]\"\\\\=#; \r\n]|core|bare|é|\\PC){0,60}") {
            read(&text);
        }
    }
}
