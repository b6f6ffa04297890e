//! Patterns of routes and the URLs they answer.

use super::NextConfig;

/// What is put in the place of a parameter. They carry no meaning of their own.
const ONE: &str = "x1";
const SEVERAL: &str = "a/b";
const LOCALE: &str = "en";

/// Names of parameters that stand for a language. Middleware of translated apps looks for one of theirs,
/// and nearly all of them have English.
const LOCALES: &[&str] = &["locale", "lang", "lng", "language"];

/// The markers of intercepting routes, the longest first:
/// dist/shared/lib/router/utils/interception-routes.js.
const INTERCEPTING: &[(&str, usize)] = &[
    ("(..)(..)", 2),
    ("(...)", usize::MAX),
    ("(..)", 1),
    ("(.)", 0),
];

/// The pattern of folders of the App Router: groups and slots are gone, as in
/// dist/shared/lib/router/utils/app-paths.js, `normalizeAppPath`.
pub(super) fn pattern<'s>(folders: impl Iterator<Item = &'s str>) -> String {
    let mut pattern = String::new();
    for folder in folders.filter(|folder| !is_group(folder) && !folder.starts_with('@')) {
        pattern.push('/');
        // A folder cannot begin with `_` by itself, so the documentation has it encoded.
        pattern.push_str(&folder.replace("%5F", "_"));
    }
    if pattern.is_empty() {
        pattern.push('/');
    }
    pattern
}

/// Whether a folder only groups: `(marketing)`.
pub(super) fn is_group(folder: &str) -> bool {
    folder.starts_with('(') && folder.ends_with(')')
}

/// The URLs to try for a pattern, the plainest first.
pub(super) fn urls(pattern: &str, config: &NextConfig) -> Vec<String> {
    // An intercepting page answers at the URL that it stands in for, when a header says that the
    // browser comes from inside the app, and under its own path to anybody: measured on 16.3.1.
    let stood_in_for = intercepted(pattern);
    let patterns = stood_in_for.iter().map(String::as_str).chain([pattern]);
    let mut urls = Vec::new();
    for path in patterns.flat_map(samples) {
        let url = as_asked(&path, config);
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

/// The paths to try for a pattern.
fn samples(pattern: &str) -> Vec<String> {
    let mut parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    let optional = parts
        .last()
        .is_some_and(|last| last.starts_with("[[..."))
        .then(|| parts.pop());
    let tails: &[&str] = if optional.is_some() {
        &["", SEVERAL]
    } else {
        &[""]
    };
    let leads = parts.first().is_some_and(|first| is_locale(first));
    let mut paths = Vec::new();
    for tail in tails {
        for skipped in 0..=usize::from(leads) {
            let samples = parts.iter().skip(skipped).map(|part| sample(part));
            let all = samples.chain((!tail.is_empty()).then(|| (*tail).to_owned()));
            paths.push(all.fold(String::new(), |path, part| format!("{path}/{part}")));
        }
    }
    paths
}

/// The pattern that an intercepting route stands in for.
fn intercepted(pattern: &str) -> Option<String> {
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    let marked = |part: &str| {
        INTERCEPTING
            .iter()
            .find_map(|(marker, up)| Some((part.strip_prefix(marker)?.to_owned(), *up)))
    };
    let index = parts.iter().position(|part| marked(part).is_some())?;
    let (before, from) = parts.split_at(index);
    let (rest, up) = from.first().and_then(|part| marked(part))?;
    let kept = before.iter().take(before.len().saturating_sub(up));
    let after = from.iter().skip(1);
    let all: Vec<&str> = kept.chain([&rest.as_str()]).chain(after).copied().collect();
    Some(format!("/{}", all.join("/")))
}

/// The name of a parameter, where a segment is one.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('[')?.strip_suffix(']')
}

fn is_locale(segment: &str) -> bool {
    parameter(segment).is_some_and(|name| LOCALES.contains(&name))
}

fn sample(segment: &str) -> String {
    let mut markers = INTERCEPTING.iter().map(|(marker, _)| *marker);
    let marker = markers.find(|marker| segment.starts_with(marker));
    let marker = marker.unwrap_or_default();
    let name = segment.strip_prefix(marker).unwrap_or(segment);
    let value = match parameter(name) {
        Some(name) if name.starts_with("...") => SEVERAL.to_owned(),
        Some(_) if is_locale(name) => LOCALE.to_owned(),
        Some(_) => ONE.to_owned(),
        None => encoded(name),
    };
    format!("{marker}{value}")
}

/// What a browser sends for a name: RFC 3986 leaves no room for anything but ASCII, and the URL
/// standard's path set takes these out of it.
fn encoded(segment: &str) -> String {
    let mut encoded = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_graphic() && !b"\"#<>?`{}".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A path as the browser asks for it: with the base path, and with the slash that Next.js would
/// otherwise redirect to (dist/lib/load-custom-routes.js; it leaves paths of files alone).
fn as_asked(path: &str, config: &NextConfig) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let slash = config.trailing_slash && !last.contains('.') && !last.is_empty();
    let asked = format!("{}{path}{}", config.base_path, if slash { "/" } else { "" });
    match asked.as_str() {
        "" => "/".to_owned(),
        _ if path.is_empty() && config.trailing_slash => format!("{asked}/"),
        _ => asked,
    }
}
