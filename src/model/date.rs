//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A day, as `2026-11-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, if there is such a one.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days)
            .contains(&day)
            .then_some(Self { year, month, day })
    }

    /// The day, in UTC, of a moment given in seconds since 1970.
    pub fn of_unix(seconds: u64) -> Option<Self> {
        // Howard Hinnant, chrono-compatible low-level date algorithms: days are counted from 1 March of the
        // year 0, so that a leap day is the last of its year. Years end at 9999.
        let days = seconds / 86_400 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + era * 400 + u64::from(month <= 2);
        let year = u16::try_from(year).ok().filter(|year| *year <= 9999)?;
        Self::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// Its first second, in UTC, in seconds since 1970; a day before that is taken for 1970-01-01.
    pub fn unix(self) -> u64 {
        // The way back of `of_unix`.
        let (month, day) = (u64::from(self.month), u64::from(self.day));
        let year = u64::from(self.year) + 400 - u64::from(month <= 2);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days = year * 365 + year / 4 - year / 100 + year / 400 + of_year;
        days.saturating_sub(719_468 + 146_097) * 86_400
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: Option<&str>, digits: usize| {
            let part = part.filter(|part| part.len() == digits)?;
            part.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| part.parse::<u16>().ok())?
        };
        let mut parts = text.splitn(3, '-');
        let year = number(parts.next(), 4);
        let month = number(parts.next(), 2).and_then(|month| u8::try_from(month).ok());
        let day = number(parts.next(), 2).and_then(|day| u8::try_from(day).ok());
        match (year, month, day) {
            (Some(year), Some(month), Some(day)) => Self::new(year, month, day)
                .ok_or_else(|| format!("there is no such day as {year:04}-{month:02}-{day:02}")),
            _ => Err("a day is written as 2027-05-31".to_owned()),
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written_as_iso_has_them() {
        assert_eq!(
            "2024-02-29".parse::<Date>().unwrap().to_string(),
            "2024-02-29"
        );
        for wrong in [
            "2023-02-29",
            "2026-13-01",
            "2026-1-1",
            "20260101",
            "",
            "2026-01-01T00",
        ] {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
        assert!("2026-12-31".parse::<Date>().unwrap() < "2027-01-01".parse().unwrap());
    }

    #[test]
    fn a_moment_has_the_day_that_utc_has() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_767_225_599, "2025-12-31"),
            (1_795_219_200, "2026-11-21"),
        ] {
            assert_eq!(Date::of_unix(seconds).unwrap().to_string(), day);
            let first = seconds - seconds % 86_400;
            assert_eq!(day.parse::<Date>().unwrap().unix(), first);
        }
        assert_eq!(Date::of_unix(u64::MAX / 2), None);
    }
}
