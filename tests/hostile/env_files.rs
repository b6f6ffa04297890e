//! Env files that no loader should be given.

use std::fs::File;
use std::process::Command;

use crate::project::{Project, finish};
use crate::support::patience::soon;
use crate::{notes, outcome, survives};

fn make_pipe(path: &std::path::Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn an_env_file_of_50_mb_costs_the_checks_of_the_environment_and_no_other() {
    let project = Project::next();
    let file = File::create(project.path(".env.production")).unwrap();
    file.set_len(50 << 20).unwrap();
    let (human, report) = survives(&project, &[]);
    assert_eq!(human.code, 3, "{}", human.out);
    soon(10, human.took, "it");
    let human = human.says("the environment is not known: .env.production: 51200 KiB, more than the 1024 KiB that are read");
    assert!(
        human.out.contains("ERR   env/publishable-key-missing")
            && human.out.contains("for the same reason (-v lists them)"),
        "{}",
        human.out
    );
    assert_eq!(outcome(&report, "env/secret-key-missing"), "error");
    assert_eq!(outcome(&report, "git/keyless-not-ignored"), "pass");
}

#[test]
fn an_env_file_of_50_mb_that_is_given_is_refused() {
    let project = Project::next();
    let path = project.path("big.env");
    File::create(&path).unwrap().set_len(50 << 20).unwrap();
    let done = project
        .audit(&["--env-file", path.to_str().unwrap()])
        .exits(2);
    done.complains("is larger than 1024 KiB");
}

/// Nobody writes to the pipe: to open it is to wait for ever.
#[test]
fn a_pipe_in_place_of_a_file_is_not_opened() {
    for name in [
        ".env.production",
        ".env",
        "package-lock.json",
        "package.json",
        ".gitignore",
        "proxy.ts",
        "clerk-audit.toml",
        "pnpm-workspace.yaml",
        ".env.backup",
        "app/pipe.ts",
        ".git",
    ] {
        let project = Project::next_live();
        let _ = std::fs::remove_file(project.path(name));
        make_pipe(&project.path(name));
        let (human, report) = survives(&project, &[]);
        soon(10, human.took, name);
        if name == ".env.production" {
            assert_eq!(outcome(&report, "env/secret-key-missing"), "error");
            assert!(
                human.out.contains(".env.production: not a regular file"),
                "{}",
                human.out
            );
        }
    }
}

/// `--env-file <(op inject -i prod.tpl)`: a pipe that the user names is one to be read.
#[test]
fn a_pipe_that_is_given_is_read() {
    let project = Project::next();
    let pipe = project.outside().join("pipe");
    make_pipe(&pipe);
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::write(pipe, crate::support::expand(crate::project::LIVE_KEYS)).unwrap()
    });
    project
        .audit(&["--env-file", pipe.to_str().unwrap()])
        .exits(0);
    writer.join().unwrap();
}

/// `@next/env` and Vite pass over it too; Python projects keep a virtual environment there.
#[test]
fn an_env_file_that_is_a_folder_is_none() {
    let project = Project::next_live();
    project.write(
        ".env/lib/python3.13/site-packages/clerk_backend_api/x.py",
        "import httpx",
    );
    project.write(".env.local/file", "");
    let (human, report) = survives(&project, &[]);
    assert_eq!(human.code, 0, "{}", human.out);
    assert_eq!(outcome(&report, "env/secret-key-missing"), "pass");
}

#[test]
fn a_clerk_that_is_a_file_is_no_keyless_folder() {
    let project = Project::next_live().with(".clerk", "sk_test_\n");
    assert_eq!(survives(&project, &[]).0.code, 0);
    let deep = Project::next_live().with(".clerk/.tmp", "a file");
    assert_eq!(survives(&deep, &[]).0.code, 0);
    let folder = Project::next_live().with(".clerk/.tmp/keyless.json/x", "");
    assert_eq!(survives(&folder, &[]).0.code, 0);
}

#[test]
fn a_keyless_file_that_is_no_json_is_survived() {
    for text in [
        "",
        "{",
        "[1]",
        "null",
        "{\"secretKey\": 1}",
        &"[".repeat(100_000),
    ] {
        survives(
            &Project::next_live().with(".clerk/.tmp/keyless.json", text),
            &[],
        );
    }
}

#[test]
fn lines_that_no_loader_likes_are_survived() {
    let long = format!("A={}\n", "x".repeat(900_000));
    let many = "CLERK_SECRET_KEY=x\n".repeat(50_000);
    let expanding = "A=1\n".to_owned() + &"A=$A$A$A$A\n".repeat(1_000);
    let circle = "A=$B\nB=$C\nC=${A:-${B:-${C}}}\n".repeat(1_000);
    let deep = format!("A={}x{}\n", "${B:-".repeat(50_000), "}".repeat(50_000));
    let quotes = "A=\"\n".repeat(50_000);
    for text in [long, many, expanding, circle, deep, quotes] {
        let project = Project::next();
        project.write(".env.production", text);
        let (human, _) = survives(&project, &[]);
        soon(20, human.took, "it");
    }
}

#[test]
fn without_home_the_personal_rules_are_not_looked_for() {
    let project = Project::next_live();
    for home in ["", "relative/home", "/nowhere/at/all"] {
        let mut command = project.command(&["--offline"]);
        finish(command.env("HOME", home), b"").exits(0);
    }
}

#[test]
fn a_directory_that_may_not_be_read_is_said_to_be_one() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    let project = Project::next_live();
    project.write(
        "closed/package.json",
        "{\"dependencies\":{\"@clerk/nextjs\":\"1\"}}",
    );
    project.write("secret/.env", "");
    let close = |path: &str| {
        let mode = std::fs::Permissions::from_mode(0o000);
        std::fs::set_permissions(project.path(path), mode).unwrap();
    };
    let open = |path: &std::path::Path| {
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, mode).unwrap();
    };
    // Permissions do not bind root, so root becomes nobody, who must be able to reach the program.
    let program = project.outside().join("clerk-audit");
    // By another process: what a test has open to write while another starts a program cannot be run.
    let mut copy = Command::new("cp");
    copy.args([
        env!("CARGO_BIN_EXE_clerk-audit").as_ref(),
        program.as_os_str(),
    ]);
    assert!(copy.status().unwrap().success());
    open(project.outside());
    let root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(project.dir()).unwrap()) == 0;
    let run = |dir: &std::path::Path| {
        let mut command = Command::new(&program);
        command.arg(dir).arg("--offline").env_clear();
        if root {
            command.uid(65534).gid(65534);
        }
        finish(&mut command, b"")
    };
    run(project.dir()).exits(0);
    close("closed");
    let done = run(project.dir())
        .exits(3)
        .says("closed: no permission to read it");
    assert!(
        !done.out.contains(project.outside().to_str().unwrap()),
        "{}",
        done.out
    );
    run(&project.path("closed"))
        .exits(2)
        .complains("no permission to read it");
    open(&project.path("closed"));
    close(".env.production");
    run(project.dir())
        .exits(3)
        .says(".env.production: no permission to read it");
    open(&project.path(".env.production"));
    close("package.json");
    run(project.dir())
        .exits(3)
        .says("package.json: no permission to read it");
    open(&project.path("package.json"));
}

#[test]
fn a_gap_is_told_in_the_report_of_a_program_too() {
    let project = Project::next_live();
    let file = File::create(project.path(".env.backup")).unwrap();
    file.set_len(2 << 20).unwrap();
    let (human, report) = survives(&project, &[]);
    assert_eq!(human.code, 3, "{}", human.out);
    assert!(
        notes(&report).contains("could not be read: .env.backup: 2048 KiB"),
        "{report:#}"
    );
}
