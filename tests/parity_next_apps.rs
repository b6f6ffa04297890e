//! The route map says of each small app in `fixtures/apps/next-*` what the running app really does.
//!
//! `fixtures/parity/next-apps/*.json` were recorded by the script beside them: each app built and started
//! with the real packages, each route asked for without a session. A page may answer `stopped` in the
//! record where it redirects only browsers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clerk_audit::facts::{Need, Target};
use clerk_audit::gather::files::Root;
use clerk_audit::gather::process::ProcessEnv;
use clerk_audit::gather::progress::Progress;
use clerk_audit::gather::routes::RoutesPlan;
use clerk_audit::gather::{self, DeclaredOf, EnvPlan, Plan};
use clerk_audit::model::Known;
use clerk_audit::model::routes::RouteMap;
use serde_json::Value as Json;

fn folder(inside: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(inside)
}

/// The variables that are set in the recorded app: those of its `.env.example`, and what Clerk needs.
fn names(app: &str, root: &str) -> BTreeSet<String> {
    let example = folder("apps").join(app).join(root).join(".env.example");
    let text = std::fs::read_to_string(example).unwrap_or_default();
    let set = text
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()));
    let own = ["NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", "CLERK_SECRET_KEY"];
    set.chain(own.map(str::to_owned)).collect()
}

/// The map of an app for one URL, as `clerk-audit routes --url` makes it.
fn map(app: &str, root: &str, url: &str) -> RouteMap {
    let plan = Plan {
        target: Target::Production,
        declared: DeclaredOf::default(),
        apps: Vec::new(),
        env: EnvPlan {
            off: None,
            process: false,
            files: true,
            given: Vec::new(),
        },
        ask: Err("not asked".to_owned()),
        needs: BTreeSet::from([Need::Routes]),
        needs_of_libraries: BTreeSet::new(),
        routes: RoutesPlan {
            url: Some(url.to_owned()),
            names: Some(names(app, root)),
        },
        history: None,
        answers: None,
        progress: Progress::default(),
    };
    let env = ProcessEnv::take();
    let directory = Root::open(&folder("apps").join(app)).unwrap();
    let gathered = gather::gather(&plan, gather::list(directory, &env), &env).unwrap();
    let of_root = |path: &str| {
        if root.is_empty() {
            path == "."
        } else {
            path == root
        }
    };
    let facts = gathered
        .facts
        .into_iter()
        .find(|facts| of_root(facts.app.shown_path()));
    match facts.map(|facts| facts.routes) {
        Some(Known::Yes(map)) => map,
        other => panic!("{app}: no map: {other:?}"),
    }
}

/// What was measured of the middleware, in the map's words.
fn middleware(row: &Json) -> &str {
    match row["middleware"].as_str() {
        Some("stopped") => "stopped",
        _ => "reached",
    }
}

/// Every recorded answer with what the map says of it, where they differ.
fn differences(app: &str, recorded: &Json) -> (usize, Vec<String>) {
    let root = recorded["root"].as_str().unwrap_or_default();
    let rows = recorded["routes"].as_array().unwrap();
    let mut maps: BTreeMap<&str, RouteMap> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in rows {
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let map = maps
            .entry(text("url"))
            .or_insert_with(|| map(app, root, text("url")));
        let in_root = format!("{root}/{}", text("file"));
        let file = in_root.trim_start_matches('/');
        let route = map.routes.iter().find(|route| {
            let same_file = route.file == text("file") || route.file == file;
            route.pattern == text("pattern") && route.kind.word() == text("kind") && same_file
        });
        let answer = route.and_then(|route| {
            route
                .methods
                .iter()
                .find(|answer| answer.method == text("method"))
        });
        let said = answer.map_or("no such route", |answer| answer.verdict.word());
        let gate = answer.map_or("", |answer| match answer.middleware.verdict.word() {
            "credential" => "stopped",
            other => other,
        });
        // A function may be called from any page, and a middleware passed by with a header.
        let elsewhere = text("kind") == "action" || !row["prefetch"].is_null();
        if said == text("verdict") && (gate == middleware(row) || elsewhere) {
            continue;
        }
        let why = answer.map(|answer| {
            format!(
                "{:?} {:?}\n{:#?}",
                answer.middleware, answer.resource, answer.trace
            )
        });
        wrong.push(format!(
            "{app} {} {} ({}): measured {} (middleware {}, {}), said {said} (middleware {gate})\n    {}",
            text("method"),
            text("url"),
            text("file"),
            text("verdict"),
            text("middleware"),
            row["status"],
            why.unwrap_or_default()
        ));
    }
    (rows.len(), wrong)
}

#[test]
fn the_map_agrees_with_every_running_app() {
    let mut apps: Vec<_> = std::fs::read_dir(folder("parity/next-apps"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    apps.sort();
    assert!(apps.len() >= 12, "{} apps are recorded", apps.len());
    let mut asked = 0;
    let mut wrong = Vec::new();
    for path in apps {
        let recorded: Json =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let app = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (rows, differences) = differences(&app, &recorded);
        asked += rows;
        wrong.extend(differences);
    }
    println!("{asked} recorded answers, {} differ", wrong.len());
    assert!(
        wrong.is_empty(),
        "{} of {asked} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
