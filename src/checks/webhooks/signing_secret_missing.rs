//! `webhooks/signing-secret-missing`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, KeyRole, Webhooks, usage};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/signing-secret-missing",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "The webhook signing secret is set",
        fail: "The webhook signing secret is not set",
        why: "without it no delivery can be verified: they all fail, or anyone can post one",
        docs: include_str!("signing_secret_missing.md"),
    },
    needs: &[Need::Env, Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (Some(env), Some(code)) = (facts.env.as_ref(), facts.code.as_ref()) else {
        return Verdict::Judged(Vec::new());
    };
    if facts.webhooks == Webhooks::None {
        return Verdict::not_applicable("clerk-audit.toml says webhooks = \"none\"");
    }
    if super::secret(facts).is_some() {
        return Verdict::Judged(Vec::new());
    }
    if !super::old_names_set(facts).is_empty() {
        return Verdict::not_applicable(
            "set under another name: see webhooks/signing-secret-misnamed",
        );
    }
    if let (None, Some(file)) = (code.webhook_receiver(), code.received_elsewhere()) {
        return Verdict::not_applicable(format!(
            "received in {file}, whose secrets are set in its own deployment"
        ));
    }
    let wanted = wanted_name(facts);
    let reads = facts.own_names(KeyRole::Webhook).any(|name| name == wanted);
    let finding = match (code.webhook_receiver(), facts.webhooks) {
        (Some(place), _) => Finding::error(format!(
            "this app receives Clerk's webhooks, and {wanted} is not set"
        ))
        .at(place.clone(), "deliveries arrive here"),
        (None, Webhooks::Required) => Finding::error(format!(
            "clerk-audit.toml requires webhooks, and {wanted} is not set"
        ))
        .at(Place::file(facts.app.manifest.clone()), ""),
        (None, _) if reads => {
            // A name that does not say whose it is may be another sender's.
            let message = format!("the code reads {wanted}, and it is not set");
            let severity = if usage::is_clerks_webhook_name(&wanted) {
                Severity::Error
            } else {
                Severity::Warning
            };
            Finding::new(severity, message).at(Place::file(facts.app.manifest.clone()), "")
        }
        (None, _) if !facts.app.has_server() => {
            return Verdict::not_applicable("the app runs in the browser and receives no webhooks");
        }
        (None, _) => {
            return Verdict::of(Some(
                Finding::warning(format!("{wanted} is not set, and no code was seen that receives webhooks"))
                    .at(Place::file(facts.app.manifest.clone()), "")
                    .fix(
                        "if the app receives none, say so once with `webhooks = \"none\"` in clerk-audit.toml; \
                         otherwise set the variable to the endpoint's signing secret",
                    ),
            ));
        }
    };
    let finding = match env.get(&wanted) {
        Some(empty) => finding.see(empty.winner.place(), "set, but empty"),
        None => finding,
    };
    Verdict::of(Some(finding.fix(format!(
        "set {wanted} to the signing secret of the production endpoint (Clerk dashboard, Webhooks)"
    ))))
}

/// The name that the code reads, else the SDK's, else the one that Clerk documents.
fn wanted_name(facts: &Facts) -> String {
    let own = facts.own_names(KeyRole::Webhook).next();
    let sdk = KeyRole::Webhook.names(&facts.app).first().copied();
    own.or(sdk)
        .unwrap_or("CLERK_WEBHOOK_SIGNING_SECRET")
        .to_owned()
}
