//! `env/live-key-outside-production`

use super::stages::{Stage, is_live, stage_of};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::deploy::EnvFile;
use crate::facts::{Facts, tree};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/live-key-outside-production",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "No key of a production instance is loaded outside production",
        fail: "A key of a production instance is loaded outside production",
        why: "a test or a developer then works on the real users, and production keys do not work on localhost",
        docs: include_str!("live_key_outside_production.md"),
    },
    needs: &[Need::Env, Need::Deploy],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let deploy = facts.deploy.as_ref();
    let files = deploy
        .map(|deploy| deploy.env_files.as_slice())
        .unwrap_or_default();
    let own: Vec<&EnvFile> = files.iter().filter(|file| !file.keys.is_empty()).collect();
    if own.is_empty() {
        return Verdict::not_applicable("no env file holds a key");
    }
    let outside = own.iter().filter(|file| is_outside(file, &own));
    let findings = outside.filter_map(|file| {
        let mut live = file.keys.iter().filter(|key| is_live(&key.value));
        let first = live.next()?;
        let path = &file.path;
        let finding = Finding::warning(format!(
            "{} in {path} is a key of a production instance",
            first.name
        ))
        .at(first.place(), "")
        .fix(format!(
            "put the pk_test_ and sk_test_ keys of the development instance into {path}"
        ));
        Some(live.take(3).fold(finding, |finding, key| {
            finding.see(key.place(), "this one too")
        }))
    });
    Verdict::Judged(findings.collect())
}

/// Whether what reads a file is no production deploy. `.env.local` is read by `dev`, where no file of
/// development goes before it; a staging site may have a production instance of its own.
fn is_outside(file: &EnvFile, all: &[&EnvFile]) -> bool {
    match stage_of(&file.path) {
        Stage::Development | Stage::Test | Stage::Preview => true,
        Stage::Staging => {
            let production = all
                .iter()
                .filter(|other| stage_of(&other.path) == Stage::Production);
            let mut values = production
                .flat_map(|other| &other.keys)
                .map(|key| &key.value);
            values.any(|value| is_live(value) && file.keys.iter().any(|key| key.value == *value))
        }
        Stage::Local => {
            let before = tree::join(tree::folder(&file.path), ".env.development.local");
            !all.iter().any(|other| other.path == before)
        }
        Stage::Production | Stage::Any => false,
    }
}
