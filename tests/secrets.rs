//! No output holds a secret, wherever one was put: of each no more than its kind and last four characters.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

#[path = "support/project.rs"]
mod project;
mod support;

use project::{Done, Project, finish};
use proptest::prelude::*;
use support::{base64, git};

/// A made-up secret: the text, and the part of it that must not be shown.
#[derive(Debug, Clone)]
struct Secret {
    text: String,
    hidden: String,
}

impl Secret {
    /// All but the kind and the last four characters is hidden.
    fn of_kind(kind: &str, rest: &str) -> Self {
        Self {
            text: format!("{kind}{rest}"),
            hidden: rest[..rest.len() - 4].to_owned(),
        }
    }

    /// All of `hidden` is.
    fn around(before: &str, hidden: &str, after: &str) -> Self {
        Self {
            text: format!("{before}{hidden}{after}"),
            hidden: hidden.to_owned(),
        }
    }
}

/// Of these, some are no kinds of Clerk's.
const KINDS: &[&str] = &[
    "sk_live_", "sk_test_", "ak_", "mt_", "oat_", "whsec_", "pk_live_", "pk_test_", "rk_live_",
    "dvb_",
];

fn secret() -> impl Strategy<Value = Secret> {
    let short = ("[A-Za-z0-9]{14,20}", prop::sample::select(KINDS))
        .prop_map(|(rest, kind)| Secret::of_kind(kind, &rest));
    let long = ("[A-Za-z0-9]{32,60}", prop::sample::select(KINDS))
        .prop_map(|(rest, kind)| Secret::of_kind(kind, &rest));
    let webhook = prop::collection::vec(any::<u8>(), 16..40)
        .prop_map(|bytes| Secret::of_kind("whsec_", &base64(&bytes)));
    let token = "[A-Za-z0-9_-]{20,60}".prop_map(|text| Secret::around("", &text, ""));
    let database = "[A-Za-z0-9]{16,24}".prop_map(|password| {
        Secret::around("postgres://app:", &password, "@db.acme.test:5432/app")
    });
    let address = "[A-Za-z0-9]{16,24}"
        .prop_map(|password| Secret::around("https://app:", &password, "@api.acme.test/v1"));
    let query = "[A-Za-z0-9]{16,24}"
        .prop_map(|token| Secret::around("https://acme.test/in?token=", &token, ""));
    let hook = "[A-Za-z0-9]{24}"
        .prop_map(|token| Secret::around("https://hooks.acme.test/services/T0/B0/", &token, ""));
    let signed = ("[A-Za-z0-9_-]{30,60}", "[A-Za-z0-9_-]{43}").prop_map(|(body, tail)| {
        Secret::around("eyJhbGciOiJIUzI1NiJ9.", &format!("{body}.{tail}"), "")
    });
    prop_oneof![
        long, short, webhook, token, database, address, query, hook, signed
    ]
}

/// Every variable that a check looks at, and some that none should.
const NAMES: &[&str] = &[
    "CLERK_SECRET_KEY",
    "CLERK_API_KEY",
    "CLERK_WEBHOOK_SIGNING_SECRET",
    "CLERK_WEBHOOK_SECRET",
    "WEBHOOK_SECRET",
    "CLERK_PUBLISHABLE_KEY",
    "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
    "NEXT_PUBLIC_CLERK_SECRET_KEY",
    "NEXT_PUBLIC_CLERK_SIGN_IN_URL",
    "NEXT_PUBLIC_CLERK_AFTER_SIGN_IN_URL",
    "NEXT_PUBLIC_CLERK_PROXY_URL",
    "NEXT_PUBLIC_CLERK_DOMAIN",
    "NEXT_PUBLIC_CLERK_FRONTEND_API",
    "CLERK_JWT_KEY",
    "CLERK_MACHINE_SECRET_KEY",
    "CLERK_ENCRYPTION_KEY",
    "CLERK_API_URL",
    "CLERK_API_VERSION",
    "NEXT_PUBLIC_API_TOKEN",
    "NEXT_PUBLIC_HOOK_URL",
    "DATABASE_URL",
    "SOMETHING_ELSE",
];

/// Where a secret can stand by itself: a file, and the text around it.
const FILES: &[(&str, &str)] = &[
    (".env.production", "CLERK_SECRET_KEY @\n"),
    (".env.production", "CLERK_SECRET_KEY: @\n"),
    (".env.production", "CLERK_SECRET_KEY@\n"),
    (".env.production", "CLERK_WEBHOOK_SIGNING_SECRET@=\n"),
    (".env.production", "@\n"),
    (".env.production", "@=1\n"),
    (".env.production", "export @\n"),
    (".env.production", "CLERK_SECRET_KEY=\"@\n"),
    (".env.production", "CLERK_SECRET_KEY='@' '@'\n"),
    (".env.production", "CLERK_SECRET_KEY=“@”\n"),
    (".env.production", "CLERK_SECRET_KEY= # @\n"),
    (".env.production", "CLERK_SECRET_KEY=x@ @\n"),
    (".env.production", "CLERK_SECRET_KEY=$@\n"),
    (".env.production", "CLERK_SECRET_KEY=${MISSING:-@}\n"),
    (".env.production", "CLERK_SECRET_KEY=your_@\n"),
    (".env.production", "CLERK_WEBHOOK_SIGNING_SECRET=whsec_@\n"),
    (
        ".env.production",
        "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=pk_live_@$\n",
    ),
    (".env", "A=\"\n@\n\"\nCLERK_SECRET_KEY=@\\n\n"),
    (".env.example", "CLERK_SECRET_KEY=@\n"),
    (
        ".clerk/.tmp/keyless.json",
        "{\"publishableKey\":\"pk_test_x\",\"secretKey\":\"@\",\"claimUrl\":\"https://dashboard.clerk.com/@\"}",
    ),
    (".clerk/.tmp/keyless.json", "{\"secretKey\":\"@\""),
    (
        "lib/clerk.ts",
        "import { createClerkClient } from '@clerk/backend';\nexport const clerk = createClerkClient({ secretKey: '@', publishableKey: \"@\" });\n",
    ),
    (
        "lib/hook.ts",
        "import { Webhook } from 'svix';\nnew Webhook(\"@\").verify(body, headers);\nprocess.env.@;\n",
    ),
    (
        "proxy.ts",
        "import { clerkMiddleware } from '@clerk/nextjs/server';\nexport default clerkMiddleware({ secretKey: '@' });\nexport const config = { matcher: ['/@'] };\n",
    ),
    (
        "app/layout.tsx",
        "import { ClerkProvider } from '@clerk/nextjs';\nexport default () => <ClerkProvider publishableKey=\"@\" />;\n",
    ),
    (
        "package.json",
        "{\"name\":\"x\",\"scripts\":{\"build\":\"CLERK_SECRET_KEY=@ next build\"},\"dependencies\":{\"next\":\"16.0.0\",\"@clerk/nextjs\":\"git+https://me:@@git.acme.test/x.git\"}}",
    ),
    (
        "apps/x/package.json",
        "{\"dependencies\":{\"@clerk/nextjs\":\"@\" @",
    ),
    (
        "package-lock.json",
        "{\"lockfileVersion\":3,\"packages\":{\"node_modules/next\":{\"version\":\"16.0.0\",\"resolved\":\"@\"}} @",
    ),
    (".gitignore", ".env*\n!@\n"),
    (".git/config", "[remote \"origin\"]\n\turl = @\n"),
];

/// One place to put a secret, with the secret.
#[derive(Debug, Clone)]
enum Place {
    Line(&'static str, &'static str),
    Process(&'static str),
    File(&'static str, &'static str),
}

fn place() -> impl Strategy<Value = Place> {
    let files = [
        ".env.production",
        ".env.local",
        ".env",
        ".env.production.local",
        ".vercel/.env.production.local",
    ];
    let line = (
        prop::sample::select(files.to_vec()),
        prop::sample::select(NAMES),
    )
        .prop_map(|(file, name)| Place::Line(file, name));
    let process = prop::sample::select(NAMES).prop_map(Place::Process);
    let file = prop::sample::select(FILES).prop_map(|(file, text)| Place::File(file, text));
    prop_oneof![3 => line, 1 => process, 3 => file]
}

/// Audits a project with the secrets in their places, in every format there is, and gives all that was said.
fn outputs(planted: &[(Place, Secret)], tracked: bool) -> Vec<Done> {
    let project = Project::next();
    if tracked {
        git(project.dir(), &["init", "-q"]);
    }
    let mut variables: Vec<(&str, &str)> = Vec::new();
    for (place, secret) in planted {
        let append = |file: &str, text: &str| {
            let before = std::fs::read_to_string(project.path(file)).unwrap_or_default();
            project.write(file, before + text);
        };
        match place {
            Place::Line(file, name) => append(file, &format!("{name}={}\n", secret.text)),
            Place::Process(name) => variables.push((name, &secret.text)),
            // `@` stands for the secret; an `@` of the text itself is followed by `clerk`.
            Place::File(file, text) => {
                let kept = text.replace("@clerk", "\u{0}").replace('@', &secret.text);
                let text = kept.replace('\u{0}', "@clerk");
                match file.starts_with(".env") {
                    true => append(file, &text),
                    false => project.write(file, text),
                }
            }
        }
    }
    if tracked {
        git(project.dir(), &["add", "-f", "."]);
    }
    let given = project.path(".env.production");
    let file = project.outside().join("report.json");
    let output = format!("json={}", file.display());
    let mut runs: Vec<Vec<&str>> = vec![
        vec!["-v"],
        vec!["-v", "--color", "always"],
        vec!["--format", "json"],
        vec!["-q", "--strict", "--output", &output],
    ];
    if given.exists() {
        runs.push(vec!["--env-file", given.to_str().unwrap()]);
    }
    let mut all: Vec<Done> = runs
        .iter()
        .map(|args| {
            let mut command = project.command(args);
            command.arg("--offline").env("LANG", "C.UTF-8");
            finish(command.envs(variables.iter().copied()), b"")
        })
        .collect();
    if let (Some(last), Ok(text)) = (all.last_mut(), std::fs::read_to_string(file)) {
        last.out += &text;
    }
    all
}

/// Eight characters of the hidden part that stand in a text.
fn leak<'s>(secret: &'s Secret, text: &str) -> Option<&'s str> {
    let hidden = &secret.hidden;
    (0..hidden.len().saturating_sub(7))
        .map(|at| &hidden[at..at + 8])
        .find(|part| text.contains(part))
}

/// A text without the escapes that could stand in the middle of a secret.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split('\u{1b}');
    plain += parts.next().unwrap_or_default();
    for part in parts {
        plain += part.split_once('m').map_or(part, |(_, rest)| rest);
    }
    plain
}

#[track_caller]
fn hides(planted: &[(Place, Secret)], tracked: bool) {
    for done in outputs(planted, tracked) {
        assert!(!done.err.contains("panicked"), "{}", done.err);
        for text in [&done.out, &done.err] {
            for (place, secret) in planted {
                let text = plain(text);
                let Some(part) = leak(secret, &text) else {
                    continue;
                };
                let line = text.lines().find(|line| line.contains(part));
                panic!("{place:?} shows {secret:?}:\n{}", line.unwrap_or_default());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_is_printed_wherever_it_stands(
        planted in prop::collection::vec((place(), secret()), 1..6),
        tracked in any::<bool>(),
    ) {
        hides(&planted, tracked);
    }
}

/// The property's own places, each tried at least once.
#[test]
fn no_secret_is_printed_from_any_of_the_places() {
    let secret = |at: usize| {
        let rest = support::random(&format!("place {at}"), 42);
        match at % 2 {
            0 => Secret::of_kind("sk_live_", &rest),
            _ => Secret::around("", &rest, ""),
        }
    };
    let names = NAMES
        .iter()
        .map(|name| Place::Line(".env.production", name));
    let process = NAMES.iter().map(|name| Place::Process(name));
    let files = FILES.iter().map(|(file, text)| Place::File(file, text));
    for (at, place) in names.chain(process).chain(files).enumerate() {
        for turn in 0..2 {
            hides(&[(place.clone(), secret(at + turn))], turn == 0);
        }
    }
}

#[test]
fn what_may_be_shown_of_a_key_is_its_kind_and_its_tail() {
    let key = format!("sk_test_{}", support::random("tail", 42));
    let project = Project::next().with(".env.production", &format!("CLERK_SECRET_KEY={key}\n"));
    let tail = &key[key.len() - 4..];
    project
        .audit(&["--color", "always"])
        .says(&format!("sk_test_...{tail}"));
}

/// What an error of the command line quotes is what was typed, never what a file holds.
#[test]
fn a_fatal_error_quotes_no_env_file() {
    let key = format!("sk_live_{}", support::random("fatal", 42));
    let project = Project::next().with(".env.production", &format!("CLERK_SECRET_KEY={key}\n"));
    for args in [
        &["--app", "apps/x"][..],
        &["--output", "json=/nowhere/x"],
        &["--only", "nothing"],
        &["--timeout", "0"],
    ] {
        let mut command = project.command(args);
        let done = finish(command.env("CLERK_SECRET_KEY", &key), b"").exits(2);
        assert!(!done.err.contains(&key[8..16]), "{}", done.err);
    }
}
