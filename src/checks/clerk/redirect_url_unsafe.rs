//! `clerk/redirect-url-unsafe`

use super::address::{Fault, fault};
use super::instance::{cut, place, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::few;
use crate::facts::Facts;
use crate::facts::live::instance::Part;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/redirect-url-unsafe",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "The redirect URLs of the instance lead to hosts of one owner, encrypted",
        fail: "A redirect URL of the instance leads where anybody may listen",
        why: "a sign-in that comes back to another's host brings a session with it",
        docs: include_str!("redirect_url_unsafe.md"),
    },
    needs: &[Need::Part(Part::RedirectUrls)],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let urls = Verdict::told(&instance.redirect_urls)?;
    let findings: Vec<Finding> = urls.items.iter().filter_map(|url| of_url(url)).collect();
    if findings.is_empty() && !urls.whole {
        return Err(cut(Part::RedirectUrls));
    }
    Ok(Verdict::Judged(few(
        findings,
        "redirect URLs of the instance are unsafe",
    )))
}

fn of_url(url: &str) -> Option<Finding> {
    // What stands behind the address may be private.
    let shown = url.split(['?', '#']).next().unwrap_or_default();
    let message = |what: &str| format!("the redirect URL {shown} {what}");
    let finding = match fault(url)? {
        Fault::Anybody => Finding::error(message("fits hosts that anybody may have")),
        Fault::Local => Finding::warning(message("leads to a developer's machine")),
        Fault::Plain => Finding::warning(message("is not encrypted")),
        Fault::Development => {
            Finding::warning(message("leads to Expo Go, which is for development"))
        }
    };
    Some(
        finding
            .at(place(Part::RedirectUrls), "the redirect URLs of the instance")
            .fix("remove it in the Clerk Dashboard (Native applications, or SSO redirect URLs), or give the whole https address of the app"),
    )
}
