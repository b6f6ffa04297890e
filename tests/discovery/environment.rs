//! Where each app's values come from.

use crate::project::{LIVE_KEYS, Project};
use crate::{USES_NEXT, support};

/// The sources that the report names for each app.
fn sources(project: &Project) -> Vec<String> {
    let report = project.json(&["--env", "files"]);
    let apps = report["apps"].as_array().unwrap().iter();
    apps.map(|app| app["environment"].as_str().unwrap().to_owned())
        .collect()
}

fn with_script(script: &str) -> Project {
    let manifest = format!(
        r#"{{"scripts":{{"build":"{script}"}},"dependencies":{{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}}}"#
    );
    Project::of(&[
        ("package.json", "{}"),
        (".env", LIVE_KEYS),
        ("apps/web/package.json", &manifest),
        ("apps/web/app/layout.tsx", USES_NEXT),
    ])
}

#[test]
fn a_file_that_the_build_script_loads_counts() {
    for script in [
        "dotenv -e ../../.env -- next build",
        "dotenv -e ../../.env next build",
        "dotenvx run -f ../../.env -- next build",
        "env-cmd -f ../../.env next build",
        "node --env-file=../../.env node_modules/.bin/next build",
        "dotenv -e=../../.env -- next build",
    ] {
        assert_eq!(sources(&with_script(script)), [".env"], "{script}");
    }
}

#[test]
fn a_file_that_another_script_loads_does_not() {
    let project = with_script("next build");
    let manifest = r#"{"scripts":{"test":"dotenv -e ../../.env -- vitest","build":"next build"},"dependencies":{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}"#;
    project.write("apps/web/package.json", manifest);
    assert_eq!(sources(&project), ["no env file found"]);
}

/// `turbo`, `nx` and `next` do not read the env files of the folder above the app.
#[test]
fn the_env_file_of_the_root_is_not_that_of_the_app() {
    assert_eq!(sources(&with_script("next build")), ["no env file found"]);
}

#[test]
fn each_app_has_its_own_files() {
    let project = with_script("next build")
        .with("apps/web/.env.production", LIVE_KEYS)
        .with("apps/web/.env", "A=1\n")
        .with("apps/web/.env.development", "A=1\n")
        .with("apps/web/.env.example", "A=1\n")
        .with("apps/api/package.json", crate::EXPRESS)
        .with("apps/api/index.js", crate::USES_EXPRESS)
        .with("apps/api/.env", "A=1\n")
        .with("apps/api/.env.local", "A=1\n");
    assert_eq!(
        sources(&project),
        ["apps/api/.env", "apps/web/.env.production, apps/web/.env"]
    );
}

#[test]
fn what_vercel_pulled_comes_before_the_files_of_the_app() {
    let project = with_script("next build")
        .with("apps/web/.env.production", "A=1\n")
        .with("apps/web/.vercel/.env.production.local", LIVE_KEYS);
    assert_eq!(
        sources(&project),
        ["apps/web/.vercel/.env.production.local, apps/web/.env.production"]
    );
    let report = project.json(&["--env", "files", "--only", "env/secret-key-missing"]);
    assert_eq!(report["apps"][0]["checks"][0]["outcome"], "pass");
}

#[test]
fn each_framework_reads_the_files_of_its_own_order() {
    for (manifest, code, expected) in [
        (
            r#"{"dependencies":{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}"#,
            "import '@clerk/nextjs';",
            ".env.production.local, .env.local, .env.production, .env",
        ),
        (
            r#"{"dependencies":{"@clerk/clerk-react":"5.0.0","vite":"6.0.0","react":"19.0.0"}}"#,
            "import '@clerk/clerk-react';",
            ".env.production.local, .env.production, .env.local, .env",
        ),
        (
            r#"{"dependencies":{"@clerk/express":"2.0.0","express":"5.0.0"}}"#,
            "import '@clerk/express';",
            ".env.production.local, .env.production, .env",
        ),
    ] {
        let project = Project::of(&[("package.json", manifest), ("src/index.ts", code)]);
        for name in [
            ".env",
            ".env.local",
            ".env.production",
            ".env.production.local",
            ".env.test",
            ".env.development",
        ] {
            project.write(name, support::expand("A=1\n"));
        }
        assert_eq!(sources(&project), [expected]);
    }
}
