//! Sessions of browsers that test tools save into files: whoever has one is signed in.

use super::super::keys::Mode;
use crate::facts::tree;

/// A saved session that git tracks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFile {
    /// The file.
    pub path: String,
    /// The cookie in it that signs in.
    pub cookie: String,
    /// The instance that it is of.
    pub mode: Mode,
}

/// Cookies of Clerk with which a browser is signed in
/// (<https://clerk.com/docs/guides/how-clerk-works/overview>). A suffix of the publishable key may follow.
const COOKIES: &[&str] = &["__session", "__client", "__clerk_db_jwt"];

/// Whether a path is one where Playwright, Cypress and their like keep a signed-in session
/// (<https://playwright.dev/docs/auth>).
pub fn may_hold_session(path: &str) -> bool {
    let name = tree::file_name(path).to_ascii_lowercase();
    let json = name.ends_with(".json");
    let in_auth = path.split('/').rev().skip(1).any(|part| part == ".auth");
    let named = name.starts_with("storagestate")
        || name.starts_with("storage-state")
        || name.starts_with("storage_state")
        || (name.contains("cookies") && path.split('/').any(|part| part == "cypress"));
    json && (in_auth || named)
}

/// The cookie in a saved session that signs in, in Playwright's form (`cookies: [{ name, value }]`) or as a
/// list of cookies, and the instance that it is of.
pub fn cookie_of(text: &str) -> Option<(String, Mode)> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let cookies = json.get("cookies").unwrap_or(&json).as_array()?;
    let mut found: Option<(String, Mode)> = None;
    for cookie in cookies.iter().take(1_000) {
        let field = |name: &str| cookie.get(name).and_then(serde_json::Value::as_str);
        let (Some(name), Some(value)) = (field("name"), field("value")) else {
            continue;
        };
        if !signs_in(name) || value.len() < 20 {
            continue;
        }
        // A development instance keeps its session on the developer's own host, and in a cookie that a
        // live one does not have.
        let local = |domain: &str| {
            domain.ends_with("localhost")
                || domain.starts_with("127.")
                || domain.ends_with(".accounts.dev")
        };
        let development = name.starts_with("__clerk_db_jwt") || field("domain").is_some_and(local);
        match &mut found {
            Some((_, mode)) if development => *mode = Mode::Test,
            Some(_) => {}
            None if development => found = Some((name.to_owned(), Mode::Test)),
            None => found = Some((name.to_owned(), Mode::Live)),
        }
    }
    found
}

fn signs_in(name: &str) -> bool {
    let known = |known: &str| {
        let rest = name.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    COOKIES.iter().any(|one| known(one)) && !name.starts_with("__client_uat")
}
