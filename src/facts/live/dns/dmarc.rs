//! What receivers of mail are told about mail that is not from the domain (RFC 7489).

use super::reply::{Book, Kind, Question};
use super::Unheard;

/// More steps than any name that means well has parts.
const HIGHEST: usize = 12;

/// Whether there is a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// There is one.
    There,
    /// There are several at one name, and receivers then follow none (section 6.6.3).
    Several,
    /// There is none, neither for the domain nor for one above it.
    None,
    /// A resolver could not be asked.
    Unheard(Unheard),
}

/// The domain and those above it, which receivers look at next; the top level is nobody's own.
fn climb(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |name| Some(name.split_once('.')?.1))
        .filter(|name| name.contains('.'))
        .take(HIGHEST)
}

/// What has to be asked about a domain.
pub fn questions(domain: &str) -> impl Iterator<Item = Question> {
    climb(domain).map(|name| Question::new(format!("_dmarc.{name}"), Kind::Txt))
}

/// What a resolver's answers say about a domain.
pub fn policy(book: &Book, resolver: usize, domain: &str) -> Policy {
    let mut unheard = None;
    for name in climb(domain) {
        let Some(reply) = book.reply(resolver, &format!("_dmarc.{name}"), Kind::Txt) else {
            continue;
        };
        unheard = unheard.or(reply.unheard());
        match reply.texts().filter(|text| is_policy(text)).count() {
            0 => {}
            1 => return Policy::There,
            _ => return Policy::Several,
        }
    }
    unheard.map_or(Policy::None, Policy::Unheard)
}

/// Only a record that begins with the version counts.
fn is_policy(text: &str) -> bool {
    let first = text.split(';').next().unwrap_or_default();
    let mut parts = first.splitn(2, '=').map(str::trim);
    parts.next() == Some("v") && parts.next() == Some("DMARC1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::live::dns::reply::{Data, Record, Reply};

    fn texts(texts: &[&str]) -> Reply {
        let record = |text: &&str| Record {
            owner: "_dmarc.acme.shop".to_owned(),
            data: Data::Text((*text).to_owned()),
        };
        Reply::Records(texts.iter().map(record).collect())
    }

    fn policy_of(own: Reply, above: Reply) -> Policy {
        let mut book = Book::default();
        book.enter(Question::new("_dmarc.app.acme.shop", Kind::Txt), vec![own]);
        book.enter(Question::new("_dmarc.acme.shop", Kind::Txt), vec![above]);
        policy(&book, 0, "app.acme.shop")
    }

    #[test]
    fn the_policy_of_the_domain_above_counts_too() {
        let there = || texts(&["v=DMARC1; p=none"]);
        assert_eq!(policy_of(there(), Reply::NoSuchName), Policy::There);
        assert_eq!(policy_of(Reply::NoSuchName, there()), Policy::There);
        assert_eq!(policy_of(Reply::NoRecord, texts(&["v=spf1 -all", "DMARC1"])), Policy::None);
    }

    #[test]
    fn several_policies_are_none_and_silence_is_no_answer() {
        let several = texts(&["v=DMARC1; p=none", "v = DMARC1;p=reject"]);
        assert_eq!(policy_of(several, Reply::NoSuchName), Policy::Several);
        let silence = Reply::Unheard(Unheard::TimedOut);
        assert_eq!(policy_of(silence, Reply::NoSuchName), Policy::Unheard(Unheard::TimedOut));
    }

    #[test]
    fn asks_no_top_level_domain() {
        let names: Vec<String> = questions("a.acme.shop").map(|question| question.name).collect();
        assert_eq!(names, ["_dmarc.a.acme.shop", "_dmarc.acme.shop"]);
    }
}
