//! `env/secret-key-wrong-kind`

use super::wrong_kind;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Reading};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/secret-key-wrong-kind",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The secret key variable holds a secret key",
        fail: "The secret key variable holds another kind of key",
        why: "Clerk's Backend API refuses every other kind of key",
        docs: include_str!("secret_key_wrong_kind.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(variable) = facts.key(KeyRole::Secret) else {
        return Verdict::not_applicable("no secret key is set");
    };
    let kind = match keys::secret(variable.value()) {
        Reading::WrongKind(kind) => kind,
        Reading::Reference(how) => return Verdict::not_applicable(format!("the value is {how}")),
        Reading::Key(_) => return Verdict::Judged(Vec::new()),
        _ => return Verdict::not_applicable("see env/secret-key-malformed"),
    };
    Verdict::of(Some(
        Finding::error(format!("{} holds {}", variable.winner.name, kind.name()))
            .at(variable.winner.place(), wrong_kind(kind))
            .fix(
                "put the sk_live_ key there; the keys were probably swapped when they were copied",
            ),
    ))
}
