use std::sync::Arc;

use super::super::super::module::Module;
use super::super::{What, read};
use super::*;

fn cares(path: &str, text: &str) -> Vec<Care> {
    let module = Module::read(path, &Arc::from(text)).unwrap();
    let shapes = read(path, &module).shapes.into_iter();
    shapes
        .filter_map(|shape| match shape.what {
            What::Care(care) => Some(care),
            _ => None,
        })
        .collect()
}

fn has(path: &str, text: &str, care: &Care) -> bool {
    cares(path, text).contains(care)
}

#[test]
fn a_tracker_is_started_by_its_own_call_and_by_no_other() {
    for text in [
        "import * as Sentry from '@sentry/node'\nSentry.init({ dsn })",
        "import { init } from '@sentry/react'\ninit({ dsn })",
        "import Rollbar from 'rollbar'\nnew Rollbar({ accessToken })",
        "import Bugsnag from '@bugsnag/js'\nBugsnag.start({ apiKey })",
        "const Sentry = await import('@sentry/node')\nSentry.init({ dsn })",
        "import sentry from '@sentry/astro'\nexport default { integrations: [sentry({ dsn })] }",
        "import { HighlightInit } from '@highlight-run/next/client'\nconst a = <HighlightInit projectID='1' />",
        "import '@sentry/node/init'",
    ] {
        assert!(has("a.tsx", text, &Care::TrackerStarts), "{text}");
    }
    for text in [
        "import { init } from 'i18next' // sentry\ninit({ dsn })",
        "import * as Sentry from '@sentry/node'\nSentry.captureException(error)",
        "import { withSentryConfig } from '@sentry/nextjs'\nexport default withSentryConfig({})",
        "import type * as S from '@sentry/node'\nS.init()",
    ] {
        assert!(!has("a.tsx", text, &Care::TrackerStarts), "{text}");
    }
}

#[test]
fn a_tracker_knows_the_user_where_it_is_told() {
    let import = "import * as Sentry from '@sentry/node'\n";
    for call in [
        "Sentry.setUser({ id })",
        "Sentry.withScope((scope) => scope.setUser({ id }))",
        "Sentry.setTag('user.id', id)",
        "Sentry.captureException(error, { user: { id } })",
        "Sentry.init({ initialScope: { user: { id } } })",
    ] {
        let text = format!("{import}{call}");
        assert!(has("a.ts", &text, &Care::TrackerKnowsUser), "{call}");
    }
    for call in [
        "setUser({ id })",
        "Sentry.setTag('area', 'user')",
        "Sentry.captureException(error)",
    ] {
        let text = format!("{import}{call}");
        let told = has("a.ts", &text, &Care::TrackerKnowsUser);
        assert_eq!(told, call.contains("setTag"), "{call}");
    }
}

#[test]
fn a_catch_is_silent_where_it_only_answers() {
    let silent = |handler: &str| {
        let text = format!(
            "import {{ Webhook }} from 'svix'\nexport async function POST(req) {{ try {{ await new Webhook(s).verify(a, b) }} catch (error) {{ {handler} }} }}"
        );
        let all = cares("app/api/webhooks/route.ts", &text).into_iter();
        all.filter(|care| matches!(care, Care::Silent { .. }))
            .count()
            == 1
    };
    assert!(silent("return new Response('no', { status: 400 })"));
    assert!(silent("return res.status(400).json({ ok: false })"));
    assert!(silent(""));
    assert!(!silent("console.error(error); return new Response('no')"));
    assert!(!silent("report(); return new Response('no')"));
    assert!(!silent("return new Response(error.message)"));
    assert!(!silent("throw new Error('no')"));
}

#[test]
fn the_row_of_a_new_user_is_found_with_what_guards_it() {
    let row = |work: &str| {
        let text = format!(
            "import {{ verifyWebhook }} from '@clerk/nextjs/webhooks'\nconst table = {{ 'user.created': async (e) => {{ {work} }} }}"
        );
        cares("app/api/webhooks/route.ts", &text)
            .into_iter()
            .find_map(|care| match care {
                Care::Creates { once, .. } => Some(once),
                _ => None,
            })
    };
    for plain in [
        "await prisma.user.create({ data })",
        "await db.insert(users).values(data)",
        "await supabase.from('users').insert(data)",
        "await User.create(data)",
        "await sql`INSERT INTO users VALUES (${id})`",
    ] {
        assert_eq!(row(plain), Some(false), "{plain}");
    }
    for guarded in [
        "await db.insert(users).values(data).onConflictDoNothing()",
        "if (!(await User.findOne({ id }))) await User.create(data)",
        "await sql`INSERT INTO users VALUES (${id}) ON CONFLICT DO NOTHING`",
        "try { await prisma.user.create({ data }) } catch (e) { if (e.code !== 'P2002') throw e }",
    ] {
        assert_eq!(row(guarded), Some(true), "{guarded}");
    }
    for none in [
        "await stripe.customers.create({ email })",
        "await resend.emails.send(mail)",
        "try { await User.create(data) } catch (e) { console.error(e) }",
    ] {
        assert_eq!(row(none), None, "{none}");
    }
}

#[test]
fn an_answer_tells_what_was_thrown() {
    let told = |answer: &str| {
        let text = format!(
            "export async function GET() {{ try {{ work() }} catch (err) {{ {answer} }} }} // .stack"
        );
        cares("app/api/a/route.ts", &text)
            .into_iter()
            .find_map(|care| match care {
                Care::Answers { told, function } => Some((told, function)),
                _ => None,
            })
    };
    let get = || Some("GET".to_owned());
    assert_eq!(
        told("return Response.json({ stack: err.stack })"),
        Some((Told::Stack, get()))
    );
    assert_eq!(
        told("return new Response(JSON.stringify(err))"),
        Some((Told::Whole, get()))
    );
    assert_eq!(
        told("return Response.json({ err })"),
        Some((Told::Whole, get()))
    );
    for kept in [
        "console.error(err.stack)",
        "logger.error({ err }); return Response.json({ error: 'no' })",
        "return Response.json({ error: err.message })",
        "return Response.json({ stack: isDev ? err.stack : undefined })",
        "if (process.env.NODE_ENV !== 'production') return Response.json({ stack: err.stack })",
        "return Response.json({ error: describe(err) })",
    ] {
        assert_eq!(told(kept), None, "{kept}");
    }
}

#[test]
fn a_schema_counts_its_variables_and_knows_what_it_does_not_see() {
    let schema = |text: &str| {
        cares("env.ts", text)
            .into_iter()
            .find_map(|care| match care {
                Care::Schema {
                    names,
                    clerk,
                    composed,
                } => Some((names, clerk, composed)),
                _ => None,
            })
    };
    assert_eq!(
        schema("createEnv({ server: { DATABASE_URL: z.string(), CLERK_SECRET_KEY: z.string() } })"),
        Some((2, true, false))
    );
    assert_eq!(
        schema(
            "createEnv({ extends: [vercel()], server: { DATABASE_URL: z.string(), A_B: z.string() } })"
        ),
        Some((2, false, false))
    );
    assert_eq!(
        schema("createEnv({ extends: [auth()], server: { DATABASE_URL: z.string() } })"),
        Some((1, false, true))
    );
    assert_eq!(
        schema("const s = z.object({ A_B: z.string(), ...more })\ns.safeParse(process.env)"),
        Some((1, false, true))
    );
    assert_eq!(schema("schema.parse(body)"), None);
}

#[test]
fn special_files_are_known_by_their_names() {
    for path in [
        "app/error.tsx",
        "app/(shop)/global-error.js",
        "pages/_error.tsx",
        "src/routes/+error.svelte",
        "error.vue",
        "src/pages/500.astro",
        "sentry.server.config.ts",
        "src/instrumentation-client.ts",
        "app/root.tsx",
    ] {
        assert!(is_special(path), "{path}");
    }
    for path in [
        "lib/errors.ts",
        "app/error/page.tsx",
        "error",
        "src/root.ts",
    ] {
        assert!(!is_special(path), "{path}");
    }
}
