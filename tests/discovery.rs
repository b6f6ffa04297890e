//! Which apps a directory holds, what they are, and in which versions: small projects of every shape.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

#[path = "discovery/environment.rs"]
mod environment;
#[path = "discovery/frameworks.rs"]
mod frameworks;
#[path = "discovery/locks.rs"]
mod locks;
#[path = "support/project.rs"]
mod project;
mod support;
#[path = "discovery/workspaces.rs"]
mod workspaces;

use project::Project;

/// What was found in a project of these files: `path: kind framework version, package version, …`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    told(&Project::of(files))
}

fn told(project: &Project) -> Vec<String> {
    let report = project.json(&[]);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("?").to_owned();
    let apps = report["apps"].as_array().unwrap().iter();
    apps.map(|app| {
        let mut line = format!(
            "{}: {} {} {}",
            text(&app["path"]),
            text(&app["kind"]),
            text(&app["framework"]),
            text(&app["framework_version"])
        );
        for package in app["clerk_packages"].as_array().unwrap() {
            line += &format!(", {} {}", text(&package["name"]), text(&package["version"]));
        }
        line
    })
    .collect()
}

const NEXT: &str = r#"{"name":"web","dependencies":{"@clerk/nextjs":"^7.0.0","next":"^16.0.0"}}"#;
const USES_NEXT: &str = "import { ClerkProvider } from \"@clerk/nextjs\";\n";
const EXPRESS: &str = r#"{"name":"api","scripts":{"start":"node ."},"dependencies":{"@clerk/express":"^2.0.0","express":"^5.0.0"}}"#;
const USES_EXPRESS: &str = "import { clerkMiddleware } from \"@clerk/express\";\n";
const WEB: &str = "apps/web: app next ^16.0.0, @clerk/nextjs ^7.0.0";
const API: &str = "apps/api: app express ^5.0.0, @clerk/express ^2.0.0";
