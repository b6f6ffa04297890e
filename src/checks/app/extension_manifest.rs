//! `app/extension-manifest`

use super::shells;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::code::shapes::shell::{Manifest, Shell};
use crate::facts::keys::{self, Mode};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/extension-manifest",
        group: Group::App,
        severity: Severity::Warning,
        pass: "The manifest of the extension asks for what Clerk needs",
        fail: "The manifest of the extension does not ask for what Clerk needs",
        why: "the browser keeps the session and Clerk's cookies from an extension that has no permission for them",
        docs: include_str!("extension_manifest.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.app.framework.id != "browser-extension" {
        return Verdict::not_applicable("the app is no browser extension");
    }
    let manifests: Vec<(&Manifest, Place)> = shells(facts)
        .filter_map(|(file, shape, shell)| match shell {
            Shell::Manifest(manifest) => Some((manifest, file.place(shape))),
            _ => None,
        })
        .collect();
    let syncs = shells(facts).any(|(_, _, shell)| {
        matches!(shell, Shell::Provider(one) if one.props.iter().any(|prop| prop == "syncHost"))
    });
    if manifests.is_empty() {
        return Verdict::not_applicable("no manifest with host_permissions was seen");
    }
    let host = frontend_api(facts);
    let findings = manifests
        .iter()
        .flat_map(|(manifest, place)| judge(manifest, place, syncs, host.as_deref()));
    Verdict::Judged(findings.collect())
}

/// The host of the Frontend API of the live key.
fn frontend_api(facts: &Facts) -> Option<String> {
    let variable = facts.key(KeyRole::Publishable)?;
    let reading = keys::publishable(variable.value());
    let key = reading.key().filter(|key| key.mode == Mode::Live)?;
    Some(key.host.clone())
}

fn judge(manifest: &Manifest, place: &Place, syncs: bool, host: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let wanted: &[&str] = if syncs {
        &["storage", "cookies"]
    } else {
        &["storage"]
    };
    for permission in wanted {
        let asked = |all: &Vec<String>| all.iter().any(|one| one == permission);
        if manifest.permissions.as_ref().is_some_and(|all| !asked(all)) {
            findings.push(
                Finding::warning(format!(
                    "the manifest does not ask for the permission \"{permission}\""
                ))
                .at(place.clone(), "the manifest")
                .fix(format!("add \"{permission}\" to permissions")),
            );
        }
    }
    let uncovered = host.filter(|host| {
        let hosts = manifest.hosts.as_ref();
        hosts.is_some_and(|all| !all.iter().any(|pattern| covers(pattern, host)))
    });
    if let Some(host) = uncovered.filter(|_| syncs) {
        findings.push(
            Finding::warning(format!(
                "host_permissions do not name {host}, the Frontend API of the live key"
            ))
            .at(place.clone(), "the manifest")
            .fix(format!("add \"https://{host}/*\" to host_permissions")),
        );
    }
    findings
}

/// Whether a match pattern covers a host; one with a variable in it may.
/// <https://developer.chrome.com/docs/extensions/develop/concepts/match-patterns>
fn covers(pattern: &str, host: &str) -> bool {
    if pattern == "<all_urls>" || pattern.contains('$') || pattern.contains("%") {
        return true;
    }
    let Some((scheme, rest)) = pattern.split_once("://") else {
        return false;
    };
    let named = rest.split(['/', ':']).next().unwrap_or_default();
    let below = named
        .strip_prefix("*.")
        .is_some_and(|domain| host == domain || host.ends_with(&format!(".{domain}")));
    matches!(scheme, "https" | "*") && (named == "*" || named == host || below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_pattern_covers_its_host_and_what_is_below() {
        for pattern in [
            "https://clerk.acme.shop/*",
            "*://*.acme.shop/*",
            "<all_urls>",
            "https://*/*",
            "$CLERK_FRONTEND_API/*",
        ] {
            assert!(covers(pattern, "clerk.acme.shop"), "{pattern}");
        }
        for pattern in [
            "http://localhost/*",
            "https://acme.shop/*",
            "http://clerk.acme.shop/*",
            "",
        ] {
            assert!(!covers(pattern, "clerk.acme.shop"), "{pattern}");
        }
    }
}
