//! Which apps of a directory are audited, and the two sample projects of the repository.

use std::path::Path;

use crate::project::{LIVE_KEYS, Project};
use crate::snapshot;
use crate::support::{expand, git, root};

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

/// A sample project of the repository, as a fresh clone of it would be.
fn sample(name: &str) -> Project {
    let project = Project::copy(&format!("fixtures/apps/{name}"));
    git(project.dir(), &["init", "-q"]);
    git(project.dir(), &["add", "-A"]);
    project
}

#[test]
fn the_sample_shop_is_not_ready_and_says_why() {
    let done = sample("acme-shop").audit(&[]).exits(1);
    snapshot("acme_shop", &done.out);
}

#[test]
fn the_sample_monorepo_is_audited_app_by_app() {
    let done = sample("acme-mono").audit(&[]).exits(1);
    snapshot("acme_mono", &done.out);
}

#[test]
fn the_sample_shop_is_ready_once_it_is_put_right() {
    let project = sample("acme-shop");
    project.write(
        ".gitignore",
        "node_modules\n.next\n.env*\n!.env.example\n/.clerk/\n",
    );
    project.write(".env.production", expand(LIVE_KEYS));
    git(
        project.dir(),
        &["rm", "-q", "-f", "--cached", ".env.production"],
    );
    // The installed SDK gives createRouteMatcher() up.
    let proxy = std::fs::read_to_string(project.dir().join("proxy.ts")).unwrap();
    let proxy = proxy.replace(", createRouteMatcher }", " }").replace(
        r#"createRouteMatcher(["/", "/sign-in(.*)", "/sign-up(.*)", "/api/webhooks(.*)"])"#,
        r#"({ nextUrl }) => /^\/($|sign-in|sign-up|api\/webhooks)/.test(nextUrl.pathname)"#,
    );
    let proxy = proxy.replace(
        "  }\n});",
        "  }\n}, { authorizedParties: [\"https://acme.shop\"] });",
    );
    project.write("proxy.ts", proxy);
    project.audit(&["--fail-on", "warning"]).exits(0);
}

/// No sample holds a whole key, which a scanner would take for a real one.
#[test]
fn no_sample_holds_a_secret() {
    fn walk(dir: &Path) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for kind in ["sk_live_", "sk_test_", "whsec_", "ak_"] {
                for (at, _) in text.match_indices(kind) {
                    let rest = &text[at + kind.len()..];
                    let length = rest.chars().take_while(char::is_ascii_alphanumeric).count();
                    assert!(length < 16, "{}", path.display());
                }
            }
        }
    }
    walk(&root().join("fixtures/apps"));
}
