//! What the checks over headers share: the policies of the pages, and what Clerk needs of one.

use crate::facts::headers::csp::{Address, Answer, Effective, Kind, Policy, Source};
use crate::facts::headers::{Headers, Name, Setting, without_pages};
use crate::facts::keys::{self, Mode};
use crate::facts::{Facts, KeyRole, Target};

/// The headers of an app that sends pages; else why the question does not arise.
pub(super) fn of_pages(facts: &Facts) -> Result<&Headers, String> {
    let Some(headers) = facts.headers.as_ref() else {
        return Err("headers were not read".to_owned());
    };
    match without_pages(&facts.app, headers) {
        Some(why) => Err(why.to_owned()),
        None => Ok(headers),
    }
}

/// A policy and where it is set.
pub(super) type Set<'f> = (&'f Setting, Policy);

/// The policies that the pages are held to; else why there is none to judge.
pub(super) fn enforced(facts: &Facts) -> Result<Vec<Set<'_>>, String> {
    let headers = of_pages(facts)?;
    let (unread, all): (Vec<Set<'_>>, Vec<Set<'_>>) = headers
        .policies()
        .into_iter()
        .partition(|(_, policy)| is_unread(policy));
    if !all.is_empty() {
        return Ok(all);
    }
    if let Some((setting, _)) = unread.first() {
        let (file, line) = (&setting.file, setting.at.line);
        return Err(format!(
            "the policy is made by code that cannot be followed ({file}:{line})"
        ));
    }
    let reported = headers.set.iter().any(|one| one.name == Name::ReportOnly);
    let reported = reported
        || headers
            .options
            .iter()
            .any(|one| one.report_only == Some(true));
    Err(if reported {
        "the policy is only reported on, so that it blocks nothing".to_owned()
    } else if !headers.options.is_empty() {
        "the policy is the one that clerkMiddleware() writes: see security/csp-option".to_owned()
    } else if let Some(where_) = headers.unclear.first() {
        format!("headers are made by code that cannot be followed ({where_})")
    } else {
        "no Content-Security-Policy is set in the project; the host or a CDN may set one".to_owned()
    })
}

/// Whether so little of a policy is known that nothing can be said of it.
fn is_unread(policy: &Policy) -> bool {
    [Kind::Script, Kind::Connect]
        .iter()
        .all(|kind| policy.effective(*kind) == Effective::Unknown)
}

/// Where the browser asks for Clerk's Frontend API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FrontendApi {
    /// On the host that the publishable key carries.
    Host(String),
    /// On some host.
    Unknown,
    /// Through a proxy of the app, or on a satellite's host: not on the host of the key.
    Moved,
}

impl FrontendApi {
    /// That of an app.
    pub fn of(facts: &Facts, headers: &Headers) -> Self {
        if headers.other_frontend_api {
            return FrontendApi::Moved;
        }
        let variable = facts.key(KeyRole::Publishable);
        let reading = variable.map(|variable| keys::publishable(variable.value()));
        match reading.as_ref().and_then(keys::Reading::key) {
            Some(key) if key.mode == Mode::Live || facts.target != Target::Production => {
                FrontendApi::Host(key.host.to_ascii_lowercase())
            }
            _ => FrontendApi::Unknown,
        }
    }

    /// Whether a policy lets it through, for scripts or for requests.
    pub fn is_allowed(&self, policy: &Policy, kind: Kind) -> Answer {
        match self {
            FrontendApi::Host(host) => policy.allows(kind, &Address::Https { host, port: None }),
            FrontendApi::Unknown => policy.allows(kind, &Address::SomeFrontendApi),
            FrontendApi::Moved => Answer::Unknown,
        }
    }

    /// As one would write it in a policy.
    pub fn source(&self) -> String {
        match self {
            FrontendApi::Host(host) => format!("https://{host}"),
            FrontendApi::Unknown | FrontendApi::Moved => "https://clerk.<your domain>".to_owned(),
        }
    }
}

/// Whether the sources that decide about a kind name a Frontend API of development instances.
pub(in crate::checks) fn names_development(policy: &Policy, kind: Kind) -> bool {
    let Effective::Directive(directive) = policy.effective(kind) else {
        return false;
    };
    directive
        .sources
        .iter()
        .any(|one| matches!(one, Source::Host(host) if host.is_development()))
}

/// Something that Clerk needs beside its Frontend API, and that a policy refuses.
pub(in crate::checks) struct Refusal {
    /// For what.
    pub kind: Kind,
    /// The directive and the source that is missing.
    pub source: String,
    /// What does not work.
    pub breaks: &'static str,
}

/// What Clerk needs beside its Frontend API:
/// <https://clerk.com/docs/guides/secure/best-practices/csp-headers>.
pub(in crate::checks) fn refusals(policy: &Policy) -> Vec<Refusal> {
    let https = |host, port| Address::Https { host, port };
    const CHALLENGE: &str = "challenges.cloudflare.com";
    // A source without a port is port 443 only, and these hosts are asked on others too
    // (clerk/javascript `packages/nextjs/src/server/content-security-policy.ts`).
    const PROTECT: &str = "https://*.protect.clerk.com";
    let some = "any.protect.clerk.com";
    let needs = [
        (
            Kind::Script,
            https(CHALLENGE, None),
            "https://challenges.cloudflare.com",
            "bot protection",
        ),
        (
            Kind::Frame,
            https(CHALLENGE, None),
            "https://challenges.cloudflare.com",
            "bot protection",
        ),
        (
            Kind::Worker,
            Address::Blob,
            "blob:",
            "token refresh in background tabs",
        ),
        (
            Kind::Image,
            https("img.clerk.com", None),
            "https://img.clerk.com",
            "avatars and logos",
        ),
        (Kind::Script, https(some, None), PROTECT, "Clerk Protect"),
        (Kind::Frame, https(some, None), PROTECT, "Clerk Protect"),
        (
            Kind::Connect,
            https(some, Some(8443)),
            "https://*.protect.clerk.com:*",
            "Clerk Protect",
        ),
    ];
    let mut found: Vec<Refusal> = needs
        .into_iter()
        .filter(|(kind, address, ..)| policy.allows(*kind, address) == Answer::No)
        .map(|(kind, _, source, breaks)| Refusal {
            kind,
            source: format!("{} {source}", kind.own()),
            breaks,
        })
        .collect();
    if policy.allows_inline_style() == Answer::No {
        found.push(Refusal {
            kind: Kind::Style,
            source: "style-src 'unsafe-inline'".to_owned(),
            breaks: "the styles of Clerk's components",
        });
    }
    found
}

/// What is missing, each directive once: `script-src A B; frame-src A`.
pub(in crate::checks) fn by_directive(refused: &[Refusal]) -> String {
    let mut all: Vec<String> = Vec::new();
    for one in refused {
        let Some((directive, source)) = one.source.split_once(' ') else {
            continue;
        };
        let begin = format!("{directive} ");
        match all.iter_mut().find(|known| known.starts_with(&begin)) {
            Some(known) => {
                known.push(' ');
                known.push_str(source);
            }
            None => all.push(one.source.clone()),
        }
    }
    all.join("; ")
}

/// What to do about something that a directive lacks.
pub(in crate::checks) fn addition(policy: &Policy, kind: Kind, source: &str) -> String {
    let own = kind.own();
    match policy.effective(kind) {
        Effective::Directive(directive) if directive.sources == [Source::None] => {
            format!("take 'none' out of {} and add {source}", directive.name)
        }
        Effective::Directive(directive)
            if directive.name != own && directive.name != "script-src-elem" =>
        {
            let name = &directive.name;
            format!("add a directive `{own}` with the sources of {name} and {source}")
        }
        Effective::Directive(directive) => format!("add {source} to {}", directive.name),
        _ => format!("add {source} to {own}"),
    }
}
