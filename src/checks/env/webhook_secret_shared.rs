//! `env/webhook-secret-shared`

use super::stages::{Stage, files_of_several, keys_of};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::env::Definition;
use crate::facts::keys::{self, Kind};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/webhook-secret-shared",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "Each environment has a webhook secret of its own",
        fail: "Two environments share a webhook secret",
        why: "an endpoint of each instance signs with its own secret: one of the two refuses every event, or takes those of the other",
        docs: include_str!("webhook_secret_shared.md"),
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
    for (_, key) in keys_of(&files, Stage::Production).filter(|(_, key)| is_webhook(key)) {
        let others = files
            .iter()
            .filter(|other| other.stage != Stage::Production && other.stage != Stage::Any);
        let mut same = others
            .flat_map(|other| other.keys)
            .filter(|other| other.value == key.value);
        if let Some(first) = same.next() {
            let finding = Finding::warning(format!("{} of production is also that of {}", key.name, first.origin.words()))
                .at(key.place(), "production")
                .see(first.place(), "the same secret")
                .fix("create an endpoint in each instance, and give each environment the signing secret of its own");
            findings.push(finding);
        }
    }
    Verdict::Judged(findings)
}

fn is_webhook(key: &Definition) -> bool {
    keys::kind_of(key.value.expose()) == Some(Kind::Webhook)
}
