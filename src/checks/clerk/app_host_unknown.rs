//! `clerk/app-host-unknown`

use super::address::is_local;
use super::instance::{cut, place, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::instance::{Domain, Part};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/app-host-unknown",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "The deployed site is on a domain of the instance",
        fail: "The deployed site is on no domain of the instance",
        why: "Clerk refuses browsers that come from a site which is not below a domain of the instance",
        docs: include_str!("app_host_unknown.md"),
    },
    needs: &[Need::Part(Part::Domains)],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let site = Verdict::told(&facts.live.site)?;
    let instance = production(facts)?;
    let host = site.host().to_ascii_lowercase();
    if site.is_loopback() || is_local(&host) {
        return Ok(Verdict::not_applicable("--url is this machine"));
    }
    let domains = Verdict::told(&instance.domains)?;
    if domains.items.iter().any(|domain| knows(domain, &host)) {
        return Ok(Verdict::Judged(Vec::new()));
    }
    if !domains.whole {
        return Err(cut(Part::Domains));
    }
    let finding = unknown(facts, &host, &domains.items);
    let at = Place::Url { url: site.origin() };
    Ok(Verdict::of(Some(
        finding
            .at(at, "the deployed site")
            .see(place(Part::Domains), "the domains of the instance"),
    )))
}

fn knows(domain: &Domain, host: &str) -> bool {
    // A proxy on the site itself makes its host one of the instance's.
    domain.covers(host)
        || (domain.proxy_url.is_some() && domain.frontend_host().as_deref() == Some(host))
}

fn unknown(facts: &Facts, host: &str, domains: &[Domain]) -> Finding {
    let names: Vec<&str> = domains
        .iter()
        .map(|domain| domain.name.as_str())
        .take(5)
        .collect();
    let of = if names.is_empty() {
        "which has none".to_owned()
    } else {
        format!("which has {}", names.join(", "))
    };
    let message = format!("{host} is under no domain of the instance, {of}");
    // @clerk/nextjs passes the Frontend API on by itself there (clerk/javascript `packages/backend/src/proxy.ts`).
    let by_itself = facts.app.framework.id == "next" && host.ends_with(".vercel.app");
    let above = domains
        .iter()
        .any(|domain| domain.name.ends_with(&format!(".{host}")));
    if by_itself || above {
        return Finding::warning(message).fix("audit the address that users visit, or add the domain in the Clerk Dashboard (Domains)");
    }
    Finding::error(message).fix(
        "deploy below a domain of the instance, or add this one in the Clerk Dashboard (Domains), as primary or as satellite",
    )
}
