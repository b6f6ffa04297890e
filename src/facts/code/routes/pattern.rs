//! Patterns of file routes, in each framework's own notation: which URLs they answer, and how closely.

/// What is put in the place of a parameter. They carry no meaning of their own.
const ONE: &str = "x1";
const SEVERAL: &str = "a/b";

/// A part of a pattern between two slashes.
///
/// What is written out comes before a parameter, a parameter before all the rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// Written out.
    Static(String),
    /// A parameter with text around it: `v[id]`, `post-{$id}`.
    Mixed(String, String),
    /// One segment: `[id]`, `:id`, `$id`.
    One,
    /// One segment or none: `[[id]]`, `:id?`, `{-$id}`.
    Optional,
    /// A segment written out, or none: `en?`.
    OptionalStatic(String),
    /// All that is left, or nothing: `[...path]`, `*`, `$`.
    Rest,
}

/// The parts of a pattern.
pub fn segments(pattern: &str) -> Vec<Segment> {
    let parts = pattern.split('/').filter(|part| !part.is_empty());
    parts.map(segment).collect()
}

fn segment(part: &str) -> Segment {
    if part == "*" || part == "$" || part.starts_with("**") || part.starts_with("[...") {
        return Segment::Rest;
    }
    if part.starts_with("[[") || part.starts_with("{-$") {
        return Segment::Optional;
    }
    if let Some(name) = part.strip_prefix(':') {
        return match name.ends_with('?') {
            true => Segment::Optional,
            false => Segment::One,
        };
    }
    if part.starts_with('$') {
        return Segment::One;
    }
    if let Some(name) = part.strip_suffix('?') {
        return Segment::OptionalStatic(name.to_owned());
    }
    for (open, close) in [('[', ']'), ('{', '}')] {
        let Some((before, rest)) = part.split_once(open) else {
            continue;
        };
        let Some((_, after)) = rest.split_once(close) else {
            continue;
        };
        return match (before, after) {
            ("", "") => Segment::One,
            _ => Segment::Mixed(
                before.to_owned(),
                after.split(open).next().unwrap_or_default().to_owned(),
            ),
        };
    }
    Segment::Static(part.to_owned())
}

/// The URL paths to try for a pattern, the plainest first.
pub fn urls(pattern: &str) -> Vec<String> {
    let all = segments(pattern);
    let mut urls = Vec::new();
    // Once without what may be left out, once with it.
    for whole in [false, true] {
        let parts = all.iter().filter_map(|segment| sample(segment, whole));
        let url = parts.fold(String::new(), |url, part| format!("{url}/{part}"));
        let url = if url.is_empty() { "/".to_owned() } else { url };
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

fn sample(segment: &Segment, whole: bool) -> Option<String> {
    Some(match segment {
        Segment::Static(text) => encoded(text),
        Segment::Mixed(before, after) => format!("{}{ONE}{}", encoded(before), encoded(after)),
        Segment::One => ONE.to_owned(),
        Segment::Optional => whole.then(|| ONE.to_owned())?,
        Segment::OptionalStatic(text) => whole.then(|| encoded(text))?,
        Segment::Rest => whole.then(|| SEVERAL.to_owned())?,
    })
}

/// What a browser sends for a name: RFC 3986 leaves no room for anything but ASCII, and the URL
/// standard's path set takes these out of it.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"\"#<>?`{}".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// How closely a path fits a pattern; less is closer. `None` where it does not.
pub fn fit(pattern: &str, path: &str) -> Option<Vec<Segment>> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let all = segments(pattern);
    // Every optional segment doubles the ways; nobody writes more than a few.
    let optional = all.iter().filter(|one| is_optional(one)).count();
    if optional > 6 {
        return None;
    }
    let fits = fits(&all, &parts);
    fits.then_some(all)
}

fn is_optional(segment: &Segment) -> bool {
    matches!(segment, Segment::Optional | Segment::OptionalStatic(_))
}

fn fits(all: &[Segment], parts: &[&str]) -> bool {
    let Some((first, rest)) = all.split_first() else {
        return parts.is_empty();
    };
    let taken = |fits_one: bool| {
        fits_one
            && parts
                .split_first()
                .is_some_and(|(_, left)| fits(rest, left))
    };
    let part = parts.first().copied().unwrap_or_default();
    match first {
        Segment::Static(text) => taken(text == part),
        Segment::Mixed(before, after) => {
            let fits_one = part.len() > before.len() + after.len()
                && part.starts_with(before.as_str())
                && part.ends_with(after.as_str());
            taken(fits_one)
        }
        Segment::One => taken(true),
        Segment::Optional => taken(true) || fits(rest, parts),
        Segment::OptionalStatic(text) => taken(text == part) || fits(rest, parts),
        // Only the last one is read as a rest by any of them, but for Astro's and SvelteKit's, which
        // go on after it.
        Segment::Rest => (0..=parts.len()).any(|skip| {
            rest.is_empty() || fits_after_rest(rest, parts.get(skip..).unwrap_or_default())
        }),
    }
}

/// What comes after a rest holds no further rest, so that the time stays linear.
fn fits_after_rest(rest: &[Segment], parts: &[&str]) -> bool {
    !rest.contains(&Segment::Rest) && fits(rest, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_filled_with_samples_the_plainest_first() {
        for (pattern, expected) in [
            ("/", &["/"][..]),
            ("/posts/:id", &["/posts/x1"]),
            ("/posts/$id/edit", &["/posts/x1/edit"]),
            ("/posts/[id]", &["/posts/x1"]),
            ("/:lang?/about", &["/about", "/x1/about"]),
            ("/[[lang]]/about", &["/about", "/x1/about"]),
            ("/files/*", &["/files", "/files/a/b"]),
            ("/files/$", &["/files", "/files/a/b"]),
            ("/docs/[...slug]", &["/docs", "/docs/a/b"]),
            ("/v[major].json", &["/vx1.json"]),
            ("/[year=number]", &["/x1"]),
            ("/a b", &["/a%20b"]),
        ] {
            assert_eq!(urls(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn what_is_written_out_fits_closest() {
        let patterns = ["/posts/:id", "/posts/new", "/*", "/:lang?/posts/new"];
        let best = |path: &str| {
            let fits = patterns
                .iter()
                .filter_map(|pattern| Some((fit(pattern, path)?, *pattern)));
            fits.min().map(|(_, pattern)| pattern)
        };
        assert_eq!(best("/posts/new"), Some("/posts/new"));
        assert_eq!(best("/posts/1?x=/a"), Some("/posts/:id"));
        assert_eq!(best("/de/posts/new"), Some("/:lang?/posts/new"));
        assert_eq!(best("/"), Some("/*"));
        assert_eq!(fit("/a/[id]", "/a"), None);
        assert!(fit("/a/[...rest]/b", "/a/1/2/b").is_some());
    }
}
