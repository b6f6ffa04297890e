//! `[attest]`: what people have said of what no program can see.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;
use toml::value::Datetime;

use super::file::Strict;
use crate::model::Date;
use crate::model::attest::Voucher;

/// The table: statements by their ids.
pub(super) type Table = BTreeMap<Spanned<String>, Strict<Entry>>;

/// What was said of one statement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Entry {
    by: Spanned<String>,
    date: Spanned<Day>,
    until: Option<Spanned<Day>>,
    #[serde(default)]
    note: String,
    #[serde(default = "yes")]
    applies: bool,
}

const fn yes() -> bool {
    true
}

impl Entry {
    /// What was said, or what is wrong with it and where; `at` is where its name stands.
    pub(super) fn voucher(&self, at: &Range<usize>) -> Result<Voucher, (Range<usize>, String)> {
        let (by, date) = (self.by.get_ref().trim(), self.date.get_ref().0);
        if by.is_empty() {
            return Err((self.by.span(), "by names nobody".to_owned()));
        }
        let until = self.until.as_ref().map(|until| until.get_ref().0);
        if let Some((span, until)) = self.until.as_ref().map(Spanned::span).zip(until)
            && until < date
        {
            let why = format!("until {until} lies before the date, {date}");
            return Err((span, why));
        }
        if self.applies && until.is_none() {
            let why = "until is missing: the last day on which this counts";
            return Err((at.clone(), why.to_owned()));
        }
        if !self.applies && self.note.trim().is_empty() {
            let why = "note is missing: why the statement does not apply";
            return Err((at.clone(), why.to_owned()));
        }
        Ok(Voucher {
            by: by.to_owned(),
            date,
            until,
            note: self.note.trim().to_owned(),
            applies: self.applies,
        })
    }
}

/// A day, as TOML has them (`2027-05-31`) or as a text.
#[derive(Debug)]
pub(super) struct Day(pub(super) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day such as 2027-05-31")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Day, E> {
                text.parse().map(Day).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                let moment = Datetime::deserialize(MapAccessDeserializer::new(map))?;
                let day = moment.date.filter(|_| moment.time.is_none());
                let day = day.and_then(|day| Date::new(day.year, day.month, day.day));
                day.map(Day)
                    .ok_or_else(|| Error::custom("a day is written as 2027-05-31"))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}
