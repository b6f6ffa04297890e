//! `clerk-audit init` writes what changes nothing, and never over what stands there.

use std::fs;

use super::{Done, Project, finish, program, schema, support};

fn init(project: &Project, args: &[&str]) -> Done {
    let mut command = program();
    finish(command.arg("init").arg(project.dir()).args(args), b"")
}

#[test]
fn an_audit_decides_the_same_before_and_after() {
    for app in [
        "fixtures/apps/acme-shop",
        "fixtures/apps/acme-mono",
        "fixtures/apps/next-acme-invoices",
        "fixtures/apps/next-acme-mono",
        "fixtures/checks/routes/reached/fail-handler-writes",
        "fixtures/checks/routes/reached/na-nest",
    ] {
        let project = Project::copy(app);
        let _ = fs::remove_file(project.path("clerk-audit.toml"));
        let before = project.audit(&["--format", "json"]);
        init(&project, &[]).exits(0);
        let after = project.audit(&["--format", "json"]);
        assert_eq!(before.out, after.out, "{app}");
        assert_eq!(before.code, after.code, "{app}");
    }
}

#[test]
fn every_suggestion_is_sound_once_it_is_uncommented() {
    let project = Project::copy("fixtures/apps/next-acme-blog");
    let text = init(&project, &["--print"]).exits(0).out;
    assert!(!project.path("clerk-audit.toml").exists());
    schema::read(&text).unwrap();
    // What is commented out is TOML where it reads as such; the rest is prose.
    let is_toml = |line: &str| {
        line.contains(" = ") && !line.contains("--") && !line.contains("; ")
            || line.starts_with("# ]")
            || line.starts_with("#   \"")
            || line.starts_with("# [[")
    };
    let bare: Vec<&str> = text
        .lines()
        .map(|line| {
            if is_toml(line) {
                line.trim_start_matches("# ").trim_start_matches('#')
            } else {
                line
            }
        })
        .collect();
    let bare = bare.join("\n");
    let config = schema::read(&bare).unwrap_or_else(|e| panic!("{e:#}\n{bare}"));
    assert_eq!(config.ignores.len(), 1);
    assert!(config.target.is_some() && config.strict.is_some() && config.webhooks.is_some());
    assert!(!config.routes.public.is_empty() && !config.routes.protected.is_empty());
}

#[test]
fn what_stands_there_is_replaced_by_force_only() {
    let project = Project::next().with("clerk-audit.toml", "# ours\n");
    let read = |path: &str| fs::read_to_string(project.path(path)).unwrap();
    init(&project, &[])
        .exits(2)
        .complains("clerk-audit.toml stands there already; --force replaces it");
    init(&project, &["--print"]).exits(0);
    assert_eq!(read("clerk-audit.toml"), "# ours\n");
    init(&project, &["--force"])
        .exits(0)
        .says("wrote clerk-audit.toml");
    assert!(read("clerk-audit.toml").starts_with("# What this project declares"));
}

#[test]
fn a_workflow_is_written_once_and_never_replaced() {
    let project = Project::next();
    let done = init(&project, &[]).exits(0);
    assert!(
        done.out.contains("clerk-audit init --workflow writes"),
        "{}",
        done.out
    );
    let done = init(&project, &["--workflow"]).exits(0);
    assert!(
        done.out
            .contains("clerk-audit.toml stands there already, and stays"),
        "{}",
        done.out
    );
    let path = project.path(".github/workflows/clerk-audit.yml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("CLERK_SECRET_KEY: ${{ secrets.CLERK_SECRET_KEY }}\n"),
        "{text}"
    );
    assert!(
        !text.contains("{variables}") && !text.contains("{folder}"),
        "{text}"
    );
    fs::write(&path, "ours\n").unwrap();
    fs::remove_file(project.path("clerk-audit.toml")).unwrap();
    init(&project, &["--workflow", "--force"])
        .exits(2)
        .complains("is never replaced");
    assert_eq!(fs::read_to_string(&path).unwrap(), "ours\n");
    assert!(!project.path("clerk-audit.toml").exists());
}

#[test]
fn a_workflow_lies_at_the_root_of_the_repository() {
    let project = Project::of(&[("apps/web/package.json", "{}\n")]);
    support::git(project.dir(), &["init", "-q"]);
    let mut command = program();
    command
        .args(["init", "--workflow"])
        .current_dir(project.path("apps/web"));
    finish(&mut command, b"").exits(0);
    let text =
        fs::read_to_string(project.path(".github/workflows/clerk-audit-apps-web.yml")).unwrap();
    assert!(text.starts_with("# Written by"), "{text}");
    for line in [
        "name: clerk-audit (apps/web)\n",
        "        working-directory: apps/web\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let project = Project::next();
    let outside = project.outside().join("elsewhere");
    fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, project.path(".github")).unwrap();
    init(&project, &["--workflow"])
        .exits(2)
        .complains(".github is a link");
    std::os::unix::fs::symlink(outside.join("new.toml"), project.path("clerk-audit.toml")).unwrap();
    init(&project, &[]).exits(2);
    init(&project, &["--force"]).exits(2);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn hostile_names_do_not_break_out_of_a_comment() {
    let project = Project::next();
    project.write(
        "apps/a\nskip = 1/package.json",
        r#"{"dependencies":{"@clerk/nextjs":"7.5.8","next":"16.1.0"}}"#,
    );
    project.write("apps/a\nskip = 1/app/x\"]/page.tsx", "import { auth } from \"@clerk/nextjs/server\";\nexport default function Page() {\n  return <p/>;\n}\n");
    let text = init(&project, &["--print"]).exits(0).out;
    assert!(!text.contains("\nskip = 1"), "{text}");
    schema::read(&text).unwrap();
}
