//! `site/secret-in-page`

use super::shown;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/secret-in-page",
        group: Group::Site,
        severity: Severity::Error,
        pass: "No secret stands in what the site sends to browsers",
        fail: "A secret stands in what the site sends to browsers",
        why: "every visitor can read it, and act in the app's name with it",
        docs: include_str!("secret_in_page.md"),
    },
    needs: &[Need::Surface],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let surface = match shown(facts) {
        Ok(surface) => surface,
        Err(verdict) => return verdict,
    };
    if surface.scripts.0 == 0 && surface.scripts.1 > 0 {
        return Verdict::Skipped("none of the scripts of the front page could be read".to_owned());
    }
    let findings = surface.leaks.iter().map(|leak| {
        Finding::error(format!("{} stands in what anybody can load: {}", leak.what, leak.value))
            .at(Place::Url { url: leak.url.clone() }, "public")
            .fix("revoke it now, whosever it is; then find the code or setting that hands it to the bundler, and deploy again")
    });
    Verdict::Judged(findings.collect())
}
