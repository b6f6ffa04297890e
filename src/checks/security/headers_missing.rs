//! `security/headers-missing`

use super::policies;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::headers::csp::{HOLE, Policy};
use crate::facts::headers::{Headers, Name, Setting};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/headers-missing",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "The headers that protect pages are set together",
        fail: "A header that protects pages is left out or too weak",
        why: "without them a page can be shown in a stranger's frame, a file be taken for a script, or a visit begin without encryption",
        docs: include_str!("headers_missing.md"),
    },
    needs: &[Need::Headers],
    scope: Scope::Apps,
    run,
};

/// Packages that set headers in ways that are not read here.
const PACKAGES: &[&str] = &[
    "next-secure-headers",
    "next-safe",
    "nosecone",
    "@nosecone/next",
    "@nosecone/sveltekit",
    "@next-safe/middleware",
    "lusca",
    "koa-helmet",
];

/// 180 days, in seconds: what SSL Labs and Mozilla's Observatory ask for.
const LEAST_AGE: u64 = 15_552_000;

fn run(facts: &Facts) -> Verdict {
    let headers = match policies::of_pages(facts) {
        Ok(headers) => headers,
        Err(why) => return Verdict::NotApplicable(why),
    };
    let Some(first) = headers.set.first() else {
        return Verdict::not_applicable(match headers.unclear.first() {
            Some(place) => format!("headers are made by code that cannot be followed ({place})"),
            None => "no header that protects pages is set in the project; the host or a CDN may set them".to_owned(),
        });
    };
    let mut findings: Vec<Finding> = short_lived(headers).collect();
    let unread = PACKAGES
        .iter()
        .find(|package| facts.app.ranges.contains_key(**package));
    let unclear = headers
        .unclear
        .first()
        .map(String::as_str)
        .or(unread.copied());
    match unclear {
        Some(why) if findings.is_empty() && !missing(headers).is_empty() => {
            return Verdict::not_applicable(format!(
                "some headers are made by code that cannot be followed ({why})"
            ));
        }
        Some(_) => {}
        None => findings.extend(left_out(headers, first)),
    }
    Verdict::Judged(findings)
}

fn left_out<'h>(headers: &'h Headers, first: &'h Setting) -> Vec<Finding> {
    let missing = missing(headers);
    let shown = headers
        .set
        .iter()
        .find(|one| one.sure && one.name != Name::MetaPolicy);
    // A policy in the document alone is no place for headers.
    let Some(place) = shown.or(Some(first).filter(|one| one.name != Name::MetaPolicy)) else {
        return Vec::new();
    };
    let finding = |(name, step): &(&str, &str)| {
        Finding::warning(format!(
            "headers are set here, and {name} is not among them"
        ))
        .at(place.place(), "other headers")
        .fix(format!("set {step}"))
    };
    missing.iter().map(finding).collect()
}

/// What protects every page and is not set, each with what to set.
fn missing(headers: &Headers) -> Vec<(&'static str, &'static str)> {
    let has = |name: Name| {
        let mut set = headers.set.iter().filter(|one| one.name == name);
        set.any(|one| name != Name::FrameOptions || frames(&one.value))
    };
    // In a <meta> it does not count (CSP Level 3, §6.4.2).
    let ancestors = headers
        .set
        .iter()
        .filter(|one| one.name == Name::Policy)
        .flat_map(|one| Policy::list(&one.value))
        .any(|policy| policy.directive("frame-ancestors").is_some() || policy.is_open());
    let by_option = headers.options.iter().any(|option| {
        let mut directives = option.directives.iter();
        directives.any(|(name, _)| name == "frame-ancestors" || name.contains(HOLE))
    });
    let mut missing = Vec::new();
    if !has(Name::FrameOptions) && !ancestors && !by_option {
        let tried = headers.set.iter().any(|one| one.name == Name::FrameOptions);
        missing.push((
            if tried {
                "an X-Frame-Options that browsers know (DENY or SAMEORIGIN)"
            } else {
                "a limit on who may frame the pages"
            },
            "Content-Security-Policy: frame-ancestors 'self' (or X-Frame-Options: SAMEORIGIN)",
        ));
    }
    if !has(Name::ContentTypeOptions) {
        missing.push(("X-Content-Type-Options", "X-Content-Type-Options: nosniff"));
    }
    missing
}

/// Whether a value of X-Frame-Options limits anything: browsers know two, and take no notice of others.
fn frames(value: &str) -> bool {
    let known =
        |one: &str| one.eq_ignore_ascii_case("deny") || one.eq_ignore_ascii_case("sameorigin");
    value.contains(HOLE) || known(value.trim())
}

/// `Strict-Transport-Security` that a browser forgets too soon.
fn short_lived(headers: &Headers) -> impl Iterator<Item = Finding> {
    let set = headers
        .set
        .iter()
        .filter(|one| one.name == Name::TransportSecurity && !one.replaced);
    set.filter_map(|one| {
        let age = max_age(&one.value)?;
        let message = match age / 86_400 {
            _ if age == 0 => {
                "Strict-Transport-Security with max-age=0 turns it off: a browser asks without TLS".to_owned()
            }
            0 => "Strict-Transport-Security lasts less than a day: after that a browser asks without TLS again".to_owned(),
            days => format!(
                "Strict-Transport-Security lasts {days} days: after that a browser asks without TLS again"
            ),
        };
        (age < LEAST_AGE).then(|| {
            Finding::warning(message)
            .at(one.place(), "max-age")
            .fix("set max-age to 31536000, a year")
        })
    })
}

fn max_age(value: &str) -> Option<u64> {
    let mut parts = value.split(';').map(str::trim);
    let age = parts.find_map(|part| {
        let (name, age) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("max-age").then_some(age)
    })?;
    age.trim().trim_matches('"').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_read_where_it_is_plain() {
        assert_eq!(max_age("max-age=300"), Some(300));
        assert_eq!(max_age("includeSubDomains; Max-Age=\"1\""), Some(1));
        assert_eq!(max_age("max-age=\u{fffc}"), None);
        assert_eq!(max_age(""), None);
    }
}
