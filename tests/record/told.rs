//! What is told is what was seen.

use clerk_audit::report;
use serde_json::json;

use super::*;
use crate::support::standin::{Scenario, Standin};
use crate::support::{base64, key};

/// Apps with route maps, several apps in one, and all kinds of outcomes.
const APPS: &[&str] = &["fixtures/apps/acme-mono", "fixtures/apps/next-acme-store"];

/// A project with findings, ignores of each kind, a config and attestations.
fn lively() -> Project {
    Project::next()
        .with(
            ".env.production",
            "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY={{pk_test}}\nCLERK_SECRET_KEY={{sk_live}}\nCLERK_WEBHOOK_SIGNING_SECRET={{whsec}}\n",
        )
        .with(
            "app/admin/page.tsx",
            "// clerk-audit-ignore routes/reached: a demo that anybody may see\nexport default async function Page() {\n  return <p>{await db.user.findMany()}</p>;\n}\n",
        )
        .with("lib/key.ts", "// clerk-audit-ignore secrets/in-code: nothing is here\nexport const key = \"{{sk_live:other}}\";\n")
        .with(
            "clerk-audit.toml",
            "skip = [\"errors/error-page-missing\"]\n[attest]\nproduction-domain = { by = \"Ada\", date = 2026-11-01, until = \"2027-05-31\" }\n",
        )
}

#[test]
fn every_format_of_every_app_is_the_same_to_the_byte() {
    let mut projects: Vec<Project> = APPS.iter().map(|app| Project::copy(app)).collect();
    projects.push(lively());
    projects.push(Project::empty());
    for project in projects {
        // The two machines need not agree on the day.
        let seen: Vec<(Vec<&str>, Done)> = report::ALL
            .iter()
            .flat_map(|format| {
                [
                    vec!["--format", format.name, "-v"],
                    vec!["--format", format.name, "--strict", "--fail-on", "warning"],
                ]
            })
            .map(|args| {
                let done = project.audit(&args);
                (args, done)
            })
            .collect();
        let (recording, _) = recorded(project, &["--offline"]);
        for (args, done) in seen {
            let told = recording.told(&args);
            assert_eq!(told.out, done.out, "{args:?}");
            assert_eq!(told.code, done.code, "{args:?}");
            assert_eq!(told.err, "");
        }
    }
}

#[test]
fn a_selection_and_a_baseline_are_applied_when_it_is_told() {
    let project = lively();
    let baseline = project.outside().join("known.json");
    let known = baseline.to_str().unwrap().to_owned();
    project.audit(&["--baseline", &known, "--baseline-write"]);
    let selections: [&[&str]; 5] = [
        &["--format", "json"],
        &["--format", "json", "--group", "env,ignores"],
        &["--format", "json", "--only", "env/secret-key-missing"],
        &["--format", "json", "--skip", "routes/reached"],
        &["--format", "json", "--baseline", &known],
    ];
    let seen: Vec<Done> = selections.iter().map(|args| project.audit(args)).collect();
    let text = std::fs::read(&baseline).unwrap();
    let (recording, _) = recorded(project, &["--offline"]);
    std::fs::create_dir_all(baseline.parent().unwrap()).unwrap();
    std::fs::write(&baseline, text).unwrap();
    for (args, seen) in selections.iter().zip(seen) {
        let told = recording.told(args);
        assert_eq!(told.out, seen.out, "{args:?}");
        assert_eq!(told.code, seen.code, "{args:?}");
    }
    std::fs::remove_dir_all(baseline.parent().unwrap()).unwrap();
}

#[test]
fn what_was_answered_over_the_network_is_told_without_it() {
    let standin = Standin::start(&Scenario::healthy());
    let project = Project::next_live();
    let mut command = project.command(&["--url", "https://acme.shop", "--format", "json"]);
    let file = project.outside().join("facts.json");
    command.args(standin.args()).arg("--record").arg(&file);
    let done = finish(&mut command, b"");
    let recording = Recorded::of(
        &std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{e}: {}", done.err)),
    );
    drop((project, standin));
    let told = recording.told(&["--format", "json"]);
    assert_eq!(told.out, done.out);
    assert_eq!(told.code, done.code);
    assert_eq!(recording.json()["offline"], json!(null));
}

#[test]
fn what_was_not_recorded_is_not_guessed() {
    let (recording, _) = recorded(Project::next_live(), &["--offline", "--group", "env"]);
    let told = recording.told(&["-v", "--strict"]);
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(told.out.contains("not recorded"), "{}", told.out);
    assert!(
        told.out.contains(
            "checks were not recorded: record without --only, --skip and --group to have all"
        ),
        "{}",
        told.out
    );
    let part = recording.told(&["--group", "env"]);
    assert!(!part.out.contains("not recorded"), "{}", part.out);
}

#[test]
fn a_recording_is_the_same_twice_and_fits_its_schema() {
    let (first, _) = recorded(lively(), &["--offline"]);
    let (mut second, _) = recorded(lively(), &["--offline"]);
    if first.json()["day"] != second.json()["day"] {
        // It was midnight in between.
        second = second.with("/day", first.json()["day"].clone());
        assert_eq!(first.json(), second.json());
    } else {
        assert_eq!(first.text, second.text);
    }
    let schema: Value = serde_json::from_str(clerk_audit::recording::SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let document = first.json();
    let wrong: Vec<String> = validator
        .iter_errors(&document)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(document["schema"], clerk_audit::recording::VERSION);
    assert!(
        first.text.starts_with("{\n  \"schema\""),
        "the schema stands first"
    );
}

#[test]
fn nothing_of_a_key_and_no_absolute_path_is_in_a_recording() {
    let project = lively();
    let password = format!(
        "postgres://app:{}@db.acme.test/app",
        support::random("pass", 20)
    );
    let env = std::fs::read_to_string(project.path(".env.production")).unwrap();
    project.write(
        ".env.production",
        format!("{env}NEXT_PUBLIC_TOKEN={password}\n"),
    );
    project.write(
        ".env.local",
        format!("CLERK_SECRET_KEY={}\n", key("sk_test").unwrap()),
    );
    let home = project.outside().to_str().unwrap().to_owned();
    let (recording, _) = recorded(project, &["--offline"]);
    let keys = ["sk_live", "sk_live:other", "sk_test", "whsec"].map(|name| key(name).unwrap());
    for secret in keys.iter().chain([&password]) {
        let body = secret
            .rsplit_once('_')
            .map_or(secret.as_str(), |(_, body)| body);
        for at in 0..body.len().saturating_sub(12) {
            let piece = &body[at..at + 12];
            // The host of a database is no secret.
            if !piece.contains("acme") && !"postgres://app:@db.acme.test/app".contains(piece) {
                assert!(!recording.text.contains(piece), "{piece}");
            }
        }
    }
    assert!(!recording.text.contains(&base64(keys[0].as_bytes())));
    assert!(!recording.text.contains(&home));
}

#[test]
fn a_directory_and_the_network_have_no_part_in_telling() {
    let (recording, _) = recorded(Project::empty(), &["--offline"]);
    for args in [
        &["."][..],
        &["--offline"],
        &["--url", "https://acme.shop"],
        &["--timeout", "3"],
        &["--env-file", "x"],
        &["--no-env"],
        &["--target", "preview"],
        &["--app", "web"],
        &["--history"],
        &["--record", "y.json"],
        &["--watch"],
    ] {
        let told = recording.told(args);
        assert_eq!(told.code, 2, "{args:?}: {}", told.out);
        assert!(
            told.err.contains("cannot be used with"),
            "{args:?}: {}",
            told.err
        );
        assert!(!recording.path("y.json").exists());
    }
    assert_ne!(recording.told(&[]).code, 2);
}
