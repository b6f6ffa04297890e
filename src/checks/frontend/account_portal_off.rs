//! `frontend/account-portal-off`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use url::Url;

use crate::facts::live::frontend::Frontend;
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "frontend/account-portal-off",
        group: Group::Frontend,
        severity: Severity::Warning,
        pass: "The Account Portal is on, or nothing leads to it",
        fail: "The Account Portal is off, and something leads to it",
        why: "visitors who are sent there to sign in find nothing",
        docs: include_str!("account_portal_off.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable(format!("judged for {}", facts.target.word()));
    }
    let frontend = match Verdict::told(&facts.live.frontend) {
        Ok(frontend) => frontend,
        Err(verdict) => return verdict,
    };
    let portal = match Verdict::told(&frontend.portal) {
        Ok(portal) => portal,
        Err(verdict) => return verdict,
    };
    match [portal.enabled, portal.allowed] {
        [None, None] => {
            return Verdict::Skipped("the Frontend API does not say whether it is on".to_owned());
        }
        flags if !flags.contains(&Some(false)) => return Verdict::Judged(Vec::new()),
        _ => {}
    }
    Verdict::Judged(links(facts, frontend).map(finding).collect())
}

/// What leads to the portal: a variable of the app, and the paths of the instance that sign in.
fn links<'f>(
    facts: &'f Facts,
    frontend: &'f Frontend,
) -> impl Iterator<Item = (String, Place)> + 'f {
    let env = facts.env.as_ref().into_iter().flat_map(|env| env.all());
    let variables = env
        .filter(|variable| {
            let name = &variable.winner.name;
            name.contains("CLERK")
                && name.ends_with("_URL")
                && leads(frontend, variable.value().expose())
        })
        .map(|variable| (variable.winner.name.clone(), variable.winner.place()));
    let environment = frontend.environment.as_ref();
    let urls = environment.into_iter().flat_map(|one| &one.urls);
    let own = urls
        .filter(|(name, url)| {
            matches!(*name, "sign_in_url" | "sign_up_url") && leads(frontend, url)
        })
        .map(|(name, _)| {
            let name = format!("{name} of the instance");
            (name, frontend.at("/v1/environment"))
        });
    variables.chain(own)
}

/// Whether an address is of the portal (clerk/javascript `packages/shared/src/buildAccountsBaseUrl.ts`).
fn leads(frontend: &Frontend, text: &str) -> bool {
    let portal = frontend.key_host.replacen("clerk.", "accounts.", 1);
    let url = Url::parse(text.trim()).ok();
    url.is_some_and(|url| url.host_str() == Some(portal.as_str()))
}

fn finding((name, place): (String, Place)) -> Finding {
    Finding::warning(format!("{name} leads to the Account Portal, which is off"))
        .at(place, "set here")
        .fix("turn the Account Portal on in the Clerk dashboard, or lead to pages of the app")
}
