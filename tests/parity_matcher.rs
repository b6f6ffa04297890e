//! `facts::code::matcher` answers as the real packages did, and ends on any pattern and any path.
//!
//! The answers were recorded from `@clerk/nextjs` and `next` by `record.mjs` in
//! `fixtures/parity/route-matcher` and `fixtures/parity/next-matcher`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/patience.rs"]
mod patience;

use std::collections::BTreeMap;
use std::time::Instant;

use clerk_audit::facts::code::matcher::clerk::{
    AuthAnswer, AuthMiddleware, AuthRoutes, MatchResult, Normalisation, RouteMatcher, RoutePattern,
};
use clerk_audit::facts::code::matcher::next::{
    Condition, ConditionKind, MatcherEntry, NextMatcher, NextPaths, Runs,
};
use clerk_audit::facts::code::matcher::path_to_regexp::{
    Edition, Options, PathProblem, path_to_regexp,
};
use clerk_audit::facts::code::matcher::regex::{Regex, RegexProblem};
use patience::soon;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

fn fixture<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = format!(
        "{}/fixtures/parity/{name}/answers.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).expect("a fixture")).expect("JSON")
}

/// Answers compared, and those that differ.
#[derive(Default)]
struct Tally {
    same: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn compare(&mut self, what: impl Fn() -> String, expected: &str, got: &str) {
        if expected == got {
            self.same += 1;
        } else {
            self.wrong
                .push(format!("{}: {expected:?}, not {got:?}", what()));
        }
    }

    fn end(self, at_least: usize) {
        let shown: Vec<_> = self.wrong.iter().take(30).cloned().collect();
        let (wrong, same) = (self.wrong.len(), self.same);
        assert!(
            wrong == 0,
            "{wrong} of {same} differ:\n{}",
            shown.join("\n")
        );
        assert!(same >= at_least, "only {same} answers");
    }
}

#[derive(Deserialize)]
struct Clerk {
    paths: Vec<String>,
    lists: Vec<List>,
    auth: Vec<Auth>,
    texts: Vec<String>,
    regexes: Vec<(String, String, Option<String>)>,
}

#[derive(Deserialize)]
struct List {
    patterns: Vec<Pattern>,
    raw: Recorded,
    normalising: Recorded,
    #[serde(rename = "4")]
    four: Recorded,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(untagged)]
enum Pattern {
    Text(String),
    Regex(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Recorded {
    Signs(String),
    Failed { error: String },
}

fn patterns(list: &[Pattern]) -> Vec<RoutePattern> {
    let pattern = |pattern: &Pattern| match pattern {
        Pattern::Text(path) => RoutePattern::Text(path.clone()),
        Pattern::Regex(parts) => RoutePattern::Regex {
            source: parts[0].clone(),
            flags: parts.get(1).cloned().unwrap_or_default(),
        },
    };
    list.iter().map(pattern).collect()
}

fn word(problem: &PathProblem) -> String {
    match problem {
        PathProblem::Path(why) => why.clone(),
        PathProblem::Regex(_) => "regex".to_owned(),
    }
}

fn compare_list(tally: &mut Tally, clerk: &Clerk, list: &List, version: &str, real: &Recorded) {
    let normalisation = Normalisation::of(Some(version));
    let matcher = RouteMatcher::new(&patterns(&list.patterns), normalisation);
    let what = |path: &str| format!("{:?} in {version} on {path:?}", list.patterns);
    match (real, &matcher) {
        (Recorded::Failed { error }, Err(problem)) => {
            tally.compare(|| what("any path"), error, &word(&problem.why));
        }
        (Recorded::Signs(signs), Ok(matcher)) => {
            for (path, sign) in clerk.paths.iter().zip(signs.chars()) {
                let got = match matcher.matches(path) {
                    MatchResult::No => "0",
                    MatchResult::Yes(_) => "1",
                    MatchResult::Malformed => "m",
                    MatchResult::Undecided => "undecided",
                };
                tally.compare(|| what(path), &sign.to_string(), got);
            }
        }
        (Recorded::Failed { error }, Ok(_)) => tally.compare(|| what(""), error, "a matcher"),
        (Recorded::Signs(_), Err(problem)) => {
            tally.compare(|| what(""), "a matcher", &word(&problem.why));
        }
    }
}

#[test]
fn a_route_matcher_answers_as_clerk_does_before_and_since_it_normalises() {
    let clerk: Clerk = fixture("route-matcher");
    let mut tally = Tally::default();
    for list in &clerk.lists {
        compare_list(&mut tally, &clerk, list, "6.39.1", &list.raw);
        compare_list(&mut tally, &clerk, list, "7.7.4", &list.normalising);
    }
    tally.end(20_000);
}

#[test]
fn path_to_regexp_before_6_3_matches_what_clerk_4_ships() {
    let clerk: Clerk = fixture("route-matcher");
    let mut tally = Tally::default();
    for list in &clerk.lists {
        let [Pattern::Text(path)] = list.patterns.as_slice() else {
            continue;
        };
        if path.is_empty() {
            continue;
        }
        let regex = path_to_regexp(path, &Options::of(Edition::Before63));
        match (&list.four, regex) {
            (Recorded::Signs(signs), Ok(regex)) => {
                for (text, sign) in clerk.paths.iter().zip(signs.chars()) {
                    let got = if regex.is_match(text).unwrap() {
                        "1"
                    } else {
                        "0"
                    };
                    tally.compare(|| format!("{path} on {text}"), &sign.to_string(), got);
                }
            }
            (Recorded::Failed { error }, Err(problem)) => {
                tally.compare(|| path.clone(), error, &word(&problem));
            }
            (_, got) => tally.compare(|| path.clone(), "the other", &format!("{got:?}")),
        }
    }
    tally.end(10_000);
}

#[derive(Deserialize)]
struct Auth {
    options: AuthOptions,
    #[serde(flatten)]
    signs: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthOptions {
    #[serde(default)]
    public_routes: Vec<Pattern>,
    ignored_routes: Option<Vec<Pattern>>,
    api_routes: Option<Vec<Pattern>>,
    sign_urls: Vec<String>,
}

#[test]
fn auth_middleware_lets_through_what_clerk_4_and_5_do() {
    let clerk: Clerk = fixture("route-matcher");
    let mut tally = Tally::default();
    for auth in &clerk.auth {
        let options = &auth.options;
        let list = |list: &Option<Vec<Pattern>>| list.as_deref().map(patterns);
        let routes = AuthRoutes {
            public: patterns(&options.public_routes),
            ignored: list(&options.ignored_routes),
            api: list(&options.api_routes),
            sign_urls: options.sign_urls.clone(),
        };
        for (name, version) in [("4", "4.31.8"), ("5-raw", "5.7.5"), ("5", "5.7.6")] {
            let middleware = AuthMiddleware::new(&routes, Some(version)).unwrap();
            for (path, sign) in clerk.paths.iter().zip(auth.signs[name].chars()) {
                let got = match middleware.answer(path) {
                    AuthAnswer::Ignored => "i",
                    AuthAnswer::Public(_) => "p",
                    AuthAnswer::Unauthorized => "u",
                    AuthAnswer::SignIn => "s",
                    AuthAnswer::Malformed => "b",
                    AuthAnswer::Undecided => "undecided",
                };
                if sign != '-' {
                    let what = || format!("{:?} in {version} on {path:?}", routes);
                    tally.compare(what, &sign.to_string(), got);
                }
            }
        }
    }
    tally.end(2_000);
}

#[test]
fn a_regex_means_what_it_means_in_javascript() {
    let clerk: Clerk = fixture("route-matcher");
    let mut tally = Tally::default();
    let mut undecided = 0;
    for (source, flags, signs) in &clerk.regexes {
        let what = || format!("/{source}/{flags}");
        let (regex, signs) = match (Regex::new(source, flags), signs) {
            (Err(RegexProblem::Invalid(_)), None) => {
                tally.compare(what, "", "");
                continue;
            }
            (Ok(regex), Some(signs)) => (regex, signs),
            (got, signs) => {
                tally.compare(what, &format!("{signs:?}"), &format!("{got:?}"));
                continue;
            }
        };
        for (text, sign) in clerk.texts.iter().zip(signs.chars()) {
            let Some(got) = regex.is_match(text) else {
                // Deliberately undecided: `i` with `u` on a text beyond ASCII.
                assert!(
                    flags == "iu" && !text.is_ascii(),
                    "/{source}/{flags} on {text}"
                );
                undecided += 1;
                continue;
            };
            let got = if got { "1" } else { "0" };
            let what = || format!("/{source}/{flags} on {text:?}");
            tally.compare(what, &sign.to_string(), got);
        }
    }
    assert!(undecided < 100, "{undecided} undecided");
    tally.end(4_000);
}

#[derive(Deserialize)]
struct Next {
    versions: NextVersions,
    configs: BTreeMap<String, NextConfig>,
    cases: Vec<NextCase>,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    source: String,
    #[serde(flatten)]
    signs: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct NextVersions {
    next: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NextConfig {
    paths: Vec<String>,
    #[serde(default)]
    base_path: String,
    #[serde(default)]
    trailing_slash: bool,
    i18n: Option<I18n>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct I18n {
    locales: Vec<String>,
    default_locale: String,
}

#[derive(Deserialize)]
struct NextCase {
    config: String,
    matcher: Vec<Value>,
    #[serde(flatten)]
    signs: BTreeMap<String, String>,
}

fn entry(value: &Value) -> MatcherEntry {
    let Some(object) = value.as_object() else {
        return MatcherEntry::of(value.as_str().unwrap());
    };
    let text = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
    let condition = |value: &Value| Condition {
        kind: match value["type"].as_str().unwrap() {
            "header" => ConditionKind::Header,
            "cookie" => ConditionKind::Cookie,
            "query" => ConditionKind::Query,
            _ => ConditionKind::Host,
        },
        key: text(value, "key").unwrap_or_default(),
        value: text(value, "value"),
    };
    let conditions = |key: &str| {
        let list = object.get(key).and_then(Value::as_array);
        list.into_iter().flatten().map(condition).collect()
    };
    MatcherEntry {
        source: text(value, "source").unwrap(),
        has: conditions("has"),
        missing: conditions("missing"),
        locale: object.get("locale") != Some(&Value::Bool(false)),
    }
}

#[test]
fn a_matcher_runs_where_next_14_15_and_16_run_it() {
    let next: Next = fixture("next-matcher");
    let mut tally = Tally::default();
    for case in &next.cases {
        let config = &next.configs[&case.config];
        let paths = NextPaths {
            base_path: config.base_path.clone(),
            i18n: config
                .i18n
                .as_ref()
                .map(|i18n| (i18n.locales.clone(), i18n.default_locale.clone())),
            trailing_slash: config.trailing_slash,
        };
        let entries: Vec<_> = case.matcher.iter().map(entry).collect();
        for version in &next.versions.next {
            let numbers: Vec<u32> = version.split('.').map(|n| n.parse().unwrap()).collect();
            let numbers = (numbers[0], numbers[1], numbers[2]);
            let what = |path: &str| {
                let shown = format!("{:?}", case.matcher);
                let shown: String = shown.chars().take(200).collect();
                format!("{shown} ({}) in {version} on {path}", case.config)
            };
            let signs = &case.signs[version];
            let matcher = match NextMatcher::new(&entries, &paths, Some(numbers)) {
                Ok(matcher) if signs != "error" => matcher,
                Ok(_) => {
                    tally.compare(|| what(""), "error", "a matcher");
                    continue;
                }
                Err(problem) => {
                    let got = if signs == "error" {
                        "error"
                    } else {
                        &problem.why
                    };
                    tally.compare(|| what(""), "error", got);
                    continue;
                }
            };
            for (path, sign) in config.paths.iter().zip(signs.chars()) {
                let got = match matcher.runs(path) {
                    Runs::Yes => "1",
                    Runs::No => "0",
                    Runs::ByVisitor(_) => "v",
                    Runs::Undecided => "undecided",
                };
                tally.compare(|| what(path), &sign.to_string(), got);
            }
        }
    }
    tally.end(20_000);
}

#[test]
fn path_to_regexp_matches_what_next_ships_with_the_options_of_its_redirects() {
    let next: Next = fixture("next-matcher");
    let paths = &next.configs["plain"].paths;
    let mut tally = Tally::default();
    for (source, version) in next
        .sources
        .iter()
        .flat_map(|source| next.versions.next.iter().map(move |v| (source, v)))
    {
        let edition = match version.starts_with("14") {
            true => Edition::Before63,
            false => Edition::Since63,
        };
        let signs = |sensitive| {
            let options = Options {
                sensitive,
                strict: true,
                delimiter: "/".to_owned(),
                ..Options::of(edition)
            };
            let regex = path_to_regexp(&source.source, &options).ok()?;
            let matches = paths.iter().map(|path| regex.is_match(path).unwrap());
            Some(
                matches
                    .map(|fits| if fits { '1' } else { '0' })
                    .collect::<String>(),
            )
        };
        let got = match (signs(false), signs(true)) {
            (Some(one), Some(other)) => format!("{one} {other}"),
            _ => "error".to_owned(),
        };
        let what = || format!("{} in {version}", source.source);
        tally.compare(what, &source.signs[version], &got);
    }
    tally.end(200);
}

const PATTERN: &str = "(/|:[a-z]?|\\(|\\)|\\(\\?[:=!<]|\\[|\\]|\\{|\\}|[*+?|^$.\\\\a1é😀-]|\\.\\*|\\{[0-9]{1,4},?\\}|\\\\[a-z0-9])*";
const FLAGS: &str = "[gimsuy]{0,2}";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_pattern_on_any_path_ends_without_a_panic(
        pattern in prop_oneof![any::<String>(), PATTERN, PATTERN],
        flags in FLAGS,
        path in prop_oneof![any::<String>(), "(/|a|1|%|%[0-9a-f]{2}|é|\\.json|en)*"],
    ) {
        let start = Instant::now();
        if let Ok(regex) = Regex::new(&pattern, &flags) {
            regex.is_match(&path);
        }
        let lists = [
            RoutePattern::Text(pattern.clone()),
            RoutePattern::Regex { source: pattern.clone(), flags },
        ];
        for normalisation in [Normalisation::None, Normalisation::DecodeAndCollapse] {
            if let Ok(matcher) = RouteMatcher::new(&lists, normalisation) {
                matcher.matches(&path);
            }
        }
        let locales = Some((vec!["en".to_owned(), String::new()], "en".to_owned()));
        let paths = NextPaths { base_path: "/b".to_owned(), i18n: locales, trailing_slash: true };
        for version in [Some((14, 0, 0)), Some((15, 1, 0)), None] {
            let entries = [MatcherEntry::of(&pattern), MatcherEntry::of("/a")];
            if let Ok(matcher) = NextMatcher::new(&entries, &paths, version) {
                matcher.runs(&path);
            }
        }
        soon(20, start.elapsed(), &pattern);
    }
}

#[test]
fn a_hostile_regex_is_given_up_on_quickly() {
    let text = "a".repeat(2_000);
    let deep = |sign: &str| format!("{}a{}", sign.repeat(100), ")*".repeat(100));
    let hostile = [
        "(a+)+$b".to_owned(),
        "^(a|a)*$b".to_owned(),
        "^(a|aa)+b".to_owned(),
        "(?=(a+)+b)".to_owned(),
        "(?<=(a+)+b)c".to_owned(),
        "(a*)*\\1b".to_owned(),
        "(?:a{1,1000}){1,1000}b".to_owned(),
        "(?:){4294967295}b".to_owned(),
        "a{4294967296}".to_owned(),
        "(((a{1,99}){1,99}){1,99}){1,99}b".to_owned(),
        deep("("),
        deep("(?:a?"),
        format!("{}b", "(?=a*)".repeat(2_000)),
        format!("{}b", "a?".repeat(9_000)),
        "[\\W\\S]".repeat(2_500),
        "(".repeat(20_000),
        "[".repeat(20_000),
        "(a)".repeat(6_000) + "{9}",
    ];
    for source in &hostile {
        for flags in ["", "i", "u"] {
            let start = Instant::now();
            if let Ok(regex) = Regex::new(source, flags) {
                regex.is_match(&text);
            }
            let took = start.elapsed();
            let shown: String = source.chars().take(40).collect();
            soon(10, took, format!("/{shown}/{flags}"));
        }
    }
    let regex = Regex::new("(a+)+$b", "").unwrap();
    assert_eq!(regex.is_match(&text), None);
}

#[test]
fn a_usual_pattern_is_decided_on_a_very_long_path() {
    let path = format!("/dashboard/{}", "segment/".repeat(2_000));
    let list = ["/((?!api|_next/static|.*\\.png$).*)", "/dashboard/:path*"];
    for pattern in list {
        let pattern = RoutePattern::Text(pattern.to_owned());
        let matcher = RouteMatcher::new(&[pattern], Normalisation::DecodeAndCollapse).unwrap();
        assert_eq!(matcher.matches(&path), MatchResult::Yes(0));
    }
}

#[test]
fn a_regex_with_state_is_never_guessed() {
    let list = ["g", "y"].map(|flags| RoutePattern::Regex {
        source: "^/admin".to_owned(),
        flags: flags.to_owned(),
    });
    for pattern in list {
        let matcher = RouteMatcher::new(&[pattern], Normalisation::None).unwrap();
        assert_eq!(matcher.matches("/admin"), MatchResult::Undecided);
    }
}

#[test]
fn the_version_says_whether_a_path_is_normalised() {
    for old in [
        "4.31.8", "5.0.0", "5.7.5", "6.0.0", "6.39.1", "7.0.0", "7.2.0",
    ] {
        assert_eq!(Normalisation::of(Some(old)), Normalisation::None, "{old}");
    }
    for new in ["5.7.6", "6.39.2", "6.40.0", "7.2.1", "7.9.17", "8.0.0"] {
        let got = Normalisation::of(Some(new));
        assert_eq!(got, Normalisation::DecodeAndCollapse, "{new}");
    }
    assert_eq!(Normalisation::of(None), Normalisation::DecodeAndCollapse);
    assert_eq!(
        Normalisation::of_shared(Some("3.47.3")),
        Normalisation::None
    );
}
