//! `security/authorized-parties-malformed`

use super::guards::{self, Seen};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::code::shapes::guard::{Entry, Guard};
use crate::facts::keys::{self, Mode};
use crate::facts::{Facts, KeyRole, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/authorized-parties-malformed",
        group: Group::Security,
        severity: Severity::Error,
        pass: "Every entry of authorizedParties is an origin that a token can name",
        fail: "Entries of authorizedParties match no token of production",
        why: "the list is compared letter by letter with the origin in the token: a wrong entry shuts its users out, one too many lets others in",
        docs: include_str!("authorized_parties_malformed.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    let mut lists = 0;
    for seen in guards::all(facts) {
        if let Guard::AuthorizedParties { entries, whole } = seen.guard {
            lists += 1;
            judge(facts, &seen, entries, *whole, &mut findings);
        }
    }
    if lists == 0 {
        return Verdict::not_applicable(
            "no list of origins for authorizedParties can be read in the code",
        );
    }
    Verdict::Judged(findings)
}

fn judge(
    facts: &Facts,
    seen: &Seen<'_>,
    entries: &[Entry],
    whole: bool,
    findings: &mut Vec<Finding>,
) {
    let production = facts.target == Target::Production;
    let local = |entry: &&Entry| matches!(origin(&entry.origin), Origin::Local);
    for entry in entries {
        let place = guards::spot(seen.file, entry.at);
        match origin(&entry.origin) {
            Origin::Never(why, right) => {
                // The right form beside it is what counts.
                if right
                    .as_ref()
                    .is_some_and(|right| entries.iter().any(|one| one.origin == *right))
                {
                    continue;
                }
                let severity = if entry.conditional {
                    Severity::Warning
                } else {
                    Severity::Error
                };
                let fix = right.map_or_else(
                    || "name every origin whole: `https://app.example.com`".to_owned(),
                    |right| format!("write `{right}`"),
                );
                findings.push(
                    Finding::new(
                        severity,
                        format!(
                            "an entry of authorizedParties {why}, so that no token ever matches it"
                        ),
                    )
                    .at(place, "never matches")
                    .fix(fix),
                );
            }
            Origin::Insecure if production && !entry.conditional => findings.push(
                Finding::warning("an entry of authorizedParties is a public origin without TLS")
                    .at(place, "http://")
                    .fix("write https://; production instances of Clerk serve only such origins"),
            ),
            _ => {}
        }
    }
    if !production {
        return;
    }
    let locals: Vec<&Entry> = entries.iter().filter(local).collect();
    let unconditional = locals.iter().find(|entry| !entry.conditional);
    if let Some(first) = unconditional {
        let place = guards::spot(seen.file, first.at);
        if whole && locals.len() == entries.len() && locals.iter().all(|entry| !entry.conditional) {
            findings.push(
                Finding::error("authorizedParties names only this machine, so that production takes no session at all")
                    .at(place, "localhost only")
                    .fix("add the origin that the app is served from: `https://<your domain>`"),
            );
        } else {
            findings.push(
                Finding::warning("authorizedParties names this machine in production, too")
                    .at(place, "localhost")
                    .fix("add it only where `process.env.NODE_ENV === 'development'`"),
            );
        }
    }
    findings.extend(of_another_domain(facts, seen, entries, whole));
}

/// Whether the whole list is of another domain than the live key.
fn of_another_domain(
    facts: &Facts,
    seen: &Seen<'_>,
    entries: &[Entry],
    whole: bool,
) -> Option<Finding> {
    let variable = facts.key(KeyRole::Publishable)?;
    let reading = keys::publishable(variable.value());
    let key = reading
        .key()
        .filter(|key| key.mode == Mode::Live && !key.has_development_host())?;
    let domain = guards::base(&key.host)?;
    let hosts: Vec<&str> = entries
        .iter()
        .filter_map(|entry| match origin(&entry.origin) {
            Origin::Public(host) => Some(host),
            _ => None,
        })
        .collect();
    let satellite = guards::all(facts)
        .any(|seen| matches!(seen.guard, Guard::Settings(one) if one.is_about_domains()))
        || !guards::variables(facts, "CLERK_DOMAIN").is_empty()
        || !guards::variables(facts, "CLERK_PROXY_URL").is_empty();
    let all_public = whole && hosts.len() == entries.len() && !hosts.is_empty();
    let strange = all_public
        && !satellite
        && hosts
            .iter()
            .all(|host| guards::base(host).as_deref() != Some(domain.as_str()));
    let first = entries.first().filter(|_| strange)?;
    Some(
        Finding::warning(format!(
            "no entry of authorizedParties is of {domain}, the domain of the live publishable key"
        ))
        .at(guards::spot(seen.file, first.at), "another domain")
        .see(variable.winner.place(), "the key")
        .fix("name the origins that the production instance serves"),
    )
}

/// What an entry is.
enum Origin<'e> {
    /// A text that is never the origin of a page: why, and the right one.
    Never(&'static str, Option<String>),
    /// This machine, or one of its network.
    Local,
    /// A public host without TLS.
    Insecure,
    /// A public host.
    Public(&'e str),
    /// An app that is no web page.
    Other,
}

fn origin(text: &str) -> Origin<'_> {
    if text.trim() != text {
        return Origin::Never("has white space around it", Some(text.trim().to_owned()));
    }
    if text.contains('*') {
        return Origin::Never("has a wildcard", None);
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        let host = text.trim_end_matches('/');
        let scheme = if guards::is_local(host) {
            "http"
        } else {
            "https"
        };
        let plain = host.contains('.') || guards::is_local(host);
        return Origin::Never("has no scheme", plain.then(|| format!("{scheme}://{host}")));
    };
    if !matches!(scheme, "http" | "https") {
        return Origin::Other;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = || Some(format!("{scheme}://{}", host.to_ascii_lowercase()));
    if rest.len() > host.len() {
        let why = if rest.len() == host.len() + 1 {
            "ends with a slash"
        } else {
            "has a path"
        };
        return Origin::Never(why, plain());
    }
    if host.chars().any(|c| c.is_ascii_uppercase()) {
        return Origin::Never("has capital letters", plain());
    }
    let port = if scheme == "https" { ":443" } else { ":80" };
    if let Some(host) = host.strip_suffix(port) {
        return Origin::Never(
            "has the port that every such origin leaves out",
            Some(format!("{scheme}://{host}")),
        );
    }
    match scheme {
        _ if guards::is_local(host) => Origin::Local,
        "http" => Origin::Insecure,
        _ => Origin::Public(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_an_origin_as_browsers_write_it() {
        for (text, wrong) in [
            ("https://acme.shop", None),
            ("https://acme.shop:8443", None),
            ("http://localhost:3000", None),
            ("chrome-extension://abc", None),
            ("acme.shop", Some("https://acme.shop")),
            ("localhost:3000", Some("http://localhost:3000")),
            ("https://acme.shop/", Some("https://acme.shop")),
            ("https://acme.shop/app", Some("https://acme.shop")),
            ("https://Acme.shop", Some("https://acme.shop")),
            ("https://acme.shop:443", Some("https://acme.shop")),
        ] {
            let right = match origin(text) {
                Origin::Never(_, right) => right,
                _ => None,
            };
            assert_eq!(right.as_deref(), wrong, "{text}");
        }
        assert!(matches!(
            origin("https://*.acme.shop"),
            Origin::Never(_, None)
        ));
    }
}
