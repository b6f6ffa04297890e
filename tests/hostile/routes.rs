//! The route map of apps that nobody wrote: it is made in time and in memory, it says nothing that is not
//! so, and above all it calls no handler stopped that plainly does its work for anybody.

#[path = "routes/apps.rs"]
mod apps;
#[path = "routes/code.rs"]
mod code;
#[path = "routes/rules.rs"]
mod rules;
#[path = "routes/texts.rs"]
mod texts;
#[path = "routes/values.rs"]
mod values;

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::project::{Done, Project, finish, program};
use crate::support::patience::soon;

/// Seconds, generous for a debug build: a map of so few routes is made in well under one.
const SOON: u64 = 40;

const PACKAGE: &str = r#"{"name":"app","dependencies":{"next":"15.5.9","@clerk/nextjs":"6.39.6"}}"#;

/// What a handler ends with when nobody has guarded it.
const WORK: &str =
    "\n;await db.user.delete({ where: { id } });\nreturn Response.json({ ok: true });";

/// An app with a middleware that lets everybody past.
fn app() -> Project {
    Project::of(&[
        ("package.json", PACKAGE),
        (
            "middleware.ts",
            "import { clerkMiddleware } from '@clerk/nextjs/server';\nexport default clerkMiddleware();",
        ),
        (
            "app/page.tsx",
            "export default function Page() { return <p>Hello</p> }",
        ),
    ])
}

/// The map of an app, made in time.
#[track_caller]
fn map(name: &str, project: &Project) -> (Done, Json) {
    let mut command = program();
    command
        .arg("routes")
        .arg(project.dir())
        .args(["--format", "json"]);
    let done = finish(&mut command, b"");
    assert!(!done.err.contains("panicked"), "{name}: {}", done.err);
    assert_eq!(done.code, 0, "{name}: {}", done.err);
    soon(SOON, done.took, name);
    let map = done.json();
    (done, map)
}

/// What the map says of a route, and why.
#[track_caller]
fn verdict(name: &str, map: &Json, pattern: &str) -> (String, String) {
    let routes = map["apps"][0]["routes"].as_array().unwrap();
    let route = routes.iter().find(|route| route["pattern"] == pattern);
    let route = route.unwrap_or_else(|| panic!("{name}: no {pattern} in {map:.2000}"));
    // A file that is not read has no methods; its route is counted as undecided.
    let Some(answer) = route["methods"].get(0) else {
        return ("undecided".to_owned(), "not read".to_owned());
    };
    let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    (
        word(&answer["verdict"]),
        answer["resource"]["why"].to_string() + &answer["middleware"]["why"].to_string(),
    )
}

/// A handler that does its work for anybody, whatever comes before, is never called guarded.
#[track_caller]
fn open(name: &str, module: &str, body: &str) -> String {
    let handler = format!(
        "import {{ db }} from '@/db';\nimport {{ auth }} from '@clerk/nextjs/server';\n{module}\n\
         export async function DELETE(request: Request) {{\n{body}{WORK}\n}}\n"
    );
    let project = app();
    project.write("app/api/x/route.ts", handler);
    let (_, map) = map(name, &project);
    let (verdict, why) = verdict(name, &map, "/api/x");
    assert!(
        matches!(verdict.as_str(), "reached" | "undecided"),
        "{name}: {verdict}: {why}"
    );
    verdict
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for n in 0..count {
        let _ = writeln!(text, "{}", line(n));
    }
    text
}

fn nested(before: &str, middle: &str, after: &str, depth: usize) -> String {
    format!("{}{middle}{}", before.repeat(depth), after.repeat(depth))
}
