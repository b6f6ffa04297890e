//! One source file: what it mentions of Clerk, and the few words and literals beyond that.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::facts::code::scan::{self, Mentions};
use crate::facts::env::{Definition, Origin};
use crate::facts::{keys, tree};
use crate::model::Secret;

/// What one file does with Clerk.
#[derive(Debug, Clone, Default)]
pub struct FileUse {
    /// Imports, variables that are read, webhooks.
    pub mentions: Mentions,
    /// Words about Clerk that stand anywhere in it, comments included: reason enough not to call a
    /// variable unread.
    pub words: BTreeSet<String>,
    /// Whether it calls something that asks for the session of a request.
    pub asks_for_session: bool,
    /// Whether it calls what needs the secret key: the session of a request, Clerk's middleware, its
    /// Backend API.
    pub works_on_server: bool,
    /// Whether it calls `authenticateRequest()`, which needs the publishable key too.
    pub authenticates: bool,
    /// Whether it shows Clerk's sign-in or sign-up, or drives one of its own.
    pub signs_in: bool,
    /// Whether it takes variables from Cloudflare's runtime: `context.cloudflare.env`.
    pub reads_cloudflare: bool,
    /// Whether it names another service that sends webhooks.
    pub names_other_sender: bool,
    /// Whether a webhook signing secret stands in it.
    pub holds_signing_secret: bool,
    /// Publishable keys written into it.
    pub publishable_keys: Vec<Definition>,
}

/// Who else sends webhooks, many of them through Svix as well.
const OTHER_SENDERS: &[&str] = &[
    "stripe",
    "github",
    "resend",
    "polar",
    "lemon",
    "paddle",
    "slack",
    "shopify",
    "twilio",
    "livekit",
    "discord",
    "razorpay",
    "sanity",
    "linear",
    "liveblocks",
    "sentry",
    "workos",
    "supabase",
    "recall.ai",
    "brex",
];

/// Whether a path or text names another service that sends webhooks.
pub fn names_other_sender(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    OTHER_SENDERS.iter().any(|other| lower.contains(other))
}

/// Reads one file; `None` where nothing in it is about Clerk or webhooks.
pub fn scan(path: &str, text: &str) -> Option<FileUse> {
    let mut mentions = scan::scan(path, text)?;
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    // `modules: ['@clerk/nuxt']` imports nothing.
    if tree::file_name(path).contains(".config.") && (has("'@clerk/") || has("\"@clerk/")) {
        mentions.clerk_imports.push("@clerk/".to_owned());
    }
    // Ruby loads its gems by itself, and the community package for FastAPI has a name of its own.
    let ruby = path.ends_with(".rb")
        && (has("Clerk::") || has("require \"clerk") || has("require 'clerk"));
    let python = path.ends_with(".py") && has("fastapi_clerk_auth");
    if ruby || python {
        mentions.clerk_imports.push("clerk".to_owned());
    }
    let keys = has("pk_live_") || has("pk_test_");
    let about_webhooks = mentions.svix || mentions.svix_headers || mentions.webhook_path;
    let asks_for_session = asks_for_session(text);
    let authenticates = has("authenticateRequest");
    Some(FileUse {
        names_other_sender: about_webhooks
            && (names_other_sender(text.get(..1 << 16).unwrap_or(text))
                || names_other_sender(path)),
        holds_signing_secret: has("\"whsec_") || has("'whsec_") || has("`whsec_"),
        works_on_server: asks_for_session
            || authenticates
            || SERVER_WORDS.iter().any(|word| has(word)),
        authenticates,
        reads_cloudflare: has("cloudflare.env"),
        signs_in: signs_in(text),
        mentions,
        words: words(text),
        asks_for_session,
        publishable_keys: match keys {
            true => publishable_keys(path, text),
            false if tree::file_name(path).starts_with("app.config.") => expo_extra(path, text),
            false => Vec::new(),
        },
    })
}

/// What needs the secret key, besides the session of a request.
const SERVER_WORDS: &[&str] = &[
    "Middleware",
    "clerkClient",
    "createClerkClient",
    "verifyToken",
    "withAuth",
    "requireSession",
    "clerkPlugin",
];

/// Whether a text shows Clerk's sign-in or sign-up, or drives one of its own: `<SignIn />`, `useSignUp()`,
/// `signIn.create()`. A `<SignInButton>` only leads to one.
fn signs_in(text: &str) -> bool {
    const TAGS: &[&str] = &["SignIn", "SignUp"];
    const CALLS: &[&str] = &[
        "useSignIn",
        "useSignUp",
        "mountSignIn",
        "mountSignUp",
        "signIn.create",
        "signUp.create",
        "authenticateWithRedirect",
    ];
    let bytes = text.as_bytes();
    let is_tag = |at: usize, tag: &str| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + tag.len());
        matches!(before, Some(b'<' | b'.'))
            && after.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_')
    };
    CALLS
        .iter()
        .any(|call| memmem::find(bytes, call.as_bytes()).is_some())
        || TAGS
            .iter()
            .any(|tag| memmem::find_iter(bytes, tag).any(|at| is_tag(at, tag)))
}

/// Calls that throw where Clerk's middleware did not run. `clerkClient` alone does not.
fn asks_for_session(text: &str) -> bool {
    const CALLS: &[&str] = &[
        "auth(",
        "getAuth(",
        "currentUser(",
        "requireAuth(",
        "buildClerkProps(",
        "rootAuthLoader(",
    ];
    let starts_word = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
        before.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_')
    };
    CALLS
        .iter()
        .any(|call| memmem::find_iter(text.as_bytes(), call).any(starts_word))
}

/// The words that speak of Clerk: names of variables, in capitals or as settings classes write them, and
/// the two options that name pages. They are found from inside, so that the rest of a text costs nothing.
fn words(text: &str) -> BTreeSet<String> {
    let bytes = text.as_bytes();
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let mut words = BTreeSet::new();
    for mark in ["CLERK", "clerk_", "signInUrl", "signUpUrl"] {
        for at in memmem::find_iter(bytes, mark) {
            let start = bytes[..at]
                .iter()
                .rposition(|b| !is_word(b))
                .map_or(0, |before| before + 1);
            let length = bytes[at..]
                .iter()
                .position(|b| !is_word(b))
                .unwrap_or(bytes.len() - at);
            if let Some(word) = text.get(start..at + length) {
                words.insert(word.to_owned());
            }
        }
    }
    words
}

/// The publishable keys in string literals. Stripe's have the same prefix; only Clerk's decode to a host.
fn publishable_keys(path: &str, text: &str) -> Vec<Definition> {
    let mut found = Vec::new();
    for prefix in ["pk_live_", "pk_test_"] {
        for at in memmem::find_iter(text.as_bytes(), prefix.as_bytes()) {
            let (before, rest) = text.split_at(at);
            let end = rest
                .find(|c: char| !c.is_ascii_alphanumeric() && !"_+/=".contains(c))
                .unwrap_or(rest.len());
            let value = Secret::new(&rest[..end]);
            let line = before.rsplit('\n').next().unwrap_or_default();
            let comment = line.trim_start().starts_with(['/', '*', '#']);
            let literal = before.ends_with(['"', '\'', '`']) && !comment;
            if literal && keys::publishable(&value).key().is_some() {
                let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                let origin = Origin::File {
                    path: path.to_owned(),
                    line: number(before.matches('\n').count() + 1),
                    column: number(line.chars().count() + 1),
                };
                found.push(Definition {
                    name: "the publishable key in the code".to_owned(),
                    value,
                    origin,
                });
            }
        }
    }
    found
}

/// A key that Expo's `app.config` hands to the code in `extra`, as a literal that is none: a sample value.
fn expo_extra(path: &str, text: &str) -> Vec<Definition> {
    const NAME: &str = "CLERK_PUBLISHABLE_KEY";
    if !text.contains("extra") {
        return Vec::new();
    }
    let literal = |(index, line): (usize, &str)| {
        let at = line.find(NAME)?;
        let after = line.get(at + NAME.len()..)?.trim_start();
        let value = after.strip_prefix([':', '='])?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = value.get(1..)?.split(quote).next()?;
        let column = line.len() - line.get(at..)?.split_once(quote)?.1.len();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Some(Definition {
            name: "the publishable key in the code".to_owned(),
            value: Secret::new(value),
            origin: Origin::File {
                path: path.to_owned(),
                line: number(index + 1),
                column: number(column + 1),
            },
        })
    };
    text.lines()
        .enumerate()
        .find_map(literal)
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_literal_is_found_with_its_place() {
        let key = format!("pk_test_{}", "aGFwcHktbGlvbi0xMi5jbGVyay5hY2NvdW50cy5kZXYk");
        let text = format!("// {key}\nimport '@clerk/x';\nconst key = env ?? '{key}'\n");
        let file = scan("src/main.ts", &text).unwrap();
        let places: Vec<String> = file
            .publishable_keys
            .iter()
            .map(|key| key.origin.words())
            .collect();
        assert_eq!(places, ["src/main.ts:3"]);
    }

    #[test]
    fn words_in_any_form_speak_for_a_variable() {
        let file = scan(
            "settings.py",
            "import clerk_backend_api\nclass S:\n    clerk_jwt_key: str\n",
        )
        .unwrap();
        assert!(file.words.contains("clerk_jwt_key"));
        assert!(scan("a.ts", "export const x = 1").is_none());
    }
}
