//! What no program can see, and who has said that it is so.

use serde::{Deserialize, Serialize};

use super::Date;

/// Something that must hold in production and that only a person can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// Its name in `[attest]`, in kebab-case. Never changes its meaning.
    pub id: &'static str,
    /// What is attested: one true sentence.
    pub says: &'static str,
    /// How a person finds out.
    pub how: &'static str,
}

/// Who attested a statement, when and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voucher {
    /// Who says so.
    pub by: String,
    /// On which day.
    pub date: Date,
    /// The last day on which it counts; `None` only where the statement does not apply.
    pub until: Option<Date>,
    /// What else there is to say.
    pub note: String,
    /// Whether the statement applies to this project at all.
    pub applies: bool,
}

/// How a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Somebody said so, and it still counts.
    Attested,
    /// Somebody said why it does not apply.
    Waived,
    /// Somebody said so, and it no longer counts.
    Expired,
    /// Nobody said so.
    Open,
}

impl Standing {
    /// The word for it in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Attested => "attested",
            Standing::Waived => "waived",
            Standing::Expired => "expired",
            Standing::Open => "open",
        }
    }

    /// Whether somebody still has to say something.
    pub const fn is_settled(self) -> bool {
        matches!(self, Standing::Attested | Standing::Waived)
    }
}

/// A statement with what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The statement.
    pub statement: &'static Statement,
    /// Who said so.
    pub voucher: Option<Voucher>,
    /// How it stands today.
    pub standing: Standing,
}

impl Attestation {
    /// How a statement stands on a day.
    pub fn on(today: Date, statement: &'static Statement, voucher: Option<Voucher>) -> Self {
        let standing = match &voucher {
            None => Standing::Open,
            Some(voucher) if voucher.until.is_some_and(|until| until < today) => Standing::Expired,
            Some(voucher) if voucher.applies => Standing::Attested,
            Some(_) => Standing::Waived,
        };
        Self {
            statement,
            voucher,
            standing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATEMENT: Statement = Statement {
        id: "x",
        says: "It is so",
        how: "look",
    };

    #[test]
    fn it_counts_through_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let until = |text| {
            Some(Voucher {
                by: "Ada".to_owned(),
                date: day("2026-01-01"),
                until: Some(day(text)),
                note: String::new(),
                applies: true,
            })
        };
        let standing = |voucher| Attestation::on(day("2026-11-21"), &STATEMENT, voucher).standing;
        assert_eq!(standing(until("2026-11-21")), Standing::Attested);
        assert_eq!(standing(until("2026-11-20")), Standing::Expired);
        assert_eq!(standing(None), Standing::Open);
    }
}
