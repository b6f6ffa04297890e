use super::*;
use std::fs;

fn git(dir: &Path, args: &[&str]) {
    let done = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.test",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{args:?} {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

fn commit(dir: &Path, path: &str, text: &[u8]) {
    let full = dir.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(full, text).unwrap();
    git(dir, &["add", "-f", "."]);
    git(dir, &["commit", "-q", "-m", "x"]);
}

fn key(seed: u64) -> String {
    let alphabet = b"Q7dk2RvLm9XwTz4bNc8HsYp3JgFa6UeBqW5xKrVoMn1ZtDhSyPi0CjGuElOf";
    let mut state = seed;
    let mut text = String::from("sk_live_");
    for _ in 0..42 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        text.push(char::from(
            alphabet[(state >> 33) as usize % alphabet.len()],
        ));
    }
    text
}

fn ask(dir: &Path, range: &str) -> Known<History> {
    let path = std::env::var("PATH").unwrap();
    search(&Ask {
        root: &dir.canonicalize().unwrap(),
        prefix: "",
        range,
        process: &ProcessEnv::of(&[("PATH", &path)]),
        progress: &Progress::default(),
    })
}

fn found(dir: &Path, range: &str) -> Vec<String> {
    match ask(dir, range) {
        Known::Yes(history) => history.hits.iter().map(|hit| hit.path.clone()).collect(),
        other => panic!("{other:?}"),
    }
}

fn line(seed: u64) -> String {
    format!("CLERK_SECRET_KEY={}\n", key(seed))
}

#[test]
fn what_was_deleted_is_found_and_so_is_what_only_a_branch_has() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    git(dir, &["init", "-q"]);
    commit(dir, "a b/.env", line(1).as_bytes());
    git(dir, &["rm", "-q", "a b/.env"]);
    git(dir, &["commit", "-q", "-m", "gone"]);
    git(dir, &["tag", "v1"]);
    git(dir, &["checkout", "-q", "-b", "other"]);
    commit(dir, "src/é.ts", line(2).as_bytes());
    git(dir, &["checkout", "-q", "main"]);
    commit(
        dir,
        "x.bin.txt",
        &[&[0_u8; 3][..], line(3).as_bytes()].concat(),
    );
    commit(dir, "large.txt", " ".repeat(6 << 20).as_bytes());
    let mut all = found(dir, "");
    all.sort();
    assert_eq!(all, ["a b/.env", "src/é.ts"]);
    assert_eq!(found(dir, "v1..other"), ["src/é.ts"]);
    assert_eq!(found(dir, "v1..main"), [""; 0]);
    let Known::Yes(history) = ask(dir, "") else {
        panic!()
    };
    assert!(history.hits.iter().all(|hit| hit.commit.is_some()));
    assert!(
        history
            .rate
            .is_some_and(|rate| rate.starts_with("history: "))
    );
}

#[test]
fn nothing_that_a_repository_configures_is_run() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    git(dir, &["init", "-q"]);
    commit(dir, ".env", line(1).as_bytes());
    let trap = dir.join("trap.sh");
    fs::write(
        &trap,
        format!("#!/bin/sh\ntouch {}\n", dir.join("sprung").display()),
    )
    .unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let run = trap.display().to_string();
    for name in [
        "core.fsmonitor",
        "core.pager",
        "pager.log",
        "core.sshCommand",
        "core.editor",
        "diff.external",
        "gpg.program",
        "filter.x.smudge",
        "diff.x.textconv",
        "core.alternateRefsCommand",
    ] {
        git(dir, &["config", name, &run]);
    }
    git(dir, &["config", "alias.rev-list", &format!("!{run}")]);
    git(dir, &["config", "log.showSignature", "true"]);
    fs::write(dir.join(".gitattributes"), "* filter=x diff=x\n").unwrap();
    assert_eq!(found(dir, ""), [".env"]);
    assert!(!dir.join("sprung").exists());
}

#[test]
fn what_cannot_be_searched_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    fs::create_dir(&whole).unwrap();
    git(&whole, &["init", "-q"]);
    commit(&whole, ".env", line(1).as_bytes());
    commit(&whole, ".env", b"\n");
    assert!(matches!(ask(&whole, "nowhere..main"), Known::Failed(_)));
    let from = format!("file://{}", whole.display());
    git(dir.path(), &["clone", "-q", "--depth", "1", &from, "part"]);
    let Known::Yes(part) = ask(&dir.path().join("part"), "") else {
        panic!()
    };
    assert!(part.is_shallow && part.hits.is_empty());
    let process = ProcessEnv::of(&[("PATH", "relative:/nowhere")]);
    let without = search(&Ask {
        root: &whole,
        prefix: "",
        range: "",
        process: &process,
        progress: &Progress::default(),
    });
    assert!(matches!(without, Known::Failed(_)));
}

#[test]
fn a_damaged_repository_ends_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    git(dir, &["init", "-q"]);
    commit(dir, ".env", line(1).as_bytes());
    for folder in fs::read_dir(dir.join(".git/objects")).unwrap().flatten() {
        for object in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let path = object.path();
            let _ = fs::remove_file(&path);
            fs::write(path, b"not an object").unwrap();
        }
    }
    assert!(matches!(ask(dir, ""), Known::Failed(_)));
}
