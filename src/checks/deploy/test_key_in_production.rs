//! `deploy/test-key-in-production`

use super::{GIVING, clerk_keys, files};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::deploy::{Context, Given, Variable, environment_of};
use crate::facts::keys::Mode;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/test-key-in-production",
        group: Group::Deploy,
        severity: Severity::Error,
        pass: "No production deploy is given a key of a development instance",
        fail: "A production deploy is given a key of a development instance",
        why: "users of production would be in the development instance, with its limits and its shared credentials",
        docs: include_str!("test_key_in_production.md"),
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
    let mut all = clerk_keys(deploy);
    all.retain(|one| one.context.in_production() && one.given != Given::Elsewhere);
    if all.is_empty() {
        return Verdict::not_applicable("no file gives a production deploy a Clerk key");
    }
    Verdict::Judged(all.into_iter().filter_map(judge).collect())
}

fn judge(variable: &Variable) -> Option<Finding> {
    let Variable { name, part, .. } = variable;
    let finding = match &variable.given {
        Given::Literal(_) if variable.mode() == Some(Mode::Test) => {
            let severity = if variable.sure {
                Severity::Error
            } else {
                Severity::Warning
            };
            let unless = if variable.sure {
                ""
            } else {
                ", unless it is given another value elsewhere"
            };
            let message = format!(
                "{name} is a key of a development instance in what deploys to production ({part}){unless}"
            );
            Finding::new(severity, message)
                .fix("give production the pk_live_ and sk_live_ keys of the production instance")
        }
        Given::Named(names) if names.len() == 1 => {
            let from = names
                .iter()
                .find(|from| environment_of(from) == Some(Context::Preview))?;
            Finding::warning(format!("{name} is taken from {from} in what deploys to production ({part})"))
                .fix(format!("take it from where the key of the production instance is kept, or rename {from} if it is there"))
        }
        _ => return None,
    };
    Some(finding.at(variable.place(), ""))
}
