//! What `--only`, `--method` and `--path` leave.

use std::time::Instant;

use clap::Parser;
use clerk_audit::cli::{Cli, Command, RoutesArgs};
use clerk_audit::commands::routes::{Filter, select};
use clerk_audit::model::Glob;

use super::maps::{every_verdict, hostile};
use super::patience::soon;

fn args(line: &str) -> Result<RoutesArgs, String> {
    let typed = ["clerk-audit", "routes"]
        .into_iter()
        .chain(line.split_whitespace());
    match Cli::try_parse_from(typed)
        .map_err(|e| e.to_string())?
        .command
    {
        Some(Command::Routes(args)) => Ok(args),
        other => panic!("{other:?}"),
    }
}

/// The patterns that are left, each with its methods.
fn left(line: &str) -> Vec<String> {
    let filter = Filter::new(&args(line).unwrap()).unwrap();
    let maps = select(vec![every_verdict(), hostile()], &filter);
    assert_eq!(maps.len(), 2, "every app stays");
    assert_eq!(maps[0].notes, every_verdict().notes);
    let shown = maps[0].routes.iter().map(|route| {
        let methods: Vec<_> = route.methods.iter().map(|a| a.method.as_str()).collect();
        format!("{} {}", route.pattern, methods.join(" "))
    });
    shown.collect()
}

#[test]
fn without_a_filter_everything_is_left() {
    let maps = vec![every_verdict(), hostile()];
    assert_eq!(select(maps.clone(), &Filter::default()), maps);
    assert_eq!(left("").len(), 12);
}

#[test]
fn only_keeps_the_methods_that_end_so() {
    assert_eq!(left("--only reached"), ["/api/orders/[id] DELETE"]);
    assert_eq!(
        left("--only public"),
        ["/ GET", "/sign-in GET", "/status GET"]
    );
    assert_eq!(
        left("--only reached,undecided --only credential"),
        [
            "/api/orders/[id] DELETE",
            "/api/search POST",
            "/api/webhooks/clerk POST"
        ]
    );
    assert!(left("--only stopped").contains(&"/api/orders/[id] GET HEAD".to_owned()));
}

#[test]
fn a_route_without_methods_is_undecided() {
    for (line, routes) in [
        ("--only undecided", 1),
        ("--only stopped", 1),
        ("--method GET", 1),
    ] {
        let filter = Filter::new(&args(line).unwrap()).unwrap();
        let maps = select(vec![hostile()], &filter);
        assert_eq!(maps[0].routes.len(), routes, "{line}");
        let empty = maps[0].routes.iter().any(|route| route.methods.is_empty());
        assert_eq!(empty, line.contains("undecided"), "{line}");
    }
}

#[test]
fn methods_are_read_in_any_case() {
    assert_eq!(left("--method delete"), ["/api/orders/[id] DELETE"]);
    assert_eq!(
        left("--method HEAD,delete"),
        ["/api/orders/[id] HEAD DELETE"]
    );
    assert_eq!(left("--method TRACE"), Vec::<String>::new());
}

#[test]
fn filters_narrow_each_other() {
    assert_eq!(
        left("--path /api/** --method post --only credential"),
        ["/api/webhooks/clerk POST"]
    );
    assert_eq!(
        left("--path /status --path /sign-*"),
        ["/sign-in GET", "/status GET"]
    );
}

#[test]
fn a_glob_matches_whole_patterns_and_takes_brackets_as_they_are() {
    let cases = [
        ("/api/*", "/api/me", true),
        ("/api/*", "/api/me/x", false),
        ("/api/*", "/api", false),
        ("/api/**", "/api", true),
        ("/api/**", "/api/", true),
        ("/api/**", "/api/me/x", true),
        ("/api/**", "/apis", false),
        ("/**", "/", true),
        ("**", "updateCart", true),
        ("*", "updateCart", true),
        ("*", "/", false),
        ("**/settings", "/a/b/settings", true),
        ("**/settings", "/settings", true),
        ("/**/settings", "/settings", true),
        ("/**/settings", "/x/settings", true),
        ("/**/settings", "/xsettings", false),
        ("/posts/[id]", "/posts/[id]", true),
        ("/posts/[id]", "/posts/i", false),
        ("/posts/*", "/posts/[...slug]", true),
        ("/a*c", "/abc", true),
        ("/a*c", "/ac", true),
        ("/a*c", "/ab", false),
        ("/a**z", "/a/b/z", true),
        ("/値*", "/値段", true),
        ("/x", "/x/", false),
        ("api", "/api", false),
    ];
    for (glob, pattern, expected) in cases {
        let matches = Glob::new(glob).unwrap().matches(pattern);
        assert_eq!(matches, expected, "{glob} on {pattern}");
    }
}

#[test]
fn a_glob_that_means_nothing_is_refused_with_a_way_out() {
    for (glob, says) in [
        ("", "is empty; give"),
        ("/a/***", "`***` is neither"),
        ("/{a,b}", "give one pattern for each alternative"),
    ] {
        let error = Glob::new(glob).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn no_glob_is_slow() {
    let started = Instant::now();
    let glob = Glob::new(&format!("{}z", "*a**/".repeat(200))).unwrap();
    assert!(!glob.matches(&"a/".repeat(2_000)));
    soon(5, started.elapsed(), "a glob");
}

#[test]
fn why_asks_for_something_that_narrows() {
    assert!(args("--why").unwrap_err().contains("--url"));
    for narrow in ["--url /x", "--only reached", "--method GET", "--path /x"] {
        assert!(args(&format!("--why {narrow}")).unwrap().why, "{narrow}");
    }
}

#[test]
fn a_url_is_a_path_alone() {
    assert_eq!(args("--url /api/x").unwrap().url.as_deref(), Some("/api/x"));
    for bad in [
        "api/x",
        "https://a.example/x",
        "//a.example/x",
        "/x?y=1",
        "/x#y",
    ] {
        let error = args(&format!("--url {bad}")).unwrap_err();
        assert!(error.contains("give the path alone"), "{error}");
    }
}

#[test]
fn a_word_that_is_no_verdict_is_met_with_those_there_are() {
    let error = args("--only reachd").unwrap_err();
    for word in ["reached", "undecided", "credential", "public", "stopped"] {
        assert!(error.contains(word), "{error}");
    }
    assert!(args("--format sarif").unwrap_err().contains("markdown"));
}
