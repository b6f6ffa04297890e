//! Workflows of GitHub Actions
//! (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax).

use super::super::{Context, Given, Variable, deployed_to, environment_of, variables_of};
use super::{Job, Pipeline, Step, deploys};
use crate::facts::document::{At, Node, Value};

/// Reads a workflow; `None` where the file has no jobs.
pub(in super::super) fn read(path: &str, tree: &Node) -> Option<Pipeline> {
    let jobs = tree.get("jobs")?;
    let events = events(tree.get("on"));
    let for_requests =
        |event: &&String| event.starts_with("pull_request") || *event == "merge_group";
    let mut pipeline = Pipeline {
        path: path.to_owned(),
        for_requests_only: !events.is_empty() && events.iter().all(|event| for_requests(&event)),
        for_main: runs_on_main(tree.get("on"), &events),
        variables: variables(tree.get("env"), path, "env of the workflow"),
        jobs: Vec::new(),
    };
    for entry in jobs.entries() {
        let mut job = job(path, &entry.key, entry.at, &entry.value);
        job.context = context_of(&job, path, &entry.value, pipeline.for_main);
        pipeline.jobs.push(job);
    }
    Some(pipeline)
}

fn events(on: Option<&Node>) -> Vec<String> {
    let Some(on) = on else { return Vec::new() };
    let one = on.text().map(str::to_owned);
    let list = on
        .items()
        .iter()
        .filter_map(|item| Some(item.text()?.to_owned()));
    let map = on.entries().iter().map(|entry| entry.key.clone());
    one.into_iter().chain(list).chain(map).collect()
}

fn runs_on_main(on: Option<&Node>, events: &[String]) -> bool {
    let released = events.iter().any(|event| event == "release");
    let pushed = events.iter().any(|event| event == "push");
    let push = on.and_then(|on| on.get("push"));
    let branches: Vec<&str> = push
        .and_then(|push| push.get("branches"))
        .map(|list| list.items().iter().filter_map(Node::text).collect())
        .unwrap_or_default();
    let tags = push.is_some_and(|push| push.get("tags").is_some());
    let main = |branch: &&str| {
        matches!(
            *branch,
            "main" | "master" | "production" | "prod" | "release"
        )
    };
    released || (pushed && (tags || (!branches.is_empty() && branches.iter().all(main))))
}

/// Where a job deploys to: its environment says it, else its command, else a plain deploy of what was pushed
/// to the main branch is one to production.
fn context_of(job: &Job, path: &str, node: &Node, for_main: bool) -> Context {
    if let Some(name) = &job.environment {
        return environment_of(name).unwrap_or(Context::Unknown);
    }
    let mut deployments = job.steps.iter().filter_map(|step| step.deployment.as_ref());
    let Some(first) = deployments.next() else {
        return Context::Unknown;
    };
    if deployments.any(|other| other.context != first.context) {
        return Context::Unknown;
    }
    let condition = node.get("if").and_then(Node::text).unwrap_or_default();
    if condition.contains("pull_request") && !condition.contains("!=") {
        return Context::Preview;
    }
    let named =
        || deployed_to(&job.name).or_else(|| deployed_to(path.rsplit('/').next().unwrap_or(path)));
    match first.context {
        Context::Unknown => match named() {
            Some(named) => named,
            None if for_main => Context::Production,
            None => Context::Unknown,
        },
        known => known,
    }
}

fn job(path: &str, name: &str, at: At, node: &Node) -> Job {
    let environment = node.get("environment");
    let environment = environment.and_then(|node| node.text().or_else(|| node.get("name")?.text()));
    let steps = node.get("steps").map(Node::items).unwrap_or_default();
    Job {
        name: name.to_owned(),
        at,
        needs: texts(node.get("needs")),
        regardless: goes_on(node),
        may_fail: is_true(node.get("continue-on-error")),
        environment: environment.map(str::to_owned),
        context: Context::Unknown,
        variables: variables(node.get("env"), path, &format!("env of job {name}")),
        steps: steps
            .iter()
            .map(|step| self::step(path, name, step))
            .collect(),
    }
}

fn step(path: &str, job: &str, node: &Node) -> Step {
    let text = |key: &str| {
        node.get(key)
            .and_then(Node::text)
            .unwrap_or_default()
            .to_owned()
    };
    let (uses, run) = (text("uses"), text("run"));
    let part = format!("a step of job {job}");
    let mut set = variables(node.get("env"), path, &part);
    let with = node.get("with").map(Node::entries).unwrap_or_default();
    let mut inputs = String::new();
    for entry in with {
        let value = entry.value.scalar().unwrap_or_default();
        inputs.push_str(&format!("{}: {value} ", entry.key));
        if matches!(entry.key.as_str(), "build-args" | "build_args") {
            set.extend(arguments(value, entry.value.at, path, &part));
        } else {
            set.extend(variables_of(&one(entry), path, Context::Unknown, &part));
        }
    }
    Step {
        at: node.at,
        regardless: goes_on(node),
        may_fail: is_true(node.get("continue-on-error")),
        deployment: deploys::of_run(&run).or_else(|| deploys::of_action(&uses, &inputs)),
        uses,
        run,
        variables: set,
    }
}

fn one(entry: &crate::facts::document::Entry) -> Node {
    Node {
        at: entry.at,
        value: Value::Map(vec![entry.clone()]),
    }
}

/// `NAME=value` lines of the action that builds an image.
fn arguments(text: &str, at: At, path: &str, part: &str) -> Vec<Variable> {
    let lines = text.lines().filter_map(|line| line.trim().split_once('='));
    lines
        .map(|(name, value)| Variable {
            file: path.to_owned(),
            at,
            name: name.trim().to_owned(),
            given: Given::of(value.trim().trim_matches('"')),
            context: Context::Unknown,
            sure: true,
            part: part.to_owned(),
        })
        .collect()
}

fn variables(node: Option<&Node>, path: &str, part: &str) -> Vec<Variable> {
    node.map(|node| variables_of(node, path, Context::Unknown, part))
        .unwrap_or_default()
}

fn texts(node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else { return Vec::new() };
    let list = node.items().iter().filter_map(Node::text);
    node.text()
        .into_iter()
        .chain(list)
        .map(str::to_owned)
        .collect()
}

fn is_true(node: Option<&Node>) -> bool {
    node.and_then(Node::scalar) == Some("true")
}

/// Whether a condition takes a failure before it for no reason to stop. `always() && needs.x.result ==
/// 'success'` looks at it.
fn goes_on(node: &Node) -> bool {
    let condition = node.get("if").and_then(Node::text).unwrap_or_default();
    let open = ["always()", "!cancelled()", "failure()"]
        .iter()
        .any(|word| condition.contains(word));
    open && !condition.contains(".result")
        && !condition.contains("outcome")
        && !condition.contains("success()")
}
