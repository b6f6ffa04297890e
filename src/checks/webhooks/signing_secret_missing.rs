//! `webhooks/signing-secret-missing`

use super::receivers;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::env::{Env, Variable};
use crate::facts::usage::Usage;
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
    if facts.declared.webhooks == Webhooks::None {
        return declared_none(code);
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
    // With svix alone, or a name that does not say whose it is, it may be another sender's.
    let is_clerks = code.receiver_is_clerks() || usage::is_clerks_webhook_name(&wanted) && reads;
    let severity = if is_clerks {
        Severity::Error
    } else {
        Severity::Warning
    };
    let manifest = || Place::file(facts.app.manifest.clone());
    let finding = match (code.webhook_receiver(), facts.declared.webhooks) {
        (Some(_), _) if code.receiver_holds_secret() && !reads => {
            return Verdict::not_applicable(
                "the secret stands in the code: see secrets/hard-coded",
            );
        }
        (Some(place), _) => Finding::new(
            severity,
            format!("this app receives Clerk's webhooks, and {wanted} is not set"),
        )
        .at(place.clone(), "deliveries arrive here"),
        (None, Webhooks::Required) => Finding::error(format!(
            "clerk-audit.toml requires webhooks, and {wanted} is not set"
        ))
        .at(manifest(), ""),
        (None, _) if reads => Finding::new(
            severity,
            format!("the code reads {wanted}, and it is not set"),
        )
        .at(manifest(), ""),
        (None, _) if !facts.app.has_server() => {
            return Verdict::not_applicable("the app runs in the browser and receives no webhooks");
        }
        (None, _) => return untraced(facts, env, code, &wanted),
    };
    let finding = match env.get(&wanted) {
        Some(empty) => finding.see(empty.winner.place(), "set, but empty"),
        None => finding,
    };
    Verdict::of(Some(finding.fix(format!(
        "set {wanted} to the signing secret of the production endpoint (Clerk dashboard, Webhooks)"
    ))))
}

/// The declaration leaves every check of webhooks out: one that the code contradicts is told once, here.
fn declared_none(code: &Usage) -> Verdict {
    match code
        .webhook_receiver()
        .filter(|_| code.receiver_is_clerks())
    {
        Some(place) => Verdict::of(Some(
            Finding::warning(
                "clerk-audit.toml says webhooks = \"none\", and this app receives Clerk's webhooks",
            )
            .at(
                place.clone(),
                "deliveries arrive here, and nothing of them is judged",
            )
            .fix("take the line out of clerk-audit.toml, or delete the handler"),
        )),
        None => Verdict::not_applicable("clerk-audit.toml says webhooks = \"none\""),
    }
}

/// No code was seen that receives webhooks: doubtful only where something hints at them.
fn untraced(facts: &Facts, env: &Env, code: &Usage, wanted: &str) -> Verdict {
    let Some((place, hint)) = trace(facts, env, code) else {
        return Verdict::not_applicable(
            "nothing was seen that receives webhooks; `webhooks = \"required\"` in clerk-audit.toml settles it",
        );
    };
    Verdict::of(Some(
        Finding::warning(format!("{wanted} is not set, and {hint}"))
            .at(place, "")
            .fix(
                "if the app receives none, say so once with `webhooks = \"none\"` in clerk-audit.toml; \
                 otherwise set the variable to the endpoint's signing secret",
            ),
    ))
}

/// What hints at webhooks, strongest first.
fn trace(facts: &Facts, env: &Env, code: &Usage) -> Option<(Place, String)> {
    if let Some(receiver) = receivers::all(facts)
        .ok()
        .and_then(|all| all.into_iter().next())
    {
        return Some((
            receiver.work(),
            "Clerk's events are handled here".to_owned(),
        ));
    }
    if let Some(file) = code.received_in_library() {
        let hint = "a package that this app imports receives webhooks".to_owned();
        return Some((Place::file(file), hint));
    }
    let named = |variable: &&Variable| usage::hints_at_webhooks(&variable.winner.name);
    if let Some(variable) = env.all().find(named) {
        let hint = format!("{} stands in its environment", variable.winner.name);
        return Some((variable.winner.place(), hint));
    }
    if let Some(place) = code.webhook_trace() {
        return Some((place.clone(), "this hints at webhooks".to_owned()));
    }
    let package = ["svix", "standardwebhooks"]
        .into_iter()
        .find(|name| facts.app.ranges.contains_key(*name))?;
    let hint = format!("{package}, which verifies webhooks, is among the dependencies");
    Some((Place::file(facts.app.manifest.clone()), hint))
}

/// The name that the code reads, else the SDK's, else the one that Clerk documents.
fn wanted_name(facts: &Facts) -> String {
    let own = facts.own_names(KeyRole::Webhook).next();
    let sdk = KeyRole::Webhook.names(&facts.app).first().copied();
    own.or(sdk)
        .unwrap_or("CLERK_WEBHOOK_SIGNING_SECRET")
        .to_owned()
}
