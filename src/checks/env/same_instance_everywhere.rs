//! `env/same-instance-everywhere`

use super::stages::{Stage, files_of_several, is_live, keys_of};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::env::Definition;
use crate::facts::{Facts, keys};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/same-instance-everywhere",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "Production has a Clerk instance of its own",
        fail: "Production shares its Clerk instance with another environment",
        why: "what is tried out there happens to the accounts of production",
        docs: include_str!("same_instance_everywhere.md"),
    },
    needs: &[Need::Env, Need::Deploy],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let files = match files_of_several(facts) {
        Ok(files) => files,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    for (file, key) in keys_of(&files, Stage::Production) {
        let others = files
            .iter()
            .filter(|other| other.stage != Stage::Production && other.stage != Stage::Any);
        let mut same = others
            .flat_map(|other| other.keys)
            .filter(|other| is_same(key, other));
        // A live key elsewhere is the finding of env/live-key-outside-production.
        let (Some(first), false) = (same.next(), is_live(&key.value)) else {
            continue;
        };
        let finding = Finding::warning(format!("{} in {} belongs to the same instance as in {}", key.name, file, first.origin.words()))
            .at(key.place(), "production")
            .see(first.place(), "the same instance")
            .fix("give production the keys of the production instance, and the others those of a development instance");
        findings.push(same.take(3).fold(finding, |finding, other| {
            finding.see(other.place(), "the same instance")
        }));
    }
    Verdict::Judged(findings)
}

/// The same secret key, or publishable keys of one Frontend API.
fn is_same(one: &Definition, other: &Definition) -> bool {
    let host = |value| keys::publishable(value).key().map(|key| key.host.clone());
    let (a, b) = (host(&one.value), host(&other.value));
    let secret = keys::secret(&one.value).key().is_some();
    (secret && one.value == other.value) || (a.is_some() && a == b)
}
