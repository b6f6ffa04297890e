//! The archive of a release.

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clerk_audit::cli::Cli;

use crate::project::{Done, finish};
use crate::{BINARY, command, script, stand_in, support};

/// Packs a program as the release for a target does.
pub fn pack(binary: &Path, target: &str, version: &str, out: &Path) -> Done {
    let mut pack = command(support::root().join(".github/release/archive.sh"));
    pack.arg(binary).args([target, version]).arg(out);
    finish(&mut pack, b"")
}

#[test]
fn it_holds_the_program_its_completions_and_a_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let program = stand_in(folder.path());
    let done = pack(&program, "x86_64-apple-darwin", version, folder.path()).exits(0);
    let archive = PathBuf::from(done.out.trim());
    let mut unpack = command("tar");
    unpack.arg("-xzf").arg(&archive).current_dir(folder.path());
    finish(&mut unpack, b"").exits(0);

    let name = format!("clerk-audit-{version}-x86_64-apple-darwin");
    let inside = folder.path().join(name);
    let has = |path: &str| {
        let there = fs::metadata(inside.join(path)).is_ok_and(|about| about.len() > 0);
        assert!(there, "the archive lacks {path}");
    };
    for path in ["clerk-audit", "LICENSE", "README.md", "man/clerk-audit.1"] {
        has(path);
    }
    for command in Cli::command().get_subcommands() {
        has(&format!("man/clerk-audit-{}.1", command.get_name()));
    }
    for end in [".bash", ".fish", ".ps1", ".elv", ".nu"] {
        has(&format!("completions/clerk-audit{end}"));
    }
    has("completions/_clerk-audit");
    let mut program = command(inside.join("clerk-audit"));
    finish(program.arg("-V"), b"").exits(0).says(version);
}

#[test]
fn a_tag_that_is_not_the_version_of_the_program_packs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    pack(Path::new(BINARY), "x86_64-apple-darwin", "9.9.9", &out)
        .exits(1)
        .complains("not clerk-audit 9.9.9");
    assert!(!out.exists());
    let silent = script(&folder.path().join("silent"), "true");
    pack(&silent, "x86_64-apple-darwin", "9.9.9", &out).exits(1);
}
