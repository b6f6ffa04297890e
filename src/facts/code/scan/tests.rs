use super::*;

fn of(path: &str, text: &str) -> Mentions {
    scan(path, text).unwrap_or_default()
}

fn names(path: &str, text: &str) -> Vec<String> {
    of(path, text)
        .env_reads
        .into_iter()
        .map(|read| read.name)
        .collect()
}

#[test]
fn every_way_to_read_a_variable_is_seen() {
    for (path, text) in [
        ("a.ts", "x(process.env.CLERK_SECRET_KEY!)"),
        ("a.ts", "process.env?.CLERK_SECRET_KEY"),
        ("a.js", "process.env[\"CLERK_SECRET_KEY\"]"),
        ("a.ts", "import.meta.env.CLERK_SECRET_KEY"),
        ("a.ts", "`Bearer ${c.env.CLERK_SECRET_KEY}`"),
        ("a.ts", "`a ${`b ${process.env.CLERK_SECRET_KEY}`} c`"),
        ("a.ts", "Deno.env.get('CLERK_SECRET_KEY')"),
        (
            "a.ts",
            "this.config.getOrThrow<string>; config.get('CLERK_SECRET_KEY')",
        ),
        ("a.ts", "const { CLERK_SECRET_KEY, A: b } = process.env"),
        ("a.ts", "const { CLERK_SECRET_KEY = '' } = import.meta.env;"),
        (
            "a.ts",
            "import { CLERK_SECRET_KEY } from '$env/static/private'",
        ),
        (
            "a.ts",
            "createEnv({ server: { CLERK_SECRET_KEY: z.string() } })",
        ),
        ("a.ts", "cleanEnv(process.env, { CLERK_SECRET_KEY: str() })"),
        (
            "a.vue",
            "<script setup>\nconst k = import.meta.env.CLERK_SECRET_KEY\n</script><template>Don't</template>",
        ),
        ("a.py", "os.environ[\"CLERK_SECRET_KEY\"]"),
        ("a.py", "os.getenv('CLERK_SECRET_KEY', '')"),
        ("a.py", "os.environ.get('CLERK_SECRET_KEY')"),
        (
            "a.py",
            "class S(BaseSettings):\n    CLERK_SECRET_KEY: str\n",
        ),
        ("a.go", "clerk.SetKey(os.Getenv(\"CLERK_SECRET_KEY\"))"),
        ("a.rb", "ENV['CLERK_SECRET_KEY']"),
        ("a.rb", "ENV.fetch('CLERK_SECRET_KEY')"),
    ] {
        assert_eq!(names(path, text), ["CLERK_SECRET_KEY"], "{text}");
    }
}

#[test]
fn comments_texts_and_foreign_names_are_no_reads() {
    for (path, text) in [
        ("a.ts", "// process.env.CLERK_SECRET_KEY"),
        ("a.ts", "/* process.env.CLERK_SECRET_KEY */"),
        ("a.ts", "const help = 'set process.env.CLERK_SECRET_KEY'"),
        ("a.ts", "`set process.env.CLERK_SECRET_KEY`"),
        ("a.ts", "process.env.DATABASE_URL // clerk"),
        ("a.ts", "settings.CLERK_SECRET_KEY"),
        ("a.py", "# os.environ['CLERK_SECRET_KEY']"),
        ("a.py", "\"\"\"\nos.environ['CLERK_SECRET_KEY']\n\"\"\""),
        ("a.astro", "<!-- {import.meta.env.CLERK_SECRET_KEY} -->"),
        ("a.test.ts", "process.env.CLERK_SECRET_KEY"),
        ("README.md", "process.env.CLERK_SECRET_KEY"),
    ] {
        assert_eq!(names(path, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_read_has_its_place() {
    let text = "const ä = 1;\nconst é = process.env.CLERK_WEBHOOK_SECRET;";
    let found = of("a.ts", text);
    assert_eq!(
        found.env_reads[0].at,
        Spot {
            line: 2,
            column: 23
        }
    );
}

#[test]
fn imports_of_clerk_are_seen_once_each() {
    let text = "import { auth } from '@clerk/nextjs/server';\nimport '@clerk/nextjs/server';\n\
                const { clerkMiddleware } = require(\"@clerk/express\");\nawait import('svelte-clerk');\n\
                jest.mock('@clerk/mocked')";
    let expected = ["@clerk/nextjs/server", "@clerk/express", "svelte-clerk"];
    assert_eq!(of("a.ts", text).clerk_imports, expected);
    assert_eq!(
        of("a.py", "from clerk_backend_api import Clerk").clerk_imports,
        ["clerk_backend_api"]
    );
    let go = "import (\n\t\"github.com/clerk/clerk-sdk-go/v2\"\n)";
    assert_eq!(
        of("a.go", go).clerk_imports,
        ["github.com/clerk/clerk-sdk-go/v2"]
    );
}

#[test]
fn verify_webhook_counts_only_from_clerk_and_says_where_the_secret_comes_from() {
    let import = "import { verifyWebhook } from '@clerk/nextjs/webhooks';\n";
    let secret = |text: &str| {
        let found = of("app/route.ts", &format!("{import}{text}")).verify_webhook;
        found.iter().map(|call| call.secret).collect::<Vec<_>>()
    };
    use SecretSource::{Environment, Passed, Unknown};
    assert_eq!(secret("const e = await verifyWebhook(req)"), [Environment]);
    assert_eq!(secret("verifyWebhook(wrap(req, 1),)"), [Environment]);
    assert_eq!(
        secret("verifyWebhook(req, { signingSecret: process.env.X })"),
        [Passed]
    );
    assert_eq!(secret("verifyWebhook(req, { signingSecret })"), [Passed]);
    assert_eq!(secret("verifyWebhook(req, options)"), [Unknown]);
    assert_eq!(secret("this.verifyWebhook(req)"), []);

    let own = "import { verifyWebhook } from './svix';\nverifyWebhook(req) // clerk";
    assert_eq!(of("a.ts", own).verify_webhook, []);
    let alias = "import { verifyWebhook as check } from '@clerk/backend/webhooks'; check(r)";
    let found = of("a.ts", alias).verify_webhook;
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].at,
        Spot {
            line: 1,
            column: 67
        }
    );
}

#[test]
fn svix_verifies_only_where_a_webhook_is_made() {
    assert!(
        of(
            "a.ts",
            "import { Webhook } from 'svix'; new Webhook(s).verify(b, h)"
        )
        .svix
    );
    assert!(
        of(
            "a.py",
            "from svix.webhooks import Webhook\nWebhook(secret).verify()"
        )
        .svix
    );
    assert!(
        of(
            "a.go",
            "import (\"github.com/svix/svix-webhooks/go\")\nwh, err := svix.NewWebhook(s)"
        )
        .svix
    );
    assert!(
        !of(
            "a.ts",
            "import { Svix } from 'svix'; new Svix(k).message.create()"
        )
        .svix
    );
}

#[test]
fn a_receiver_of_clerks_webhooks_is_told_from_others() {
    let receives = |path: &str, text: &str| of(path, text).receives_webhooks();
    assert!(receives(
        "app/api/route.ts",
        "import { Webhook } from 'svix';\nimport { WebhookEvent } from '@clerk/nextjs/server';\nnew Webhook(x)"
    ));
    assert!(receives(
        "convex/http.ts",
        "req.headers.get('svix-id'); switch (e.type) { case 'user.created': }"
    ));
    assert!(receives(
        "api/webhooks/clerk.ts",
        "headers['svix-signature']"
    ));
    assert!(!receives(
        "api/webhooks/resend.ts",
        "import { Webhook } from 'svix'; new Webhook(s)"
    ));
    assert!(!receives(
        "api/webhooks/stripe.ts",
        "stripe.webhooks.constructEvent(b, s, process.env.STRIPE_WEBHOOK_SECRET)"
    ));
    assert!(!receives(
        "packages/webhooks/send.ts",
        "import { Svix } from 'svix'; new Svix(process.env.SVIX_TOKEN)"
    ));
}

#[test]
fn a_file_of_no_interest_is_passed_by() {
    assert_eq!(
        scan(
            "a.ts",
            "export const clockwork = 1; export const kiosk = 'hook'"
        ),
        None
    );
    assert_eq!(scan("a.ts", "// clerk svix webhook"), None);
    assert_eq!(scan("a.png", "clerk"), None);
    assert!(scan("a.ts", "const CLERK = 1").is_some());
}

#[test]
fn tests_are_known_by_folder_and_by_name() {
    for yes in [
        "src/__tests__/a.ts",
        "a.test.ts",
        "a.spec.tsx",
        "e2e/login.ts",
        "apps/web-e2e/src/a.ts",
        "cypress/support/a.js",
        "pkg/a_test.go",
        "test_auth.py",
        "spec/a_spec.rb",
        "playwright.config.ts",
        "x.stories.tsx",
        "a.cy.ts",
    ] {
        assert!(is_test(yes), "{yes}");
    }
    for no in [
        "src/latest.ts",
        "app/testimonials/page.tsx",
        "contest.ts",
        "src/spec.ts",
        "attest/a.go",
    ] {
        assert!(!is_test(no), "{no}");
    }
}

#[test]
fn any_text_is_survived() {
    for text in [
        "clerk '",
        "clerk \"\\",
        "clerk `${",
        "clerk `${`${`",
        "clerk }}}}))]]",
        "clerk /*",
        "clerk /[",
        "clerk <!--",
        "ü clerk É '\u{2028}",
        "verifyWebhook(clerk,",
        "clerk \\",
    ] {
        for path in ["a.ts", "a.py", "a.go", "a.vue"] {
            let _ = scan(path, text);
        }
    }
    let deep = format!("clerk {}", "`${".repeat(100_000));
    let _ = scan("a.ts", &deep);
}
