//! Which apps of a directory are audited, and the two sample projects of the repository.

use crate::project::Project;
use crate::snapshot;

const NEXT: &str = r#"{"name":"web","dependencies":{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}"#;
const EXPRESS: &str =
    r#"{"name":"api","dependencies":{"@clerk/express":"2.0.0","express":"5.0.0"}}"#;

fn two_apps() -> Project {
    Project::of(&[
        ("apps/web/package.json", NEXT),
        (
            "apps/web/app/layout.tsx",
            "import { ClerkProvider } from \"@clerk/nextjs\";\n",
        ),
        ("apps/api/package.json", EXPRESS),
        (
            "apps/api/src/index.ts",
            "import { clerkMiddleware } from \"@clerk/express\";\n",
        ),
    ])
}

fn paths(report: &serde_json::Value) -> Vec<&str> {
    let apps = report["apps"].as_array().unwrap();
    apps.iter()
        .map(|app| app["path"].as_str().unwrap())
        .collect()
}

#[test]
fn every_app_of_a_directory_is_audited() {
    assert_eq!(paths(&two_apps().json(&[])), ["apps/api", "apps/web"]);
}

#[test]
fn one_app_of_several_is_audited_when_named() {
    let project = two_apps();
    for path in ["apps/web", "./apps/web", "apps/web/"] {
        assert_eq!(
            paths(&project.json(&["--app", path])),
            ["apps/web"],
            "{path}"
        );
    }
    let both = ["--app", "apps/web", "--app", "apps/api"];
    assert_eq!(paths(&project.json(&both)), ["apps/api", "apps/web"]);
}

#[test]
fn an_app_that_is_not_there_is_exit_2_with_those_that_are() {
    let done = two_apps().audit(&["--app", "apps/wbe"]).exits(2);
    assert_eq!(
        done.err,
        "clerk-audit: --app apps/wbe: no app with Clerk there; found: apps/api, apps/web\n"
    );
    Project::empty()
        .audit(&["--app", "x"])
        .exits(2)
        .complains("found: none");
}
