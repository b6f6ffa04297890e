//! What the site shows to anybody: headers, scripts, source maps, files that should not be there.

pub mod exposed;
pub mod html;

use url::Url;

use crate::facts::headers::csp::Policy;
use crate::facts::http::{Answer, Barrier};
use crate::facts::live::site::front::page::is_moved;
use crate::facts::secrets::{Credential, Search};
use crate::model::{Known, Secret, Site};

/// What the site shows to anybody.
#[derive(Debug, Clone)]
pub struct Surface {
    /// The site.
    pub site: Site,
    /// What its pages show.
    pub shown: Known<Shown>,
    /// Files that should not be there.
    pub exposed: Known<Vec<exposed::Exposed>>,
}

/// What the pages of a site show.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// The pages that were looked at, the front page first.
    pub pages: Vec<Page>,
    /// How many scripts were read, of how many that the pages name.
    pub scripts: (usize, usize),
    /// Source maps that anybody can read, without a query.
    pub maps: Vec<String>,
    /// Credentials in pages, scripts and source maps.
    pub leaks: Vec<Leak>,
}

impl Surface {
    /// That not every script was read, where that is so.
    pub fn note(&self) -> Option<String> {
        let (read, all) = self.shown.as_ref()?.scripts;
        (read < all).then(|| {
            format!(
                "{}: {read} of the {all} scripts of the front page were searched",
                self.site
            )
        })
    }

    /// Why an answer is no page that could be looked at, if it is none.
    pub fn unfit(answer: &Answer) -> Option<String> {
        if let Some(barrier) = Barrier::of(answer) {
            return Some(barrier.words().to_owned());
        }
        match answer.status {
            200 if answer.is_compressed() => {
                Some("the front page came compressed, which was not asked for".to_owned())
            }
            200 if !answer.whole => Some("the front page is too large to be looked at".to_owned()),
            200 => None,
            status if answer.is_redirect() => {
                Some(format!("the front page leads elsewhere (HTTP {status})"))
            }
            status => Some(format!("the front page answers HTTP {status}")),
        }
    }
}

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its address, without a query.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// How long browsers are to remember that the site is served over TLS, in seconds.
    pub hsts: Option<u64>,
    /// Whether browsers are told not to guess media types.
    pub nosniff: bool,
    /// Whether something says who may show it in a frame.
    pub frames: bool,
    /// The policies that are enforced.
    pub policies: Vec<Policy>,
    /// Whether it asks another host than that of its key: a proxy, or that of a satellite domain.
    pub moved: bool,
}

impl Page {
    /// A page, from an answer.
    pub fn of(url: &Url, answer: &Answer) -> Self {
        let policies: Vec<Policy> = answer
            .all("content-security-policy")
            .flat_map(Policy::list)
            .collect();
        let framed = policies
            .iter()
            .any(|policy| policy.directive("frame-ancestors").is_some());
        Self {
            url: shown(url),
            status: answer.status,
            hsts: answer.header("strict-transport-security").map(max_age),
            nosniff: answer
                .header("x-content-type-options")
                .is_some_and(|value| value.trim().eq_ignore_ascii_case("nosniff")),
            frames: framed || answer.header("x-frame-options").is_some(),
            policies,
            moved: is_moved(&answer.text()),
        }
    }
}

/// A credential that anybody can read.
#[derive(Debug, Clone)]
pub struct Leak {
    /// Where, without a query.
    pub url: String,
    /// What it is, in words.
    pub what: &'static str,
    /// The credential itself.
    pub value: Secret,
}

/// The credentials in what a server sent, each once.
pub fn leaks(search: &Search, url: &Url, answer: &Answer, into: &mut Vec<Leak>) {
    if answer.is_compressed() {
        return;
    }
    let found = search.credentials(url.path(), &answer.body);
    let secret = |one: &Credential| one.kind.is_credential();
    for one in found.into_iter().filter(secret) {
        if into.iter().any(|leak| leak.value == one.value) {
            continue;
        }
        into.push(Leak {
            url: shown(url),
            what: one.words(),
            value: one.value,
        });
    }
}

/// Whether an answer is a source map: JSON of version 3 with the sources' names.
pub fn is_source_map(answer: &Answer) -> bool {
    let text = answer.text();
    let start = text.trim_start_matches(")]}'").trim_start();
    let head: String = start.chars().take(2_000).collect();
    answer.status == 200
        && head.starts_with('{')
        && head.contains("\"version\"")
        && (head.contains("\"sources\"")
            || head.contains("\"mappings\"")
            || head.contains("\"sections\""))
}

/// An address as it is shown: no query, no fragment.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

fn max_age(value: &str) -> u64 {
    let directives = value.split(';').map(str::trim);
    let age = directives
        .filter_map(|one| one.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("max-age"));
    age.and_then(|(_, value)| value.trim().trim_matches('"').parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_how_long_tls_is_remembered() {
        assert_eq!(max_age("max-age=31536000; includeSubDomains"), 31_536_000);
        assert_eq!(max_age("includeSubDomains; Max-Age=\"300\""), 300);
        assert_eq!(max_age("nonsense"), 0);
    }

    #[test]
    fn tells_a_source_map_from_a_page() {
        let map = |body: &str| {
            is_source_map(&Answer {
                status: 200,
                body: body.as_bytes().to_vec(),
                ..Answer::default()
            })
        };
        assert!(map(r#"{"version":3,"sources":["a.ts"],"mappings":""}"#));
        assert!(!map("<!doctype html>") && !map("{}"));
    }
}
