//! `frontend/jwks-wrong`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use url::Url;

use crate::facts::Facts;
use crate::facts::live::frontend::Frontend;
use crate::model::{Finding, Group, Known, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "frontend/jwks-wrong",
        group: Group::Frontend,
        severity: Severity::Error,
        pass: "The Frontend API publishes keys, under its own name",
        fail: "The Frontend API publishes no keys, or under another name",
        why: "backends check sessions with these keys, and refuse tokens of another issuer",
        docs: include_str!("jwks_wrong.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let frontend = match Verdict::told(&facts.live.frontend) {
        Ok(frontend) => frontend,
        Err(verdict) => return verdict,
    };
    let keys = match Verdict::told(&frontend.jwks) {
        Ok(keys) => keys,
        Err(verdict) => return verdict,
    };
    let empty = keys.is_empty().then(|| {
        Finding::error(format!(
            "{} publishes no key that could check a session",
            frontend.host
        ))
        .at(frontend.at("/.well-known/jwks.json"), "no keys")
        .fix("check that the address is the Frontend API of the instance; else ask Clerk's support")
    });
    let issuer = wrong_issuer(frontend);
    let findings: Vec<Finding> = [empty, issuer].into_iter().flatten().collect();
    match &frontend.openid {
        Known::Failed(why) if findings.is_empty() => Verdict::Undecided {
            why: why.clone(),
            hint: String::new(),
            marks: Vec::new(),
        },
        // A development instance tells its keys, and not this.
        _ => Verdict::Judged(findings),
    }
}

/// The issuer is the Frontend API itself, or the proxy before it.
fn wrong_issuer(frontend: &Frontend) -> Option<Finding> {
    let issuer = frontend.openid.as_ref()?.issuer.as_deref()?;
    let host = Url::parse(issuer).ok()?.host_str()?.to_owned();
    let own = [
        frontend.address.clone(),
        format!("https://{}", frontend.host),
        format!("https://{}", frontend.key_host),
    ];
    if own.iter().any(|own| own == issuer) {
        return None;
    }
    let finding = if issuer.starts_with("https://") && frontend.is_own(&host) {
        // A proxy that only the dashboard knows, or a domain that was changed.
        Finding::warning(format!("{} says that tokens are issued by {issuer}", frontend.host))
            .fix("check the proxy and the domain in the Clerk dashboard, and copy the publishable key again")
    } else {
        Finding::error(format!("{} says that tokens are issued by {issuer}", frontend.host))
            .fix("check what answers at this address, and copy the publishable key again from the Clerk dashboard")
    };
    let place = frontend.at("/.well-known/openid-configuration");
    Some(finding.at(place, "issuer"))
}
