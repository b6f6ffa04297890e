//! A second of the calendar, in UTC, and how people write one.

use std::fmt;
use std::str::FromStr;

use super::Date;

const DAY: u64 = 86_400;

/// A moment, in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    /// `23:41:07`, in UTC.
    pub fn clock(self) -> String {
        let second = self.0 % DAY;
        format!(
            "{:02}:{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60
        )
    }

    /// The day; empty after the year 9999.
    pub fn day(self) -> String {
        Date::of_unix(self.0).map_or_else(String::new, |day| day.to_string())
    }

    /// `2026-11-21T23:41:07Z`.
    pub fn iso(self) -> String {
        format!("{}T{}Z", self.day(), self.clock())
    }

    /// Seconds from an earlier moment to this one.
    pub fn after(self, earlier: Moment) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} UTC", self.day(), self.clock())
    }
}

/// A stretch of time in words: `2 h 05 min`, `40 s`.
pub fn stretch(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..DAY => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / DAY, seconds / 3600 % 24),
    }
}

/// When something began, as people say it: `45m`, `22:10`, `2026-11-21T22:10Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// So many seconds ago.
    Ago(u64),
    /// The last time the clock showed this, in seconds of the day.
    Clock(u64),
    /// That moment.
    At(Moment),
}

impl Since {
    /// The moment that is meant, as of now.
    pub fn before(self, now: Moment) -> Moment {
        let midnight = now.0 - now.0 % DAY;
        match self {
            Since::Ago(seconds) => Moment(now.0.saturating_sub(seconds)),
            Since::At(moment) => moment,
            Since::Clock(second) if midnight + second <= now.0 => Moment(midnight + second),
            Since::Clock(second) => Moment((midnight + second).saturating_sub(DAY)),
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let plain = text.trim_end_matches('Z').trim_end_matches(" UTC");
        ago(text)
            .or_else(|| clock(plain).map(Since::Clock))
            .or_else(|| {
                let (day, time) = plain.split_once(['T', ' '])?;
                let day: Date = day.parse().ok()?;
                Some(Since::At(Moment(day.unix() + clock(time)?)))
            })
            .ok_or_else(|| {
                "say how long ago (45m, 2h, 1d), or when in UTC (22:10, 2026-11-21T22:10Z)"
                    .to_owned()
            })
    }
}

fn ago(text: &str) -> Option<Since> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => DAY,
        _ => return None,
    };
    let number = digits(text.strip_suffix(unit)?, 6)?;
    Some(Since::Ago(number * seconds))
}

fn clock(text: &str) -> Option<u64> {
    let mut parts = text.split(':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let second = match parts.next() {
        Some(second) => digits(second, 2).filter(|second| *second < 60)?,
        None => 0,
    };
    parts
        .next()
        .is_none()
        .then_some(hour * 3600 + minute * 60 + second)
}

fn digits(text: &str, most: usize) -> Option<u64> {
    let fits =
        !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_795_304_467);

    #[test]
    fn a_moment_is_written_as_people_and_programs_read_it() {
        assert_eq!(NOW.iso(), "2026-11-21T23:41:07Z");
        assert_eq!(NOW.to_string(), "2026-11-21 23:41:07 UTC");
        assert_eq!(stretch(7_500), "2 h 05 min");
    }

    #[test]
    fn a_beginning_is_read_in_every_form_that_help_names() {
        let at = |text: &str| text.parse::<Since>().unwrap().before(NOW).iso();
        assert_eq!(at("45m"), "2026-11-21T22:56:07Z");
        assert_eq!(at("22:10"), "2026-11-21T22:10:00Z");
        assert_eq!(
            at("23:50"),
            "2026-11-20T23:50:00Z",
            "the last time it was so"
        );
        assert_eq!(at("2026-11-19T08:00Z"), "2026-11-19T08:00:00Z");
        assert_eq!(at("2026-11-19 08:00:30"), "2026-11-19T08:00:30Z");
        for wrong in [
            "",
            "m",
            "25:00",
            "-1h",
            "yesterday",
            "1e9d",
            "2026-02-30T10:00",
            "9999999h",
        ] {
            assert!(wrong.parse::<Since>().is_err(), "{wrong}");
        }
    }
}
