use super::{DB, only, verdicts};

/// The verdict of an endpoint of SvelteKit that begins with a guard.
fn endpoint(guard: &str) -> String {
    let code = format!(
        "import {{ error, redirect, json }} from '@sveltejs/kit'; import {{ db }} from '../../app/db'
        import {{ CRON_SECRET }} from '$env/static/private'; import {{ env }} from '$env/dynamic/private'
        export const GET = async ({{ locals, request }}) => {{ {guard}; return json(await db.user.findMany()) }}"
    );
    only("sveltekit", &[("src/routes/+server.ts", &code), DB])
}

#[test]
fn an_endpoint_of_sveltekit_stops_by_what_its_helpers_throw() {
    for (guard, expected) in [
        (
            "const { userId } = locals.auth(); if (!userId) error(401)",
            "stopped",
        ),
        (
            "if (!locals.auth().userId) redirect(303, '/sign-in')",
            "stopped",
        ),
        (
            "if (!locals.auth().userId) throw redirect(303, '/sign-in')",
            "stopped",
        ),
        (
            "if (!locals.auth().userId) return json({}, { status: 401 })",
            "stopped",
        ),
        (
            "if (!locals.auth().userId) json({}, { status: 401 })",
            "reached",
        ),
        ("", "reached"),
        (
            "if (request.headers.get('authorization') !== `Bearer ${CRON_SECRET}`) error(401)",
            "credential",
        ),
        (
            "if (request.headers.get('authorization') !== env.API_TOKEN) error(401)",
            "credential",
        ),
    ] {
        assert_eq!(endpoint(guard), expected, "{guard}");
    }
}

#[test]
fn load_and_actions_of_sveltekit_are_asked_one_by_one() {
    let layout = "import { redirect } from '@sveltejs/kit'
        export const load = ({ locals }) => { if (!locals.auth().userId) redirect(303, '/') }";
    let page = "import { fail } from '@sveltejs/kit'; import { db } from '../../app/db'
        export const load = () => db.user.findMany()
        export const actions = {
          remove: () => db.user.deleteMany(),
          add: ({ locals }) => { if (!locals.auth().userId) return fail(401); return db.user.create({}) },
        }";
    let files = [
        ("src/routes/+layout.server.ts", layout),
        ("src/routes/+page.svelte", ""),
        ("src/routes/+page.server.ts", page),
        DB,
    ];
    let all = verdicts("sveltekit", &files);
    assert_eq!(all, ["GET / reached", "POST / reached", "POST / stopped"]);
}

#[test]
fn a_layout_of_sveltekit_guards_what_awaits_it() {
    let by_redirect = "import { redirect } from '@sveltejs/kit'
        export const load = ({ locals }) => { if (!locals.auth().userId) redirect(303, '/') }";
    let by_data = "export const load = ({ locals }) => ({ userId: locals.auth().userId })";
    let awaits = "export const load = async ({ parent }) => { await parent(); return { a: 1 } }";
    let asks = "import { error } from '@sveltejs/kit'
        export const load = async ({ parent }) => { const { userId } = await parent(); if (!userId) error(401); return {} }";
    for (layout, page, expected) in [
        (by_redirect, awaits, "stopped"),
        (by_data, asks, "stopped"),
        (by_data, awaits, "reached"),
    ] {
        let files = [
            ("src/routes/+layout.server.ts", layout),
            ("src/routes/+page.svelte", ""),
            ("src/routes/+page.server.ts", page),
        ];
        assert_eq!(only("sveltekit", &files), expected, "{page}");
    }
}

#[test]
fn the_handles_of_sveltekit_run_in_a_row() {
    let page = "import { error } from '@sveltejs/kit'
        export const GET = ({ locals }) => { if (!locals.user) error(401); return new Response('x') }";
    let open = "export const GET = () => new Response('x')";
    let head = "import { withClerkHandler } from 'svelte-clerk/server'; import { sequence } from '@sveltejs/kit/hooks'
        import { redirect } from '@sveltejs/kit'; import { sentryHandle } from '@sentry/sveltekit'\n";
    let guard = "const guard = ({ event, resolve }) => {
          event.locals.user = event.locals.auth().userId
          if (event.url.pathname.startsWith('/app') && !event.locals.user) redirect(303, '/')
          return resolve(event)
        }\n";
    for (handle, expected) in [
        (
            "export const handle = withClerkHandler()",
            [
                "GET /app reached",
                "GET /open reached",
                "GET /own undecided",
            ],
        ),
        (
            "export const handle = sequence(sentryHandle(), withClerkHandler(), guard)",
            ["GET /app stopped", "GET /open reached", "GET /own stopped"],
        ),
        (
            "export const handle = sequence(withClerkHandler(), elsewhere())",
            [
                "GET /app undecided",
                "GET /open undecided",
                "GET /own undecided",
            ],
        ),
    ] {
        let hooks = format!("{head}{guard}{handle}");
        let files = [
            ("src/hooks.server.ts", hooks.as_str()),
            ("src/routes/app/+server.ts", open),
            ("src/routes/open/+server.ts", open),
            ("src/routes/own/+server.ts", page),
        ];
        assert_eq!(verdicts("sveltekit", &files), expected, "{handle}");
    }
}
