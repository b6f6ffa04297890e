//! `.gitlab-ci.yml` (https://docs.gitlab.com/ci/yaml/). Includes are not followed.

use super::super::{Context, deployed_to, environment_of, variables_of};
use super::{Job, Pipeline, Step, deploys};
use crate::facts::document::{Node, Value};

/// The keys of the file that are no jobs.
const NOT_JOBS: &[&str] = &[
    "stages",
    "variables",
    "default",
    "include",
    "workflow",
    "image",
    "services",
    "before_script",
    "after_script",
    "cache",
    "spec",
];

/// Reads the file; `None` where it has no jobs.
pub(in super::super) fn read(path: &str, tree: &Node) -> Option<Pipeline> {
    let stages: Vec<&str> = match tree.get("stages") {
        Some(list) => list.items().iter().filter_map(Node::text).collect(),
        None => vec!["build", "test", "deploy"],
    };
    let entries = tree.entries().iter().filter(|entry| {
        !NOT_JOBS.contains(&entry.key.as_str())
            && !entry.key.starts_with('.')
            && entry.value.get("script").is_some()
    });
    let mut jobs: Vec<(usize, bool, Job)> = Vec::new();
    for entry in entries {
        let stage = entry
            .value
            .get("stage")
            .and_then(Node::text)
            .unwrap_or("test");
        let order = stages
            .iter()
            .position(|one| *one == stage)
            .unwrap_or(stages.len());
        jobs.push((
            order,
            entry.value.get("needs").is_some(),
            job(path, &entry.key, entry.at, &entry.value),
        ));
    }
    // Without `needs` a job waits for all of the stages before its own.
    let order: Vec<(usize, String)> = jobs
        .iter()
        .map(|(order, _, job)| (*order, job.name.clone()))
        .collect();
    let jobs: Vec<Job> = jobs
        .into_iter()
        .map(|(own, has_needs, mut job)| {
            if !has_needs {
                let before = order.iter().filter(|(stage, _)| *stage < own);
                job.needs = before.map(|(_, name)| name.clone()).collect();
            }
            job
        })
        .collect();
    let variables = tree
        .get("variables")
        .map(|node| variables_of(node, path, Context::Unknown, "variables"));
    (!jobs.is_empty()).then(|| Pipeline {
        path: path.to_owned(),
        for_requests_only: false,
        for_main: false,
        variables: variables.unwrap_or_default(),
        jobs,
    })
}

fn job(path: &str, name: &str, at: crate::facts::document::At, node: &Node) -> Job {
    let environment = node.get("environment");
    let environment = environment.and_then(|node| node.text().or_else(|| node.get("name")?.text()));
    let variables = node
        .get("variables")
        .map(|node| variables_of(node, path, Context::Unknown, &format!("job {name}")));
    let needs = node
        .get("needs")
        .map(Node::items)
        .unwrap_or_default()
        .iter();
    let steps: Vec<Step> = scripts(node);
    let deployed = steps
        .iter()
        .find_map(|step| step.deployment.as_ref())
        .map(|one| one.context);
    let named = match environment {
        Some(name) => environment_of(name),
        None => deployed_to(name),
    };
    Job {
        name: name.to_owned(),
        at,
        needs: needs
            .filter_map(|need| need.text().or_else(|| need.get("job")?.text()))
            .map(str::to_owned)
            .collect(),
        regardless: node.get("when").and_then(Node::text) == Some("always"),
        may_fail: node.get("allow_failure").and_then(Node::scalar) == Some("true"),
        environment: environment.map(str::to_owned),
        context: named.or(deployed).unwrap_or(Context::Unknown),
        variables: variables.unwrap_or_default(),
        steps,
    }
}

fn scripts(node: &Node) -> Vec<Step> {
    let mut steps = Vec::new();
    for key in ["before_script", "script"] {
        let Some(script) = node.get(key) else {
            continue;
        };
        let lines: Vec<&Node> = match &script.value {
            Value::List(items) => items.iter().collect(),
            _ => vec![script],
        };
        for line in lines {
            let run = line.text().unwrap_or_default().to_owned();
            let deployment = deploys::of_run(&run);
            steps.push(Step {
                at: line.at,
                run,
                deployment,
                ..Step::default()
            });
        }
    }
    steps
}
