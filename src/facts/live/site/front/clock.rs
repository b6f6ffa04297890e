//! The clocks of the site and of Clerk, as the `Date` of their answers shows them. The SDK allows five
//! seconds between them (clerk/javascript `packages/backend/src/jwt/assertions.ts`).

use super::look;
use crate::facts::api::http_date;
use crate::facts::http::Answer;

/// The SDK allows so many seconds.
pub const ALLOWED: u64 = 5;

/// Tokens of Clerk live so many seconds: with more between the clocks none is ever good.
pub const LIFETIME: u64 = 60;

/// By how many seconds each clock is ahead of the one of this machine. `None` where it was not seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clocks {
    /// The site.
    pub site: Option<i64>,
    /// Clerk's Frontend API.
    pub frontend: Option<i64>,
    /// Clerk's Backend API.
    pub backend: Option<i64>,
}

/// By how many seconds the clock of a server is ahead of the one of this machine, as far as its answer
/// proves it: a date may be a second old, an answer takes its time, and what a cache answers with may be as old
/// as it says. (By RFC 9111 `Date` is when the answer was made; many CDNs write when they sent it. So the
/// clock is anything from `Date` to `Date` and `Age`.)
pub fn ahead(answer: &Answer) -> Option<i64> {
    let date = i64::try_from(http_date(answer.header("date")?)?).ok()?;
    let age = i64::try_from(look::age(answer).unwrap_or(0)).ok()?;
    let end = i64::try_from(answer.at).ok()?;
    let took = i64::try_from(answer.took_ms / 1000).ok()?;
    let start = end.saturating_sub(took).saturating_sub(1);
    let (earliest, latest) = (date, date.saturating_add(age).saturating_add(1));
    Some(if earliest > end {
        earliest.saturating_sub(end)
    } else if latest < start {
        latest.saturating_sub(start)
    } else {
        0
    })
}

/// The same for an answer of a site. A cache that does not say so answers with an old date, so that a clock is
/// behind is believed only of an answer that no cache keeps, nor has kept although it may not.
pub fn ahead_of_site(answer: &Answer) -> Option<i64> {
    let may_keep = |value: &str| {
        let value = value.to_ascii_lowercase();
        !["no-store", "no-cache", "private"]
            .iter()
            .any(|word| value.contains(word))
    };
    let fresh = answer.header("x-clerk-auth-status").is_some()
        || answer
            .header("cache-control")
            .is_some_and(|value| !may_keep(value));
    let kept = look::is_cached(answer) || look::age(answer).is_some_and(|age| age > 0);
    ahead(answer).filter(|seconds| *seconds >= 0 || fresh && !kept)
}

/// Of several answers of one server: what the one shows that is nearest to this machine.
pub fn nearest(readings: impl IntoIterator<Item = Option<i64>>) -> Option<i64> {
    readings
        .into_iter()
        .flatten()
        .min_by_key(|seconds| seconds.unsigned_abs())
}

/// What the clocks say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skew {
    /// The site and Clerk agree.
    Agree,
    /// The site is so many seconds ahead of Clerk, or behind where it is negative.
    Apart(i64),
    /// Clerk's clock was not seen, and the site is so many seconds ahead of this machine.
    Unsure(i64),
    /// The site shows no clock.
    Untold,
}

/// Compares the clock of the site with Clerk's. That of this machine may itself be wrong, so where Clerk's was
/// not seen nothing is sure but agreement.
pub fn judge(clocks: &Clocks) -> Skew {
    let Some(site) = clocks.site else {
        return Skew::Untold;
    };
    let clerk = [clocks.frontend, clocks.backend];
    let apart = nearest(clerk.map(|clerk| clerk.map(|clerk| site.saturating_sub(clerk))));
    match apart {
        Some(apart) if apart.unsigned_abs() <= ALLOWED => Skew::Agree,
        Some(apart) => Skew::Apart(apart),
        None if site.unsigned_abs() <= ALLOWED => Skew::Agree,
        None => Skew::Unsure(site),
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::tests::answer;
    use super::*;

    const NOON: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const AT: u64 = 784_111_777;

    fn seen(at: u64, headers: &[(&str, &str)]) -> Option<i64> {
        ahead(&Answer {
            at,
            took_ms: 900,
            ..answer(200, headers)
        })
    }

    #[test]
    fn a_date_is_compared_with_the_time_the_answer_took() {
        assert_eq!(seen(AT, &[("date", NOON)]), Some(0));
        assert_eq!(seen(AT + 1, &[("date", NOON)]), Some(0));
        assert_eq!(seen(AT - 90, &[("date", NOON)]), Some(90));
        assert_eq!(seen(AT + 92, &[("date", NOON)]), Some(-90));
        assert_eq!(seen(AT, &[("date", "noon")]), None);
        assert_eq!(seen(AT, &[]), None);
    }

    #[test]
    fn an_answer_out_of_a_cache_may_be_as_old_as_it_says() {
        for at in [AT, AT + 30, AT + 60] {
            assert_eq!(seen(at, &[("date", NOON), ("age", "60")]), Some(0));
        }
        assert_eq!(seen(AT + 102, &[("date", NOON), ("age", "60")]), Some(-40));
    }

    #[test]
    fn an_old_date_is_believed_only_of_an_answer_that_no_cache_keeps() {
        let late = |headers: &[(&str, &str)]| {
            ahead_of_site(&Answer {
                at: AT + 600,
                ..answer(200, &[&[("date", NOON)], headers].concat())
            })
        };
        assert_eq!(late(&[]), None);
        assert_eq!(late(&[("cache-control", "public, max-age=60")]), None);
        assert_eq!(late(&[("cache-control", "private")]), Some(-598));
        let clerk = ("x-clerk-auth-status", "signed-out");
        assert_eq!(late(&[clerk]), Some(-598));
        assert_eq!(late(&[clerk, ("cf-cache-status", "HIT")]), None);
        assert_eq!(late(&[clerk, ("age", "60")]), None);
    }

    #[test]
    fn only_clerks_clock_says_who_is_wrong() {
        let clocks = |site, frontend, backend| Clocks {
            site,
            frontend,
            backend,
        };
        for (read, expected) in [
            (clocks(Some(0), Some(1), None), Skew::Agree),
            (clocks(Some(300), Some(299), None), Skew::Agree),
            (clocks(Some(90), Some(0), Some(0)), Skew::Apart(90)),
            (clocks(Some(90), Some(400), Some(88)), Skew::Agree),
            (clocks(Some(90), None, None), Skew::Unsure(90)),
            (clocks(Some(-3), None, None), Skew::Agree),
            (clocks(None, Some(0), None), Skew::Untold),
            (
                clocks(Some(i64::MAX), Some(i64::MIN), None),
                Skew::Apart(i64::MAX),
            ),
        ] {
            assert_eq!(judge(&read), expected, "{read:?}");
        }
    }
}
