use super::files::{Setting, is_binary, is_searched, setting};
use super::session::{cookie_of, may_hold_session};
use super::*;
use base64::Engine as _;

fn random(length: usize) -> String {
    let alphabet = b"Q7dk2RvLm9XwTz4bNc8HsYp3JgFa6UeBqW5xKrVoMn1ZtDhSyPi0CjGuElOf";
    (0..length)
        .map(|at| char::from(alphabet[(at * 37 + at * at * 11) % alphabet.len()]))
        .collect()
}

fn sk(mode: &str) -> String {
    format!("sk_{mode}_{}", random(42))
}

fn pk(mode: &str) -> String {
    let host = base64::engine::general_purpose::STANDARD.encode("clerk.acme.shop$");
    format!("pk_{mode}_{host}")
}

fn found(text: &str) -> Vec<(Kind, Owner)> {
    let all = Search::new()
        .unwrap()
        .credentials("src/x.ts", text.as_bytes());
    all.iter().map(|one| (one.kind, one.owner)).collect()
}

#[test]
fn a_key_is_clerks_by_name_neighbour_or_file() {
    let live = sk("live");
    let hook = format!("whsec_{}", random(32));
    for text in [
        format!("const CLERK_SECRET_KEY = '{live}'"),
        format!("curl -H 'Authorization: Bearer {live}' https://api.clerk.com/v1/users"),
        format!("PUBLISHABLE={}\nSECRET={live}\n", pk("live")),
        format!(
            "import {{ createClerkClient }} from '@clerk/backend'\n{}\nf('{live}')",
            "\n".repeat(900)
        ),
        format!("{{\"source\": [\"x=1\\n{live}\\n\", \"clerk\"]}}"),
    ] {
        assert_eq!(
            found(&text).last(),
            Some(&(Kind::Secret, Owner::Clerk)),
            "{text}"
        );
    }
    assert_eq!(
        found(&format!("CLERK_WEBHOOK_SIGNING_SECRET: {hook}")),
        [(Kind::Webhook, Owner::Clerk)]
    );
}

#[test]
fn a_key_of_stripe_is_none_of_clerks() {
    let live = sk("live");
    for text in [
        format!("STRIPE_SECRET_KEY={live}\nCLERK_SECRET_KEY=\n"),
        format!("import '@clerk/nextjs'\nconst stripe = new Stripe('{live}')"),
        format!("pk_live_51{}\n{live}", random(40)),
        format!("KEY='sk_live_51{}'", random(97)),
        format!("-- {live} price_1abc"),
    ] {
        assert!(found(&text).is_empty(), "{text}");
    }
    assert_eq!(
        found(&format!("KEY = '{live}'")),
        [(Kind::Secret, Owner::Unclear)]
    );
}

#[test]
fn short_prefixes_need_a_sign_of_clerk_beside_them() {
    let random = random(40);
    assert_eq!(
        found(&format!("CLERK_MACHINE_SECRET_KEY=ak_{random}")),
        [(Kind::Machine, Owner::Clerk)]
    );
    assert!(found(&format!("key: ak_{random}")).is_empty());
    assert!(found(&format!("clerk br{}ak_{random}", "e")).is_empty());
    assert!(found("clerk_format_mt_SomeLongIdentifier0OfCode").is_empty());
}

#[test]
fn samples_are_no_keys() {
    for payload in [
        "xxxxxxxxxxxxxxxxxxxxxxxx",
        "your_secret_key_goes_here",
        "1234567890abcdefghijABCDEFGHIJ",
        "aB3aB3aB3aB3aB3aB3aB3aB3",
        "dummyKey4BuildsOnlyInCi00",
        "0123456789abcdefABCDEF0123456789",
        "3f2a9c1d8e7b6a5f4c3d2e1f0a9b8c7d",
    ] {
        let text = format!("CLERK_SECRET_KEY=sk_test_{payload}");
        assert!(found(&text).is_empty(), "{text}");
    }
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    for text in [
        "definitely-not-a-real-key-7",
        "clerk.included.katydid-92.lcl.dev$",
    ] {
        let text = format!(
            "CLERK_SECRET_KEY=sk_test_{}",
            encode(text).trim_end_matches('=')
        );
        assert!(found(&text).is_empty(), "{text}");
    }
    let start = random(20);
    for text in [
        format!("CLERK_SECRET_KEY=sk_live_{start}..."),
        format!("CLERK_SECRET_KEY=sk_live_{start}…"),
        format!("CLERK_SECRET_KEY=sk_live_{start}${{REST}}"),
        "CLERK_SECRET_KEY=${{ secrets.CLERK_SECRET_KEY }}".to_owned(),
        "CLERK_SECRET_KEY=sk_live_<your key>".to_owned(),
    ] {
        assert!(found(&text).is_empty(), "{text}");
    }
}

#[test]
fn a_place_counts_lines_and_characters_and_the_value_is_never_shown() {
    let key = sk("live");
    let text = format!("// clerk\né = '{key}'; b = '{key}'\n\n  '{key}'");
    let all = Search::new().unwrap().credentials("a.ts", text.as_bytes());
    let spots: Vec<_> = all.iter().map(|one| (one.at.line, one.at.column)).collect();
    assert_eq!(spots, [(2, 6), (2, 64), (4, 4)]);
    assert!(!format!("{all:?}").contains(&key));
}

#[test]
fn fallbacks_and_development_are_told() {
    let key = pk("test");
    let search = Search::new().unwrap();
    let text = format!("a = process.env.X || \"{key}\"");
    assert!(search.credentials("a.ts", text.as_bytes())[0].is_fallback);
    let text = format!("a = process.env.NODE_ENV === 'production' ? b : '{key}'");
    assert!(search.credentials("a.ts", text.as_bytes())[0].is_conditional);
}

#[test]
fn a_signing_secret_is_of_the_instance_of_the_keys_beside_it() {
    let search = Search::new().unwrap();
    let hook = format!("CLERK_WEBHOOK_SECRET=whsec_{}", random(32));
    let mode = |text: &str| {
        search
            .credentials("a", text.as_bytes())
            .pop()
            .and_then(|one| one.mode)
    };
    assert_eq!(
        mode(&format!("CLERK_SECRET_KEY={}\n{hook}", sk("test"))),
        Some(Mode::Test)
    );
    assert_eq!(
        mode(&format!("CLERK_SECRET_KEY={}\n{hook}", sk("live"))),
        None
    );
    assert_eq!(mode(&hook), None);
}

#[test]
fn hostile_texts_take_linear_time() {
    let search = Search::new().unwrap();
    let prefixes = "sk_live_".repeat(640_000);
    let spaced = "sk_live_ whsec_ ak_ mt_ ".repeat(200_000);
    let tokens = format!("{} ", sk("test")).repeat(100_000);
    let keys = format!("{},", pk("test")).repeat(100_000);
    let mut invalid = vec![0xFF_u8; 1_000_000];
    invalid.extend_from_slice(format!("clerk {}", sk("live")).as_bytes());
    let started = std::time::Instant::now();
    assert!(search.credentials("a", prefixes.as_bytes()).is_empty());
    assert!(search.credentials("a", spaced.as_bytes()).is_empty());
    assert!(search.credentials("a", tokens.as_bytes()).len() <= 50);
    assert!(search.credentials("a", keys.as_bytes()).len() <= 50);
    assert_eq!(search.credentials("a", &invalid).len(), 1);
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn files_are_left_out_by_their_names() {
    for path in [
        "a.png",
        "pnpm-lock.yaml",
        "yarn.lock",
        "x/app.min.js",
        "b/B.WOFF2",
        "a.js.map",
    ] {
        assert!(!is_searched(path), "{path}");
    }
    for path in [
        "README.md",
        "Dockerfile",
        ".env.example",
        "a.ipynb",
        "k8s/app.yaml",
        "x.test.ts",
    ] {
        assert!(is_searched(path), "{path}");
    }
    assert!(is_binary(b"ab\0c") && !is_binary(b"abc"));
    assert_eq!(setting(".github/workflows/ci.yml"), Setting::Pipeline);
    assert_eq!(setting("docs/a.mdx"), Setting::Docs);
    assert_eq!(setting(".env.example"), Setting::Sample);
    assert_eq!(setting("app/page.tsx"), Setting::Code);
    assert_eq!(setting("e2e/a.ts"), Setting::Test);
}

#[test]
fn a_saved_session_is_known_by_its_cookie() {
    assert!(may_hold_session("playwright/.auth/user.json"));
    assert!(may_hold_session("e2e/storageState.json") && !may_hold_session("data/state.json"));
    let state = |name: &str, domain: &str| {
        format!(
            r#"{{"cookies":[{{"name":"{name}","value":"{}","domain":"{domain}"}}]}}"#,
            random(40)
        )
    };
    assert_eq!(
        cookie_of(&state("__session", "localhost")),
        Some(("__session".to_owned(), Mode::Test))
    );
    assert_eq!(
        cookie_of(&state("__client", "clerk.acme.shop")).map(|(_, mode)| mode),
        Some(Mode::Live)
    );
    assert_eq!(cookie_of(&state("theme", "acme.shop")), None);
    assert_eq!(cookie_of(&state("__client_uat", "acme.shop")), None);
    assert_eq!(cookie_of("{"), None);
}
