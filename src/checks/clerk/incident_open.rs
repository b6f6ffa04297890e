//! `clerk/incident-open`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::status::Status;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/incident-open",
        group: Group::Clerk,
        severity: Severity::Warning,
        pass: "Clerk's status page reports no incident",
        fail: "Clerk's status page reports an incident or maintenance",
        why: "a deploy during an incident cannot be told from a deploy that broke something",
        docs: include_str!("incident_open.md"),
    },
    needs: &[Need::Status],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let status = match Verdict::told(&facts.live.status) {
        Ok(status) => status,
        Err(verdict) => return verdict,
    };
    match status.indicator.as_str() {
        "none" => Verdict::Judged(Vec::new()),
        "minor" | "major" | "critical" | "maintenance" => Verdict::of(Some(finding(status))),
        other => Verdict::Skipped(format!(
            "Clerk's status page says “{other}”, a word that is not known here"
        )),
    }
}

/// The page is late and mild at times, so it never decides alone.
fn finding(status: &Status) -> Finding {
    let what = match status.indicator.as_str() {
        "maintenance" => "maintenance".to_owned(),
        word => format!("a {word} incident"),
    };
    let named = status
        .incidents
        .first()
        .map(|incident| incident.name.clone());
    let named = named.or_else(|| status.description.clone());
    let named = named.map(|name| format!(": “{name}”")).unwrap_or_default();
    let parts: Vec<&str> = status
        .components
        .iter()
        .map(|(name, _)| name.as_str())
        .take(4)
        .collect();
    let parts = if parts.is_empty() {
        String::new()
    } else {
        format!(" ({})", parts.join(", "))
    };
    let place = Place::Url {
        url: "https://status.clerk.com".to_owned(),
    };
    Finding::warning(format!("Clerk reports {what}{named}{parts}"))
        .at(place, status.indicator.clone())
        .fix("wait until it is over, unless the deploy cannot wait")
}
