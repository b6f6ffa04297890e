//! What stands in a page: the publishable keys, a script, the version of the SDK.

use memchr::memmem::{find, find_iter};
use url::Url;

use crate::facts::api::Screen;
use crate::facts::keys::{self, PublishableKey};
use crate::model::{Secret, Site};

/// What a page says of Clerk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup {
    /// The publishable keys with which Clerk's own script is loaded.
    pub keys: Vec<PublishableKey>,
    /// Those that stand elsewhere in the page or in its script.
    pub others: Vec<PublishableKey>,
    /// Whether the page names a proxy of the Frontend API.
    pub proxied: bool,
    /// The domain of a satellite app that the page names, fit to show.
    pub satellite: Option<String>,
    /// A script of the site itself, as path and query.
    pub script: Option<String>,
    /// The SDK and its version as the page names it: `@clerk/nextjs 7.7.4`.
    pub sdk: Option<String>,
}

/// The attribute of Clerk's script that names a proxy.
const PROXY: &str = "data-clerk-proxy-url=";

/// More keys than this are no app's.
const MOST_KEYS: usize = 8;

/// A publishable key carries a host name.
const LONGEST_KEY: usize = 400;

/// The attributes of a script stand within so many bytes.
const LONGEST_TAG: usize = 2048;

/// So many scripts are looked at.
const MOST_SCRIPTS: usize = 60;

/// Reads a page. Linear, and bounded by what was read of it.
pub fn read(site: &Site, asked: &Url, text: &str) -> Markup {
    let mut markup = Markup {
        proxied: attribute(text, PROXY).is_some(),
        satellite: attribute(text, "data-clerk-domain=")
            .and_then(|domain| Screen::default().token(domain)),
        script: script(site, asked, text),
        sdk: sdk(text),
        ..Markup::default()
    };
    markup.add_keys(text);
    markup
}

impl Markup {
    /// Adds the keys that stand in a text, of a script for example.
    pub fn add_keys(&mut self, text: &str) {
        let bytes = text.as_bytes();
        for start in find_iter(bytes, "pk_") {
            let Some(key) = key_at(text, start) else {
                continue;
            };
            let before = text.get(..start).unwrap_or_default();
            let before = before.trim_end_matches(['"', '\'']);
            let list = if before.ends_with("data-clerk-publishable-key=") {
                &mut self.keys
            } else {
                &mut self.others
            };
            if list.len() < MOST_KEYS && !list.contains(&key) {
                list.push(key);
            }
        }
    }

    /// The keys that count: those with which Clerk's script is loaded; without any, those that stand
    /// elsewhere.
    pub fn publishable(&self) -> &[PublishableKey] {
        if self.keys.is_empty() {
            &self.others
        } else {
            &self.keys
        }
    }

    /// Whether two publishable keys stand in the page, so that it cannot be said which one is used.
    pub fn is_ambiguous(&self) -> bool {
        self.publishable().len() > 1
    }
}

/// Stripe's keys begin alike, so only a key that decodes to a host is one.
fn key_at(text: &str, start: usize) -> Option<PublishableKey> {
    let rest = text.get(start..)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let length = rest
        .char_indices()
        .take(LONGEST_KEY)
        .find(|(_, c)| !fits(*c))
        .map_or(rest.len().min(LONGEST_KEY), |(at, _)| at);
    let key = Secret::new(rest.get(..length)?.to_owned());
    keys::publishable(&key).key().cloned()
}

/// The proxy of the Frontend API that a page names, as an address or a path: by the attribute of Clerk's
/// script, or by the setting `proxyUrl` of a provider in the stream of the page.
pub fn proxy(text: &str) -> Option<&str> {
    let is_address = |value: &&str| value.starts_with('/') || value.starts_with("https://");
    attribute(text, PROXY)
        .filter(is_address)
        .or_else(|| setting(text).filter(is_address))
}

/// Whether a page does not ask the host of its key: it names a proxy of the Frontend API, or the domain of a
/// satellite app.
pub fn is_moved(text: &str) -> bool {
    proxy(text).is_some() || attribute(text, "data-clerk-domain=").is_some()
}

/// The first `proxyUrl` that is set: `"proxyUrl":"…"`, and in the stream of Next.js `\"proxyUrl\":\"…\"`.
/// Next.js writes what is not set as `$undefined`.
fn setting(text: &str) -> Option<&str> {
    find_iter(text.as_bytes(), "proxyUrl").find_map(|at| {
        let rest = text.get(at + "proxyUrl".len()..)?;
        let value = rest.trim_start_matches(['\\', '"', '\'', ' ']);
        let value = value.strip_prefix(':')?;
        let value = value.trim_start_matches(['\\', '"', '\'', ' ']);
        let end = value.find(['\\', '"', '\'', ',', '}', '<', '>', ' '])?;
        value
            .get(..end)
            .filter(|value| value.starts_with(['/', 'h']))
    })
}

/// The value of an attribute that is set.
fn attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let at = find(text.as_bytes(), name.as_bytes())?;
    value(text.get(at + name.len()..)?).filter(|value| !value.is_empty())
}

fn value(rest: &str) -> Option<&str> {
    let quote = rest.chars().next()?;
    if matches!(quote, '"' | '\'') {
        return rest.get(1..)?.split(quote).next();
    }
    rest.split([' ', '>', '\n', '\t']).next()
}

/// A script of the site itself: one that Next.js keeps from its middleware, if there is one, else any.
fn script(site: &Site, asked: &Url, text: &str) -> Option<String> {
    let mut first = None;
    for at in find_iter(text.as_bytes(), "<script").take(MOST_SCRIPTS) {
        let rest = text.get(at..)?;
        let tag = rest.split('>').next().unwrap_or_default();
        if tag.len() > LONGEST_TAG {
            continue;
        }
        let Some(source) = attribute(tag, " src=") else {
            continue;
        };
        let source = source.replace("&amp;", "&");
        let own = asked.join(&source).ok();
        let Some(url) = own.filter(|url| url.origin() == site.url().origin()) else {
            continue;
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        if path.starts_with("/_next/static/") {
            return Some(path);
        }
        first = first.or(Some(path));
    }
    first
}

/// Next.js writes it into the stream of the page: `\"sdkMetadata\":{\"name\":\"@clerk/nextjs\",…`.
fn sdk(text: &str) -> Option<String> {
    let at = find(text.as_bytes(), b"sdkMetadata")?;
    let window: String = text.get(at..)?.chars().take(200).collect();
    let plain = window.replace('\\', "");
    let field = |name: &str| attribute(&plain, &format!("\"{name}\":"));
    let name = field("name").filter(|name| name.starts_with("@clerk/"))?;
    let version = Screen::default().token(field("version")?)?;
    let name = name.strip_prefix('@').unwrap_or(name);
    Some(format!("@{} {version}", Screen::default().token(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;

    fn pk(mode: &str, host: &str) -> String {
        let payload = base64::engine::general_purpose::STANDARD.encode(format!("{host}$"));
        format!("pk_{mode}_{payload}")
    }

    fn page(text: &str) -> Markup {
        let site: Site = "https://acme.shop".parse().unwrap();
        read(&site, site.url(), text)
    }

    #[test]
    fn finds_the_key_with_which_clerks_script_is_loaded() {
        let live = pk("live", "clerk.acme.shop");
        for quote in ["\"", "'", ""] {
            let markup = page(&format!(
                "<script data-clerk-publishable-key={quote}{live}{quote}></script> other {}",
                pk("test", "x.clerk.accounts.dev")
            ));
            let hosts: Vec<_> = markup.publishable().iter().map(|key| &key.host).collect();
            assert_eq!(hosts, ["clerk.acme.shop"], "{quote}");
            assert_eq!(markup.others.len(), 1);
        }
    }

    #[test]
    fn takes_no_key_of_another_maker_for_one_of_clerks() {
        let stripe = format!("pk_live_{}", "51Hx".repeat(20));
        assert_eq!(
            page(&format!("key: '{stripe}', pk_live_, pk_")).publishable(),
            []
        );
        let own = pk("live", "clerk.acme.shop");
        let markup = page(&format!("{{\"a\":\"{own}\",\"b\":\"{own}\"}}"));
        assert_eq!(markup.publishable().len(), 1);
    }

    #[test]
    fn prefers_a_script_that_no_middleware_covers() {
        let markup = page(
            "<script src=\"https://cdn.example/a.js\"></script><script src='/b.js?x=1&amp;y=2'></script>\
             <script defer src=/_next/static/chunks/c.js async></script>",
        );
        assert_eq!(markup.script.as_deref(), Some("/_next/static/chunks/c.js"));
        let markup = page("<script src='/b.js?x=1&amp;y=2'></script>");
        assert_eq!(markup.script.as_deref(), Some("/b.js?x=1&y=2"));
        assert_eq!(page("<script src='//evil.example/b.js'>").script, None);
        assert_eq!(page("<script src=").script, None);
    }

    #[test]
    fn reads_the_version_out_of_a_page_of_next() {
        let text = r#"\"sdkMetadata\":{\"name\":\"@clerk/nextjs\",\"version\":\"6.39.6\",\"environment\":\"production\"}"#;
        assert_eq!(page(text).sdk.as_deref(), Some("@clerk/nextjs 6.39.6"));
        assert_eq!(page("sdkMetadata").sdk, None);
        assert_eq!(page(r#"sdkMetadata:{"name":"x","version":"1"}"#).sdk, None);
    }

    #[test]
    fn finds_the_proxy_that_a_page_names() {
        for (text, named) in [
            (
                "<script data-clerk-proxy-url=\"/__clerk\">",
                Some("/__clerk"),
            ),
            ("<script data-clerk-proxy-url=\"\">", None),
            (
                r#"{\"publishableKey\":\"x\",\"proxyUrl\":\"https://acme.shop/__clerk\",\"domain\":\"\"}"#,
                Some("https://acme.shop/__clerk"),
            ),
            (
                r#"{"proxyUrl":"","b":{"proxyUrl": "/clerk"}}"#,
                Some("/clerk"),
            ),
            (r#"{\"proxyUrl\":\"$undefined\"}"#, None),
            (r#"{"proxyUrl":null}"#, None),
            ("the prop proxyUrl: see https://example.com", None),
            ("proxyUrl", None),
        ] {
            assert_eq!(proxy(text), named, "{text}");
        }
        let _ = proxy(&"proxyUrl\":\"https://".repeat(20_000));
    }

    #[test]
    fn odd_pages_do_no_harm() {
        for text in [
            "",
            "pk_live_é",
            "<script",
            "<script src='",
            "data-clerk-domain=\u{1b}",
        ] {
            let _ = page(text);
        }
        let _ = page(&"<script pk_live_".repeat(20_000));
    }
}
