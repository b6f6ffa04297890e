//! The domain of the instance: records and certificates.

pub mod caa_blocks_clerk;
pub mod certificate_expiring;
pub mod certificate_invalid;
pub mod dmarc_missing;
pub mod mail_record_missing;
pub mod record_hidden;
pub mod record_missing;
pub mod shared_target_down;
mod view;

use crate::checks::engine::Verdict;
use crate::facts::api::Screen;
use crate::facts::code::shapes::guard::{Guard, Setting};
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::code::shapes::{Shapes, What};
use crate::facts::live::certificates::{Certificates, Host, HostRole};
use crate::facts::live::dns::reply::is_name;
use crate::facts::live::dns::{Answers, Dns, Kind};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Place, Severity};

/// What the resolvers answered, or why there is nothing to judge.
fn asked(facts: &Facts) -> Result<&Answers, Verdict> {
    match Verdict::told(&facts.live.dns)? {
        Dns::Asked(answers) => Ok(answers),
        Dns::BesideThePoint(why) => Err(Verdict::not_applicable(why)),
    }
}

/// The hosts and what they show, or why there is nothing to judge.
fn hosts(facts: &Facts) -> Result<Vec<&Host>, Verdict> {
    let all = match Verdict::told(&facts.live.certificates)? {
        Certificates::Asked(hosts) => hosts,
        Certificates::BesideThePoint(why) => return Err(Verdict::not_applicable(why)),
    };
    let beside = proxied(facts) == Proxied::Yes;
    let counts = |host: &&Host| !(beside && host.role == HostRole::Frontend);
    let hosts: Vec<&Host> = all.iter().filter(counts).collect();
    if hosts.is_empty() {
        let why = "the app has a proxy before the Frontend API, and no Account Portal";
        return Err(Verdict::not_applicable(why));
    }
    Ok(hosts)
}

/// Whether the app goes to the Frontend API through a proxy of its own: the Frontend API then needs no name
/// below the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Proxied {
    /// Nothing says so.
    No,
    /// The code gives an address that cannot be read here.
    Perhaps,
    /// A variable or the code says so.
    Yes,
}

impl Proxied {
    /// A finding about the Frontend API, lowered where it may not be needed under that name.
    fn lower(self, mut finding: Finding) -> Finding {
        if self == Proxied::Perhaps && finding.severity == Severity::Error {
            finding.severity = Severity::Warning;
            finding.message.push_str(
                "; the code gives a `proxyUrl` that cannot be read here, and behind a proxy this is not needed",
            );
        }
        finding
    }
}

/// Whether the app has such a proxy, by a variable or in its code.
fn proxied(facts: &Facts) -> Proxied {
    let env = facts.env.as_ref();
    let mut variables = env.into_iter().flat_map(|env| env.all());
    if variables.any(|one| one.is_set() && one.winner.name.ends_with("CLERK_PROXY_URL")) {
        return Proxied::Yes;
    }
    let is_set = |name: &str| env.is_some_and(|env| env.first(&[name]).is_some());
    let of = |what: &What| match what {
        What::Symbol(Symbol::FrontendApiProxy) => Proxied::Yes,
        What::Guard(Guard::Settings(settings)) => match &settings.proxy_url {
            Setting::Text(url) if !url.trim().is_empty() => Proxied::Yes,
            Setting::Variable(name) if is_set(name) => Proxied::Yes,
            Setting::Unknown => Proxied::Perhaps,
            _ => Proxied::No,
        },
        _ => Proxied::No,
    };
    let shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    shapes
        .map(|(_, shape)| of(&shape.what))
        .max()
        .unwrap_or(Proxied::No)
}

/// A finding about a record, at its name, with the key that names the domain and a command to see it.
fn about(facts: &Facts, finding: Finding, name: &str, kind: Kind) -> Finding {
    let url = format!("dns:{name}");
    let finding = finding.at(Place::Url { url }, "");
    let finding = with_key(facts, finding);
    if !is_name(name) {
        return finding;
    }
    finding.verify(format!("dig +short {} {name}", kind.word()))
}

/// With the place of the key that names the domain.
fn with_key(facts: &Facts, finding: Finding) -> Finding {
    let key = facts.key(KeyRole::Publishable);
    match key.or_else(|| facts.key(KeyRole::Secret)) {
        Some(variable) => finding.see(variable.winner.place(), "the key that names the domain"),
        None => finding,
    }
}

/// What a record holds, fit to show.
fn shown(text: &str) -> String {
    Screen::default().sentence(text)
}

/// Judged; undecided only where nothing was found and something could not be asked.
fn settled(findings: Vec<Finding>, unheard: Vec<String>) -> Verdict {
    if findings.is_empty() && !unheard.is_empty() {
        return Verdict::Undecided {
            why: unheard.join("; "),
            hint: "Check the network of this machine, and try again.".to_owned(),
            marks: Vec::new(),
        };
    }
    Verdict::Judged(findings)
}
