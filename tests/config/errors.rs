//! A config that is wrong is exit 2, with the place and what to do; nothing is audited and nothing written.

use std::fmt::Write as _;
use std::fs;

use super::{Project, support};

const WRONG: &[&str] = &[
    // Keys, types and values.
    "webhook = \"none\"\n",
    "# ours\nfail_on = \"error\"\n",
    "zebra = 1\n",
    "target = \"prod\"\n",
    "fail-on = \"warn\"\n",
    "strict = \"yes\"\n",
    "webhooks = \"never\"\n",
    "skip = \"git/secret-tracked\"\n",
    "skip = [1]\n",
    "[network]\nofflin = true\n",
    "[network]\ntimeout = 0\n",
    "[network]\nrate = -1\n",
    "[environment]\nfile = [\".env\"]\n",
    // Text that is no TOML.
    "skip = [\n",
    "= 1\n",
    "target = \"production\"\ntarget = \"preview\"\n",
    "skip = [\n \"a\",\n \"\u{1b}[2J\u{202e}\"\n",
    // Names that nothing has.
    "skip = [\n  \"git/secret-trackd\",\n]\n",
    "[checks]\n\"secret-tracked\" = \"off\"\n",
    "[checks]\n\"git/secret-tracked\" = \"warn\"\n",
    "[[ignore]]\ncheck = \"route/*\"\nreason = \"x\"\n",
    "[attest]\nuptime = { by = \"Ada\", date = 2026-11-21, until = 2027-01-01 }\n",
    // Contradictions.
    "skip = [\"git/secret-tracked\"]\n\n[checks]\n\"git/secret-tracked\" = \"error\"\n",
    "[routes]\npublic = [\n  \"/a\",\n  \"/b(.*)\",\n]\nprotected = [\"/b(.*)\"]\n",
    "[network]\noffline = true\nurl = \"https://acme.shop\"\n",
    "webhooks = \"none\"\n[network]\nwebhook-url = \"/api/webhooks/clerk\"\n",
    // What is empty, or no pattern, or no address.
    "[routes]\nprotected = [\"\"]\n",
    "[routes]\npublic = [\"/a(\"]\n",
    "[environment]\nfiles = []\n",
    "[environment]\nfiles = [\"/etc/passwd\"]\n",
    "[network]\nurl = \"acme.shop\"\n",
    "[network]\nurl = \"https://ada:hunter2@acme.shop\"\n",
    "[network]\nwebhook-url = \"ftp://acme.shop\"\n",
    "[[ignore]]\ncheck = \"routes/reached\"\n",
    "[[ignore]]\ncheck = \"routes/reached\"\nreason = \" \"\n",
    "[[ignore]]\ncheck = \"routes/reached\"\npath = \"{a,b}\"\nreason = \"x\"\n",
    "[[ignore]]\ncheck = \"routes/reached\"\nreason = \"x\"\nuntil = 2026-02-30\n",
    // Attestations.
    "[attest]\nuptime-monitor = { by = \"Ada\", date = 2026-11-21 }\n",
    "[attest]\nuptime-monitor = { by = \" \", date = 2026-11-21, until = 2027-01-01 }\n",
    "[attest]\nuptime-monitor = { by = \"Ada\", date = 2026-11-21, until = 2026-11-20 }\n",
    "[attest]\nuptime-monitor = { by = \"Ada\", date = 2026-11-21, applies = false }\n",
    "[attest]\nuptime-monitor = { by = \"Ada\", date = 2026-11-21T10:00:00Z, until = 2027-01-01 }\n",
    "[attest]\nuptime-monitor = { by = \"Ada\", date = \"2026-02-30\", until = 2027-01-01 }\n",
    "[attest]\nuptime-monitor = { who = \"Ada\" }\n",
];

#[test]
fn every_fault_is_shown_with_its_line_and_a_way_out() {
    let project = Project::empty();
    let mut page = String::new();
    for text in WRONG {
        project.write("clerk-audit.toml", text);
        let done = project.audit(&[]).exits(2);
        assert_eq!(done.out, "", "{text}");
        assert!(
            done.err.starts_with("clerk-audit: clerk-audit.toml:"),
            "{}",
            done.err
        );
        assert!(
            !done.err.contains("hunter2") && !done.err.contains('\u{1b}'),
            "{}",
            done.err
        );
        let _ = writeln!(page, "{}", done.err);
    }
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("wrong", page);
    });
}

#[test]
fn a_long_line_is_shown_around_the_fault() {
    let project = Project::empty();
    let skip = "\"git/secret-tracked\", ".repeat(500);
    project.write("clerk-audit.toml", format!("skip = [{skip}\"git/x\"]\n"));
    let done = project.audit(&[]).exits(2);
    assert!(
        done.err.lines().all(|line| line.len() < 120),
        "{}",
        done.err
    );
    assert!(done.err.contains("\"git/x\"]"), "{}", done.err);
}

#[test]
fn a_secret_is_named_by_its_line_and_never_shown() {
    let project = Project::empty();
    for (key, line) in [
        ("sk_live:a", 2),
        ("sk_test:a", 2),
        ("whsec:32", 2),
        ("ak:a", 2),
    ] {
        let key = support::key(key).unwrap();
        for text in [
            format!("# ours\nnote = \"{key}\"\n"),
            format!("[network]\nurl = \"{key}\"\n"),
            format!("skip = [\n\"{key}\"\n"),
            format!("\n# {key}\n"),
        ] {
            project.write("clerk-audit.toml", &text);
            let done = project.audit(&[]).exits(2);
            assert!(
                done.err.contains(&format!("clerk-audit.toml:{line}: ")),
                "{}",
                done.err
            );
            assert!(!done.err.contains(&key[8..]), "{}", done.err);
        }
    }
}

#[test]
fn a_config_that_cannot_be_read_is_said_and_never_written() {
    let project = Project::next_live();
    let path = project.path("clerk-audit.toml");
    let huge = format!("#{}\n", "x".repeat(1_200_000));
    let nested = format!("x = {}1{}\n", "[".repeat(50_000), "]".repeat(50_000));
    let tables = format!("[a{}]\n", ".a".repeat(50_000));
    for (bytes, says) in [
        (
            huge.as_bytes(),
            "clerk-audit.toml: 1171 KiB, more than the 1024 KiB",
        ),
        (nested.as_bytes(), "nest too deeply"),
        (tables.as_bytes(), "clerk-audit.toml"),
        (
            &b"webhooks = \"none\"\n# \xff\n"[..],
            "clerk-audit.toml:2: this line is not UTF-8",
        ),
    ] {
        fs::write(&path, bytes).unwrap();
        let done = project.audit(&[]).exits(2);
        assert!(
            done.err.contains(says) && done.err.len() < 2_000,
            "{}",
            done.err
        );
        assert_eq!(done.out, "");
        let dir = project.dir().to_str().unwrap();
        for args in [
            &["routes", dir][..],
            &["attest", "--dir", dir],
            &[
                "attest",
                "uptime-monitor",
                "--by",
                "Ada",
                "--until",
                "2999-01-01",
                "--dir",
                dir,
            ],
            &["init", dir],
            &["init", "--workflow", "--print", dir],
        ] {
            let mut command = super::program();
            super::finish(command.args(args), b"").exits(2);
        }
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_a_pipe_and_a_link_that_leaves_the_project_are_no_config() {
    let project = Project::next_live();
    let path = project.path("clerk-audit.toml");
    fs::create_dir(&path).unwrap();
    project
        .audit(&[])
        .exits(2)
        .complains("clerk-audit.toml: a folder, not a file");
    fs::remove_dir(&path).unwrap();

    let outside = project.outside().join("outside.toml");
    fs::write(&outside, "webhooks = \"none\"\n").unwrap();
    std::os::unix::fs::symlink(&outside, &path).unwrap();
    project
        .audit(&[])
        .exits(2)
        .complains("a link that leaves the project");
    let dir = project.dir().to_str().unwrap().to_owned();
    let mut command = super::program();
    super::finish(command.args(["init", "--force", &dir]), b"").exits(2);
    assert_eq!(
        fs::read_to_string(&outside).unwrap(),
        "webhooks = \"none\"\n"
    );
    fs::remove_file(&path).unwrap();

    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if made.is_ok_and(|made| made.success()) {
        project.audit(&[]).exits(2).complains("not a regular file");
    }
}
