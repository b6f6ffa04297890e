//! The headers that an app sends with its pages, as far as files and code tell.

pub mod clerk;
pub mod code;
pub mod csp;
mod eval;
pub mod files;

use csp::Policy;

use super::document::At;
use super::framework::Side;
use super::project::App;
use crate::model::Place;

/// What is known of them.
#[derive(Debug, Default)]
pub struct Headers {
    /// Headers that are set with pages.
    pub set: Vec<Setting>,
    /// `contentSecurityPolicy` of `clerkMiddleware()`.
    pub options: Vec<clerk::PolicyOption>,
    /// The `<ClerkProvider>` elements of the app.
    pub providers: Vec<clerk::Provider>,
    /// What holds the browser to one build of clerk-js.
    pub pins: Vec<clerk::Pin>,
    /// What sets headers in a way that cannot be followed, in words; its place where there is one.
    pub unclear: Vec<String>,
    /// Whether the Frontend API is asked through the app, or on a host that its key does not name.
    pub other_frontend_api: bool,
    /// Whether a server whose framework makes no pages sends some all the same.
    pub sends_pages: bool,
}

/// A header that is set with all pages, or with some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Where: path, 1-based line and column.
    pub file: String,
    /// Line and column in it.
    pub at: At,
    /// The header.
    pub name: Name,
    /// Its value; [`csp::HOLE`] for what is not known.
    pub value: String,
    /// Who sets it, in words: `next.config`, `helmet()`.
    pub by: &'static str,
    /// Whether it surely comes with the pages, rather than under a condition that cannot be told.
    pub sure: bool,
    /// Whether something else sets the same header in its place.
    pub replaced: bool,
}

impl Setting {
    /// Where it is.
    pub fn place(&self) -> Place {
        span(&self.file, self.at)
    }
}

/// A place in a file.
pub fn span(file: &str, at: At) -> Place {
    Place::Span {
        file: file.to_owned(),
        line: at.line,
        column: at.column,
        excerpt: None,
    }
}

/// The headers that are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// `Content-Security-Policy`
    Policy,
    /// The same in a `<meta>`, where `frame-ancestors` and `report-uri` do not count.
    MetaPolicy,
    /// `Content-Security-Policy-Report-Only`, which blocks nothing.
    ReportOnly,
    /// `X-Frame-Options`
    FrameOptions,
    /// `X-Content-Type-Options`
    ContentTypeOptions,
    /// `Strict-Transport-Security`
    TransportSecurity,
    /// Another that protects: `Referrer-Policy`, `Permissions-Policy`, …
    Other,
}

impl Name {
    /// The header of a name, in any case.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "content-security-policy" => Name::Policy,
            "content-security-policy-report-only" => Name::ReportOnly,
            "x-frame-options" => Name::FrameOptions,
            "x-content-type-options" => Name::ContentTypeOptions,
            "strict-transport-security" => Name::TransportSecurity,
            "referrer-policy"
            | "permissions-policy"
            | "x-xss-protection"
            | "cross-origin-opener-policy" => Name::Other,
            _ => return None,
        })
    }
}

impl Headers {
    /// The policies that are enforced, with what sets each.
    pub fn policies(&self) -> Vec<(&Setting, Policy)> {
        let enforced = self
            .set
            .iter()
            .filter(|one| matches!(one.name, Name::Policy | Name::MetaPolicy) && !one.replaced);
        enforced
            .flat_map(|one| {
                Policy::list(&one.value)
                    .into_iter()
                    .map(move |policy| (one, policy))
            })
            .collect()
    }
}

/// Why an app sends no pages to a browser; `None` where it does.
pub fn without_pages(app: &App, headers: &Headers) -> Option<&'static str> {
    if matches!(app.framework.id, "expo" | "browser-extension") {
        return Some("the app is no page of a web server");
    }
    let makes_pages = app.stack().any(|framework| framework.side != Side::Server);
    (!makes_pages && !headers.sends_pages).then_some("the server sends no pages")
}

/// Whether a pattern of a path means every page: `/(.*)`, `/:path*`, `/*`, `**`, `/((?!api).*)`.
pub(crate) fn is_everywhere(pattern: &str) -> bool {
    let rest = pattern.trim().trim_start_matches('^').trim_end_matches('$');
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let rest = rest.trim_end_matches('?').trim_end_matches("{/}");
    if matches!(
        rest,
        "*" | "**" | "**/*" | "(.*)" | ".*" | "(.*)*" | "{*path}"
    ) {
        return true;
    }
    if let Some(named) = rest.strip_prefix(':') {
        let end = named
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(named.len());
        return matches!(named.get(end..), Some("*" | "(.*)" | "(.*)*"));
    }
    rest.strip_prefix("((?!")
        .is_some_and(|lookahead| lookahead.ends_with(").*)"))
}

/// The value of a policy given as directives: `{ scriptSrc: ["'self'"], 'img-src': "*" }`.
pub(crate) fn policy_of(directives: &[(String, String)]) -> String {
    let parts = directives
        .iter()
        .map(|(name, value)| format!("{} {value}", kebab(name)).trim().to_owned());
    parts.collect::<Vec<_>>().join("; ")
}

/// `scriptSrc` as `script-src`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_every_page_or_it_does_not() {
        for all in [
            "/(.*)",
            "/:path*",
            "/:path(.*)",
            "/*",
            "**",
            "/**",
            "/((?!api|_next).*)",
            "/(.*)?",
            "^/.*$",
        ] {
            assert!(is_everywhere(all), "{all}");
        }
        for some in [
            "/",
            "/embed/(.*)",
            "/api/:path*",
            "/:path",
            "/sw.js",
            "/(a|b)",
            "",
        ] {
            assert!(!is_everywhere(some), "{some}");
        }
    }

    #[test]
    fn directives_are_written_either_way() {
        let all = [
            ("scriptSrc".to_owned(), "'self' x".to_owned()),
            ("img-src".to_owned(), "*".to_owned()),
            ("upgradeInsecureRequests".to_owned(), String::new()),
        ];
        assert_eq!(
            policy_of(&all),
            "script-src 'self' x; img-src *; upgrade-insecure-requests"
        );
    }
}
