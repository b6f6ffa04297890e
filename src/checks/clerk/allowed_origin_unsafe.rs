//! `clerk/allowed-origin-unsafe`

use super::instance::production;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::few;
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/allowed-origin-unsafe",
        group: Group::Clerk,
        severity: Severity::Warning,
        pass: "The allowed origins of the instance are none, or those of native apps",
        fail: "An allowed origin of the instance is unsafe, or one is missing",
        why: "an allowed origin may use the sessions of the people who visit it, and an extension without one may not",
        docs: include_str!("allowed_origin_unsafe.md"),
    },
    needs: &[Need::Clerk, Need::Packages],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let origins = Verdict::told(&instance.allowed_origins)?;
    let capacitor = facts.packages.as_ref().is_some_and(|packages| {
        packages.direct("@capacitor/core").is_some() || packages.direct("@capacitor/cli").is_some()
    });
    let mut findings: Vec<Finding> = origins
        .iter()
        .filter_map(|origin| of_origin(origin, capacitor))
        .collect();
    let extension = facts.app.framework.id == "browser-extension";
    let has = |scheme: &str| origins.iter().any(|origin| origin.starts_with(scheme));
    let own =
        has("chrome-extension://") || has("moz-extension://") || has("safari-web-extension://");
    if extension && !own {
        findings.push(missing(
            "the app is a browser extension, and no chrome-extension:// origin is allowed",
        ));
    }
    // On Android Capacitor's own origin is https://localhost, on iOS capacitor://localhost.
    if capacitor && !has("capacitor://") && !has("https://localhost") && !has("http://localhost") {
        findings.push(missing(
            "the app is made with Capacitor, and no capacitor:// origin is allowed",
        ));
    }
    Ok(Verdict::Judged(few(
        findings,
        "allowed origins are unsafe or missing",
    )))
}

fn of_origin(origin: &str, capacitor: bool) -> Option<Finding> {
    let lower = origin.to_ascii_lowercase();
    let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"]
        .iter()
        .any(|one| lower.starts_with(one));
    let what = if lower == "*" || lower.contains("://*") {
        "stands for any site"
    } else if local && capacitor {
        return None;
    } else if local {
        "is a developer's machine"
    } else if lower.starts_with("http://") {
        "is not encrypted"
    } else {
        return None;
    };
    Some(
        Finding::warning(format!("the allowed origin {origin} {what}"))
            .at(place(), "allowed_origins")
            .fix("leave it out with PATCH /v1/instance; a website needs no allowed origin at all"),
    )
}

fn missing(message: &str) -> Finding {
    Finding::warning(message)
        .at(place(), "allowed_origins")
        .fix("add the origin of the app with PATCH /v1/instance, beside those that are there")
}

fn place() -> Place {
    Place::Url {
        url: "https://api.clerk.com/v1/instance".to_owned(),
    }
}
