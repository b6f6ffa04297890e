//! `.env` files, read exactly as the program that loads them would.
//!
//! There is no one language: Next.js, Vite, dotenv and dotenv-expand differ in what a line means, in what
//! `$NAME` becomes and in who wins. `fixtures/parity/dotenv/` holds the answers of the real packages, and
//! `tests/parity_dotenv.rs` holds this module to them.

mod expand;
mod js;
mod lines;
mod loaders;
mod node;
mod npm;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use crate::model::Secret;
use expand::{Budget, Version};
use lines::{Entry, Lines};
use loaders::{Env, Outcome};

/// Which program's rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Next.js 14 to 16 (`@next/env`). Next.js 13 and before read line by line and expand differently.
    NextEnv,
    /// Vite 8 and later: the files are read by Node's `util.parseEnv`, not by dotenv.
    Vite,
    /// Vite 6 and 7: dotenv, and the same expansion as Vite 8.
    ViteBefore8,
    /// dotenv alone, 16 to 18: `config({ path: […] })`. Nothing is expanded.
    Dotenv,
    /// `expand(config({ path: […] }))` with dotenv-expand 1000.
    DotenvExpand,
    /// `expand(config({ path: […] }))` with dotenv-expand 12 or 13.
    DotenvExpandBefore1000,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 6] = [
        Self::NextEnv,
        Self::Vite,
        Self::ViteBefore8,
        Self::Dotenv,
        Self::DotenvExpand,
        Self::DotenvExpandBefore1000,
    ];

    /// Whether a variable that the process already has keeps its value. dotenv-expand fills an empty one.
    fn keeps(self, held: Option<&Secret>) -> bool {
        match self {
            Self::DotenvExpand | Self::DotenvExpandBefore1000 => {
                held.is_some_and(|held| !held.is_empty())
            }
            Self::NextEnv | Self::Vite | Self::ViteBefore8 | Self::Dotenv => held.is_some(),
        }
    }
}

/// One `NAME=value` as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The name, without `export`.
    pub name: String,
    /// The value without its quotes, `\n` resolved, and `$NAME` left as it is.
    pub value: Secret,
    /// The quote around the value, if the loader takes it for one.
    pub quote: Option<char>,
    /// Index into the files.
    pub file: usize,
    /// 1-based line of the name.
    pub line: u32,
    /// 1-based line on which the text of the value begins; not always that of the name.
    pub value_line: u32,
    /// 1-based column, in characters, at which the text of the value begins, after an opening quote.
    pub column: u32,
    /// Whether this one decides the loaded value: neither the process, nor a higher file, nor a later line
    /// of the same file overrides it.
    pub wins: bool,
}

/// Something a file says that the loader does not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Index into the files.
    pub file: usize,
    /// 1-based line.
    pub line: u32,
    /// What happens instead. Quotes nothing from the file.
    pub message: String,
    /// Whether the loader drops the whole file for it.
    pub drops_file: bool,
}

/// What loading the files gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The value that each name of the files has afterwards, whoever gave it. A name that stands only in
    /// dropped files and not in the process is absent.
    pub values: BTreeMap<String, Secret>,
    /// Every assignment, file by file in the order of the lines.
    pub assignments: Vec<Assignment>,
    /// Every problem, file by file in the order of the lines.
    pub problems: Vec<Problem>,
}

/// Loads `files` (texts, the highest priority first, as the framework ranks them; a byte order mark left in
/// place, invalid UTF-8 replaced) into a process whose environment is `process`.
pub fn load(dialect: Dialect, files: &[&str], process: &BTreeMap<String, Secret>) -> Loaded {
    let grammar = match dialect {
        Dialect::Vite => node::read,
        _ => npm::read,
    };
    let lines: Vec<Lines> = files.iter().map(|text| grammar(text)).collect();
    let before: Env = process
        .iter()
        .map(|(name, value)| (name.clone(), value.expose().to_owned()))
        .collect();
    let mut budget = Budget::new(files.iter().map(|text| text.len()).sum());
    let outcome = match dialect {
        Dialect::NextEnv => loaders::next(&lines, &before, &mut budget),
        Dialect::Vite => loaders::vite(&lines, &before, true, &mut budget),
        Dialect::ViteBefore8 => loaders::vite(&lines, &before, false, &mut budget),
        Dialect::Dotenv => loaders::dotenv(&lines, &before),
        Dialect::DotenvExpand => {
            loaders::dotenv_expand(&lines, &before, Version::Thousand, &mut budget)
        }
        Dialect::DotenvExpandBefore1000 => {
            loaders::dotenv_expand(&lines, &before, Version::Twelve, &mut budget)
        }
    };
    let last = last_lines(&lines);
    let kept = |name: &str| dialect.keeps(process.get(name));
    Loaded {
        values: values(&outcome, &last),
        problems: problems(&lines, &outcome, &last),
        assignments: assignments(&lines, &outcome, &last, kept),
    }
}

/// The last entry of each name, for every file.
type Last<'a> = Vec<HashMap<&'a str, usize>>;

fn last_lines(files: &[Lines]) -> Last<'_> {
    let mut last = Last::new();
    for lines in files {
        let names = lines.entries.iter().map(|entry| entry.name.as_str());
        last.push(names.zip(0..).collect());
    }
    last
}

fn values(outcome: &Outcome, last: &Last<'_>) -> BTreeMap<String, Secret> {
    let names = last.iter().flat_map(HashMap::keys);
    names
        .filter_map(|name| Some(((*name).to_owned(), Secret::new(outcome.env.get(*name)?))))
        .collect()
}

/// The file that a name comes from, if a file it is.
fn source(name: &str, last: &Last<'_>, dropped: &[bool]) -> Option<usize> {
    let mut files = last.iter().zip(dropped);
    files.position(|(names, dropped)| !dropped && names.contains_key(name))
}

fn assignments(
    files: &[Lines],
    outcome: &Outcome,
    last: &Last<'_>,
    kept: impl Fn(&str) -> bool,
) -> Vec<Assignment> {
    let mut assignments = Vec::new();
    for (file, lines) in files.iter().enumerate() {
        for (index, entry) in lines.entries.iter().enumerate() {
            let name = entry.name.as_str();
            let latest = last.get(file).and_then(|names| names.get(name)) == Some(&index);
            let wins = latest
                && !kept(name)
                && source(name, last, &outcome.dropped) == Some(file)
                && outcome.env.contains_key(name);
            assignments.push(assignment(file, entry, wins));
        }
    }
    assignments
}

fn assignment(file: usize, entry: &Entry, wins: bool) -> Assignment {
    Assignment {
        name: entry.name.clone(),
        value: Secret::new(entry.value.as_str()),
        quote: entry.quote,
        file,
        line: entry.line,
        value_line: entry.value_line,
        column: entry.column,
        wins,
    }
}

fn problems(files: &[Lines], outcome: &Outcome, last: &Last<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, lines) in files.iter().enumerate() {
        problems.extend(lines.problems.iter().map(|(line, message)| Problem {
            file,
            line: *line,
            message: (*message).to_owned(),
            drops_file: false,
        }));
    }
    for trouble in &outcome.trouble {
        let name = trouble.name.as_str();
        let Some(file) = trouble
            .file
            .or_else(|| source(name, last, &outcome.dropped))
        else {
            continue;
        };
        let index = last.get(file).and_then(|names| names.get(name));
        let entry = files
            .get(file)
            .zip(index)
            .and_then(|(lines, index)| lines.entries.get(*index));
        problems.push(Problem {
            file,
            line: entry.map_or(1, |entry| entry.line),
            message: trouble.message.to_owned(),
            drops_file: outcome.dropped.get(file) == Some(&true),
        });
    }
    problems.sort_by_key(|problem| (problem.file, problem.line));
    problems
}
