//! What Next's router makes of a request's path before it asks the matcher.

use super::{NextPaths, Rules, Suffix};

/// The path that is tested.
pub(super) fn pathname(path: &str, config: &NextPaths, rules: Rules) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut path = collapse(path);
    if let Some((locales, default)) = &config.i18n {
        let (base, inner) = split_base(&path, &config.base_path);
        if !has_locale(inner, locales) && !inner.starts_with("/_next/") {
            let inner = if inner == "/" { "" } else { inner };
            let ends = path.ends_with('/');
            path = format!("{base}/{default}{inner}");
            if ends {
                add_slash(&mut path, config);
            }
        }
    }
    page_of_data(&path, config, rules).unwrap_or(path)
}

/// Next redirects `//` and backslashes to one slash each.
fn collapse(path: &str) -> String {
    let mut collapsed = String::with_capacity(path.len());
    for c in path.chars() {
        let c = if c == '\\' { '/' } else { c };
        if c != '/' || !collapsed.ends_with('/') {
            collapsed.push(c);
        }
    }
    collapsed
}

/// The base path, where the path lies under it, and the rest.
fn split_base<'a>(path: &'a str, base: &'a str) -> (&'a str, &'a str) {
    match path.strip_prefix(base) {
        Some("") => (base, "/"),
        Some(rest) if rest.starts_with('/') => (base, rest),
        _ => ("", path),
    }
}

fn has_locale(path: &str, locales: &[String]) -> bool {
    let segment = path.split('/').nth(1).unwrap_or_default().to_lowercase();
    !segment.is_empty() && locales.iter().any(|l| l.to_lowercase() == segment)
}

fn add_slash(path: &mut String, config: &NextPaths) {
    if config.trailing_slash && !path.ends_with('/') {
        path.push('/');
    }
}

/// The page that a request for `/_next/data/<id>/….json` asks for. Any id counts as the build's own:
/// with another one there is no page.
fn page_of_data(path: &str, config: &NextPaths, rules: Rules) -> Option<String> {
    let (base, inner) = split_base(path, &config.base_path);
    let rest = inner.strip_prefix("/_next/data/")?;
    let (id, _) = rest.split_once('/')?;
    let page = rest.get(id.len()..)?.strip_suffix(".json")?;
    if id.is_empty() {
        return None;
    }
    let mut page = match page {
        "/index" => "/",
        _ if page.starts_with("/index/") && !page.contains('[') => page.get(6..)?,
        _ => page,
    }
    .to_owned();
    if let Some((locales, default)) = &config.i18n
        && rules.suffix == Suffix::Transport
        && !has_locale(&page, locales)
        && !page.starts_with("/_next/")
    {
        let inner = if page == "/" { "" } else { page.as_str() };
        page = format!("/{default}{inner}");
    }
    let mut whole = match (page.as_str(), base.is_empty()) {
        ("/", false) => base.to_owned(),
        _ => format!("{base}{page}"),
    };
    add_slash(&mut whole, config);
    Some(whole)
}
