//! Who may issue certificates for a host (RFC 8659).
//!
//! Clerk gets its certificates from Let's Encrypt or Google Trust Services, and records of the domain must
//! keep out neither (<https://clerk.com/docs/guides/development/deployment/production>).

use std::collections::BTreeSet;

use super::reply::{Book, Caa, Data, Kind, Question, Reply};
use super::Unheard;

/// The authorities of Clerk's certificates, by the names that stand in CAA records.
pub const AUTHORITIES: [&str; 2] = ["letsencrypt.org", "pki.goog"];

/// More steps than any name that means well has parts.
const HIGHEST: usize = 12;

/// Tags that every authority knows (RFC 8659, RFC 9495, CA/Browser Forum).
const KNOWN_TAGS: &[&str] = &["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];

/// The names at which records for a host can stand: itself, and everything above it.
fn climb(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |name| Some(name.split_once('.')?.1)).take(HIGHEST)
}

/// What has to be asked about a host.
pub fn questions(host: &str) -> impl Iterator<Item = Question> {
    climb(host).map(|name| Question::new(name, Kind::Caa))
}

/// Whether Clerk's authorities may issue for a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Nothing stands against it.
    Open,
    /// One of them may, or may under a condition. The name at which that stands, and what is against it.
    Narrow {
        /// Where the records stand.
        at: String,
        /// What is allowed, as it is written.
        allowed: Vec<String>,
        /// What is odd, in words.
        why: String,
    },
    /// None of them may.
    Closed {
        /// Where the records stand.
        at: String,
        /// What is allowed, as it is written.
        allowed: Vec<String>,
    },
    /// A resolver could not be asked about one of the names on the way.
    Unheard(Unheard),
}

/// What a resolver's answers say about a host: the first name on the way up that has records decides.
pub fn permission(book: &Book, resolver: usize, host: &str) -> Permission {
    for name in climb(host) {
        let Some(reply) = book.reply(resolver, name, Kind::Caa) else {
            continue;
        };
        if let Some(why) = reply.unheard() {
            return Permission::Unheard(why);
        }
        let set = relevant(reply, name);
        if !set.is_empty() {
            return judge(name, &set);
        }
    }
    Permission::Open
}

/// The records of a name, through the names that it stands for.
fn relevant<'r>(reply: &'r Reply, name: &'r str) -> Vec<&'r Caa> {
    let mut owners: BTreeSet<&str> = reply.chain(name).into_iter().collect();
    owners.insert(name);
    let of_name = reply.records().iter().filter_map(|record| match &record.data {
        Data::Caa(caa) if owners.contains(record.owner.as_str()) => Some(caa),
        _ => None,
    });
    of_name.collect()
}

fn judge(at: &str, set: &[&Caa]) -> Permission {
    let unknown = set
        .iter()
        .find(|caa| caa.critical && !KNOWN_TAGS.contains(&caa.tag.as_str()));
    let issue: Vec<&str> = set
        .iter()
        .filter(|caa| caa.tag == "issue")
        .map(|caa| caa.value.trim())
        .collect();
    let at = at.to_owned();
    let allowed: Vec<String> = issue.iter().map(|value| (*value).to_owned()).collect();
    if let Some(caa) = unknown {
        let why = format!("the critical property {} is one that authorities may not know", caa.tag);
        return Permission::Narrow { at, allowed, why };
    }
    // Without the property every authority may issue for a name that is no wildcard (section 4.2).
    if issue.is_empty() {
        return Permission::Open;
    }
    let with = |authority: &str, bound: bool| {
        issue.iter().any(|value| {
            let (name, conditions) = value.split_once(';').unwrap_or((value, ""));
            name.trim().eq_ignore_ascii_case(authority) && is_bound(conditions) == bound
        })
    };
    let free = AUTHORITIES.map(|authority| with(authority, false));
    let bound = AUTHORITIES.map(|authority| with(authority, true));
    match (free, bound) {
        ([true, true], _) => Permission::Open,
        ([true, false], [_, true]) | ([false, true], [true, _]) | ([false, false], [true, _] | [_, true]) => {
            let why = "an authority is bound to an account or a method, which may not be Clerk's".to_owned();
            Permission::Narrow { at, allowed, why }
        }
        ([false, false], _) => Permission::Closed { at, allowed },
        ([first, _], _) => {
            let missing = if first { AUTHORITIES[1] } else { AUTHORITIES[0] };
            let why = format!("{missing} is not among them");
            Permission::Narrow { at, allowed, why }
        }
    }
}

/// Whether an authority may issue only to one account or by some methods (RFC 8657).
fn is_bound(conditions: &str) -> bool {
    conditions.split(';').any(|condition| {
        let name = condition.split('=').next().unwrap_or_default().trim();
        ["accounturi", "validationmethods"].iter().any(|known| name.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::live::dns::reply::Record;

    fn caa(owner: &str, tag: &str, value: &str) -> Record {
        let caa = Caa {
            critical: false,
            tag: tag.to_owned(),
            value: value.to_owned(),
        };
        Record {
            owner: owner.to_owned(),
            data: Data::Caa(caa),
        }
    }

    fn book(answers: &[(&str, Reply)]) -> Book {
        let mut book = Book::default();
        for question in questions("clerk.acme.shop") {
            let found = answers.iter().find(|(name, _)| *name == question.name);
            let reply = found.map_or(Reply::NoRecord, |(_, reply)| reply.clone());
            book.enter(question, vec![reply]);
        }
        book
    }

    fn said(values: &[&str]) -> Permission {
        let records = values.iter().map(|value| caa("acme.shop", "issue", value)).collect();
        permission(&book(&[("acme.shop", Reply::Records(records))]), 0, "clerk.acme.shop")
    }

    #[test]
    fn climbs_from_the_host_to_the_top() {
        assert_eq!(
            climb("clerk.acme.shop").collect::<Vec<_>>(),
            ["clerk.acme.shop", "acme.shop", "shop"]
        );
        assert_eq!(permission(&book(&[]), 0, "clerk.acme.shop"), Permission::Open);
    }

    #[test]
    fn both_authorities_pass_one_is_narrow_and_none_is_closed() {
        assert_eq!(said(&["letsencrypt.org", " PKI.goog ; x=y"]), Permission::Open);
        assert!(matches!(said(&["letsencrypt.org"]), Permission::Narrow { why, .. } if why.starts_with("pki.goog")));
        assert!(matches!(said(&["pki.goog", "digicert.com"]), Permission::Narrow { why, .. } if why.starts_with("letsencrypt.org")));
        assert!(matches!(said(&["digicert.com"]), Permission::Closed { .. }));
        assert!(matches!(said(&[";"]), Permission::Closed { .. }));
        assert!(matches!(said(&[""]), Permission::Closed { .. }));
    }

    #[test]
    fn an_authority_that_is_bound_to_an_account_is_not_one_that_clerk_can_use_for_sure() {
        let bound = "letsencrypt.org; accounturi=https://acme.example/1";
        assert!(matches!(said(&[bound, "pki.goog"]), Permission::Narrow { .. }));
        assert!(matches!(said(&[bound]), Permission::Narrow { .. }));
        assert_eq!(said(&[bound, "letsencrypt.org", "pki.goog"]), Permission::Open);
    }

    #[test]
    fn the_nearest_set_decides_and_a_set_without_issue_lets_everyone() {
        let near = Reply::Records(vec![caa("clerk.acme.shop", "iodef", "mailto:a@acme.shop")]);
        let far = Reply::Records(vec![caa("acme.shop", "issue", ";")]);
        let both = book(&[("clerk.acme.shop", near), ("acme.shop", far)]);
        assert_eq!(permission(&both, 0, "clerk.acme.shop"), Permission::Open);
    }

    #[test]
    fn records_of_the_name_that_a_host_stands_for_are_its_own() {
        let alias = Record {
            owner: "clerk.acme.shop".to_owned(),
            data: Data::Alias("frontend-api.clerk.services".to_owned()),
        };
        let through = Reply::Records(vec![alias, caa("frontend-api.clerk.services", "issue", ";")]);
        let closed = permission(&book(&[("clerk.acme.shop", through)]), 0, "clerk.acme.shop");
        assert!(matches!(closed, Permission::Closed { .. }));
        let of_another = Reply::Records(vec![caa("evil.example", "issue", ";")]);
        let open = permission(&book(&[("clerk.acme.shop", of_another)]), 0, "clerk.acme.shop");
        assert_eq!(open, Permission::Open);
    }

    #[test]
    fn a_name_on_the_way_that_cannot_be_asked_leaves_it_open_what_is_allowed() {
        let failed = Reply::Unheard(Unheard::ServerFailure);
        let unheard = permission(&book(&[("acme.shop", failed)]), 0, "clerk.acme.shop");
        assert_eq!(unheard, Permission::Unheard(Unheard::ServerFailure));
    }
}
