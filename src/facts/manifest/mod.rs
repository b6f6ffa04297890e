//! What a project declares it depends on: `package.json` and its workspaces first, then the manifests of the
//! other languages Clerk has an SDK for. Pure: text in, data out.
//!
//! A manifest gives *ranges*; what is really installed is in [`crate::facts::lockfile`].

mod go;
mod json;
mod node;
mod place;
mod python;
mod ruby;
mod workspace;

pub use go::go_mod;
pub use node::{Dependency, PackageJson, Section, package_json};
pub use place::ParseError;
pub use python::{pipfile, pipfile_lock, pyproject, python_lock, requirements_txt};
pub use ruby::{gemfile, gemfile_lock};
pub use workspace::{PnpmWorkspace, catalog_range, pnpm_workspace};

pub(crate) use json::strict_but_for_comments;
pub(crate) use place::{Lines, conflict, small, without_bom};

use serde::Serialize;

/// One entry of a manifest or lock file that is not JavaScript's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// The name: normalised as PEP 503 says for Python, the module path for Go, the gem's name for Ruby.
    pub name: String,
    /// The range as written, the exact version in a lock file, or empty where any version will do.
    pub range: String,
    /// 1-based line of the entry.
    pub line: u32,
    /// Whether the file says that it is there only because another package needs it.
    pub indirect: bool,
}

/// The range without what may be a credential: `git+https://user:token@host/x?key=…` loses user and query.
pub(crate) fn without_credentials(range: &str) -> String {
    let Some((scheme, rest)) = range.split_once("://") else {
        return range.to_owned();
    };
    let (address, fragment) = match rest.split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (rest, None),
    };
    let address = address.split('?').next().unwrap_or_default();
    let (authority, path) = match address.find('/') {
        Some(slash) => address.split_at(slash),
        None => (address, ""),
    };
    let host = authority.rsplit('@').next().unwrap_or_default();
    if !is_host(host) {
        // Where `@` is lost or stands in a password, nobody can tell where the host begins.
        return format!("{scheme}://…");
    }
    let fragment = fragment.map(|text| format!("#{text}")).unwrap_or_default();
    format!("{scheme}://{host}{path}{fragment}")
}

/// A host with or without a port, or nothing.
fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, ""));
    let of_names = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().all(of_names) && port.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a text as everything; all that matters is that it comes back.
    fn read(text: &str) {
        let _ = package_json(text);
        let _ = pnpm_workspace(text);
        let _ = (
            requirements_txt(text),
            go_mod(text),
            gemfile(text),
            gemfile_lock(text),
        );
        let _ = (
            pyproject(text),
            pipfile(text),
            python_lock(text),
            pipfile_lock(text),
        );
        let _ = without_credentials(text);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in "(?s).{0,200}") {
            read(&text);
        }

        #[test]
        fn no_near_miss_makes_a_reader_panic(
            words in prop::collection::vec(prop::sample::select(WORDS), 0..40)
        ) {
            read(&words.concat());
        }
    }

    const WORDS: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ":",
        ",",
        "=",
        "\"",
        "'",
        "\n",
        " ",
        "\t",
        "\\",
        "@",
        "#",
        ";",
        "==1.0",
        "é",
        "gem",
        "require",
        "dependencies",
        "project",
        "tool.poetry",
        "workspaces",
        "catalog",
        "packages",
        "-e ",
        "-r ",
        "://",
        "[[",
        "]]",
        "\"a\"",
        "{\"dependencies\":",
        "&a",
        "*a",
        "- ",
        "//",
        "/*",
        "    a (1)",
        "  specs:",
        "DEPENDENCIES\n",
    ];

    #[test]
    fn ten_thousand_brackets_do_not_overflow_the_stack() {
        for open in [
            "[", "{", "{\"a\":", "[[", "a.", "[a.", "a={", "a=[", "- ", "? ", "a: [", "(", "'",
            "&a ",
        ] {
            read(&open.repeat(10_000));
            read(&format!("{}x = 1", open.repeat(10_000)));
            read(&format!("[{}x]", open.repeat(10_000)));
            read(&format!("a = {}", open.repeat(10_000)));
        }
    }

    #[test]
    fn a_range_keeps_no_user_password_or_query() {
        for (range, kept) in [
            ("^1.2.3", "^1.2.3"),
            ("npm:@scope/x@1", "npm:@scope/x@1"),
            (
                "git+https://u:p@host.test/x.git#v1",
                "git+https://host.test/x.git#v1",
            ),
            (
                "https://host.test/x.tgz?token=1#a@b",
                "https://host.test/x.tgz#a@b",
            ),
            ("https://u:p@host.test", "https://host.test"),
            ("://", "://"),
            ("git+https://me:secretgit.host.test/x", "git+https://…"),
            ("https://me:sec/ret@host.test/x", "https://…"),
            ("https://h.test:8443/x", "https://h.test:8443/x"),
        ] {
            assert_eq!(without_credentials(range), kept);
        }
    }
}
