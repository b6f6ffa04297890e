//! `security/csp-option`

use super::policies::{self, FrontendApi};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::headers::clerk::{PolicyOption, has_none};
use crate::facts::headers::csp::{Answer, HOLE, Kind};
use crate::facts::headers::{Headers, Name, span};
use crate::facts::{Facts, lockfile};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/csp-option",
        group: Group::Security,
        severity: Severity::Error,
        pass: "The policy that clerkMiddleware() writes works with Clerk",
        fail: "The policy that clerkMiddleware() writes does not work with Clerk",
        why: "the browser then refuses a part of Clerk, or the pages are without the policy that was meant",
        docs: include_str!("csp_option.md"),
    },
    needs: &[Need::Headers],
    scope: Scope::Apps,
    run,
};

type Version = (u32, u32, u32);

/// CHANGELOG of @clerk/nextjs: the option came with 6.14.0, the hosts of Clerk Protect with 7.5.21 and
/// their ports with 7.7.8.
const SINCE: Version = (6, 14, 0);
const WITH_PROTECT: Version = (7, 7, 8);

fn run(facts: &Facts) -> Verdict {
    let headers = match policies::of_pages(facts) {
        Ok(headers) => headers,
        Err(why) => return Verdict::NotApplicable(why),
    };
    if headers.options.is_empty() {
        return Verdict::not_applicable("clerkMiddleware() has no contentSecurityPolicy");
    }
    let mut findings = Vec::new();
    for option in &headers.options {
        let all = of_option(facts, headers, option);
        findings.extend(
            all.into_iter()
                .map(|finding| finding.at(span(&option.file, option.at), "contentSecurityPolicy")),
        );
    }
    Verdict::Judged(findings)
}

fn of_option(facts: &Facts, headers: &Headers, option: &PolicyOption) -> Vec<Finding> {
    let version = installed(facts);
    if let Some(version) = version.filter(|version| *version < SINCE) {
        let (major, minor, patch) = version;
        return vec![
            Finding::error(format!(
                "@clerk/nextjs {major}.{minor}.{patch} does not know contentSecurityPolicy: no policy is sent"
            ))
            .fix("update @clerk/nextjs to 6.14.0 or later"),
        ];
    }
    if option.report_only == Some(true) {
        return Vec::new();
    }
    let mut found = Vec::new();
    found.extend(refused(facts, headers, option));
    found.extend(without_nonce(headers, option));
    found.extend(without_protect(option, version));
    found.extend(twice(headers, option));
    found
}

/// The version that a lock file tells.
fn installed(facts: &Facts) -> Option<Version> {
    let mut clerk = facts.app.clerk.iter();
    let package = clerk.find(|package| package.name == "@clerk/nextjs")?;
    let exact = package.version.clone();
    // A version that is pinned in the manifest is as good.
    let pinned = || {
        let plain = package.range.starts_with(|c: char| c.is_ascii_digit());
        plain.then(|| lockfile::minimum(&package.range)).flatten()
    };
    let text = exact.or_else(pinned)?;
    let mut parts = text.split(['-', '+']).next()?.split('.').map(str::parse);
    match (parts.next()?, parts.next()?, parts.next()?) {
        (Ok(major), Ok(minor), Ok(patch)) => Some((major, minor, patch)),
        _ => None,
    }
}

/// `'none'`, or a directive of the project's own that takes the place of one of the SDK's.
fn refused(facts: &Facts, headers: &Headers, option: &PolicyOption) -> Option<Finding> {
    let api = FrontendApi::of(facts, headers);
    let host = match &api {
        FrontendApi::Host(host) => host.clone(),
        _ => HOLE.to_string(),
    };
    let policy = option.policy(&host);
    let vital = [Kind::Script, Kind::Connect]
        .into_iter()
        .filter(|kind| match &api {
            FrontendApi::Host(_) => api.is_allowed(&policy, *kind) == Answer::No,
            _ => option
                .directives
                .iter()
                .any(|(name, sources)| name == kind.own() && has_none(sources)),
        })
        .collect::<Vec<_>>();
    if !vital.is_empty() {
        let names = vital.iter().map(|kind| kind.own());
        let names = names.collect::<Vec<_>>().join(" and ");
        let steps = vital
            .iter()
            .map(|kind| policies::addition(&policy, *kind, &api.source()));
        let steps = steps.collect::<Vec<_>>().join("; ");
        let severity = if option.report_only.is_none() {
            Severity::Warning
        } else {
            Severity::Error
        };
        return Some(
            Finding::new(
                severity,
                format!("the directives given leave Clerk out of {names}: it is blocked"),
            )
            .fix(steps),
        );
    }
    let none = option
        .directives
        .iter()
        .filter(|(name, sources)| {
            has_none(sources)
                && matches!(
                    name.as_str(),
                    "frame-src" | "worker-src" | "img-src" | "style-src"
                )
        })
        .map(|(name, _)| name.as_str());
    let none: Vec<&str> = none.collect();
    (!none.is_empty()).then(|| {
        let names = none.join(" and ");
        Finding::warning(format!(
            "'none' takes the place of what Clerk needs in {names}"
        ))
        .fix(format!("take 'none' out of {names}"))
    })
}

/// A strict policy trusts scripts by nonce, and only a dynamic provider gives Clerk's scripts one.
fn without_nonce(headers: &Headers, option: &PolicyOption) -> Option<Finding> {
    if option.strict != Some(true) {
        return None;
    }
    let mut on_server = headers.providers.iter().filter(|one| one.on_server);
    let first = on_server.clone().next()?;
    if on_server.any(|one| one.has_nonce != Some(false)) {
        return None;
    }
    let severity = if option.report_only.is_none() {
        Severity::Warning
    } else {
        Severity::Error
    };
    Some(
        Finding::new(
            severity,
            "strict: true trusts scripts by nonce, and <ClerkProvider> without `dynamic` gives its scripts none: clerk-js is blocked",
        )
        .see(span(&first.file, first.at), "not dynamic")
        .fix("write `<ClerkProvider dynamic>`"),
    )
}

/// The SDK's policy lacks Clerk Protect's hosts, unless the project adds them.
fn without_protect(option: &PolicyOption, version: Option<Version>) -> Option<Finding> {
    let version = version.filter(|version| *version < WITH_PROTECT)?;
    let own = option
        .directives
        .iter()
        .any(|(name, sources)| name == "connect-src" && sources.contains("protect.clerk.com:*"));
    let unclear = option
        .directives
        .iter()
        .any(|(name, _)| name.contains(HOLE));
    if own || unclear {
        return None;
    }
    let (major, minor, patch) = version;
    Some(
        Finding::warning(format!(
            "the policy of @clerk/nextjs {major}.{minor}.{patch} does not let all of Clerk Protect through"
        ))
        .fix("update @clerk/nextjs to 7.7.8 or later, or add https://*.protect.clerk.com:* to connect-src and https://*.protect.clerk.com to script-src and frame-src"),
    )
}

/// The option writes over the header that the handler sets.
fn twice(headers: &Headers, option: &PolicyOption) -> Option<Finding> {
    let own = headers.set.iter().find(|one| {
        one.name == Name::Policy
            && one.sure
            && one.file == option.file
            && one.by == "the middleware"
    })?;
    (option.report_only == Some(false)).then(|| {
        Finding::warning("the policy that the handler sets is lost: the option writes over it")
            .see(own.place(), "lost")
            .fix("move its sources to contentSecurityPolicy.directives, or leave the option out")
    })
}
