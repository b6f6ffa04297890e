//! The records that an instance wants: by its own answer, else by rule.
//!
//! The rule is Clerk's own template for DNS providers (Domain-Connect/Templates `clerk.com.app.json`): the
//! five records that every instance has. The values of its mail records hold a token of the instance, so
//! without the secret key only their ends are known.

use super::reply::{Book, Kind, Question, Reply, is_name, plain_name};

/// What Frontend APIs point to.
pub const SHARED_TARGET: &str = "frontend-api.clerk.services";

/// What all of Clerk's targets end in.
const CLERKS: &str = "clerk.services";

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The Frontend API: nobody signs in without it.
    Frontend,
    /// The Account Portal, and what else is neither the Frontend API nor mail.
    Portal,
    /// E-mail in the name of the domain.
    Mail,
}

/// What a record has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// This, as the instance itself says.
    Exactly(String),
    /// A name of Clerk's; this one, if it is known.
    Clerks(Option<&'static str>),
}

/// A record that the instance wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where.
    pub name: String,
    /// CNAME or TXT.
    pub kind: Kind,
    /// What it has to hold.
    pub value: Value,
    /// Whether Clerk requires it.
    pub required: bool,
    /// What it is for.
    pub role: Role,
}

/// A record as the Backend API names it (`dns_targets`, `cname_targets`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where.
    pub host: String,
    /// What it has to hold.
    pub value: String,
    /// Whether Clerk requires it.
    pub required: bool,
    /// `CNAME` or `TXT`; one that is not named is a CNAME.
    pub kind: Option<String>,
}

impl Wanted {
    /// The records of a domain by rule.
    pub fn by_rule(domain: &str) -> Vec<Self> {
        let record = |label: &str, target, role| Self {
            name: format!("{label}.{domain}"),
            kind: Kind::Cname,
            value: Value::Clerks(target),
            // Only the instance itself knows which of the mail records it requires.
            required: role != Role::Mail,
            role,
        };
        vec![
            record("clerk", Some(SHARED_TARGET), Role::Frontend),
            record("accounts", Some("accounts.clerk.services"), Role::Portal),
            record("clk._domainkey", None, Role::Mail),
            record("clk2._domainkey", None, Role::Mail),
            record("clkmail", None, Role::Mail),
        ]
    }

    /// The one record of a satellite by rule.
    pub fn of_satellite(domain: &str) -> Vec<Self> {
        let mut records = Self::by_rule(domain);
        records.truncate(1);
        records
    }

    /// A record as the instance names it; `None` where that is no record that can be looked at.
    pub fn of_target(target: &Target) -> Option<Self> {
        let name = plain_name(&target.host);
        let kind = match target.kind.as_deref() {
            None => Kind::Cname,
            Some(word) if word.eq_ignore_ascii_case("CNAME") => Kind::Cname,
            Some(word) if word.eq_ignore_ascii_case("TXT") => Kind::Txt,
            Some(_) => return None,
        };
        let usable = match kind {
            Kind::Cname => is_name(&plain_name(&target.value)),
            _ => !target.value.trim().is_empty(),
        };
        // DMARC has a check of its own: any policy will do.
        (is_name(&name) && usable && !name.starts_with("_dmarc.")).then(|| Self {
            role: role(&name),
            name,
            kind,
            value: Value::Exactly(match kind {
                Kind::Cname => plain_name(&target.value),
                _ => target.value.trim().to_owned(),
            }),
            required: target.required,
        })
    }

    /// Whether a value is what it has to hold.
    fn fits(&self, value: &str) -> bool {
        match &self.value {
            Value::Exactly(wanted) => wanted == value,
            Value::Clerks(_) => value
                .strip_suffix(CLERKS)
                .is_some_and(|rest| rest.ends_with('.')),
        }
    }

    /// The value to write, where it is known.
    pub fn to_write(&self) -> Option<&str> {
        match &self.value {
            Value::Exactly(value) => Some(value),
            Value::Clerks(known) => *known,
        }
    }

    /// What has to be asked about it still, after what was answered.
    pub fn questions(&self, book: &Book, resolvers: usize) -> Vec<Question> {
        let first = Question::new(&self.name, self.kind);
        if !book.has(&first) {
            return vec![first];
        }
        let is_right = |resolver| matches!(self.seen(book, resolver), Seen::Right);
        if self.kind != Kind::Cname || (0..resolvers).all(is_right) {
            return Vec::new();
        }
        let addresses = [Kind::A, Kind::Aaaa].map(|kind| Question::new(&self.name, kind));
        let asked = |question: &Question| !book.has(question);
        addresses.into_iter().filter(asked).collect()
    }

    /// What a resolver shows in its place.
    pub fn seen(&self, book: &Book, resolver: usize) -> Seen {
        let Some(reply) = book.reply(resolver, &self.name, self.kind) else {
            return Seen::Unheard(super::Unheard::TimedOut);
        };
        if let Some(why) = reply.unheard() {
            return Seen::Unheard(why);
        }
        if self.kind == Kind::Txt {
            return match reply.texts().next() {
                _ if reply.texts().any(|text| self.fits(text.trim())) => Seen::Right,
                Some(text) => Seen::Elsewhere(text.to_owned()),
                None => Seen::Missing,
            };
        }
        let addresses = || {
            let replies = [Kind::A, Kind::Aaaa].map(|kind| book.reply(resolver, &self.name, kind));
            replies.into_iter().flatten()
        };
        match reply.alias(&self.name) {
            Some(target) if self.fits(target) => Seen::Right,
            Some(target) => {
                let leads_there = |reply: &Reply| reply.chain(&self.name).iter().any(|name| self.fits(name));
                if addresses().any(leads_there) {
                    Seen::Through(target.to_owned())
                } else {
                    Seen::Elsewhere(target.to_owned())
                }
            }
            None if addresses().any(|reply| reply.addresses().next().is_some()) => Seen::Hidden,
            None => match addresses().find_map(Reply::unheard) {
                // Whether there is an address in its place could not be asked.
                Some(why) => Seen::Unheard(why),
                None => Seen::Missing,
            },
        }
    }
}

fn role(name: &str) -> Role {
    let mail = ["_domainkey.", "clkmail", "_dmarc"];
    if mail.iter().any(|part| name.contains(part)) {
        Role::Mail
    } else if name.starts_with("clerk.") {
        Role::Frontend
    } else {
        Role::Portal
    }
}

/// What a resolver shows in the place of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The record.
    Right,
    /// One with another value.
    Elsewhere(String),
    /// One to another name that leads to the right one.
    Through(String),
    /// None, but addresses: the record is flattened, or a proxy stands before it.
    Hidden,
    /// Nothing.
    Missing,
    /// That could not be asked.
    Unheard(super::Unheard),
}
