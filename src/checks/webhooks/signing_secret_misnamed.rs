//! `webhooks/signing-secret-misnamed`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, KeyRole, Webhooks};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/signing-secret-misnamed",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "The webhook signing secret has the name that is read",
        fail: "The webhook signing secret has a name that is not read",
        why: "the code that verifies finds no secret under the name it reads, and refuses every delivery",
        docs: include_str!("signing_secret_misnamed.md"),
    },
    needs: &[Need::Env, Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.declared.webhooks == Webhooks::None {
        return Verdict::not_applicable("clerk-audit.toml says webhooks = \"none\"");
    }
    let old = super::old_names_set(facts);
    let Some(wrong) = old.first() else {
        return match super::secret(facts) {
            Some(_) => Verdict::Judged(Vec::new()),
            None => Verdict::not_applicable("no webhook signing secret is set"),
        };
    };
    let own = facts.own_names(KeyRole::Webhook).next();
    let sdk = KeyRole::Webhook.names(&facts.app).first().copied();
    let right = own.or(sdk).unwrap_or("CLERK_WEBHOOK_SIGNING_SECRET");
    let name = &wrong.winner.name;
    let mut finding = Finding::error(format!("{name} is set, but the code reads {right}"))
        .at(wrong.winner.place(), format!("rename to {right}"));
    if let Some(place) = facts.code.as_ref().and_then(|code| code.webhook_receiver()) {
        finding = finding.see(place.clone(), format!("reads {right}"));
    }
    let by_default = facts
        .code
        .as_ref()
        .is_some_and(|code| code.verifies_by_default_name());
    Verdict::of(Some(finding.fix(if by_default {
        format!(
            "rename {name} to {right}, or pass it on: `verifyWebhook(request, {{ signingSecret: process.env.{name} }})`"
        )
    } else {
        format!("rename {name} to {right}, or read {name} in the code")
    })
    .mended_by(crate::checks::env::renaming(facts, name, right))))
}
