//! One source file, read as text: fast enough for thousands, and sparing with what it believes.

use memchr::memmem;

use super::{FileUse, is_webhook_name};
use crate::facts::env::{Definition, Origin};
use crate::facts::{keys, tree};
use crate::model::Secret;

/// Whether a file holds source in a language that Clerk has an SDK for.
pub fn is_source(path: &str) -> bool {
    const ENDS: &[&str] = &[
        "ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "astro", "py", "go",
        "rb", "mdx",
    ];
    let name = tree::file_name(path);
    let minified = name.ends_with(".min.js") || name.ends_with(".d.ts");
    !minified
        && name
            .rsplit_once('.')
            .is_some_and(|(_, end)| ENDS.contains(&end))
}

/// Whether a file is a test, a story or a script of a test runner: no evidence of what production does.
pub fn is_test(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "__tests__",
        "__mocks__",
        "test",
        "tests",
        "e2e",
        "cypress",
        "playwright",
        "spec",
        "fixtures",
        "stories",
        "scripts",
    ];
    let name = tree::file_name(path);
    path.split('/').any(|part| FOLDERS.contains(&part))
        || [".test.", ".spec.", ".stories.", ".e2e.", "_test."]
            .iter()
            .any(|mark| name.contains(mark))
        || name.starts_with("test_")
        || name == "conftest.py"
        || ["vitest.", "jest.", "playwright.", "cypress."]
            .iter()
            .any(|runner| name.starts_with(runner))
}

/// Import specifiers of Clerk's packages and community SDKs.
const PACKAGES: &[&str] = &[
    "@clerk/",
    "svelte-clerk",
    "vue-clerk",
    "@hono/clerk-auth",
    "elysia-clerk",
    "clerk-sveltekit",
    "gatsby-plugin-clerk",
    "clerk_backend_api",
    "fastapi_clerk_auth",
    "clerk/clerk-sdk-go",
    "clerkinc/clerk-sdk-go",
    "clerk-sdk-ruby",
    "Clerk::",
    "clerk-solidjs",
    "h3-clerk",
];

/// Reads one file; `None` where nothing in it is about Clerk or webhooks.
pub fn scan(path: &str, text: &str) -> Option<FileUse> {
    let bytes = text.as_bytes();
    let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    // Every capitalisation that names and imports have.
    let about = [
        "clerk",
        "CLERK",
        "Clerk",
        "svix",
        "WEBHOOK",
        "SIGNING_SECRET",
    ];
    if !about.iter().any(|word| has(word)) {
        return None;
    }
    let code = without_comments(path, text);
    let imports_clerk = PACKAGES
        .iter()
        .any(|package| memmem::find(code.as_bytes(), package.as_bytes()).is_some());
    let mut file = FileUse {
        imports_clerk,
        ..FileUse::default()
    };
    let mut seen = Seen::default();
    for (at, word) in words(&code) {
        collect(&code, at, word, &mut file, &mut seen);
    }
    webhooks(path, &code, &seen, &mut file);
    if has("pk_live_") || has("pk_test_") {
        file.publishable_keys = publishable_keys(path, &code);
    }
    Some(file)
}

/// What was met on the way that only together says something.
#[derive(Default)]
struct Seen {
    /// Byte offset of a call of `verifyWebhook` or `verifyClerkWebhook`.
    verify: Option<usize>,
    /// Byte offset of `new Webhook(`.
    webhook: Option<usize>,
    /// The headers or the library of Svix.
    svix: Option<usize>,
    /// `signingSecret`, as an option.
    signing_secret: bool,
    /// The event names of Clerk's webhooks.
    events: bool,
}

fn collect(code: &str, at: usize, word: &str, file: &mut FileUse, seen: &mut Seen) {
    let after = code.get(at + word.len()..).unwrap_or_default().trim_start();
    match word {
        "verifyWebhook"
            if after.starts_with('(') && !code[..at].ends_with('.') && !defines(code, at) =>
        {
            seen.verify.get_or_insert(at);
        }
        "Webhook" if after.starts_with('(') && code[..at].trim_end().ends_with("new") => {
            seen.webhook.get_or_insert(at);
        }
        "NewWebhook" if after.starts_with('(') => {
            seen.webhook.get_or_insert(at);
        }
        "svix" | "standardwebhooks" => {
            seen.svix.get_or_insert(at);
        }
        "signingSecret" => seen.signing_secret = true,
        "user" | "session" | "organization"
            if after.starts_with(".created") || after.starts_with(".deleted") =>
        {
            seen.events = true;
        }
        "signInUrl" | "signUpUrl" => {
            file.words.insert(word.to_owned());
        }
        _ => {}
    }
    let upper = word.len() > 4
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let named = upper
        && (word.split('_').any(|part| part == "CLERK")
            || word.contains("CLERK")
            || is_webhook_name(word));
    if named || (word.contains("clerk_") && word.bytes().all(|b| !b.is_ascii_uppercase())) {
        file.words.insert(word.to_owned());
    }
    if named && is_read(code, at, after) {
        file.reads.insert(word.to_owned());
    }
}

/// `function verifyWebhook(`, `async verifyWebhook(` of a class: a name of the project's own.
fn defines(code: &str, at: usize) -> bool {
    let before = code[..at].trim_end();
    ["function", "def", "func", "async", "private", "public"]
        .iter()
        .any(|word| before.ends_with(word))
}

/// Whether a name stands where a program reads a variable: after a dot or an opening bracket and quote,
/// as the key of a schema, or in a list that is taken out of the environment.
fn is_read(code: &str, at: usize, after: &str) -> bool {
    let before = &code[..at];
    if before.ends_with('.') {
        return true;
    }
    let quoted = before.strip_suffix(['"', '\'', '`']);
    if let Some(outer) = quoted {
        // os.environ["X"], os.Getenv("X"), ENV.fetch("X"), Deno.env.get("X"), requireEnv("X")
        // A Go struct tag, and the field of a settings class in Python.
        let tag = ["env:", "envconfig:", "env=", "alias="];
        return (outer.trim_end().ends_with(['[', '(']) && !is_message(outer))
            || tag.iter().any(|tag| outer.ends_with(tag));
    }
    after.starts_with(':')
        || ((after.starts_with([',', '}']) || after.starts_with("as "))
            && before.trim_end().ends_with(['{', ',']))
}

/// `new Error("CLERK_… is missing")`, `console.log("…")`: a text that begins with the name.
fn is_message(before: &str) -> bool {
    let call = before.trim_end().trim_end_matches('(');
    ["Error", "log", "warn", "error", "info"]
        .iter()
        .any(|name| call.ends_with(name))
}

/// Whether this file receives Clerk's webhooks, and how it verifies them.
fn webhooks(path: &str, code: &str, seen: &Seen, file: &mut FileUse) {
    let about_clerk = file.imports_clerk
        || file.words.iter().any(|word| word.contains("CLERK"))
        || path.to_ascii_lowercase().contains("clerk")
        || memmem::find(code.as_bytes(), b"lerk").is_some()
        || seen.events;
    let by_clerk = seen.verify.filter(|_| file.imports_clerk);
    let by_svix = seen
        .webhook
        .or(seen.svix.filter(|_| seen.events))
        .filter(|_| seen.svix.is_some() && about_clerk);
    let at = by_clerk.or(by_svix);
    file.receives_webhooks = at.map(|at| line_of(code, at));
    file.verifies_by_default_name = by_clerk.is_some() && !seen.signing_secret;
}

fn line_of(code: &str, at: usize) -> u32 {
    let lines = memchr::memchr_iter(b'\n', &code.as_bytes()[..at]).count();
    u32::try_from(lines + 1).unwrap_or(u32::MAX)
}

/// The publishable keys in string literals. Stripe's have the same prefix; only Clerk's decode to a host.
fn publishable_keys(path: &str, code: &str) -> Vec<Definition> {
    let mut found = Vec::new();
    for prefix in ["pk_live_", "pk_test_"] {
        for at in memmem::find_iter(code.as_bytes(), prefix.as_bytes()) {
            let rest = &code[at..];
            let end = rest
                .find(|c: char| !c.is_ascii_alphanumeric() && !"_+/=".contains(c))
                .unwrap_or(rest.len());
            let value = Secret::new(&rest[..end]);
            let literal = code[..at].ends_with(['"', '\'', '`']);
            if literal && keys::publishable(&value).key().is_some() {
                let line_start = code[..at].rfind('\n').map_or(0, |start| start + 1);
                let column = code[line_start..at].chars().count() + 1;
                found.push(Definition {
                    name: "the publishable key in the code".to_owned(),
                    value,
                    origin: Origin::File {
                        path: path.to_owned(),
                        line: line_of(code, at),
                        column: u32::try_from(column).unwrap_or(u32::MAX),
                    },
                });
            }
        }
    }
    found
}

/// Identifiers with their byte offsets.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let bytes = code.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !is_word(bytes[at]) {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        (start < at).then(|| (start, &code[start..at]))
    })
}

/// The text with comments blanked out, every byte still in its place. Strings are told from comments so
/// far that an address (`https://…`) stays.
fn without_comments(path: &str, text: &str) -> String {
    let hash = path.ends_with(".py") || path.ends_with(".rb");
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    let mut quote: Option<u8> = None;
    while at < bytes.len() {
        let (b, next) = (bytes[at], bytes.get(at + 1).copied());
        match (quote, b) {
            (Some(_), b'\\') => at += 1,
            (Some(open), _) if b == open || (b == b'\n' && open != b'`') => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(b),
            (None, b'/') if !hash && next == Some(b'/') => at = blank(&mut bytes, at, b"\n"),
            (None, b'/') if !hash && next == Some(b'*') => at = blank(&mut bytes, at, b"*/"),
            (None, b'#') if hash => at = blank(&mut bytes, at, b"\n"),
            _ => {}
        }
        at += 1;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Blanks from `start` up to `end`, line breaks kept; answers with the last blanked place.
fn blank(bytes: &mut [u8], start: usize, end: &[u8]) -> usize {
    let length = memmem::find(&bytes[start + 1..], end)
        .map_or(bytes.len() - start, |found| found + 1 + end.len());
    let stop = (start + length).min(bytes.len());
    for b in &mut bytes[start..stop] {
        if *b != b'\n' {
            *b = b' ';
        }
    }
    stop - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(path: &str, text: &str) -> Vec<String> {
        scan(path, text)
            .map(|file| file.reads.into_iter().collect())
            .unwrap_or_default()
    }

    #[test]
    fn finds_the_variables_that_code_reads_in_every_language() {
        for (path, text) in [
            ("a.ts", "const x = process.env.CLERK_SECRET_KEY!"),
            ("a.ts", "const x = process.env['CLERK_SECRET_KEY']"),
            ("a.ts", "const { CLERK_SECRET_KEY } = process.env"),
            (
                "a.ts",
                "import { A, CLERK_SECRET_KEY } from '$env/static/private'",
            ),
            ("env.ts", "server: { CLERK_SECRET_KEY: z.string() }"),
            ("a.py", "key = os.environ[\"CLERK_SECRET_KEY\"]"),
            ("a.py", "key = os.getenv('CLERK_SECRET_KEY')"),
            ("a.go", "os.Getenv(\"CLERK_SECRET_KEY\")"),
            ("a.go", "Key string `env:\"CLERK_SECRET_KEY\"`"),
            ("a.py", "key: str = Field(alias=\"CLERK_SECRET_KEY\")"),
            ("a.rb", "ENV.fetch(\"CLERK_SECRET_KEY\")"),
            ("a.ts", "Deno.env.get('CLERK_SECRET_KEY')"),
        ] {
            assert_eq!(reads(path, text), ["CLERK_SECRET_KEY"], "{text}");
        }
    }

    #[test]
    fn comments_and_messages_are_no_reads() {
        for text in [
            "// process.env.CLERK_SECRET_KEY",
            "/* process.env.CLERK_SECRET_KEY */",
            "throw new Error('CLERK_WEBHOOK_SECRET is missing')",
            "throw new Error('Please set CLERK_WEBHOOK_SECRET')",
        ] {
            assert_eq!(reads("a.ts", text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(
            reads(
                "a.ts",
                "fetch('https://x.test'); process.env.CLERK_SECRET_KEY"
            ),
            ["CLERK_SECRET_KEY"]
        );
    }

    #[test]
    fn knows_who_verifies_webhooks_and_by_which_name() {
        let default = "import { verifyWebhook } from '@clerk/nextjs/webhooks'\nexport async function POST(r) {\n  const e = await verifyWebhook(r)\n}";
        let file = scan("app/api/webhooks/route.ts", default).unwrap();
        assert_eq!(
            (file.receives_webhooks, file.verifies_by_default_name),
            (Some(3), true)
        );

        let named = default.replace(
            "verifyWebhook(r)",
            "verifyWebhook(r, { signingSecret: process.env.WH_SECRET_CLERK })",
        );
        assert!(!scan("a.ts", &named).unwrap().verifies_by_default_name);

        let svix = "import { Webhook } from 'svix'\nconst wh = new Webhook(process.env.CLERK_WEBHOOK_SECRET)";
        assert_eq!(scan("a.ts", svix).unwrap().receives_webhooks, Some(2));

        let own = "class A { async verifyWebhook(req) {} }\n// clerk";
        assert_eq!(scan("a.ts", own).unwrap().receives_webhooks, None);
        let sends = "import { Svix } from 'svix'; const svix = new Svix(process.env.SVIX_TOKEN)";
        assert_eq!(scan("a.ts", sends).unwrap().receives_webhooks, None);
    }

    #[test]
    fn the_rest_is_none_of_its_business() {
        assert!(scan("a.ts", "export const x = 1").is_none());
        assert!(is_source("a/b.tsx") && !is_source("a/b.md") && !is_source("a.min.js"));
        assert!(is_test("src/__tests__/a.ts") && is_test("a.test.ts") && !is_test("src/latest.ts"));
    }

    #[test]
    fn odd_text_breaks_nothing() {
        for text in [
            "clerk /*",
            "clerk //",
            "clerk '\\",
            "cl\u{e9}rk CLERK_\u{1F600}_X",
            "`clerk ${`",
            "clerk\0\n/",
        ] {
            let _ = scan("a.ts", text);
        }
    }
}
