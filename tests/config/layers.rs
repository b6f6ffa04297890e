//! Which files count, and what wins.

use std::fs;

use serde_json::Value;

use super::{Project, audit_in, finish, program, support, word};

const WEBHOOKS: &str = "webhooks/signing-secret-missing";
const KEYLESS: &str = "git/keyless-not-ignored";

/// A monorepo of two apps with live keys and one warning each.
fn mono() -> Project {
    let project = Project::of(&[
        (
            "package.json",
            "{\"name\":\"mono\",\"private\":true,\"workspaces\":[\"apps/*\"]}\n",
        ),
        (".gitignore", "node_modules\n.env*\n"),
    ]);
    for app in ["apps/admin", "apps/web"] {
        project.write(
            &format!("{app}/package.json"),
            r#"{"name":"x","dependencies":{"@clerk/nextjs":"7.5.8","next":"16.1.0"}}"#,
        );
        project.write(
            &format!("{app}/proxy.ts"),
            "import { clerkMiddleware } from \"@clerk/nextjs/server\";\n\nexport default clerkMiddleware();\n",
        );
        project.write(
            &format!("{app}/app/page.tsx"),
            "export default function Page() {\n  return <p>Hello</p>;\n}\n",
        );
        project.write(
            &format!("{app}/.env.production"),
            support::expand(
                "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY={{pk_live}}\nCLERK_SECRET_KEY={{sk_live}}\n",
            ),
        );
    }
    support::git(project.dir(), &["init", "-q"]);
    project
}

#[test]
fn the_file_is_found_from_the_audited_directory_up_to_the_root_of_the_work_tree() {
    let project = mono();
    fs::write(project.outside().join("clerk-audit.toml"), "nonsense = 1\n").unwrap();
    let here = |args: &[&str]| {
        audit_in(
            &project,
            "apps/web",
            &[args, &["--format", "json"]].concat(),
        )
    };
    assert_eq!(word(&here(&[]).json(), 0, KEYLESS), "warn");

    project.write("clerk-audit.toml", format!("skip = [\"{KEYLESS}\"]\n"));
    let report = here(&[]).json();
    assert_eq!(word(&report, 0, KEYLESS), "");
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("configured by ../../clerk-audit.toml"),
        "{notes}"
    );
    assert_eq!(word(&here(&["--no-config"]).json(), 0, KEYLESS), "warn");

    // What stands nearer wins, and the rest of what stands above still counts.
    project.write(
        "apps/web/clerk-audit.toml",
        format!("[checks]\n\"{KEYLESS}\" = \"error\"\n"),
    );
    assert_eq!(word(&here(&[]).json(), 0, KEYLESS), "fail");
}

#[test]
fn without_git_nothing_above_the_audited_directory_is_read() {
    let project = Project::next_live().with("clerk-audit.toml", "");
    fs::write(project.outside().join("clerk-audit.toml"), "nonsense = 1\n").unwrap();
    project.audit(&[]).exits(0);
    fs::remove_file(project.path("clerk-audit.toml")).unwrap();
    project.audit(&[]).exits(0);
}

#[test]
fn an_app_of_a_monorepo_is_judged_the_same_from_the_root_and_from_its_folder() {
    let project = mono();
    project.write(
        "clerk-audit.toml",
        "[checks]\n\"routes/reached\" = \"off\"\n",
    );
    project.write(
        "apps/web/clerk-audit.toml",
        format!("webhooks = \"required\"\nskip = [\"{KEYLESS}\"]\n"),
    );
    let whole = project.json(&[]);
    assert_eq!(whole["apps"][0]["path"], "apps/admin");
    assert_eq!(word(&whole, 0, KEYLESS), "warn");
    assert_eq!(word(&whole, 0, WEBHOOKS), "na");
    assert_eq!(word(&whole, 1, KEYLESS), "");
    assert_eq!(word(&whole, 1, WEBHOOKS), "fail");
    assert_eq!(word(&whole, 1, "routes/reached"), "");
    let notes = whole["notes"].to_string();
    assert!(
        notes.contains("apps/web is configured by apps/web/clerk-audit.toml too"),
        "{notes}"
    );

    let alone = audit_in(&project, "apps/web", &["--format", "json"]).json();
    assert_eq!(outcomes(&whole, 1), outcomes(&alone, 0));
}

/// Every check of an app with its outcome.
fn outcomes(report: &Value, app: usize) -> Vec<String> {
    let checks = report["apps"][app]["checks"].as_array().unwrap();
    checks
        .iter()
        .map(|check| format!("{} {}", check["id"], check["outcome"]))
        .collect()
}

/// From the root it is one app of several; from its own folder it is the only one.
#[track_caller]
fn is_judged_alike(project: &Project, app: &str) -> Value {
    let whole = project.json(&[]);
    let apps = whole["apps"].as_array().unwrap();
    let at = apps.iter().position(|one| one["path"] == app).unwrap();
    let alone = audit_in(project, app, &["--format", "json"]).json();
    assert_eq!(alone["apps"].as_array().unwrap().len(), 1, "{alone:#}");
    for (whole, alone) in outcomes(&whole, at).iter().zip(outcomes(&alone, 0)) {
        assert_eq!(*whole, alone);
    }
    for what in ["framework_version", "kind", "routes"] {
        assert_eq!(whole["apps"][at][what], alone["apps"][0][what], "{what}");
    }
    alone
}

#[test]
fn an_app_that_gets_clerk_through_its_workspace_is_one_from_its_own_folder_too() {
    let project = Project::empty();
    support::copy_project(
        &support::root().join("fixtures/apps/acme-mono"),
        project.dir(),
    );
    support::git(project.dir(), &["init", "-q"]);
    let web = is_judged_alike(&project, "apps/web");
    assert_eq!(web["apps"][0]["clerk_packages"][0]["name"], "@clerk/nextjs");
    is_judged_alike(&project, "apps/api");
    let auth = audit_in(&project, "packages/auth", &["--format", "json"]).json();
    assert_eq!(auth["apps"][0]["kind"], "library");
}

#[test]
fn what_an_app_imports_from_its_workspace_is_followed_from_its_own_folder_too() {
    let project = mono();
    project.write(
        "packages/config/package.json",
        r#"{"name":"config","main":"index.ts"}"#,
    );
    project.write(
        "packages/config/index.ts",
        "import { own } from '../../apps/web/lib/own';\nexport const publicRoutes = [\"/open\", own];\n",
    );
    project.write("apps/web/lib/own.ts", "export const own = \"/own\";\n");
    project.write(
        "apps/web/proxy.ts",
        "import { clerkMiddleware, createRouteMatcher } from \"@clerk/nextjs/server\";\nimport { publicRoutes } from \"config\";\n\nconst isPublic = createRouteMatcher(publicRoutes);\nexport default clerkMiddleware(async (auth, request) => {\n  if (!isPublic(request)) await auth.protect();\n});\n",
    );
    for page in ["open", "own", "shut"] {
        project.write(
            &format!("apps/web/app/{page}/page.tsx"),
            "export default function Page() {\n  return <p>Hello</p>;\n}\n",
        );
    }
    let alone = is_judged_alike(&project, "apps/web");
    let routes = &alone["apps"][0]["routes"];
    assert_eq!(routes["undecided"], 0, "{routes}");
    assert_eq!(routes["public"], 2, "{routes}");
    assert_eq!(routes["stopped"], 2, "{routes}");

    // What belongs to no app is for the one app that there is, wherever it is judged from.
    fs::remove_dir_all(project.path("apps/admin")).unwrap();
    project.write("Dockerfile", "FROM node:14\nCOPY . .\n");
    project.write(".github/workflows/a.yml", "on: push\njobs: [\n");
    let alone = is_judged_alike(&project, "apps/web");
    assert_eq!(word(&alone, 0, "deploy/unreadable-file"), "warn");
    assert!(
        alone.to_string().contains("../../.github/workflows/a.yml"),
        "{alone:#}"
    );
}

#[test]
fn a_folder_in_no_workspace_sees_nothing_beside_it() {
    let project = mono();
    project.write("package.json", "{\"name\":\"mono\",\"private\":true}\n");
    project.write("packages/broken/package.json", "{");
    let alone = audit_in(&project, "apps/web", &["--format", "json"]);
    assert_eq!(alone.code, 0, "{}", alone.out);
    project.write("pnpm-workspace.yaml", "packages: [apps/*, packages/*]\n");
    let alone = audit_in(&project, "apps/web", &[]).exits(3);
    alone.says("could not be read: ../../packages/broken/package.json:1:1: not valid JSON");
}

#[test]
fn what_concerns_the_whole_run_has_no_place_in_the_file_of_an_app() {
    let project = mono();
    for (text, key) in [
        ("webhooks = \"none\"\ntarget = \"preview\"\n", "2: target"),
        ("fail-on = \"never\"\n", "1: fail-on"),
        ("strict = true\n", "1: strict"),
        ("[network]\noffline = true\n", "1: [network]"),
        ("[environment]\nprocess = false\n", "1: [environment]"),
        (
            "[attest]\nuptime-monitor = { by = \"A\", date = 2026-11-21, until = 2999-01-01 }\n",
            "1: [attest]",
        ),
    ] {
        project.write("apps/web/clerk-audit.toml", text);
        let done = project.audit(&[]).exits(2);
        let says = format!("apps/web/clerk-audit.toml:{key} concerns the whole run");
        assert!(done.err.contains(&says), "{}", done.err);
        // In the audited directory it is the file of the run.
        let alone = audit_in(&project, "apps/web", &[]);
        assert_ne!(alone.code, 2, "{}", alone.err);
        // What is not audited is not read.
        project.audit(&["--app", "apps/admin"]).says("apps/admin");
    }
    project.write(
        "apps/web/clerk-audit.toml",
        "[network]\n[attest]\n[environment]\n",
    );
    assert_ne!(project.audit(&[]).code, 2);
}

#[test]
fn a_file_that_configures_no_app_is_said_to() {
    let project = mono();
    project.write("packages/ui/clerk-audit.toml", "");
    project
        .audit(&[])
        .says("packages/ui/clerk-audit.toml configures nothing");
    // One in a sample is nobody's.
    project.write("examples/a/clerk-audit.toml", "nonsense = 1\n");
    assert_ne!(project.audit(&[]).code, 2);
}

#[test]
fn one_file_can_be_named_and_then_no_other_counts() {
    let project = Project::next_live()
        .with(".gitignore", ".env*\n")
        .with("clerk-audit.toml", "nonsense = 1\n")
        .with("ci/strict.toml", "strict = true\n");
    project.audit(&[]).exits(2);
    project.audit(&["--no-config"]).exits(0);
    let path = project.path("ci/strict.toml");
    let done = project
        .audit(&["--config", path.to_str().unwrap()])
        .exits(1);
    done.says("configured by strict.toml");
    project
        .audit(&["--config", "no-such-file.toml"])
        .exits(2)
        .complains("cannot read --config no-such-file.toml: not found");
    project.audit(&["--config", "x", "--no-config"]).exits(2);
}

#[test]
fn what_a_config_takes_out_of_the_report_is_said_there() {
    let project = mono();
    project.write(
        "clerk-audit.toml",
        format!("skip = [\"{KEYLESS}\"]\n[checks]\n\"{WEBHOOKS}\" = \"warning\"\n\"routes/reached\" = \"error\"\n"),
    );
    project.write("apps/web/clerk-audit.toml", "skip = [\"routes/reached\"]\n");
    for format in ["human", "markdown", "json", "html"] {
        let done = project.audit(&["--format", format]);
        let plain = done.out.replace(['`', '\\'], "");
        for says in [
            format!("the config leaves out {KEYLESS} and makes warnings of {WEBHOOKS}"),
            "apps/web/clerk-audit.toml leaves out routes/reached".to_owned(),
        ] {
            assert!(plain.contains(&says), "{format}: {}", done.out);
        }
    }
    let named = project.audit(&["--only", KEYLESS]);
    assert!(!named.out.contains("leaves out git/"), "{}", named.out);
}

#[test]
fn a_severity_is_lowered_and_raised() {
    let project = Project::next_live().with(".gitignore", ".env*\n").with(
        "clerk-audit.toml",
        &format!("[checks]\n\"{KEYLESS}\" = \"error\"\n"),
    );
    project
        .audit(&[])
        .exits(1)
        .says(&format!("FAIL  {KEYLESS}"));
    let project = Project::next();
    let only = ["--only", "env/secret-key-missing"];
    project.audit(&only).exits(1);
    project.write(
        "clerk-audit.toml",
        "[checks]\n\"env/secret-key-missing\" = \"warning\"\n",
    );
    project
        .audit(&only)
        .exits(0)
        .says("WARN  env/secret-key-missing");
    // Who names a check wants to see it.
    project.write(
        "clerk-audit.toml",
        "[checks]\n\"env/secret-key-missing\" = \"off\"\n",
    );
    project
        .audit(&only)
        .exits(1)
        .says("FAIL  env/secret-key-missing");
}

#[test]
fn what_is_typed_wins() {
    let project = Project::next_live().with(".gitignore", ".env*\n");
    let run = |config: &str, args: &[&str]| {
        project.write("clerk-audit.toml", config);
        finish(project.command(args).arg("--format").arg("json"), b"")
    };
    let offline = "[network]\noffline = true\n";
    let report = run(&format!("target = \"preview\"\n{offline}"), &[]).json();
    assert_eq!(report["target"], "preview");
    let report = run(
        &format!("target = \"preview\"\n{offline}"),
        &["--target", "production"],
    )
    .json();
    assert_eq!(report["target"], "production");

    let code = |config: &str, args: &[&str]| run(&format!("{config}\n{offline}"), args).code;
    assert_eq!(code("", &[]), 0);
    assert_eq!(code("fail-on = \"warning\"", &[]), 1);
    assert_eq!(code("fail-on = \"warning\"", &["--fail-on", "error"]), 0);
    assert_eq!(code("fail-on = \"never\"", &["--fail-on", "warning"]), 1);
    assert_eq!(code("strict = true", &[]), 1);
    assert_eq!(code("strict = true", &["--strict=false"]), 0);

    let by_config = |args: &[&str]| {
        let report = run(offline, args).json();
        report.to_string().contains("offline in clerk-audit.toml")
    };
    assert!(by_config(&[]));
    assert!(!by_config(&["--offline"]));
    let dead = "http://127.0.0.1:1";
    assert!(!by_config(&[
        "--offline=false",
        "--only",
        "clerk/backend-api-unreachable",
        "--bapi-url",
        dead
    ]));
}

#[test]
fn env_files_are_judged_as_if_they_were_typed() {
    let project = Project::next()
        .with(
            "deploy/live.env",
            "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY={{pk_live}}\nCLERK_SECRET_KEY={{sk_live}}\n",
        )
        .with("other.env", "");
    let only = ["--only", "env/secret-key-missing"];
    project.audit(&only).exits(1);
    project.write(
        "clerk-audit.toml",
        "[environment]\nfiles = [\"deploy/live.env\"]\n",
    );
    project.audit(&only).exits(0).says("env: deploy/live.env");
    let other = project.path("other.env");
    project
        .audit(&[&only[..], &["--env-file", other.to_str().unwrap()]].concat())
        .exits(1);
    project
        .audit(&[&only[..], &["--env", "process"]].concat())
        .exits(1);
    project
        .audit(&["--no-env", "--only", "env/secret-key-missing"])
        .says("SKIP");

    // The process counts beside them, if it is said to.
    let with_key = |text: &str| {
        project.write("clerk-audit.toml", text);
        let mut command = project.command(&["--offline", "--only", "env/secret-key-missing"]);
        command.env("CLERK_SECRET_KEY", support::key("sk_live").unwrap());
        finish(&mut command, b"").code
    };
    assert_eq!(with_key(""), 0);
    assert_eq!(with_key("[environment]\nfiles = [\"other.env\"]\n"), 1);
    assert_eq!(
        with_key("[environment]\nfiles = [\"other.env\"]\nprocess = true\n"),
        0
    );
    assert_eq!(with_key("[environment]\nprocess = false\n"), 1);

    // The config is as untrusted as the project.
    fs::write(project.outside().join("secret.env"), "A=1\n").unwrap();
    for (file, says) in [
        (
            "missing.env",
            "clerk-audit.toml:2: [environment] files: there is no missing.env",
        ),
        ("../secret.env", "outside the project; not read"),
    ] {
        project.write(
            "clerk-audit.toml",
            format!("[environment]\nfiles = [\"{file}\"]\n"),
        );
        project.audit(&[]).exits(2).complains(says);
    }
}

#[test]
fn attest_writes_into_the_file_that_counts() {
    let project = mono();
    project.write("clerk-audit.toml", "# ours\n");
    let mut command = program();
    command.args([
        "attest",
        "uptime-monitor",
        "--by",
        "Ada",
        "--until",
        "2999-01-01",
    ]);
    let done = finish(command.current_dir(project.path("apps/web")), b"").exits(0);
    assert!(
        done.out.contains("in ../../clerk-audit.toml"),
        "{}",
        done.out
    );
    let text = fs::read_to_string(project.path("clerk-audit.toml")).unwrap();
    assert!(
        text.starts_with("# ours\n") && text.contains("uptime-monitor = {"),
        "{text}"
    );
    assert!(!project.path("apps/web/clerk-audit.toml").exists());
}
