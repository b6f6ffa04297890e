//! What two resolvers say of one record.

use super::shown;
use crate::facts::live::dns::{Answers, Kind, Seen, Wanted};

/// A record, and what each resolver shows in its place.
pub(super) struct View<'a> {
    /// The record.
    pub(super) record: &'a Wanted,
    seen: Vec<(&'a str, Seen)>,
}

impl<'a> View<'a> {
    /// Of a record that the instance wants.
    pub(super) fn of(answers: &'a Answers, record: &'a Wanted) -> Self {
        let names = answers.resolvers.iter().map(String::as_str);
        Self {
            record,
            seen: names.zip(answers.seen(record)).collect(),
        }
    }

    /// What was heard.
    pub(super) fn heard(&self) -> impl Iterator<Item = &Seen> {
        let heard = self.seen.iter().map(|(_, seen)| seen);
        heard.filter(|seen| !matches!(seen, Seen::Unheard(_)))
    }

    /// Whether any resolver shows such a thing.
    pub(super) fn any(&self, is: impl Fn(&Seen) -> bool) -> bool {
        self.heard().any(is)
    }

    /// Whether two resolvers were heard, and every one shows such a thing.
    pub(super) fn agreed(&self, is: impl Fn(&Seen) -> bool) -> bool {
        self.heard().count() >= 2 && self.heard().all(is)
    }

    /// Whether two resolvers agree that it is missing or leads elsewhere. Another text may well say the same.
    pub(super) fn is_sure(&self) -> bool {
        let is_name = self.record.kind == Kind::Cname;
        self.agreed(|seen| match seen {
            Seen::Missing => true,
            Seen::Elsewhere(_) => is_name,
            _ => false,
        })
    }

    /// What every resolver says, in words.
    pub(super) fn words(&self) -> String {
        let said = self.seen.iter().map(|(name, seen)| match seen {
            Seen::Unheard(why) => format!("{name} {}", why.words()),
            seen => format!("{name} shows {}", words(seen)),
        });
        said.collect::<Vec<_>>().join(", ")
    }

    /// The fault as a sentence: one that all agree on, or what each of them says.
    pub(super) fn sentence(&self, is: impl Fn(&Seen) -> bool) -> String {
        let name = &self.record.name;
        let kind = self.record.kind.word();
        match self.heard().next() {
            Some(first) if self.agreed(|seen| seen == first) => match first {
                Seen::Missing => format!("{name} has no {kind} record"),
                Seen::Elsewhere(value) => match self.record.to_write() {
                    Some(wanted) => {
                        format!("{name} leads to {}, not to {}", shown(value), shown(wanted))
                    }
                    None => format!("{name} leads to {}, which is not Clerk's", shown(value)),
                },
                other => format!("{name} shows {}", words(other)),
            },
            _ if self.agreed(&is) => format!("{name} is wrong: {}", self.words()),
            _ if self.heard().count() >= 2 => {
                format!("{name} is not right everywhere yet: {}", self.words())
            }
            _ => format!(
                "{name} is not right as far as one resolver can say: {}",
                self.words()
            ),
        }
    }

    /// What to write, in place of what only looks like it.
    pub(super) fn fix_hidden(&self) -> String {
        let value = self.record.to_write().map_or_else(String::new, |value| {
            format!(" with the value {}", shown(value))
        });
        format!(
            "switch the record to \"DNS only\" (Cloudflare), or write a CNAME record{value} in place of an address, ALIAS, ANAME or flattened record"
        )
    }

    /// What to write.
    pub(super) fn fix(&self) -> String {
        let (name, kind) = (&self.record.name, self.record.kind.word());
        let value = match self.record.to_write() {
            Some(value) => format!("the value {}", shown(value)),
            None => "the value that the Dashboard shows under Domains".to_owned(),
        };
        format!(
            "give {name} a {kind} record with {value}, as \"DNS only\" where the provider has a proxy; it can take up to 48 hours until every resolver shows it"
        )
    }
}

/// What is seen, in words.
fn words(seen: &Seen) -> String {
    match seen {
        Seen::Right => "the right record".to_owned(),
        Seen::Elsewhere(value) => format!("another value, {}", shown(value)),
        Seen::Through(value) => format!("{}, which leads to the right name", shown(value)),
        Seen::Hidden => "addresses in place of a CNAME record".to_owned(),
        Seen::Missing => "no record".to_owned(),
        Seen::Unheard(why) => why.words().to_owned(),
    }
}
