//! Dockerfiles: stages and what they set, copy and run
//! (https://docs.docker.com/reference/dockerfile/).

mod lines;

use super::ignore::Rules;
use super::{Context, Given, ParseError, Variable, environment_of, is_clerk_key, shell};
use crate::facts::document::At;
use crate::facts::tree;
pub use lines::Instruction;

/// A Dockerfile, read.
#[derive(Debug, Default)]
pub struct Dockerfile {
    /// Its path.
    pub path: String,
    /// The folder that is sent to the build, as far as it can be told.
    pub context: String,
    /// What is kept out of the build, where a `.dockerignore` says so.
    pub ignored: Option<Rules>,
    /// Its stages; the last one is the image.
    pub stages: Vec<Stage>,
}

/// A stage.
#[derive(Debug, Default)]
pub struct Stage {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The stage that it goes on from, by number.
    pub parent: Option<usize>,
    /// Its instructions but `FROM`.
    pub instructions: Vec<Instruction>,
}

/// A name that `ARG` or `ENV` sets.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The name.
    pub name: String,
    /// What it is given.
    pub given: Given,
    /// Where the name stands.
    pub at: At,
}

/// What a `COPY` or `ADD` copies.
#[derive(Debug, Clone)]
pub struct Copy {
    /// The stage or image that it copies from; `None`: the build context.
    pub from: Option<String>,
    /// What is copied.
    pub sources: Vec<String>,
    /// Where to.
    pub target: String,
    /// Where it stands.
    pub at: At,
}

/// Reads a Dockerfile.
pub fn read(path: &str, text: &str) -> Result<Dockerfile, ParseError> {
    let instructions = lines::read(text)?;
    let mut stages: Vec<Stage> = Vec::new();
    for instruction in instructions {
        if instruction.keyword == "FROM" {
            let words = instruction.words();
            let mut words = words.iter().filter(|word| !word.starts_with("--"));
            let base = words.next().cloned().unwrap_or_default();
            let name = words.nth(1).cloned();
            let parent = stages.iter().position(|stage| {
                stage
                    .name
                    .as_ref()
                    .is_some_and(|name| name.eq_ignore_ascii_case(&base))
            });
            stages.push(Stage {
                name,
                parent,
                instructions: Vec::new(),
            });
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.push(instruction);
        }
    }
    Ok(Dockerfile {
        path: path.to_owned(),
        context: tree::folder(path).to_owned(),
        ignored: None,
        stages,
    })
}

impl Stage {
    /// The names that `ARG` (`arguments`) or `ENV` sets here.
    pub fn settings<'s>(&'s self, keyword: &'s str) -> impl Iterator<Item = Setting> + 's {
        self.all(keyword).flat_map(Instruction::settings)
    }

    /// What is copied into it.
    pub fn copies(&self) -> impl Iterator<Item = Copy> + '_ {
        let all = self.instructions.iter();
        all.filter(|instruction| matches!(instruction.keyword.as_str(), "COPY" | "ADD"))
            .filter_map(Instruction::copy)
    }

    /// Its commands.
    pub fn runs(&self) -> impl Iterator<Item = &Instruction> {
        self.all("RUN")
    }

    /// Its instructions of a kind.
    pub fn all<'s>(&'s self, keyword: &'s str) -> impl Iterator<Item = &'s Instruction> + 's {
        let all = self.instructions.iter();
        all.filter(move |instruction| instruction.keyword == keyword)
    }
}

impl Dockerfile {
    /// The last stage and those that it goes on from: what of the file is in the image.
    pub fn shipped(&self) -> Vec<usize> {
        self.line_of(self.stages.len().checked_sub(1))
    }

    /// A stage and those that it goes on from. A stage goes on from earlier ones only, so this ends.
    pub fn line_of(&self, stage: Option<usize>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut next = stage;
        while let Some(at) = next {
            found.push(at);
            next = self
                .stages
                .get(at)
                .and_then(|stage| stage.parent)
                .filter(|parent| *parent < at);
        }
        found
    }

    /// The stages of a line, by number.
    pub fn stages_of(&self, line: &[usize]) -> impl Iterator<Item = &Stage> {
        line.iter().filter_map(|at| self.stages.get(*at))
    }

    /// The stage that a `--from` names.
    pub fn stage_named(&self, name: &str) -> Option<usize> {
        let by_name = self.stages.iter().position(|stage| {
            stage
                .name
                .as_ref()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        by_name.or_else(|| name.parse().ok().filter(|at| *at < self.stages.len()))
    }

    /// Whether it is one for developing or testing: its name says so, or what the image starts does.
    pub fn is_for_development(&self) -> bool {
        let stage = self.stages.last();
        let name = stage
            .and_then(|stage| stage.name.as_deref())
            .unwrap_or_default();
        let named = [tree::file_name(&self.path), name]
            .iter()
            .any(|name| environment_of(name) == Some(Context::Preview));
        let starts = stage
            .into_iter()
            .flat_map(|stage| stage.all("CMD").chain(stage.all("ENTRYPOINT")));
        let folder = tree::folder(&self.path);
        named
            || folder.ends_with(".devcontainer")
            || folder.ends_with(".codesandbox")
            || starts.into_iter().any(runs_dev)
    }

    /// The first stage in which the app is built.
    pub fn building_stage(&self) -> Option<(usize, &Instruction)> {
        let stages = self.stages.iter().enumerate();
        let mut found = stages.filter_map(|(at, stage)| {
            Some((
                at,
                stage.runs().filter(|run| shell::builds(&run.text)).last()?,
            ))
        });
        found.next_back()
    }

    /// The Clerk keys and the mode that it sets in the image.
    pub(super) fn variables(&self) -> Vec<Variable> {
        let context = if self.is_for_development() {
            Context::Preview
        } else {
            Context::Production
        };
        let of = |keyword: &'static str| {
            let stages = self.stages.iter();
            stages
                .flat_map(move |stage| stage.settings(keyword))
                .filter(|set| is_clerk_key(&set.name))
                .map(move |set| Variable {
                    file: self.path.clone(),
                    at: set.at,
                    name: set.name,
                    given: set.given,
                    context,
                    // Whoever builds or runs the image may give another value.
                    sure: false,
                    part: keyword.to_owned(),
                })
        };
        of("ENV").chain(of("ARG")).collect()
    }
}

/// Whether a command starts a server for development: `["npm", "run", "dev"]`.
fn runs_dev(start: &Instruction) -> bool {
    let mut words = start
        .text
        .split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"' | '\''));
    words.any(|word| word == "dev" || word.starts_with("dev:"))
}
