//! Paths of routes as Express, Hono and Fastify write them.

use crate::facts::code::routes::Style;

/// A prefix and a path, with one slash between.
pub(super) fn join(prefix: &str, path: &str) -> String {
    let prefix = prefix.trim_end_matches('/');
    let path = path.trim_start_matches('/');
    match (prefix, path) {
        ("", path) => format!("/{path}"),
        (prefix, "") => prefix.to_owned(),
        (prefix, path) => format!("{prefix}/{path}"),
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// What a segment of a pattern stands for.
enum Part<'p> {
    Text(&'p str),
    /// One segment that begins with this.
    Any(&'p str),
    /// One segment or none.
    Perhaps,
    /// All the rest.
    Rest,
}

fn part(segment: &str) -> Part<'_> {
    let is_rest = segment.starts_with('*')
        || segment.starts_with("{*")
        || segment == "(.*)"
        || segment.starts_with(':') && (segment.ends_with('*') || segment.ends_with("(.*)"));
    if is_rest {
        return Part::Rest;
    }
    if segment.starts_with(':') && segment.ends_with('?') {
        return Part::Perhaps;
    }
    match segment.find([':', '*', '(', '{', '?', '+', '}']) {
        Some(at) => Part::Any(segment.get(..at).unwrap_or_default()),
        None => Part::Text(segment),
    }
}

/// A URL path that fits a pattern.
pub(super) fn sample(pattern: &str) -> String {
    let mut path = String::new();
    // Express 5 writes what may be left out as `{/:id}`.
    let plain = pattern.split("{/").next().unwrap_or_default();
    for segment in segments(plain) {
        match part(segment) {
            Part::Text(text) => {
                path.push('/');
                path.push_str(text);
            }
            Part::Any(start) => {
                path.push('/');
                path.push_str(start);
                path.push('1');
            }
            Part::Perhaps => {}
            Part::Rest => path.push_str("/x"),
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    path
}

/// Whether a path fits a pattern as a whole, or with `prefix` begins by it.
///
/// Express does not look at upper and lower case, Hono and Fastify do. Hono's `/x/*` is also `/x`:
/// <https://hono.dev/docs/api/routing>.
pub(super) fn fits(pattern: &str, path: &str, prefix: bool, style: Style) -> bool {
    let same = |one: &str, other: &str| match style {
        Style::Express => one.eq_ignore_ascii_case(other),
        _ => one == other,
    };
    let starts = |text: &str, start: &str| {
        text.get(..start.len())
            .is_some_and(|text| same(text, start))
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut parts = segments(path).peekable();
    let mut pattern = segments(pattern).peekable();
    let mut count = 0usize;
    while let Some(segment) = pattern.next() {
        match part(segment) {
            // In the middle Hono's `*` is one segment; what follows it has to fit.
            Part::Rest if pattern.peek().is_none() => {
                return parts.peek().is_some()
                    || count == 0
                    || style == Style::Hono
                    || path.ends_with('/');
            }
            Part::Perhaps => drop(parts.next()),
            Part::Text(text) => match parts.next() {
                Some(own) if same(own, text) => {}
                _ => return false,
            },
            Part::Any(start) => match parts.next() {
                Some(own) if starts(own, start) => {}
                _ => return false,
            },
            Part::Rest => {
                if parts.next().is_none() {
                    return false;
                }
            }
        }
        count += 1;
    }
    prefix || parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_fits_its_pattern() {
        for pattern in [
            "/",
            "/a/:id",
            "/a/*",
            "/a/:id?",
            "/*splat",
            "/a{/:b}",
            "/f/:name.json",
        ] {
            let sample = sample(pattern);
            assert!(
                pattern.contains("{/") || fits(pattern, &sample, false, Style::Express),
                "{pattern}: {sample}"
            );
        }
        assert_eq!(sample("/users/:id/posts"), "/users/1/posts");
    }

    #[test]
    fn express_matches_middleware_by_whole_segments_and_any_case() {
        assert!(fits("/api", "/API/users", true, Style::Express));
        assert!(!fits("/api", "/apis", true, Style::Express));
        assert!(fits("/", "/x", true, Style::Express));
        assert!(!fits("/api/*", "/api", false, Style::Express));
    }

    #[test]
    fn hono_matches_by_pattern() {
        assert!(fits("/api/*", "/api", false, Style::Hono));
        assert!(fits("*", "/", false, Style::Hono));
        assert!(!fits("/api", "/api/users", false, Style::Hono));
        assert!(!fits("/api/*", "/API/users", false, Style::Hono));
    }

    #[test]
    fn paths_are_joined_by_one_slash() {
        assert_eq!(join("", "/"), "/");
        assert_eq!(join("/api/", "/x"), "/api/x");
        assert_eq!(join("/api", "/"), "/api");
        assert_eq!(join("/", "*"), "/*");
    }
}
