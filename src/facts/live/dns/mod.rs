//! The records of the instance's domain: what it wants, and what resolvers show.

pub mod caa;
pub mod dmarc;
pub mod reply;
pub mod wanted;

use std::collections::BTreeSet;

pub use reply::{Book, Caa, Data, Kind, Question, Record, Reply, Unheard};
pub use wanted::{Role, SHARED_TARGET, Seen, Target, Value, Wanted};

use crate::facts::http::{Answer, Exchange, Fault, NotJson};

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
    /// How the Frontend API itself is, where a record of it is not as it should be.
    pub frontend: Health,
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
}

/// A domain as the Backend API names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDomain {
    /// Its name.
    pub name: String,
    /// Whether it is a satellite.
    pub satellite: bool,
    /// Whether its Frontend API stands behind a proxy of the app's own.
    pub proxied: bool,
    /// Its records.
    pub targets: Vec<Target>,
}

impl Zone {
    /// By rule, from the domain of the publishable key.
    pub fn by_rule(domain: &str) -> Self {
        let domain = reply::plain_name(domain);
        Self {
            wanted: Wanted::by_rule(&domain),
            domain,
            exact: false,
        }
    }

    /// From the instance's own answer; `None` where the domain is not among its domains, so that the keys
    /// are of two instances, or where it names no record.
    pub fn of_instance(domain: &str, own: &[OwnDomain]) -> Option<Self> {
        let domain = reply::plain_name(domain);
        let is_named = |one: &OwnDomain| reply::plain_name(&one.name) == domain;
        let mut wanted: Vec<Wanted> = Vec::new();
        let primary = own.iter().find(|one| is_named(one))?;
        let satellites = own.iter().filter(|one| one.satellite && !is_named(one));
        for one in std::iter::once(primary).chain(satellites) {
            let name = reply::plain_name(&one.name);
            let mut records: Vec<Wanted> = one.targets.iter().filter_map(Wanted::of_target).collect();
            if records.is_empty() && one.satellite && reply::is_name(&name) {
                records = Wanted::of_satellite(&name);
            }
            records.retain(|record| !(one.proxied && record.role == Role::Frontend));
            records.retain(|record| wanted.iter().all(|known| known.name != record.name));
            wanted.extend(records);
        }
        let exact = !primary.targets.is_empty();
        exact.then_some(Self {
            domain,
            wanted,
            exact,
        })
    }

    /// What has to be asked still, after what was answered.
    pub fn questions(&self, book: &Book, resolvers: usize) -> BTreeSet<Question> {
        let shared = [Kind::A, Kind::Aaaa].map(|kind| Question::new(SHARED_TARGET, kind));
        let wanted = self.wanted.iter();
        let all = wanted
            .flat_map(|record| record.questions(book, resolvers))
            .chain(shared)
            .chain(dmarc::questions(&self.domain))
            .chain(self.certified().flat_map(caa::questions));
        all.filter(|question| !book.has(question)).collect()
    }

    /// The hosts for which Clerk gets certificates.
    pub fn certified(&self) -> impl Iterator<Item = &str> {
        let of_clerk = self.wanted.iter().filter(|record| record.role != Role::Mail);
        of_clerk.map(|record| record.name.as_str())
    }
}

impl Answers {
    /// What each resolver shows in the place of a record.
    pub fn seen(&self, record: &Wanted) -> Vec<Seen> {
        let resolvers = 0..self.resolvers.len();
        resolvers
            .map(|resolver| record.seen(&self.book, resolver))
            .collect()
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
        Some(format!("no DNS resolver could be asked: {}", words.join("; ")))
    }

    /// Whether the record of the Frontend API is not as it should be at some resolver, and is there.
    pub fn wants_health(&self) -> Option<&Wanted> {
        let odd = |seen: &Seen| matches!(seen, Seen::Hidden | Seen::Elsewhere(_) | Seen::Through(_));
        let records = self.zone.wanted.iter();
        records
            .filter(|record| record.role == Role::Frontend)
            .find(|record| self.seen(record).iter().any(odd))
    }
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
            Ok(answer) if answer.status == 200 && answer.json().is_ok() => Health::Good,
            Ok(answer) => stranger(answer),
            Err(Fault::TlsFailure { fault, .. }) => Health::Bad(fault.words()),
            Err(Fault::NotHttp { .. }) => Health::Bad("it does not speak HTTP".to_owned()),
            Err(fault) => Health::Unknown(fault.explain().what),
        }
    }
}

fn stranger(answer: &Answer) -> Health {
    let status = answer.status;
    match answer.json() {
        Err(NotJson::OtherContent(_)) if status != 429 => {
            Health::Bad(format!("it answers HTTP {status} with something that is not Clerk's"))
        }
        // Clerk's Frontend API does not know the host (clerk-docs `data/api_errors.json`).
        Ok(body) if body.pointer("/errors/0/code").and_then(|code| code.as_str()) == Some("host_invalid") => {
            Health::Bad("Clerk does not know the host (host_invalid)".to_owned())
        }
        _ => Health::Unknown(format!("it answers HTTP {status}")),
    }
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
        return Some("the publishable key is of a development instance, which has no domain of its own".to_owned());
    }
    let Some(domain) = super::address::domain_of(host) else {
        return Some("the Frontend API of the publishable key is not clerk. and a domain of yours".to_owned());
    };
    if !reply::is_name(domain) {
        return Some("the publishable key names no domain that could be asked about".to_owned());
    }
    let provider = PROVIDERS
        .iter()
        .find(|provider| domain.strip_suffix(*provider).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))?;
    Some(format!("{provider} belongs to the hosting provider: there are no records of yours below it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str, value: &str, required: bool) -> Target {
        Target {
            host: host.to_owned(),
            value: value.to_owned(),
            required,
            kind: None,
        }
    }

    fn domain(name: &str, satellite: bool, targets: Vec<Target>) -> OwnDomain {
        OwnDomain {
            name: name.to_owned(),
            satellite,
            proxied: false,
            targets,
        }
    }

    #[test]
    fn by_rule_there_are_five_records_and_no_mail_record_is_required() {
        let zone = Zone::by_rule("Acme.shop.");
        assert_eq!(zone.wanted.len(), 5);
        let required: Vec<&str> = zone.wanted.iter().filter(|r| r.required).map(|r| r.name.as_str()).collect();
        assert_eq!(required, ["clerk.acme.shop", "accounts.acme.shop"]);
        assert_eq!(zone.certified().count(), 2);
    }

    #[test]
    fn the_instance_names_its_records_and_satellites_need_one() {
        let own = [
            domain("acme.shop", false, vec![
                target("clerk.acme.shop", "frontend-api.clerk.services", true),
                target("clkmail.acme.shop", "mail.abc.clerk.services.", true),
                target("x;rm.acme.shop", "a.b", true),
            ]),
            domain("acme.example", true, vec![]),
        ];
        let zone = Zone::of_instance("acme.shop", &own).unwrap();
        let names: Vec<&str> = zone.wanted.iter().map(|record| record.name.as_str()).collect();
        assert_eq!(names, ["clerk.acme.shop", "clkmail.acme.shop", "clerk.acme.example"]);
        assert_eq!(zone.wanted[1].to_write(), Some("mail.abc.clerk.services"));
        assert_eq!(Zone::of_instance("other.shop", &own), None);
    }

    #[test]
    fn behind_a_proxy_the_frontend_api_needs_no_record() {
        let mut one = domain("acme.shop", false, vec![
            target("clerk.acme.shop", "frontend-api.clerk.services", true),
            target("accounts.acme.shop", "accounts.clerk.services", true),
        ]);
        one.proxied = true;
        let zone = Zone::of_instance("acme.shop", &[one]).unwrap();
        assert_eq!(zone.certified().collect::<Vec<_>>(), ["accounts.acme.shop"]);
    }

    #[test]
    fn domains_of_providers_and_of_development_instances_have_no_records() {
        assert!(beside_the_point("clerk.shop-git.vercel.app", false).is_some());
        assert!(beside_the_point("happy-lion-12.clerk.accounts.dev", true).is_some());
        assert!(beside_the_point("clerk.a;b.shop", false).is_some());
        assert_eq!(beside_the_point("clerk.acme.shop", false), None);
        assert_eq!(beside_the_point("clerk.myvercel.app", false), None);
    }

    #[test]
    fn only_what_is_not_clerks_speaks_against_a_record() {
        let answer = |status: u16, kind: &str, body: &str| {
            let headers = vec![("content-type".to_owned(), kind.to_owned())];
            Health::of(&Ok(Answer {
                status,
                headers,
                body: body.as_bytes().to_vec(),
                whole: true,
                ..Answer::default()
            }))
        };
        assert_eq!(answer(200, "application/json", "{}"), Health::Good);
        assert!(matches!(answer(403, "text/html", "1014"), Health::Bad(_)));
        assert!(matches!(answer(503, "application/json", "{}"), Health::Unknown(_)));
        let host = r#"{"errors":[{"code":"host_invalid"}]}"#;
        assert!(matches!(answer(400, "application/json", host), Health::Bad(_)));
        let lost = Fault::Refused { host: "a".to_owned(), port: 443 };
        assert!(matches!(Health::of(&Err(lost)), Health::Unknown(_)));
    }
}
