//! Where values are looked for: `--env`, `--env-file`, `--no-env`, `--target`.

use crate::project::{LIVE_KEYS, Project, finish};
use crate::support::{expand, key};

const KEYS: &str = "env/publishable-key-missing,env/secret-key-missing,env/publishable-key-development,env/secret-key-development";

fn live() -> Vec<(&'static str, String)> {
    vec![
        ("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", key("pk_live").unwrap()),
        ("CLERK_SECRET_KEY", key("sk_live").unwrap()),
        ("CLERK_WEBHOOK_SIGNING_SECRET", key("whsec").unwrap()),
        ("NEXT_PUBLIC_CLERK_SIGN_IN_URL", "/sign-in".to_owned()),
        ("NEXT_PUBLIC_CLERK_SIGN_UP_URL", "/sign-up".to_owned()),
    ]
}

#[test]
fn the_process_environment_wins_over_files_as_it_does_for_the_framework() {
    let project = Project::next().with(".env.production", "CLERK_SECRET_KEY={{sk_test}}\n");
    let run = |args: &[&str]| {
        let mut command = project.command(args);
        finish(command.arg("--offline").envs(live()), b"")
    };
    run(&[]).exits(0);
    run(&["--env", "both"]).exits(0);
    run(&["--env", "process"]).exits(0);
    run(&["--env", "files"])
        .exits(1)
        .says("FAIL  env/publishable-key-missing")
        .says(".env.production:1");
}

#[test]
fn with_env_process_no_file_is_read() {
    let done = Project::next_live().audit(&["--env", "process"]).exits(1);
    done.says("env: process environment (no env file found)");
}

#[test]
fn an_env_file_is_judged_by_itself() {
    let project = Project::next().with(".env.production", "CLERK_SECRET_KEY={{sk_test}}\n");
    let file = project.outside().join("prod.env");
    std::fs::write(&file, expand(LIVE_KEYS)).unwrap();
    let file = file.to_str().unwrap();
    // The test keys of the process and of .env.production are beside the point.
    let mut command = project.command(&["--offline", "--env-file", file]);
    let done = finish(
        command.env("CLERK_SECRET_KEY", key("sk_test").unwrap()),
        b"",
    )
    .exits(0);
    let done = done.says("env: prod.env;");
    assert!(!done.out.contains(file), "an absolute path in {}", done.out);
    // …unless --env says otherwise.
    let mut command = project.command(&["--offline", "--env-file", file, "--env", "both"]);
    finish(
        command.env("CLERK_SECRET_KEY", key("sk_test").unwrap()),
        b"",
    )
    .exits(1);
}

#[test]
fn of_several_env_files_the_last_wins() {
    let project = Project::next();
    let outside = project.outside().to_owned();
    std::fs::write(outside.join("a.env"), expand(LIVE_KEYS)).unwrap();
    std::fs::write(
        outside.join("b.env"),
        expand("CLERK_SECRET_KEY={{sk_test}}\n"),
    )
    .unwrap();
    let (a, b) = (outside.join("a.env"), outside.join("b.env"));
    let (a, b) = (a.to_str().unwrap(), b.to_str().unwrap());
    project
        .audit(&["--env-file", b, "--env-file", a, "--only", KEYS])
        .exits(0);
    project
        .audit(&["--env-file", a, "--env-file", b, "--only", KEYS])
        .exits(1)
        .says("b.env:1")
        .says("FAIL  env/secret-key-development");
}

#[test]
fn an_env_file_comes_from_standard_input_too() {
    let project = Project::next();
    let mut command = project.command(&["--offline", "--env-file", "-"]);
    finish(&mut command, expand(LIVE_KEYS).as_bytes())
        .exits(0)
        .says("env: standard input;");
    let mut command = project.command(&["--offline", "--env-file", "-"]);
    finish(
        &mut command,
        expand("CLERK_SECRET_KEY={{sk_test}}\n").as_bytes(),
    )
    .exits(1)
    .says("standard input:1");
    let mut command = project.command(&["--offline", "--env-file", "-"]);
    finish(&mut command, &vec![b'#'; 2 << 20])
        .exits(2)
        .complains("standard input holds more than");
}

#[test]
fn an_env_file_that_cannot_be_read_is_exit_2() {
    let project = Project::next();
    let missing = project.path("missing.env");
    let missing = missing.to_str().unwrap();
    let done = project.audit(&["--env-file", missing]).exits(2);
    assert_eq!(
        done.err,
        format!("clerk-audit: cannot read --env-file {missing}: not found\n")
    );
    let folder = project.dir().to_str().unwrap();
    project
        .audit(&["--env-file", folder])
        .exits(2)
        .complains("is a directory");
}

#[test]
fn without_the_environment_the_code_alone_is_judged() {
    let project = Project::next();
    let done = project.audit(&["--no-env"]).exits(0);
    let done = done
        .says(" checks: --no-env\n")
        .says("env: not judged (--no-env)");
    assert!(!done.out.contains("FAIL"), "{}", done.out);
}

#[test]
fn without_the_environment_nothing_is_asked_of_clerk() {
    let project = Project::next_live().with(".env", "CLERK_API_URL=http://127.0.0.1:9\n");
    let done = finish(&mut project.command(&["--no-env"]), b"").exits(0);
    done.says("SKIP  clerk/backend-api-unreachable")
        .says("--no-env");
}

#[test]
fn test_keys_are_right_for_development() {
    let keys = LIVE_KEYS.replace("_live", "_test");
    let project = Project::next().with(".env.local", &keys);
    project
        .audit(&["--target", "development"])
        .exits(0)
        .says("target development");
    let done = project
        .audit(&[])
        .exits(1)
        .says(".env.local:1")
        .says(".env.local:2");
    done.says("FAIL  env/publishable-key-development")
        .says("FAIL  env/secret-key-development");
}

#[test]
fn each_target_reads_its_own_files() {
    let project = Project::next()
        .with(".env.production", LIVE_KEYS)
        .with(".env.development", &LIVE_KEYS.replace("_live", "_test"));
    let environment = |target: &str| {
        let report = project.audit(&["--target", target]).exits(0);
        let line = report.out.lines().nth(1).unwrap().to_owned();
        line.split("env: ")
            .nth(1)
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        environment("production"),
        "process environment, .env.production"
    );
    assert_eq!(
        environment("preview"),
        "process environment, .env.production"
    );
    assert_eq!(
        environment("development"),
        "process environment, .env.development"
    );
}

#[test]
fn what_vercel_pulled_is_read_when_it_is_there() {
    let project = Project::next().with(".vercel/.env.production.local", LIVE_KEYS);
    project
        .audit(&[])
        .exits(0)
        .says(".vercel/.env.production.local");
}
