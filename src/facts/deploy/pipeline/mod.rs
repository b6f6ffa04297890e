//! Pipelines: jobs, their steps, and which of them deploy.

pub mod actions;
mod deploys;
pub mod gitlab;

use super::{Context, Variable, shell};
use crate::facts::document::At;
pub use deploys::Deployment;

/// A pipeline.
#[derive(Debug, Default)]
pub struct Pipeline {
    /// The file.
    pub path: String,
    /// Whether it runs for pull requests or merge requests only.
    pub for_requests_only: bool,
    /// Whether it runs on what is pushed to the main branch, on tags or on releases.
    pub for_main: bool,
    /// Its jobs.
    pub jobs: Vec<Job>,
    /// The variables of the whole pipeline.
    pub variables: Vec<Variable>,
}

/// A job.
#[derive(Debug, Default)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub at: At,
    /// The jobs that it waits for, by name.
    pub needs: Vec<String>,
    /// Whether it goes on although a job that it needs failed.
    pub regardless: bool,
    /// Whether its failure stops nothing.
    pub may_fail: bool,
    /// The environment that it deploys to, as it is written.
    pub environment: Option<String>,
    /// Where it deploys to, as far as that shows.
    pub context: Context,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Its own variables.
    pub variables: Vec<Variable>,
}

/// A step.
#[derive(Debug, Default)]
pub struct Step {
    /// Where it stands.
    pub at: At,
    /// The action that it uses.
    pub uses: String,
    /// The commands that it runs.
    pub run: String,
    /// Whether it goes on although a step before it failed.
    pub regardless: bool,
    /// Whether its failure stops nothing.
    pub may_fail: bool,
    /// Its own variables: `env`, `with` and build arguments.
    pub variables: Vec<Variable>,
    /// What it deploys, if it does.
    pub deployment: Option<Deployment>,
}

impl Step {
    /// Whether it runs this audit.
    pub fn is_gate(&self) -> bool {
        let ours = |word: &str| {
            shell::bare(word) == "clerk-audit" || shell::bare(word) == "clerk-audit.js"
        };
        let action = self.uses.split('@').next().unwrap_or_default();
        let used = action.rsplit('/').next().is_some_and(ours) || action.contains("clerk-audit");
        let run = shell::lines(&self.run);
        let runs = |line: &String| {
            shell::commands(line).any(|command| {
                shell::program(command)
                    .first()
                    .is_some_and(|word| ours(word))
            })
        };
        used || run.iter().any(runs)
    }

    /// Whether it builds the app.
    pub fn builds(&self) -> bool {
        shell::builds(&self.run)
    }

    /// Whether the line that runs the audit lets a failure pass.
    pub fn swallows(&self) -> bool {
        let lines = shell::lines(&self.run);
        let off = lines.iter().any(|line| line.trim() == "set +e");
        let passed = lines
            .iter()
            .filter(|line| line.contains("clerk-audit"))
            .any(|line| {
                let after = line.split_once("||").map(|(_, after)| after.trim());
                after.is_some_and(|after| {
                    ["true", ":", "echo", "exit 0"]
                        .iter()
                        .any(|start| after.starts_with(start))
                        && !after.contains("exit 1")
                })
            });
        off || passed
    }
}

impl Job {
    /// The steps that deploy, with their number.
    pub fn deploys(&self) -> impl Iterator<Item = (usize, &Step)> {
        let steps = self.steps.iter().enumerate();
        steps.filter(|(_, step)| step.deployment.is_some())
    }
}

impl Pipeline {
    /// Whether one job waits for another, by way of others too.
    pub fn waits(&self, job: &str, other: &str) -> bool {
        let mut open = vec![job];
        let mut seen: Vec<&str> = Vec::new();
        while let Some(name) = open.pop() {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let jobs = self.jobs.iter().filter(|job| job.name == name);
            for need in jobs.flat_map(|job| &job.needs) {
                if need == other {
                    return true;
                }
                open.push(need);
            }
        }
        false
    }

    /// What it gives its jobs and steps, with the context in which each counts. A host that builds by
    /// itself does not see what the job's own builds were given.
    pub(super) fn variables(&self) -> Vec<Variable> {
        let mut found = Vec::new();
        for job in &self.jobs {
            let mut deployments = job.steps.iter().filter_map(|step| step.deployment.as_ref());
            let ships = deployments.any(|one| one.ships_what_was_built);
            let tests = job
                .steps
                .iter()
                .any(|step| !step.builds() && step.deployment.is_none() && runs_tests(step));
            let asks = self.for_requests_only;
            let context = if asks { Context::Preview } else { job.context };
            let wide = self.variables.iter().chain(&job.variables);
            let wide = wide
                .filter(|_| ships || asks)
                .map(|one| (one, ships && !tests));
            let own = job.steps.iter().flat_map(|step| {
                let sure = step.deployment.is_some() || (ships && step.builds());
                let counted = step.variables.iter().filter(move |_| sure || asks);
                counted.map(move |one| (one, sure))
            });
            for (variable, sure) in wide.chain(own) {
                found.push(Variable {
                    context,
                    sure,
                    ..variable.clone()
                });
            }
        }
        found
    }
}

fn runs_tests(step: &Step) -> bool {
    ["test", "playwright", "cypress", "e2e", "vitest", "jest"]
        .iter()
        .any(|word| step.run.contains(word))
}
