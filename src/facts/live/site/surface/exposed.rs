//! Files that a server must not hand out.

use crate::facts::http::Answer;

/// A file that anybody can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// Its path on the site.
    pub path: &'static str,
    /// What it is, in words.
    pub what: &'static str,
}

/// What a file must look like to be the one that is meant, and not a page that answers everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Lines `NAME=value`.
    Variables,
    /// A configuration of git.
    Git,
    /// What keyless mode writes.
    Keyless,
}

/// What is asked for.
const FILES: &[(&str, &str, Look)] = &[
    ("/.env", "an environment file", Look::Variables),
    ("/.env.local", "an environment file", Look::Variables),
    ("/.env.production", "an environment file", Look::Variables),
    (
        "/.env.production.local",
        "an environment file",
        Look::Variables,
    ),
    ("/.dev.vars", "an environment file", Look::Variables),
    ("/.git/config", "the repository", Look::Git),
    (
        "/.clerk/.tmp/keyless.json",
        "the keys of keyless mode",
        Look::Keyless,
    ),
];

/// The paths that are asked for.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, ..)| *path)
}

/// The file that an answer is, if it is one.
pub fn of(path: &str, answer: &Answer) -> Option<Exposed> {
    let (path, what, look) = *FILES.iter().find(|(known, ..)| *known == path)?;
    let text = answer.text();
    let start = text.trim_start();
    if answer.status != 200 || start.starts_with('<') || answer.is_html() {
        return None;
    }
    let is_it = match look {
        Look::Variables => start.lines().any(is_variable),
        Look::Git => start.lines().any(|line| line.trim() == "[core]"),
        Look::Keyless => start.contains("\"secretKey\"") || start.contains("\"publishableKey\""),
    };
    is_it.then_some(Exposed { path, what })
}

/// `NAME=value`, as in an environment file: names in capital letters, so that no prose and no query counts.
fn is_variable(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let Some((name, value)) = line.split_once('=') else {
        return false;
    };
    let name = name.trim();
    name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !value.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, media_type: &str, body: &str) -> Option<Exposed> {
        of(
            path,
            &Answer {
                status: 200,
                headers: vec![("content-type".to_owned(), media_type.to_owned())],
                body: body.as_bytes().to_vec(),
                whole: true,
                ..Answer::default()
            },
        )
    }

    #[test]
    fn knows_the_files_by_what_is_in_them() {
        assert!(
            file(
                "/.env",
                "text/plain",
                "# keys\nexport DATABASE_URL=postgres://x"
            )
            .is_some()
        );
        assert!(
            file(
                "/.git/config",
                "application/octet-stream",
                "[core]\n\tbare = false"
            )
            .is_some()
        );
        assert!(
            file(
                "/.clerk/.tmp/keyless.json",
                "application/json",
                r#"{"secretKey":"x"}"#
            )
            .is_some()
        );
    }

    #[test]
    fn takes_no_page_for_a_file() {
        assert!(file("/.env", "text/html", "A=b\nNODE_ENV=x").is_none());
        assert!(file("/.env", "text/plain", "<!doctype html>\nNODE_ENV=x").is_none());
        assert!(file("/.env", "text/plain", "Not found").is_none());
        assert!(file("/.git/config", "text/plain", "ok").is_none());
        assert!(file("/other", "text/plain", "NODE_ENV=x").is_none());
    }
}
