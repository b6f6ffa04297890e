//! What several tests share: keys made at run time, projects copied out of fixtures, a Backend API.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test binary uses a part of it; one that cannot go on fails"
)]

pub mod case;
pub mod checklist;
pub mod patience;
pub mod replay;
pub mod standin;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// A key for a `{{placeholder}}` in a fixture. No fixture holds a whole key, so that no scanner, and no
/// push protection, can take one for real.
pub fn expand(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(end) = rest[start..].find("}}") else {
            break;
        };
        out.push_str(&rest[..start]);
        let name = &rest[start + 2..start + end];
        match key(name) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[start..start + end + 2]),
        }
        rest = &rest[start + end + 2..];
    }
    out + rest
}

/// `pk_live:clerk.acme.shop`, `pk_test:happy-lion-12.clerk.accounts.dev`, `sk_live:seed`, `sk_test:seed`,
/// `whsec:32` (bytes), `ak:seed`; what follows the colon may be left out.
pub fn key(name: &str) -> Option<String> {
    let (kind, rest) = name.split_once(':').unwrap_or((name, ""));
    let or = |default: &'static str| if rest.is_empty() { default } else { rest }.to_owned();
    Some(match kind {
        "pk_live" => format!(
            "pk_live_{}",
            base64(format!("{}$", or("clerk.acme.shop")).as_bytes())
        ),
        "pk_test" => format!(
            "pk_test_{}",
            base64(format!("{}$", or("happy-lion-12.clerk.accounts.dev")).as_bytes())
        ),
        "sk_live" => format!("sk_live_{}", random(&or("live"), 42)),
        "sk_test" => format!("sk_test_{}", random(&or("test"), 42)),
        "ak" => format!("ak_{}", random(&or("machine"), 42)),
        "whsec" => {
            let bytes: usize = or("32").parse().ok()?;
            format!("whsec_{}", base64(random("hook", bytes).as_bytes()))
        }
        "nothing" => String::new(),
        _ => return None,
    })
}

/// Letters and digits that look random and are the same at every run.
pub fn random(seed: &str, length: usize) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state: u64 = seed.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, b| {
        (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut text = String::new();
    for _ in 0..length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push(char::from(
            ALPHABET[(state >> 33) as usize % ALPHABET.len()],
        ));
    }
    text
}

/// Standard base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Copies a project out of a fixture: `_gitignore` becomes `.gitignore` (a real one would hide the
/// fixture's own files), and `{{keys}}` are filled in.
pub fn copy_project(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if matches!(name.as_str(), "case.toml" | "expected.txt") {
            continue;
        }
        let name = name
            .strip_prefix("_git")
            .map_or_else(|| name.clone(), |rest| format!(".git{rest}"));
        let target = to.join(name);
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_project(&entry.path(), &target);
        } else {
            let bytes = fs::read(entry.path()).unwrap();
            match String::from_utf8(bytes) {
                Ok(text) => fs::write(target, expand(&text)).unwrap(),
                Err(e) => fs::write(target, e.into_bytes()).unwrap(),
            }
        }
    }
}

/// Runs git with nothing of this machine in it.
pub fn git(dir: &Path, args: &[&str]) {
    let done = std::process::Command::new("git")
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
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        // The same commit has the same id in every run.
        .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
        .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Writes a shell script that can be run. Another process does it: one that a test starts meanwhile has the
/// files that this one has open to write, and what is open to write nobody may run.
#[cfg(unix)]
pub fn program(path: &Path, body: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = std::process::Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(path)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!("#!/bin/sh\n{body}\n");
    let mut input = writer.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    assert!(writer.wait().unwrap().success());
}

/// A Backend API on loopback that gives every request the same answer. Lives as long as the test.
pub fn backend_api(status: u16, body: &'static str) -> String {
    answering(move |_| (status, body))
}

/// A Backend API on loopback that knows one key (a name as in [`key`]) and no other.
pub fn backend_api_of(known: &str) -> String {
    let known = key(known).unwrap();
    answering(move |request| {
        let text = String::from_utf8_lossy(request);
        if text.contains(&known) {
            (200, PRODUCTION)
        } else {
            (401, UNKNOWN_KEY)
        }
    })
}

fn answering(answer: impl Fn(&[u8]) -> (u16, &'static str) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = Vec::new();
            let mut chunk = [0; 1024];
            while !request.windows(4).any(|w| w == b"\r\n\r\n") {
                match stream.read(&mut chunk) {
                    Ok(0) | Err(_) => break,
                    Ok(n) => request.extend_from_slice(&chunk[..n]),
                }
            }
            let (status, body) = answer(&request);
            let _ = write!(
                stream,
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    address
}

/// What `/v1/instance` answers for a production instance.
pub const PRODUCTION: &str = r#"{"object":"instance","id":"ins_acme","environment_type":"production","allowed_origins":null}"#;

/// The same for a development instance.
pub const DEVELOPMENT: &str = r#"{"object":"instance","id":"ins_acme","environment_type":"development","allowed_origins":null}"#;

/// What Clerk says of a key that it does not know.
pub const UNKNOWN_KEY: &str = r#"{"errors":[{"message":"The provided Clerk Secret Key is invalid.","long_message":"The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.","code":"clerk_key_invalid"}],"clerk_trace_id":"trace0123"}"#;

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
