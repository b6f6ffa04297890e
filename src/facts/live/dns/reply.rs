//! What a resolver answers, as data. All of it is a stranger's word: names are in small letters and without
//! the last dot, and nothing is shown but through [`crate::facts::api::Screen`].

use std::collections::BTreeMap;
use std::net::IpAddr;

/// Longer than any chain of names that means well.
const LONGEST_CHAIN: usize = 16;

/// The type of record that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// Another name.
    Cname,
    /// Text.
    Txt,
    /// Who may issue certificates (RFC 8659).
    Caa,
}

impl Kind {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::A => "A",
            Kind::Aaaa => "AAAA",
            Kind::Cname => "CNAME",
            Kind::Txt => "TXT",
            Kind::Caa => "CAA",
        }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The name.
    pub name: String,
    /// The type of record.
    pub kind: Kind,
}

impl Question {
    /// The records of a type at a name.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        let name = plain_name(&name.into());
        Self { name, kind }
    }
}

/// A record says who may issue certificates, or something about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caa {
    /// Whether an authority that does not know the tag may issue nothing.
    pub critical: bool,
    /// `issue`, `issuewild`, `iodef` …, in small letters.
    pub tag: String,
    /// The value as it is written.
    pub value: String,
}

/// What a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// An address.
    Address(IpAddr),
    /// Another name.
    Alias(String),
    /// Text, its parts put together.
    Text(String),
    /// Who may issue certificates.
    Caa(Caa),
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose it is.
    pub owner: String,
    /// What it holds.
    pub data: Data,
}

/// Why a resolver did not answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unheard {
    /// It says that it failed (SERVFAIL).
    ServerFailure,
    /// It does not answer such questions (REFUSED).
    Refused,
    /// It did not answer in time.
    TimedOut,
    /// What it answered could not be read.
    NotDns,
    /// It could not be reached.
    Unreachable,
    /// It shows no name at all, as in a network that is closed off.
    KnowsNothing,
    /// It shows addresses for names that cannot be, as captive portals do.
    MakesUp,
}

impl Unheard {
    /// The fault in words, about a resolver.
    pub const fn words(self) -> &'static str {
        match self {
            Unheard::ServerFailure => "failed (SERVFAIL)",
            Unheard::Refused => "refuses to answer",
            Unheard::TimedOut => "did not answer in time",
            Unheard::NotDns => "answered with something that is not DNS",
            Unheard::Unreachable => "cannot be reached",
            Unheard::KnowsNothing => "shows no name at all, not even api.clerk.com",
            Unheard::MakesUp => "shows an address for a name that cannot exist",
        }
    }
}

/// What a resolver answers to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Records, those of the names on the way included.
    Records(Vec<Record>),
    /// The name exists, and has none of that type.
    NoRecord,
    /// There is no such name (NXDOMAIN).
    NoSuchName,
    /// Nothing that could be used.
    Unheard(Unheard),
}

impl Reply {
    /// The records; empty where there are none.
    pub fn records(&self) -> &[Record] {
        match self {
            Reply::Records(records) => records,
            _ => &[],
        }
    }

    /// The other name that a name stands for.
    pub fn alias(&self, name: &str) -> Option<&str> {
        self.records().iter().find_map(|record| match &record.data {
            Data::Alias(target) if record.owner == name => Some(target.as_str()),
            _ => None,
        })
    }

    /// The names that a name leads to, one after the other, as far as this answer says.
    pub fn chain<'r>(&'r self, name: &'r str) -> Vec<&'r str> {
        let mut chain = Vec::new();
        let mut last = name;
        while let Some(next) = self.alias(last)
            && chain.len() < LONGEST_CHAIN
        {
            chain.push(next);
            last = next;
        }
        chain
    }

    /// The addresses in it.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.records()
            .iter()
            .filter_map(|record| match record.data {
                Data::Address(address) => Some(address),
                _ => None,
            })
    }

    /// The texts in it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.records()
            .iter()
            .filter_map(|record| match &record.data {
                Data::Text(text) => Some(text.as_str()),
                _ => None,
            })
    }

    /// Why there is no answer.
    pub fn unheard(&self) -> Option<Unheard> {
        match self {
            Reply::Unheard(why) => Some(*why),
            _ => None,
        }
    }
}

/// Every answer so far, one of each resolver to each question.
#[derive(Debug, Clone, Default)]
pub struct Book(BTreeMap<Question, Vec<Reply>>);

impl Book {
    /// Writes down what the resolvers answered, in their order.
    pub fn enter(&mut self, question: Question, replies: Vec<Reply>) {
        self.0.insert(question, replies);
    }

    /// Whether a question was asked.
    pub fn has(&self, question: &Question) -> bool {
        self.0.contains_key(question)
    }

    /// What a resolver answered.
    pub fn reply(&self, resolver: usize, name: &str, kind: Kind) -> Option<&Reply> {
        self.0.get(&Question::new(name, kind))?.get(resolver)
    }

    /// Takes back everything that a resolver answered.
    pub fn take_back(&mut self, resolver: usize, why: Unheard) {
        let replies = self.0.values_mut().filter_map(|all| all.get_mut(resolver));
        for reply in replies {
            *reply = Reply::Unheard(why);
        }
    }

    /// Everything that one resolver answered.
    pub fn of(&self, resolver: usize) -> impl Iterator<Item = &Reply> {
        self.0
            .values()
            .filter_map(move |replies| replies.get(resolver))
    }
}

/// A name in small letters, without the last dot and white space around it.
pub fn plain_name(name: &str) -> String {
    name.trim().trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a name is one that a host or a record can have, so that it can stand in a command.
pub fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty()
        && name.len() <= 253
        && !name.starts_with(['-', '.'])
        && name.contains('.')
        && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alias(owner: &str, target: &str) -> Record {
        let data = Data::Alias(target.to_owned());
        Record {
            owner: owner.to_owned(),
            data,
        }
    }

    #[test]
    fn follows_names_and_stops_in_a_circle() {
        let reply = Reply::Records(vec![alias("a", "b"), alias("b", "c"), alias("x", "y")]);
        assert_eq!(reply.chain("a"), ["b", "c"]);
        assert!(reply.chain("c").is_empty());
        let circle = Reply::Records(vec![alias("a", "b"), alias("b", "a")]);
        assert_eq!(circle.chain("a").len(), LONGEST_CHAIN);
    }

    #[test]
    fn takes_for_a_name_only_what_can_stand_in_a_command() {
        for good in ["clerk.acme.shop", "clk._domainkey.acme.shop", "a-1.b"] {
            assert!(is_name(good), "{good}");
        }
        for bad in [
            "",
            "acme",
            "-x.acme.shop",
            "a.b;id",
            "a b.c",
            "$(id).a",
            "a.\u{1b}b",
        ] {
            assert!(!is_name(bad), "{bad:?}");
        }
        assert!(!is_name(&"a.".repeat(200)));
    }
}
