//! Repositories that are broken, bare, linked, or above the audited directory.

use std::fs;

use crate::project::Project;
use crate::support::git;
use crate::{outcome, survives};

#[test]
fn a_git_file_that_points_nowhere_costs_only_what_git_would_tell() {
    for text in [
        "gitdir: /nowhere/at/all\n",
        "gitdir: ../nowhere\n",
        "nonsense\n",
        "",
        "gitdir: \u{1b}[2J\n",
    ] {
        let project = Project::next_live().with(".git", text);
        let (human, report) = survives(&project, &[]);
        assert_eq!(human.code, 3, "{text:?}: {}", human.out);
        assert_eq!(outcome(&report, "git/secret-tracked"), "error", "{text:?}");
        assert_eq!(
            outcome(&report, "git/env-file-not-ignored"),
            "pass",
            "{text:?}"
        );
        assert_eq!(
            outcome(&report, "env/secret-key-missing"),
            "pass",
            "{text:?}"
        );
    }
}

#[test]
fn a_broken_index_costs_only_what_git_would_tell() {
    let project = Project::next_live();
    git(project.dir(), &["init", "-q"]);
    for bytes in [
        &b"DIRC"[..],
        b"\0\0\0\0",
        b"DIRC\0\0\0\x02\xff\xff\xff\xff",
        &[0xff; 4096],
    ] {
        project.write(".git/index", bytes);
        let (human, report) = survives(&project, &[]);
        assert_eq!(human.code, 3, "{}", human.out);
        assert_eq!(outcome(&report, "git/secret-tracked"), "error");
        assert_eq!(outcome(&report, "env/secret-key-missing"), "pass");
    }
}

#[test]
fn nothing_that_a_repository_configures_is_run() {
    let project = Project::next_live();
    git(project.dir(), &["init", "-q"]);
    let proof = project.outside().join("proof");
    let hook = format!("#!/bin/sh\ntouch {}\n", proof.display());
    project.write("evil.sh", hook);
    let script = project.path("evil.sh");
    std::os::unix::fs::PermissionsExt::set_mode(
        &mut fs::metadata(&script).unwrap().permissions(),
        0o755,
    );
    let config = format!(
        "[core]\n\tfsmonitor = {0}\n\thooksPath = {0}\n\tsshCommand = {0}\n\tpager = {0}\n[include]\n\tpath = /dev/zero\n",
        script.display()
    );
    let old = fs::read_to_string(project.path(".git/config")).unwrap();
    project.write(".git/config", old + &config);
    survives(&project, &[]);
    assert!(!proof.exists());
}

#[test]
fn a_bare_repository_is_no_work_tree() {
    let project = Project::empty();
    git(project.dir(), &["init", "-q", "--bare"]);
    survives(&project, &[]).0.exits(3).says("nothing to audit");
}

#[test]
fn a_work_tree_that_is_linked_is_one() {
    let project = Project::empty();
    let main = project.outside().join("main");
    fs::create_dir(&main).unwrap();
    git(&main, &["init", "-q"]);
    git(&main, &["commit", "-q", "--allow-empty", "-m", "first"]);
    fs::remove_dir(project.dir()).unwrap();
    git(
        &main,
        &["worktree", "add", "-q", project.dir().to_str().unwrap()],
    );
    let full = Project::next_live();
    crate::support::copy_project(full.dir(), project.dir());
    git(project.dir(), &["add", "-f", ".env.production"]);
    let (human, report) = survives(&project, &[]);
    assert_eq!(
        outcome(&report, "git/secret-tracked"),
        "fail",
        "{}",
        human.out
    );
}

/// `clerk-audit apps/web` in a monorepo: what stands above belongs to it.
#[test]
fn a_folder_of_a_repository_uses_the_lock_file_and_the_ignore_rules_above() {
    let app = Project::next_live();
    let project = Project::of(&[(".gitignore", ".env*\n.clerk/\n")]);
    fs::create_dir_all(project.path("apps/web")).unwrap();
    crate::support::copy_project(app.dir(), &project.path("apps/web"));
    for name in [".gitignore", "package-lock.json"] {
        fs::remove_file(project.path(&format!("apps/web/{name}"))).unwrap();
    }
    project.write(
        "package-lock.json",
        r#"{"lockfileVersion":3,"packages":{"":{"workspaces":["apps/*"]},"apps/web":{"dependencies":{"next":"^16.0.0","@clerk/nextjs":"^7.0.0"}},"node_modules/next":{"version":"16.1.1"},"node_modules/@clerk/nextjs":{"version":"7.2.2"}}}"#,
    );
    let audit = |project: &Project| {
        let mut command = crate::project::program();
        command
            .arg(project.path("apps/web"))
            .args(["--offline", "--format", "json"]);
        crate::project::finish(&mut command, b"").json()
    };
    // Without a repository, what stands above is not the project's.
    let report = audit(&project);
    assert_eq!(report["apps"][0]["framework_version"], "^16.0.0");
    assert_eq!(outcome(&report, "git/env-file-not-ignored"), "fail");
    git(project.dir(), &["init", "-q"]);
    let report = audit(&project);
    assert_eq!(report["apps"][0]["framework_version"], "16.1.1");
    assert_eq!(
        report["apps"][0]["clerk_packages"][0]["version"], "7.2.2",
        "{report:#}"
    );
    assert_eq!(outcome(&report, "git/env-file-not-ignored"), "pass");
    git(project.dir(), &["add", "-f", "apps/web/.env.production"]);
    assert_eq!(outcome(&audit(&project), "git/secret-tracked"), "fail");
}

#[test]
fn a_git_folder_that_is_empty_is_no_repository() {
    let project = Project::next_live();
    fs::create_dir(project.path(".git")).unwrap();
    assert_eq!(survives(&project, &[]).0.code, 0);
}
