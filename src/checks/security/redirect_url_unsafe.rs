//! `security/redirect-url-unsafe`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::code::shapes::guard::Guard;
use crate::facts::keys::{self, Mode};
use crate::facts::{Facts, KeyRole, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/redirect-url-unsafe",
        group: Group::Security,
        severity: Severity::Error,
        pass: "The code sends nobody to a development page or a foreign domain",
        fail: "The code sends people to a development page or a foreign domain",
        why: "visitors would end on a page that is not the app's, or Clerk would drop the address",
        docs: include_str!("redirect_url_unsafe.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable("not judged for production");
    }
    let allows = guards::all(facts).any(|seen| *seen.guard == Guard::AllowsOrigins);
    let satellite = guards::all(facts)
        .any(|seen| matches!(seen.guard, Guard::Settings(one) if one.is_about_domains()))
        || !guards::variables(facts, "CLERK_IS_SATELLITE").is_empty();
    let domain = live_domain(facts).filter(|_| !allows && !satellite);
    let mut findings = Vec::new();
    for seen in guards::all(facts) {
        let Guard::SendsTo { property, url } = seen.guard else {
            continue;
        };
        let Some(host) = host_of(url) else { continue };
        // What Clerk holds against its list; a sign-in page may be anywhere.
        let is_listed = property.contains("edirectUrl")
            || property.starts_with("afterSignIn")
            || property.starts_with("afterSignUp");
        let finding = if guards::is_local(host) {
            Finding::error(format!("{property} sends people to this machine"))
                .fix("write a path: `/dashboard`")
        } else if host.ends_with(".accounts.dev") {
            Finding::error(format!(
                "{property} sends people to the pages of a development instance"
            ))
            .fix("write a path, or the Account Portal of the production domain")
        } else if is_listed
            && domain
                .as_ref()
                .is_some_and(|domain| guards::base(host).as_ref() != Some(domain))
        {
            Finding::warning(format!("{property} sends people to another domain than that of the live key, and no allowedRedirectOrigins names it"))
                .fix("add its origin to `allowedRedirectOrigins` of <ClerkProvider>, or write a path")
        } else {
            continue;
        };
        findings.push(finding.at(seen.place(), "written here"));
    }
    Verdict::Judged(findings)
}

/// The domain of the production instance.
fn live_domain(facts: &Facts) -> Option<String> {
    let reading = keys::publishable(facts.key(KeyRole::Publishable)?.value());
    let key = reading.key()?;
    let is_live = key.mode == Mode::Live && !key.has_development_host();
    guards::base(&key.host).filter(|_| is_live)
}

fn host_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    matches!(scheme, "http" | "https").then_some(host)
}
