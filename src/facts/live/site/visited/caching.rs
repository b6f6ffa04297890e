//! Whether a cache that many share keeps an answer.

use crate::facts::api::Screen;
use crate::facts::http::Answer;

/// A shared cache keeps an answer, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The header that says so, as it came.
    pub header: String,
    /// Whether it surely does: it was found there, or is to stay for a time.
    pub is_sure: bool,
}

/// Whether a shared cache keeps an answer (RFC 9111, sections 3 and 5.2.2).
pub fn kept(answer: &Answer) -> Option<Kept> {
    let screen = Screen::default();
    let said = |name: &str, value: &str, is_sure| {
        Some(Kept {
            header: screen.sentence(&format!("{name}: {value}")),
            is_sure,
        })
    };
    for name in ["x-vercel-cache", "cf-cache-status", "x-cache"] {
        let value = answer.header(name).unwrap_or_default();
        let first = value.split([' ', ',']).next().unwrap_or_default();
        if ["HIT", "STALE"]
            .iter()
            .any(|word| first.eq_ignore_ascii_case(word))
        {
            return said(name, value, true);
        }
    }
    let status = answer.header("cache-status").unwrap_or_default();
    if status.split([';', ',']).any(|part| part.trim() == "hit") {
        return said("Cache-Status", status, true);
    }
    let directives: Vec<String> = answer
        .all("cache-control")
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    let has = |name: &str| directives.iter().any(|directive| directive == name);
    let seconds = |name: &str| {
        let mut values = directives.iter().filter_map(|directive| {
            let (found, value) = directive.split_once('=')?;
            (found == name).then(|| value.trim_matches('"').parse::<u64>().ok())?
        });
        values.next()
    };
    if has("private") || has("no-store") {
        return None;
    }
    // A server in between passes on the age that a cache behind it gave.
    if let Some(age) = answer.header("age")
        && age.trim().parse().is_ok_and(|age: u64| age > 0)
        && !is_missed(answer)
    {
        return said("Age", age, true);
    }
    if has("no-cache") {
        return None;
    }
    let value = directives.join(", ");
    match (seconds("s-maxage"), seconds("max-age")) {
        (Some(0), _) => None,
        (Some(_), _) => said("Cache-Control", &value, true),
        // What Vercel says of everything: it is asked anew each time.
        (None, Some(0)) => None,
        (None, Some(_)) if has("public") => said("Cache-Control", &value, true),
        (None, None) if has("public") => said("Cache-Control", &value, false),
        _ => None,
    }
}

/// Whether a cache says that it had to ask.
fn is_missed(answer: &Answer) -> bool {
    let status = answer.header("cache-status").unwrap_or_default();
    let mut others = ["x-vercel-cache", "cf-cache-status", "x-cache"]
        .into_iter()
        .filter_map(|name| answer.header(name));
    status.contains("fwd=") || others.any(|value| value.to_ascii_lowercase().starts_with("miss"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(name: &str, value: &str) -> Option<bool> {
        let answer = Answer {
            headers: vec![(name.to_owned(), value.to_owned())],
            ..Answer::default()
        };
        kept(&answer).map(|kept| kept.is_sure)
    }

    #[test]
    fn reads_what_caches_read() {
        let of = |value: &str| is_kept("cache-control", value);
        assert_eq!(of("public, max-age=60"), Some(true));
        assert_eq!(of("S-MaxAge=60, stale-while-revalidate"), Some(true));
        assert_eq!(of("public"), Some(false));
        for not in [
            "",
            "no-store",
            "private, max-age=60",
            "public, max-age=0, must-revalidate",
            "max-age=60",
            "s-maxage=0, public",
            "public, no-cache",
            "max-age=, public=x, =",
        ] {
            assert_eq!(of(not), None, "{not}");
        }
        assert_eq!(is_kept("age", "12"), Some(true));
        assert_eq!(is_kept("age", "0"), None);
        for (name, value) in [
            ("x-cache", "Miss from cloudfront"),
            ("cache-status", "edge; fwd=miss"),
            ("cache-control", "private"),
            ("cache-control", "no-store"),
        ] {
            let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            let answer = Answer {
                headers: vec![own((name, value)), own(("age", "12"))],
                ..Answer::default()
            };
            assert_eq!(kept(&answer), None, "{name}: {value}");
        }
        assert_eq!(is_kept("cache-status", "edge; hit; ttl=3"), Some(true));
        assert_eq!(is_kept("x-vercel-cache", "HIT"), Some(true));
        assert_eq!(is_kept("x-vercel-cache", "MISS"), None);
        assert_eq!(is_kept("cf-cache-status", "DYNAMIC"), None);
        assert_eq!(is_kept("x-cache", "Hit from cloudfront"), Some(true));
    }
}
