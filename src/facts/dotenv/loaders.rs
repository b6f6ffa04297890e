//! What each program does with the files it has read: the order, the precedence, the expansion.
//! Sources: `@next/env` 16.3.1 `processEnv`, Vite 8.2.1 and 7.3.6 `loadEnv`, dotenv 17.4.2
//! `configDotenv` and `populate`, dotenv-expand 13.0.0 and 1000.0.0 `expand`.

use std::collections::BTreeMap;

use super::expand::{self, Budget, Endless, Version};
use super::js::Object;
use super::lines::Lines;

/// The environment, by name.
pub(super) type Env = BTreeMap<String, String>;

/// What loading came to.
pub(super) struct Outcome {
    /// The environment afterwards.
    pub(super) env: Env,
    /// Whether the file of this index gave nothing.
    pub(super) dropped: Vec<bool>,
    /// What went wrong with which variable, and in which file if only that file counts.
    pub(super) trouble: Vec<Trouble>,
}

/// One thing that went wrong.
pub(super) struct Trouble {
    pub(super) name: String,
    pub(super) file: Option<usize>,
    pub(super) message: &'static str,
}

const DROPPED: &str = "Next.js drops this whole file: expanding this value has no end (it refers to itself) or is too long, which overflows the stack";
const ENDLESS: &str = "expanding this value has no end (it refers to itself), or goes beyond what is expanded here (1 MiB for a value): taken as written";
const COMMAND: &str =
    "dotenv-expand 1000 runs the command in `$(…)`: nothing is run here, taken as written";
const ENCRYPTED: &str =
    "dotenv-expand 1000 decrypts this value with DOTENV_PRIVATE_KEY: taken as written";

fn object(lines: &Lines) -> Object {
    let mut object = Object::default();
    for entry in &lines.entries {
        object.set(&entry.name, &entry.value);
    }
    object
}

/// Next.js: file by file, the highest first, each put into `process.env` before the next is expanded; so a
/// lower file, and a variable of the process that a file names too, is expanded as the higher one has it.
pub(super) fn next(files: &[Lines], process: &Env, budget: &mut Budget) -> Outcome {
    let mut env = process.clone();
    let mut first = Env::new();
    let mut dropped = vec![false; files.len()];
    let mut trouble = Vec::new();
    for (file, lines) in files.iter().enumerate() {
        let mut parsed = object(lines);
        if let Err(name) = next_file(&mut parsed, &env, budget) {
            trouble.push(Trouble {
                name,
                file: Some(file),
                message: DROPPED,
            });
            if let Some(dropped) = dropped.get_mut(file) {
                *dropped = true;
            }
            continue;
        }
        for (name, value) in parsed.iter() {
            env.insert(name.to_owned(), value.to_owned());
            if !process.contains_key(name) && !first.contains_key(name) {
                first.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    env.extend(first);
    Outcome {
        env,
        dropped,
        trouble,
    }
}

/// Expands one file in place. The name is the one that cannot be expanded.
fn next_file(parsed: &mut Object, env: &Env, budget: &mut Budget) -> Result<(), String> {
    for name in parsed.keys() {
        let value = env
            .get(&name)
            .map(String::as_str)
            .or_else(|| parsed.get(&name));
        let process = |name: &str| env.get(name).map(String::as_str);
        let expanded = expand::next(
            value.unwrap_or_default(),
            process,
            |name| parsed.get(name),
            budget,
        );
        match expanded {
            Ok(value) => parsed.set(&name, &expand::unescape(&value)),
            Err(Endless) => return Err(name),
        }
    }
    Ok(())
}

/// Vite: all files into one object, the lowest first; expanded together; what the process has wins.
pub(super) fn vite(files: &[Lines], process: &Env, sorted: bool, budget: &mut Budget) -> Outcome {
    let mut parsed = Object::default();
    for lines in files.iter().rev() {
        let read = object(lines);
        let mut names = read.keys();
        if sorted {
            // `parseEnv` hands on what it read from a C++ `std::map`.
            names.sort();
        }
        for name in names {
            parsed.set(&name, read.get(&name).unwrap_or_default());
        }
    }
    let mut env = process.clone();
    for (of_file, of_process) in [
        ("NODE_ENV", "VITE_USER_NODE_ENV"),
        ("BROWSER", "BROWSER"),
        ("BROWSER_ARGS", "BROWSER_ARGS"),
    ] {
        let value = parsed.get(of_file).filter(|value| !value.is_empty());
        if let (Some(value), false) = (value, env.contains_key(of_process)) {
            env.insert(of_process.to_owned(), value.to_owned());
        }
    }
    let trouble = expand_together(&mut parsed, &env, Flavour::Vite, budget);
    for (name, value) in parsed.iter() {
        env.entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    Outcome {
        env,
        dropped: vec![false; files.len()],
        trouble,
    }
}

/// `dotenv.config({ path: […] })`: the first file that has a name gives it, unless the process has it.
pub(super) fn dotenv(files: &[Lines], process: &Env) -> Outcome {
    let mut env = process.clone();
    for (name, value) in first_of(files).iter() {
        env.entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    Outcome {
        env,
        dropped: vec![false; files.len()],
        trouble: Vec::new(),
    }
}

/// `expand(dotenv.config({ path: […] }))`: what `config` has put into the process is expanded, and replaces
/// an empty variable of the process.
pub(super) fn dotenv_expand(
    files: &[Lines],
    process: &Env,
    version: Version,
    budget: &mut Budget,
) -> Outcome {
    let mut parsed = first_of(files);
    let mut outcome = dotenv(files, process);
    let flavour = match version {
        Version::Twelve => Flavour::Twelve,
        Version::Thousand => Flavour::Thousand,
    };
    outcome.trouble = expand_together(&mut parsed, &outcome.env, flavour, budget);
    for (name, value) in parsed.iter() {
        outcome.env.insert(name.to_owned(), value.to_owned());
    }
    outcome
}

fn first_of(files: &[Lines]) -> Object {
    let mut all = Object::default();
    for lines in files {
        let read = object(lines);
        for name in read.keys() {
            if all.get(&name).is_none() {
                all.set(&name, read.get(&name).unwrap_or_default());
            }
        }
    }
    all
}

/// Which `expand`. Vite patches dotenv-expand 12 and 13 so that a value sees the variables after it too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavour {
    Vite,
    Twelve,
    Thousand,
}

/// `expand` of dotenv-expand from 12 on, in place.
fn expand_together(
    parsed: &mut Object,
    env: &Env,
    flavour: Flavour,
    budget: &mut Budget,
) -> Vec<Trouble> {
    let original = parsed.clone();
    let mut running = Object::default();
    let mut trouble = Vec::new();
    for name in parsed.keys() {
        let written = original.get(&name).unwrap_or_default();
        let held = env.get(&name).map(String::as_str).unwrap_or_default();
        let value = if !held.is_empty() && held != written {
            held.to_owned()
        } else {
            let settled = if flavour == Flavour::Vite {
                &*parsed
            } else {
                &running
            };
            let scope = Scope {
                flavour,
                env,
                original: &original,
                settled,
            };
            let (value, message) = scope.expand(written, budget);
            trouble.extend(message.map(|message| Trouble {
                name: name.clone(),
                file: None,
                message,
            }));
            value
        };
        parsed.set(&name, &expand::unescape(&value));
        running.set(&name, &expand::unescape(&value));
    }
    trouble
}

/// What a value can refer to.
struct Scope<'a> {
    flavour: Flavour,
    env: &'a Env,
    original: &'a Object,
    settled: &'a Object,
}

impl<'a> Scope<'a> {
    fn expand(&self, value: &str, budget: &mut Budget) -> (String, Option<&'static str>) {
        let version = match self.flavour {
            Flavour::Vite | Flavour::Twelve => Version::Twelve,
            Flavour::Thousand => Version::Thousand,
        };
        let thousand = version == Version::Thousand;
        if thousand && value.starts_with("encrypted:") && self.has_key() {
            return (value.to_owned(), Some(ENCRYPTED));
        }
        let settled = |name: &str| self.settled.get(name);
        match expand::npm(version, value, |name| self.get(name), settled, budget) {
            Err(Endless) => (value.to_owned(), Some(ENDLESS)),
            Ok(value) if thousand && has_command(&value) => (value, Some(COMMAND)),
            Ok(value) => (value, None),
        }
    }

    /// The process before what is settled; but 1000 looks at a settled variable first where the process
    /// has it from the file.
    fn get(&self, name: &str) -> Option<&'a str> {
        let settled = self.settled.get(name);
        let held = self.env.get(name).map(String::as_str);
        let from_file = settled.is_some() && held == self.original.get(name);
        held.filter(|_| self.flavour != Flavour::Thousand || !from_file)
            .or(settled)
    }

    fn has_key(&self) -> bool {
        self.get("DOTENV_PRIVATE_KEY")
            .is_some_and(|key| !key.is_empty())
    }
}

fn has_command(value: &str) -> bool {
    value
        .split_once("$(")
        .is_some_and(|(_, tail)| tail.contains(')'))
}
