//! `deploy/live-key-in-preview`

use super::{GIVING, clerk_keys, files};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::deploy::{Context, Given, Variable, environment_of};
use crate::facts::keys::Mode;
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Secret, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/live-key-in-preview",
        group: Group::Deploy,
        severity: Severity::Error,
        pass: "No preview, pull request or staging deploy is given the production keys",
        fail: "A preview, pull request or staging deploy is given the production keys",
        why: "whatever a branch does, it then does to the real users",
        docs: include_str!("live_key_in_preview.md"),
    },
    needs: &[Need::Deploy],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let deploy = match files(facts, GIVING, "file that gives a deployment its variables") {
        Ok(deploy) => deploy,
        Err(verdict) => return verdict,
    };
    let all = clerk_keys(deploy);
    let own: Vec<&Secret> = [KeyRole::Publishable, KeyRole::Secret]
        .into_iter()
        .filter_map(|role| facts.key(role).map(|key| key.value()))
        .chain(
            all.iter()
                .filter(|one| one.context == Context::Production)
                .filter_map(|one| one.given.literal()),
        )
        .collect();
    let previews: Vec<&&Variable> = all
        .iter()
        .filter(|one| one.context.in_preview() && one.given != Given::Elsewhere)
        .collect();
    if previews.is_empty() {
        return Verdict::not_applicable("no file gives previews a Clerk key");
    }
    Verdict::Judged(
        previews
            .into_iter()
            .filter_map(|one| judge(one, &own))
            .collect(),
    )
}

fn judge(variable: &Variable, production: &[&Secret]) -> Option<Finding> {
    let Variable { name, part, .. } = variable;
    let finding = match &variable.given {
        Given::Literal(value) if variable.mode() == Some(Mode::Live) => {
            let same = production.contains(&value);
            let only = variable.context == Context::Preview;
            // A staging site may well have a production instance of its own.
            if !same && has_own_instance(variable) {
                return None;
            }
            let severity = if same && only && variable.sure {
                Severity::Error
            } else {
                Severity::Warning
            };
            let whose = if same {
                "the key of the production instance"
            } else {
                "a key of a production instance"
            };
            let what = if only {
                "previews"
            } else {
                "every deployment, previews too"
            };
            Finding::new(
                severity,
                format!("{name} is {whose} in what is given to {what} ({part})"),
            )
        }
        Given::Named(names) if names.len() == 1 && variable.context == Context::Preview => {
            let from = names
                .iter()
                .find(|from| environment_of(from) == Some(Context::Production))?;
            Finding::warning(format!(
                "{name} is taken from {from} in what is given to previews ({part})"
            ))
        }
        _ => return None,
    };
    Some(
        finding
            .at(variable.place(), "")
            .fix("give previews the pk_test_ and sk_test_ keys of the development instance"),
    )
}

fn has_own_instance(variable: &Variable) -> bool {
    let words = [&variable.part, &variable.file].map(|text| text.to_ascii_lowercase());
    let staged = ["stag", "stg", "uat", "qa", "beta", "demo"];
    words
        .iter()
        .any(|text| staged.iter().any(|word| text.contains(word)))
}
