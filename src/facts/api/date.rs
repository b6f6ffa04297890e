//! The waiting time a server asks for.

/// How many seconds `Retry-After` asks to wait (RFC 9110 section 10.2.3: seconds, or a date).
/// `now` is in seconds since 1970.
pub(super) fn retry_after(value: &str, now: u64) -> Option<u64> {
    let value = value.trim();
    if value.bytes().all(|b| b.is_ascii_digit()) {
        return value.parse().ok();
    }
    http_date(value).map(|then| then.saturating_sub(now))
}

/// Seconds since 1970 of an `IMF-fixdate` (RFC 9110 section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`).
/// The two obsolete forms are not read: no server of today sends them.
pub fn http_date(value: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = value.split_once(", ")?;
    let mut words = rest.split(' ');
    let day = number(words.next()?, 1, 31)?;
    let month = words.next()?;
    let month = MONTHS
        .iter()
        .zip(1_u64..)
        .find(|(name, _)| **name == month)?
        .1;
    let year = number(words.next()?, 1970, 9999)?;
    let mut clock = words.next()?.split(':');
    let hour = number(clock.next()?, 0, 23)?;
    let minute = number(clock.next()?, 0, 59)?;
    let second = number(clock.next()?, 0, 60)?;
    if words.next() != Some("GMT") || words.next().is_some() || clock.next().is_some() {
        return None;
    }
    Some(((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn number(text: &str, least: u64, most: u64) -> Option<u64> {
    if text.len() > 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n| (least..=most).contains(n))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. Counted in years that begin in March, so
/// that the leap day is the last day of a year and needs no case of its own.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    const FROM_YEAR_0_TO_1970: u64 = 719_468;
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before_month = (153 * month + 2) / 5;
    year * 365 + year / 4 - year / 100 + year / 400 + before_month + day - 1 - FROM_YEAR_0_TO_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds() {
        assert_eq!(retry_after("0", 0), Some(0));
        assert_eq!(retry_after(" 3600 ", 0), Some(3600));
        assert_eq!(retry_after("99999999999999999999999", 0), None);
    }

    #[test]
    fn reads_a_date() {
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(
            http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777)
        );
        assert_eq!(
            http_date("Thu, 29 Feb 2024 23:59:59 GMT"),
            Some(1_709_251_199)
        );
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_770),
            Some(7)
        );
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_790),
            Some(0)
        );
    }

    #[test]
    fn takes_nothing_else_for_a_waiting_time() {
        for odd in [
            "-1",
            "1.5",
            "soon",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            ", ",
        ] {
            assert_eq!(retry_after(odd, 0), None, "{odd}");
        }
    }
}
