//! `env/redirect-url-unsafe`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::env::Variable;
use crate::facts::{Facts, Target, keys};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/redirect-url-unsafe",
        group: Group::Env,
        severity: Severity::Error,
        pass: "Sign-in, sign-up and redirect URLs are safe for production",
        fail: "A sign-in, sign-up or redirect URL is unsafe for production",
        why: "visitors would be sent to a page that is not the app's, or to none",
        docs: include_str!("redirect_url_unsafe.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target == Target::Development {
        return Verdict::not_applicable("judged for development");
    }
    let Some(env) = facts.env.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let mut names = facts.app.names(|f| f.variables.sign_in_url);
    names.extend(facts.app.names(|f| f.variables.sign_up_url));
    names.extend(
        facts
            .app
            .names(|f| f.variables.others)
            .into_iter()
            .filter(|name| is_redirect(name)),
    );
    let set: Vec<&Variable> = names
        .iter()
        .filter_map(|name| env.get(name))
        .filter(|v| v.is_set())
        .collect();
    if set.is_empty() {
        return Verdict::not_applicable("no such URL is set");
    }
    Verdict::Judged(
        set.into_iter()
            .filter_map(|variable| judge(variable, facts.target))
            .collect(),
    )
}

fn is_redirect(name: &str) -> bool {
    name.ends_with("_REDIRECT_URL")
        || name.ends_with("AFTER_SIGN_IN_URL")
        || name.ends_with("AFTER_SIGN_UP_URL")
}

fn judge(variable: &Variable, target: Target) -> Option<Finding> {
    let url = variable.value().expose().trim();
    let lower = url.to_ascii_lowercase();
    let host = host_of(&lower);
    let (error, why, fix) = if lower.starts_with("//") || lower.starts_with("/\\") {
        (
            true,
            "starts with `//`, which browsers read as another site",
            "start it with one `/`",
        )
    } else if url.starts_with('/') {
        return None;
    } else if host.is_some_and(is_local) {
        (
            true,
            "points at the visitor's own machine",
            "use a path such as /sign-in, or the production address",
        )
    } else if host.is_some_and(|host| host.ends_with(".accounts.dev"))
        && target == Target::Production
    {
        (
            true,
            "points at a development instance",
            "use a path, or the Account Portal of the production domain",
        )
    } else if let Some(how) = keys::reference(url) {
        let name = &variable.winner.name;
        let message = format!("{name} is {how}, so what it would be is not known here");
        let fix = "run the audit under the tool that resolves it, or give resolved values with --env-file";
        return Some(
            Finding::warning(message)
                .at(variable.winner.place(), "")
                .fix(fix),
        );
    } else if lower.starts_with("http://") {
        (true, "is plain http", "use https")
    } else if lower.starts_with("https://") && host.is_some() {
        return None;
    } else if lower
        .split(':')
        .next()
        .is_some_and(|scheme| scheme == "javascript" || scheme == "data")
    {
        (true, "is not an address", "use a path such as /sign-in")
    } else {
        (
            false,
            "is neither a path that starts with `/` nor an https address",
            "write it with a leading `/`",
        )
    };
    let name = &variable.winner.name;
    let message = format!("{name} {why}");
    let finding = if error {
        Finding::error(message)
    } else {
        Finding::warning(message)
    };
    Some(finding.at(variable.winner.place(), "").fix(fix))
}

fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = if host.starts_with('[') {
        host.split_inclusive(']').next()?
    } else {
        host.split(':').next()?
    };
    (!host.is_empty()).then_some(host)
}

fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "[::1]"
        || host == "0.0.0.0"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_host_whatever_stands_around_it() {
        assert_eq!(
            host_of("http://user:pw@localhost:3000/a"),
            Some("localhost")
        );
        assert_eq!(host_of("https://[::1]:3000/"), Some("[::1]"));
        assert_eq!(host_of("https://acme.shop\\@evil.test"), Some("acme.shop"));
        assert_eq!(host_of("/sign-in"), None);
    }
}
