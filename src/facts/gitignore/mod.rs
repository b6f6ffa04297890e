//! Whether git ignores a path, and by which rule.
//!
//! The rules are those of gitignore(5). `fixtures/parity/gitignore` holds what git itself answered.
//! Names are compared with their case, as git does unless `core.ignoreCase` is set.

mod pattern;
mod wild;

use std::collections::BTreeMap;

use serde::Serialize;

use self::pattern::Pattern;

/// Whose rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A `.gitignore` in the work tree: it protects everyone who clones.
    Repository,
    /// `.git/info/exclude`: it protects this clone only.
    Exclude,
    /// `core.excludesFile`: it protects this user only.
    Global,
}

/// One line of an ignore file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Whose rule it is.
    pub origin: Origin,
    /// The ignore file, relative to the root of the work tree, `/` separated.
    pub file: String,
    /// 1-based line.
    pub line: u32,
    /// The pattern as written.
    pub pattern: String,
    /// Whether the rule takes back what others ignored (`!`).
    pub negated: bool,
}

/// What git would do with a path that is not tracked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// Whether git ignores the path.
    pub ignored: bool,
    /// The rule that decided; `None` where no rule speaks of the path.
    pub rule: Option<Rule>,
}

/// All ignore files that may speak of the paths asked about.
#[derive(Debug, Clone, Default)]
pub struct IgnoreRules {
    /// By the folder they lie in.
    repository: BTreeMap<String, Vec<IgnoreFile>>,
    exclude: Vec<IgnoreFile>,
    global: Vec<IgnoreFile>,
}

#[derive(Debug, Clone)]
struct IgnoreFile {
    origin: Origin,
    file: String,
    patterns: Vec<Pattern>,
}

impl IgnoreRules {
    /// No rules: nothing is ignored.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the ignore file `file` with the content `text`. `folder` is the folder a `.gitignore` lies in,
    /// relative to the root of the work tree (`""` = the root). The other origins speak of the whole tree.
    pub fn add_file(&mut self, origin: Origin, folder: &str, file: &str, text: &str) {
        let patterns = pattern::read(text);
        let file = IgnoreFile {
            origin,
            file: file.to_owned(),
            patterns,
        };
        match origin {
            Origin::Repository => {
                self.repository
                    .entry(folder.trim_matches('/').to_owned())
                    .or_default()
                    .push(file);
            }
            Origin::Exclude => self.exclude.push(file),
            Origin::Global => self.global.push(file),
        }
    }

    /// What git does with `path`, which is relative to the root of the work tree.
    pub fn judge(&self, path: &str, is_dir: bool) -> Judgement {
        let personal = self.global.iter().chain(&self.exclude).collect();
        self.judge_with(personal, path, is_dir)
    }

    /// The same with only the rules that travel with the repository: a rule in a personal file protects
    /// nobody else.
    pub fn judge_shared(&self, path: &str, is_dir: bool) -> Judgement {
        self.judge_with(Vec::new(), path, is_dir)
    }

    fn judge_with(&self, personal: Vec<&IgnoreFile>, path: &str, is_dir: bool) -> Judgement {
        let path = path.trim_matches('/');
        if path.is_empty() {
            return Judgement {
                ignored: false,
                rule: None,
            };
        }
        let deciding = deciding(&self.files_above(personal, path), path, is_dir);
        // From the top: what lies in an ignored folder is never looked at, so no rule can re-include it.
        let mut rules = deciding.into_iter();
        let last = rules.next_back().flatten();
        let rule = rules
            .flatten()
            .find(|(_, pattern)| !pattern.negated)
            .or(last);
        let rule = rule.map(|(file, pattern)| Rule {
            origin: file.origin,
            file: file.file.clone(),
            line: pattern.line,
            pattern: pattern.text.clone(),
            negated: pattern.negated,
        });
        Judgement {
            ignored: rule.as_ref().is_some_and(|rule| !rule.negated),
            rule,
        }
    }

    /// The ignore files that may speak of `path`, the strongest last, each with the length of the part of
    /// `path` that its patterns do not see.
    fn files_above<'a>(
        &'a self,
        personal: Vec<&'a IgnoreFile>,
        path: &str,
    ) -> Vec<(usize, &'a IgnoreFile)> {
        let below = path
            .match_indices('/')
            .filter_map(|(end, _)| Some((end + 1, path.get(..end)?)));
        let folders = std::iter::once((0, "")).chain(below);
        let shared = folders.flat_map(|(skip, folder)| {
            self.repository
                .get(folder)
                .into_iter()
                .flatten()
                .map(move |file| (skip, file))
        });
        personal
            .into_iter()
            .map(|file| (0, file))
            .chain(shared)
            .collect()
    }
}

/// For each folder above `path` and then for `path` itself: the last pattern of the strongest file that
/// speaks of it.
fn deciding<'a>(
    files: &[(usize, &'a IgnoreFile)],
    path: &str,
    is_dir: bool,
) -> Vec<Option<(&'a IgnoreFile, &'a Pattern)>> {
    let levels = pattern::levels(path, is_dir);
    let mut deciding = vec![None; levels.len()];
    let mut open = levels.len();
    let mut room = Vec::new();
    let strongest_first = files.iter().rev().flat_map(|(skip, file)| {
        file.patterns
            .iter()
            .rev()
            .map(move |pattern| (*skip, *file, pattern))
    });
    for (skip, file, pattern) in strongest_first {
        if open == 0 {
            break;
        }
        pattern.find(path, skip, &levels, &mut room, |level| {
            if let Some(decided @ None) = deciding.get_mut(level) {
                *decided = Some((file, pattern));
                open -= 1;
            }
        });
    }
    deciding
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rules(text: &str) -> IgnoreRules {
        let mut rules = IgnoreRules::new();
        rules.add_file(Origin::Repository, "", ".gitignore", text);
        rules
    }

    #[test]
    fn names_the_line_that_decided() {
        let judgement = rules("# secrets\n.env*\n!.env.example\n").judge(".env.example", false);
        assert!(!judgement.ignored);
        let rule = judgement.rule.unwrap();
        assert_eq!(
            (rule.file.as_str(), rule.line, rule.negated),
            (".gitignore", 3, true)
        );
    }

    #[test]
    fn a_file_in_an_ignored_folder_cannot_be_re_included() {
        let judgement = rules(".clerk/\n!.clerk/keep\n").judge(".clerk/keep", false);
        assert!(judgement.ignored);
        assert_eq!(judgement.rule.map(|rule| rule.line), Some(1));
    }

    #[test]
    fn a_personal_rule_protects_nobody_else() {
        let mut rules = rules("node_modules\n");
        rules.add_file(Origin::Global, "", "~/.config/git/ignore", ".env*\n");
        assert!(rules.judge(".env", false).ignored);
        assert_eq!(
            rules.judge_shared(".env", false),
            Judgement {
                ignored: false,
                rule: None
            }
        );
    }

    #[test]
    fn the_nearer_folder_is_the_stronger() {
        let mut rules = rules(".env\n");
        rules.add_file(
            Origin::Repository,
            "apps/web",
            "apps/web/.gitignore",
            "!.env\n",
        );
        rules.add_file(Origin::Exclude, "", ".git/info/exclude", ".env\n");
        assert!(!rules.judge("apps/web/.env", false).ignored);
        assert!(rules.judge("apps/.env", false).ignored);
    }

    #[test]
    fn the_root_itself_is_never_ignored() {
        assert!(!rules("*\n").judge("", true).ignored);
        assert!(rules("*\n").judge("/a/", true).ignored);
    }

    proptest! {
        #[test]
        fn never_panics(
            text in "(([*?!/\\\\#\\[\\]^a-c:. -]|\\*\\*|\\r|\\n|é|\\PC){0,12}\n){0,6}",
            folder in "[a/]{0,3}",
            path in "([a-c./]|é|\\PC){0,20}",
            is_dir: bool,
        ) {
            let mut rules = IgnoreRules::new();
            rules.add_file(Origin::Repository, &folder, ".gitignore", &text);
            rules.add_file(Origin::Global, "", "ignore", &text);
            let judgement = rules.judge(&path, is_dir);
            prop_assert!(!judgement.ignored || judgement.rule.is_some());
            rules.judge_shared(&path, is_dir);
        }
    }
}
