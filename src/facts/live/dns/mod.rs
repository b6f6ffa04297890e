//! The records of the instance's domain: what it wants, and what resolvers show.

pub mod caa;
pub mod dmarc;
pub mod reply;
#[cfg(test)]
mod tests;
pub mod wanted;

use std::collections::{BTreeMap, BTreeSet};

pub use reply::{Book, Caa, Data, Kind, Question, Record, Reply, Unheard};
pub use wanted::{Role, SHARED_TARGET, Seen, Value, Wanted};

use super::instance::Domain;
use crate::facts::http::{Answer, Exchange, Fault, TlsFault};

/// What the DNS says.
#[derive(Debug, Clone)]
pub enum Dns {
    /// There are no records of the instance's own to look at, and why.
    BesideThePoint(String),
    /// What was answered.
    Asked(Box<Answers>),
}

/// What the resolvers answered.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What was asked about.
    pub zone: Zone,
    /// The resolvers in words, in their order: the second checks the first.
    pub resolvers: Vec<String>,
    /// Their answers.
    pub book: Book,
    /// How the Frontend API at a name is, where the record there is not as it should be.
    pub frontend: BTreeMap<String, Health>,
}

/// The domain of an instance, and what it wants of the DNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The domain.
    pub domain: String,
    /// The records.
    pub wanted: Vec<Wanted>,
    /// Whether the instance itself named them.
    pub exact: bool,
    /// How many more it named than are asked about.
    pub left_out: usize,
}

/// Records that are asked about. With [`MOST_CERTIFIED`] some 120 questions to each resolver, where all is
/// well; those left out are said.
const MOST_RECORDS: usize = 40;

/// Hosts whose CAA records are asked for: those of the primary domain and of 20 satellites.
const MOST_CERTIFIED: usize = 22;

/// A name that is there whenever Clerk is.
const CONTROL: &str = "api.clerk.com";

/// A name that cannot be (RFC 6761 section 6.4).
const IMPOSSIBLE: &str = "clerk-audit.invalid";

impl Zone {
    /// By rule, from the domain of the publishable key.
    pub fn by_rule(domain: &str) -> Self {
        let domain = reply::plain_name(domain);
        Self {
            wanted: Wanted::by_rule(&domain),
            domain,
            exact: false,
            left_out: 0,
        }
    }

    /// From the instance's own answer; `None` where the domain is not among its domains, so that the keys
    /// are of two instances, or where it names no record.
    pub fn of_instance(domain: &str, own: &[Domain]) -> Option<Self> {
        let domain = reply::plain_name(domain);
        let is_named = |one: &Domain| reply::plain_name(&one.name) == domain;
        let primary = own.iter().find(|one| is_named(one))?;
        let is_told = primary.targets.as_ref().is_some_and(|all| !all.is_empty());
        if !is_told && primary.proxy_url.is_none() {
            return None;
        }
        let satellites = own.iter().filter(|one| one.is_satellite && !is_named(one));
        let mut names = BTreeSet::new();
        let records = std::iter::once(primary).chain(satellites).flat_map(records);
        let mut wanted: Vec<Wanted> = records
            .filter(|record| names.insert(record.name.clone()))
            .collect();
        let left_out = wanted.len().saturating_sub(MOST_RECORDS);
        wanted.truncate(MOST_RECORDS);
        Some(Self {
            domain,
            wanted,
            exact: true,
            left_out,
        })
    }

    /// What has to be asked still, after what was answered.
    pub fn questions(&self, book: &Book, resolvers: usize) -> BTreeSet<Question> {
        let shared = [Kind::A, Kind::Aaaa].map(|kind| Question::new(SHARED_TARGET, kind));
        let wanted = self.wanted.iter();
        let all = wanted
            .flat_map(|record| record.questions(book, resolvers))
            .chain(shared)
            .chain([CONTROL, IMPOSSIBLE].map(|name| Question::new(name, Kind::A)))
            .chain(dmarc::questions(&self.domain))
            .chain(self.certified().flat_map(caa::questions));
        all.filter(|question| !book.has(question)).collect()
    }

    /// The hosts for which Clerk gets certificates, as far as they are asked about.
    pub fn certified(&self) -> impl Iterator<Item = &str> {
        let of_clerk = self
            .wanted
            .iter()
            .filter(|record| record.role != Role::Mail);
        of_clerk
            .map(|record| record.name.as_str())
            .take(MOST_CERTIFIED)
    }
}

/// The records that a domain wants.
fn records(domain: &Domain) -> Vec<Wanted> {
    let name = reply::plain_name(&domain.name);
    let targets = domain.targets.iter().flatten();
    let mut records: Vec<Wanted> = targets.filter_map(Wanted::of_target).collect();
    if records.is_empty() && domain.is_satellite && reply::is_name(&name) {
        records = Wanted::of_satellite(&name);
    }
    // Behind a proxy of the app's own the Frontend API needs no name, and the instance may name none at all.
    let proxied = domain.proxy_url.is_some();
    if records.is_empty() && proxied && !domain.is_satellite && reply::is_name(&name) {
        records = Wanted::by_rule(&name);
    }
    records.retain(|record| !(proxied && record.role == Role::Frontend));
    records
}

impl Answers {
    /// What each resolver shows in the place of a record.
    pub fn seen(&self, record: &Wanted) -> Vec<Seen> {
        let resolvers = 0..self.resolvers.len();
        resolvers
            .map(|resolver| record.seen(&self.book, resolver))
            .collect()
    }

    /// Takes back the answers of resolvers that are no witnesses: of one that shows no name at all, and of
    /// one that makes names up. Two of them would agree on anything.
    pub fn dismiss(&mut self) {
        for resolver in 0..self.resolvers.len() {
            let unheard = || self.book.of(resolver).filter_map(Reply::unheard);
            let dismissed =
                unheard().find(|why| matches!(why, Unheard::KnowsNothing | Unheard::MakesUp));
            let was_heard = self
                .book
                .of(resolver)
                .any(|reply| reply.unheard().is_none());
            let knows = self
                .book
                .of(resolver)
                .any(|reply| !reply.records().is_empty());
            let impossible = self.book.reply(resolver, IMPOSSIBLE, Kind::A);
            let makes_up = impossible.is_some_and(|reply| reply.addresses().next().is_some());
            let why = match dismissed {
                Some(why) => why,
                None if makes_up => Unheard::MakesUp,
                None if was_heard && !knows => Unheard::KnowsNothing,
                None => continue,
            };
            self.book.take_back(resolver, why);
        }
    }

    /// Why no resolver could be asked anything; `None` where one was heard.
    pub fn silence(&self) -> Option<String> {
        let mut words = Vec::new();
        for (resolver, name) in self.resolvers.iter().enumerate() {
            let mut why = None;
            for reply in self.book.of(resolver) {
                why = Some(reply.unheard()?);
            }
            let why = why.unwrap_or(Unheard::TimedOut);
            words.push(format!("{name} {}", why.words()));
        }
        Some(format!(
            "no DNS resolver could be asked: {}",
            words.join("; ")
        ))
    }

    /// Whether Clerk's shared target has an address, as a resolver says.
    pub fn shared(&self, resolver: usize) -> Shared {
        let replies = [Kind::A, Kind::Aaaa];
        let replies = replies.map(|kind| self.book.reply(resolver, SHARED_TARGET, kind));
        let all = || replies.iter().flatten();
        if all().any(|reply| reply.addresses().next().is_some()) {
            return Shared::There;
        }
        match all().find_map(|reply| reply.unheard()) {
            None if all().next().is_some() => Shared::Gone,
            // Only one that can say something of other names says something of this one.
            Some(Unheard::ServerFailure)
                if self
                    .book
                    .of(resolver)
                    .any(|reply| reply.unheard().is_none()) =>
            {
                Shared::Failing
            }
            Some(why) => Shared::Unheard(why),
            None => Shared::Unheard(Unheard::TimedOut),
        }
    }

    /// The Frontend APIs whose record is there, and at some resolver not as it should be.
    pub fn wants_health(&self) -> Vec<String> {
        let odd =
            |seen: &Seen| matches!(seen, Seen::Hidden | Seen::Elsewhere(_) | Seen::Through(_));
        let records = self.zone.wanted.iter();
        records
            .filter(|record| record.role == Role::Frontend)
            .filter(|record| self.seen(record).iter().any(odd))
            .map(|record| record.name.clone())
            .filter(|name| !self.frontend.contains_key(name))
            .collect()
    }

    /// How the Frontend API at a name is.
    pub fn health(&self, name: &str) -> &Health {
        self.frontend.get(name).unwrap_or(&Health::NotAsked)
    }
}

/// What a resolver says of Clerk's shared target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// It has an address.
    There,
    /// It has none.
    Gone,
    /// The resolver says that it could not find out (SERVFAIL).
    Failing,
    /// That could not be asked.
    Unheard(Unheard),
}

/// How a Frontend API answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It was not asked.
    NotAsked,
    /// It answers as it should.
    Good,
    /// What answers at its name is not it, in words.
    Bad(String),
    /// That cannot be told, and why.
    Unknown(String),
}

impl Health {
    /// From the answer to `GET /v1/health`. Only what shows that something else answers at its name is bad:
    /// a fault of Clerk's own, or of the way there, says nothing about the record.
    pub fn of(exchange: &Exchange) -> Self {
        match exchange {
            Ok(answer) if answer.status == 200 && is_healthy(answer) => Health::Good,
            Ok(answer) => stranger(answer),
            // A gateway on the way, or the clock of this machine.
            Err(Fault::TlsFailure {
                fault: TlsFault::UnknownIssuer | TlsFault::Expired | TlsFault::NotYetValid,
                ..
            }) => Health::Unknown("its certificate is not trusted here".to_owned()),
            Err(Fault::TlsFailure { fault, .. }) => Health::Bad(fault.words()),
            Err(Fault::NotHttp { .. }) => Health::Bad("it does not speak HTTP".to_owned()),
            Err(fault) => Health::Unknown(fault.explain().what),
        }
    }
}

/// Whether it says of itself that it is well.
fn is_healthy(answer: &Answer) -> bool {
    let body = answer.json().ok();
    let status = body.as_ref().and_then(|body| body.get("status"));
    status.and_then(|status| status.as_str()) == Some("healthy")
}

/// What an answer that is not a healthy Frontend API's says. A page is not Clerk's; one that refuses can be
/// that of a gateway on the way or a challenge of the edge before Clerk, and one with a fault of a server
/// that of the edge too, but for the two that tell of a certificate behind a proxy (Cloudflare 525 and 526).
fn stranger(answer: &Answer) -> Health {
    let status = answer.status;
    let told = matches!(status, 200 | 404 | 525 | 526);
    if answer.is_html() && told {
        return Health::Bad(format!("it answers HTTP {status} with a page"));
    }
    let body = answer.json().ok();
    let code = body
        .as_ref()
        .and_then(|body| body.pointer("/errors/0/code"));
    // Clerk's Frontend API does not know the host (clerk-docs `data/api_errors.json`).
    if code.and_then(|code| code.as_str()) == Some("host_invalid") {
        return Health::Bad("Clerk does not know the host (host_invalid)".to_owned());
    }
    Health::Unknown(format!("it answers HTTP {status}"))
}

/// Domains of hosting providers under which everybody gets a name and nobody a record.
const PROVIDERS: &[&str] = &[
    "vercel.app",
    "now.sh",
    "netlify.app",
    "pages.dev",
    "workers.dev",
    "onrender.com",
    "fly.dev",
    "herokuapp.com",
    "up.railway.app",
    "web.app",
    "firebaseapp.com",
    "github.io",
    "azurewebsites.net",
    "azurestaticapps.net",
    "amplifyapp.com",
    "ondigitalocean.app",
    "deno.dev",
    "replit.app",
    "surge.sh",
];

/// Why a Frontend API host is not below a domain whose records could be looked at.
pub fn beside_the_point(host: &str, has_development_host: bool) -> Option<String> {
    if has_development_host {
        return Some(
            "the publishable key is of a development instance, which has no domain of its own"
                .to_owned(),
        );
    }
    let Some(domain) = super::address::domain_of(host) else {
        return Some(
            "the Frontend API of the publishable key is not clerk. and a domain of yours"
                .to_owned(),
        );
    };
    if !reply::is_name(domain) {
        return Some("the publishable key names no domain that could be asked about".to_owned());
    }
    let provider = PROVIDERS.iter().find(|provider| {
        domain
            .strip_suffix(*provider)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })?;
    Some(format!(
        "{provider} belongs to the hosting provider: there are no records of yours below it"
    ))
}
