//! `deploy/gate-misplaced`

use super::files;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::deploy::pipeline::{Job, Pipeline, Step};
use crate::facts::deploy::{Context, Kind, place};
use crate::facts::{Facts, keys};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/gate-misplaced",
        group: Group::Deploy,
        severity: Severity::Warning,
        pass: "A deploy waits for clerk-audit and is stopped by it",
        fail: "A deploy is not stopped by clerk-audit",
        why: "a gate that runs too late, or whose failure is let pass, guards nothing",
        docs: include_str!("gate_misplaced.md"),
    },
    needs: &[Need::Deploy],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let deploy = match files(
        facts,
        &[Kind::Actions, Kind::GitLab],
        "pipeline that is read",
    ) {
        Ok(deploy) => deploy,
        Err(verdict) => return verdict,
    };
    let gated = |pipeline: &&Pipeline| {
        pipeline
            .jobs
            .iter()
            .any(|job| job.steps.iter().any(Step::is_gate))
    };
    let deploying = deploy.pipelines.iter().find(|one| deploys(one));
    let gates: Vec<&Pipeline> = deploy.pipelines.iter().filter(gated).collect();
    let Some(gate) = gates.first() else {
        let why = deploying.map_or_else(
            || "no pipeline deploys it or runs clerk-audit".to_owned(),
            |one| format!("no step runs clerk-audit before {} deploys", one.path),
        );
        return Verdict::not_applicable(why);
    };
    let findings: Vec<Finding> = gates.iter().flat_map(|pipeline| judge(pipeline)).collect();
    let together = gates.iter().any(|one| deploys(one));
    if findings.is_empty() && !together {
        let runs = format!("clerk-audit runs in {}", gate.path);
        let why = deploying.map_or_else(
            || format!("{runs}, and no pipeline deploys it"),
            |one| {
                format!(
                    "{runs} and {} deploys: whether one waits for the other is set on the host",
                    one.path
                )
            },
        );
        return Verdict::not_applicable(why);
    }
    Verdict::Judged(findings)
}

/// Whether a pipeline deploys what the gate is for.
fn deploys(pipeline: &Pipeline) -> bool {
    let mut jobs = pipeline.jobs.iter();
    jobs.any(|job| guarded(pipeline, job).next().is_some())
}

/// The steps of a job that deploy, and not a preview: that needs no gate.
fn guarded<'p>(pipeline: &Pipeline, job: &'p Job) -> impl Iterator<Item = (usize, &'p Step)> {
    let preview = pipeline.for_requests_only || job.context == Context::Preview;
    job.deploys().filter(move |_| !preview)
}

fn judge(pipeline: &Pipeline) -> Vec<Finding> {
    let path = &pipeline.path;
    let mut findings = Vec::new();
    let mut gates = Vec::new();
    for job in &pipeline.jobs {
        for (at, step) in job
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.is_gate())
        {
            if step.may_fail || job.may_fail || step.swallows() {
                let finding = Finding::warning(
                    "clerk-audit runs here, and its failure is let pass",
                )
                .at(place(path, step.at), "")
                .fix("take continue-on-error, allow_failure, `|| true` or `set +e` away from it");
                findings.push(finding);
            }
            findings.extend(literals(pipeline, job, step));
            gates.push((job, at, step));
        }
    }
    for job in &pipeline.jobs {
        for (at, step) in guarded(pipeline, job) {
            let waits = |(gate, before, _): &(&Job, usize, &Step)| {
                let same = gate.name == job.name;
                (same && *before < at && !step.regardless)
                    || (!same && !job.regardless && pipeline.waits(&job.name, &gate.name))
            };
            let Some((_, _, gate)) = gates.first().filter(|_| !gates.iter().any(waits)) else {
                continue;
            };
            let by = step.deployment.as_ref().map_or("it", |one| one.by.as_str());
            let finding = Finding::warning(format!("{by} does not wait for clerk-audit to pass"))
                .at(place(path, step.at), "deploys here")
                .see(place(path, gate.at), "clerk-audit runs here")
                .fix("run clerk-audit in an earlier step, or in a job that this job `needs`, without `if: always()`");
            findings.push(finding);
        }
    }
    findings
}

/// Secrets that the gate is given as texts instead of from where they are stored.
fn literals(pipeline: &Pipeline, job: &Job, step: &Step) -> Vec<Finding> {
    let given = pipeline
        .variables
        .iter()
        .chain(&job.variables)
        .chain(&step.variables);
    let secret = given.filter(|one| {
        one.given
            .literal()
            .is_some_and(|value| keys::is_credential(value.expose()))
    });
    let finding = |one: &crate::facts::deploy::Variable| {
        Finding::warning(format!("clerk-audit is given {} as it is written here", one.name))
            .at(one.place(), "")
            .because("everyone who can read the repository has the key")
            .fix("store it as a secret of the pipeline, take it from there, and rotate the key: it is in the history")
    };
    secret.map(finding).collect()
}
