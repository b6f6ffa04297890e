//! Next's `config.matcher`: for which request paths the middleware (since 16: the proxy) runs.
//!
//! Facts from `dist/build/analysis/get-page-static-info.js` (a source becomes a regular expression),
//! `dist/server/lib/router-utils/resolve-routes.js` (the first test of a request) and
//! `dist/server/next-server.js` (the second) of the npm packages `next` 13.5.11 to 16.3.1.

mod decide;
mod request;
mod source;

use super::path_to_regexp::Edition;
use super::regex::Regex;

/// A version of Next.
pub type Version = (u32, u32, u32);

/// An entry of `matcher`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatcherEntry {
    /// The path, for path-to-regexp.
    pub source: String,
    /// All of these must hold.
    pub has: Vec<Condition>,
    /// None of these may hold.
    pub missing: Vec<Condition>,
    /// Whether a locale of `i18n` stands before the source by itself; `false` only where written so.
    pub locale: bool,
}

impl MatcherEntry {
    /// An entry that is only a string.
    pub fn of(source: &str) -> MatcherEntry {
        MatcherEntry {
            source: source.to_owned(),
            has: Vec::new(),
            missing: Vec::new(),
            locale: true,
        }
    }
}

/// A clause of `has` or `missing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Where the request carries it.
    pub kind: ConditionKind,
    /// Its name; a host has none.
    pub key: String,
    /// The regular expression that its value must match; none: any value but an empty one.
    pub value: Option<String>,
}

/// Where a request carries what a condition asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionKind {
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A parameter of the query.
    Query,
    /// The host.
    Host,
}

/// What `next.config` says about paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NextPaths {
    /// `basePath`, or empty.
    pub base_path: String,
    /// `i18n`: the locales and the default one.
    pub i18n: Option<(Vec<String>, String)>,
    /// `trailingSlash`
    pub trailing_slash: bool,
}

/// Why the build stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatcherProblem {
    /// Which entry.
    pub index: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Whether the middleware runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runs {
    /// Always.
    Yes,
    /// Never.
    No,
    /// Where the request is as this clause wants it, and that is the visitor's choice.
    ByVisitor(Deciding),
    /// Not found out.
    Undecided,
}

/// A clause that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// The entry it belongs to.
    pub entry: usize,
    /// Whether it stands in `missing`, so that a visitor who satisfies it skips the middleware.
    pub missing: bool,
    /// The clause.
    pub condition: Condition,
}

/// What differs between versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rules {
    suffix: Suffix,
    edition: Edition,
    /// The decoded path is tested too.
    decodes: bool,
    /// The length of the source is limited; before, that of the regular expression.
    limits_source: bool,
}

/// Which forms of a page's path a source covers by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suffix {
    /// `.json`, where the dot is any character.
    Json,
    /// `.json`
    DottedJson,
    /// Also `.rsc` and `.segments/….segment.rsc`: the mend of CVE-2026-44575.
    Transport,
}

impl Rules {
    fn of(version: Option<Version>) -> Rules {
        let version = version.unwrap_or((u32::MAX, 0, 0));
        let transport = version >= (16, 2, 5) || ((15, 5, 16)..(16, 0, 0)).contains(&version);
        Rules {
            suffix: match (transport, version >= (15, 1, 0)) {
                (true, _) => Suffix::Transport,
                (false, true) => Suffix::DottedJson,
                (false, false) => Suffix::Json,
            },
            edition: match version >= (15, 5, 0) {
                true => Edition::Since63,
                false => Edition::Before63,
            },
            decodes: version >= (15, 4, 0),
            limits_source: version >= (15, 0, 0),
        }
    }
}

/// A compiled `matcher`. A clone shares the compiled sources.
#[derive(Debug, Clone)]
pub struct NextMatcher {
    entries: Vec<Entry>,
    /// The conditions of all entries, each once.
    conditions: Vec<Condition>,
    paths: NextPaths,
    rules: Rules,
}

#[derive(Debug, Clone)]
struct Entry {
    /// None where the regular expression is not followed.
    regex: Option<Regex>,
    clauses: Vec<Clause>,
}

/// A condition of an entry, by its index.
#[derive(Debug, Clone, Copy)]
struct Clause {
    condition: usize,
    missing: bool,
}

/// The entries whose source fits a path.
#[derive(Debug, Default)]
struct Fitting {
    entries: Vec<usize>,
    /// Whether there may be one more, and nobody knows its clauses.
    perhaps: bool,
}

impl NextMatcher {
    /// The matcher that `next build` makes. An unknown version counts as the newest.
    pub fn new(
        entries: &[MatcherEntry],
        config: &NextPaths,
        version: Option<Version>,
    ) -> Result<NextMatcher, MatcherProblem> {
        let mut matcher = NextMatcher {
            entries: Vec::with_capacity(entries.len()),
            conditions: Vec::new(),
            paths: config.clone(),
            rules: Rules::of(version),
        };
        for (index, entry) in entries.iter().enumerate() {
            let regex = source::compile(entry, config, matcher.rules);
            let regex = regex.map_err(|why| MatcherProblem { index, why })?;
            let has = entry.has.iter().map(|condition| (condition, false));
            let missing = entry.missing.iter().map(|condition| (condition, true));
            let clauses = has.chain(missing);
            let clauses = clauses.map(|(condition, missing)| matcher.clause(condition, missing));
            let clauses = clauses.collect();
            matcher.entries.push(Entry { regex, clauses });
        }
        Ok(matcher)
    }

    fn clause(&mut self, condition: &Condition, missing: bool) -> Clause {
        let known = self.conditions.iter().position(|other| other == condition);
        let condition = known.unwrap_or_else(|| {
            self.conditions.push(condition.clone());
            self.conditions.len() - 1
        });
        Clause { condition, missing }
    }

    /// Whether the middleware runs for a path as a browser asks for it: percent-encoded, base path
    /// included. A path with `//` is answered for the path that Next redirects to.
    pub fn runs(&self, path: &str) -> Runs {
        let asked = request::pathname(path, &self.paths, self.rules);
        // Two tests must hold: as the router asks, and without the slash at the end as the server asks.
        let bare = asked.strip_suffix('/').unwrap_or(&asked);
        let bare = if bare.is_empty() { "/" } else { bare };
        self.decide(&[self.fitting(&asked), self.fitting(bare)])
    }

    fn fitting(&self, pathname: &str) -> Fitting {
        let decoded = match self.rules.decodes && pathname.contains('%') {
            true => super::percent::decode_component(pathname),
            false => None,
        };
        let mut fitting = Fitting::default();
        for (index, entry) in self.entries.iter().enumerate() {
            let fits = |path: &str| entry.regex.as_ref().and_then(|regex| regex.is_match(path));
            let raw = fits(pathname);
            let decoded = decoded.as_deref().map_or(Some(false), fits);
            match (raw, decoded) {
                (Some(true), _) | (_, Some(true)) => fitting.entries.push(index),
                (Some(false), Some(false)) => {}
                _ => fitting.perhaps = true,
            }
        }
        fitting
    }
}
