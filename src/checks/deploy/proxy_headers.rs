//! `deploy/proxy-headers`

use super::files;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::deploy::proxy::Proxy;
use crate::facts::deploy::{Context, Kind, environment_of, place};
use crate::facts::{Facts, tree};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/proxy-headers",
        group: Group::Deploy,
        severity: Severity::Warning,
        pass: "Reverse proxies tell the app the host and the scheme of each request",
        fail: "A reverse proxy does not tell the app the host or the scheme of a request",
        why: "Clerk then sees the address of the upstream: redirects go there, and the handshake can loop",
        docs: include_str!("proxy_headers.md"),
    },
    needs: &[Need::Deploy],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let deploy = match files(
        facts,
        &[Kind::Nginx, Kind::Caddyfile],
        "reverse proxy in its files",
    ) {
        Ok(deploy) if !deploy.proxies.is_empty() => deploy,
        Ok(_) => {
            return Verdict::not_applicable(
                "no reverse proxy in its files passes requests on to it",
            );
        }
        Err(verdict) => return verdict,
    };
    let is_for_developers =
        |file: &str| environment_of(tree::file_name(file)) == Some(Context::Preview);
    let lacking = deploy
        .proxies
        .iter()
        .filter(|proxy| !proxy.missing.is_empty() && !is_for_developers(&proxy.file));
    Verdict::Judged(lacking.map(finding).collect())
}

fn finding(proxy: &Proxy) -> Finding {
    let missing = proxy.missing.join(" and ");
    let verb = if proxy.missing.len() > 1 { "are" } else { "is" };
    let sentence = Together::new(
        format!("{missing} {verb} not passed on to the app in"),
        format!("places of {}", proxy.file),
    );
    let mut finding = Finding::warning(format!("{missing} {verb} not passed on to the app"))
        .at(place(&proxy.file, proxy.at), "passes requests on");
    if let Some(at) = proxy.shadowed {
        finding = finding.see(
            place(&proxy.file, at),
            "set here, which counts no more where a block sets any header of its own",
        );
    }
    finding.together(&sentence).fix(
        "nginx: write `proxy_set_header Host $host;`, `proxy_set_header X-Forwarded-Host $host;` and \
         `proxy_set_header X-Forwarded-Proto $scheme;` in the same block; Caddy: take the `header_up -…` line away",
    )
}
