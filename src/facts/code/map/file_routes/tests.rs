use super::super::{MapApp, map};
use crate::facts::code::testing::Files;
use crate::facts::code::visitor::Setting;
use crate::model::routes::RouteMap;

fn map_of(framework: &'static str, files: &[(&str, &str)]) -> RouteMap {
    let mut paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    let setting = Setting {
        clerk: Some((3, 0, 0)),
        ..Setting::default()
    };
    Files::new(files).with(|project| {
        let app = MapApp {
            project,
            folder: "",
            files: &paths,
            framework,
            shown: framework.to_owned(),
            version: None,
            middleware: None,
            setting: &setting,
            public: &[],
        };
        map(&app, None).unwrap_or_default()
    })
}

/// Each method in a line: `GET /x stopped`.
fn verdicts(framework: &'static str, files: &[(&str, &str)]) -> Vec<String> {
    let found = map_of(framework, files);
    let lines = found.routes.iter().flat_map(|route| {
        route.methods.iter().map(|answer| {
            let (pattern, verdict) = (&route.pattern, answer.verdict.word());
            format!("{} {pattern} {verdict}", answer.method)
        })
    });
    lines.collect()
}

/// The verdict of the only method that the files make.
fn only(framework: &'static str, files: &[(&str, &str)]) -> String {
    let all = verdicts(framework, files);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].rsplit(' ').next().unwrap_or_default().to_owned()
}

const DB: (&str, &str) = (
    "app/db.ts",
    "import { PrismaClient } from '@prisma/client'; export const db = new PrismaClient()",
);

/// The verdict of a loader of React Router that begins with a guard.
fn loader(guard: &str) -> String {
    let code = format!(
        "import {{ getAuth, rootAuthLoader }} from '@clerk/react-router/server'
        import {{ redirect, data }} from 'react-router'; import {{ db }} from '../db'
        export const loader = async (args) => {{ {guard}; return db.user.findMany() }}
        export default function Page() {{ return null }}"
    );
    only("react-router", &[("app/routes/x.tsx", &code), DB])
}

#[test]
fn a_loader_of_react_router_stops_by_what_it_awaits() {
    for (guard, expected) in [
        (
            "const { userId } = await getAuth(args); if (!userId) return redirect('/sign-in')",
            "stopped",
        ),
        (
            "const { userId } = await getAuth(args); if (!userId) throw redirect('/sign-in')",
            "stopped",
        ),
        (
            "const auth = await getAuth(args); if (!auth.isAuthenticated) throw new Response(null, { status: 401 })",
            "stopped",
        ),
        (
            "const { userId } = await getAuth(args); if (!userId) throw data('no', { status: 403 })",
            "stopped",
        ),
        // A promise has no `userId`, and is no `null` either.
        (
            "const auth = getAuth(args); if (auth === null) throw redirect('/')",
            "reached",
        ),
        (
            "const { userId } = await getAuth(args); if (!userId) redirect('/sign-in')",
            "reached",
        ),
        ("", "reached"),
        (
            "if (args.request.headers.get('authorization') !== process.env.CRON_SECRET) throw data(0, { status: 401 })",
            "credential",
        ),
        (
            "if (args.request.headers.get('x-api-key') !== args.context.cloudflare.env.API_KEY) throw data(0, { status: 401 })",
            "credential",
        ),
        (
            "const auth = await elsewhere(args); if (!auth) throw redirect('/')",
            "undecided",
        ),
    ] {
        assert_eq!(loader(guard), expected, "{guard}");
    }
}

#[test]
fn a_layout_of_react_router_guards_by_middleware_and_not_by_its_loader() {
    let child = "import { db } from '../db'
        export const loader = () => db.user.findMany()
        export const action = () => db.user.deleteMany()
        export default () => null";
    let by_loader = "import { getAuth } from '@clerk/react-router/server'; import { redirect } from 'react-router'
        export const loader = async (args) => { if (!(await getAuth(args)).userId) throw redirect('/'); return null }
        export default () => null";
    let by_middleware = "import { getAuth } from '@clerk/react-router/server'; import { redirect } from 'react-router'
        export const middleware = [async (args, next) => { if (!(await getAuth(args)).userId) throw redirect('/'); return next() }]
        export default () => null";
    let open = "import { clerkMiddleware } from '@clerk/react-router/server'
        export const middleware = [clerkMiddleware()]
        export default () => null";
    for (layout, expected) in [
        (
            by_loader,
            [
                "GET /admin stopped",
                "GET /admin/users reached",
                "POST /admin/users reached",
            ]
            .as_slice(),
        ),
        (
            by_middleware,
            &["GET /admin/users stopped", "POST /admin/users stopped"],
        ),
        (
            open,
            &["GET /admin/users reached", "POST /admin/users reached"],
        ),
    ] {
        let files = [
            ("app/routes/admin.tsx", layout),
            ("app/routes/admin.users.tsx", child),
            DB,
        ];
        assert_eq!(verdicts("react-router", &files), expected);
    }
}

#[test]
fn a_resource_route_of_remix_answers_posts_by_its_action() {
    let code = "import { Webhook } from 'svix'; import { db } from '../db'; import { json } from '@remix-run/node'
        export async function action({ request }) {
          const wh = new Webhook(process.env.CLERK_WEBHOOK_SECRET)
          try { wh.verify(await request.text(), request.headers) } catch { return json({}, { status: 400 }) }
          await db.user.create({}); return json({})
        }";
    let files = [("app/routes/api.hook.ts", code), DB];
    assert_eq!(verdicts("remix", &files), ["POST /api/hook credential"]);
}

/// The verdict of a page of Astro with this front matter, rendered for each request.
fn page(front: &str) -> String {
    let code = format!("---\nexport const prerender = false\n{front}\n---\n<p>x</p>");
    only("astro", &[("src/pages/x.astro", &code)])
}

#[test]
fn the_front_matter_of_an_astro_page_has_to_return_its_redirect() {
    for (front, expected) in [
        (
            "const { userId } = Astro.locals.auth()\nif (!userId) return Astro.redirect('/sign-in')",
            "stopped",
        ),
        (
            "const { isAuthenticated, redirectToSignIn } = Astro.locals.auth()\nif (!isAuthenticated) return redirectToSignIn()",
            "stopped",
        ),
        (
            "const user = await Astro.locals.currentUser()\nif (!user) { return Astro.redirect('/') }",
            "stopped",
        ),
        (
            "const { userId } = Astro.locals.auth()\nif (!userId) return Astro.rewrite('/sign-in')",
            "stopped",
        ),
        (
            "const { userId } = Astro.locals.auth()\nif (!userId) Astro.redirect('/sign-in')",
            "reached",
        ),
        (
            "const { userId } = Astro.locals.auth()\nif (!userId) { Astro.locals.auth().redirectToSignIn() }",
            "reached",
        ),
        ("const title = 'x'", "reached"),
        (
            "if (import.meta.env.DEV) return Astro.redirect('/')",
            "reached",
        ),
    ] {
        assert_eq!(page(front), expected, "{front}");
    }
}

#[test]
fn a_page_of_astro_that_is_built_once_meets_no_gate() {
    let gate = "import { clerkMiddleware } from '@clerk/astro/server'
        export const onRequest = clerkMiddleware((auth) => auth().redirectToSignIn())";
    let front = "---\nif (!Astro.locals.auth().userId) return Astro.redirect('/')\n---\n";
    let live = format!(
        "---\nexport const prerender = false{}",
        front.trim_start_matches("---")
    );
    let files = [
        ("src/middleware.ts", gate),
        ("src/pages/built.astro", front),
        ("src/pages/live.astro", live.as_str()),
    ];
    assert_eq!(
        verdicts("astro", &files),
        ["GET /built reached", "GET /live stopped"]
    );
}

/// What a middleware of Astro does with an endpoint that checks nothing: on a path of the list and off it.
fn onrequest(code: &str) -> [String; 2] {
    let head = "import { clerkMiddleware, createRouteMatcher } from '@clerk/astro/server'
        import { sequence, defineMiddleware } from 'astro:middleware'
        const isProtected = createRouteMatcher(['/api/private(.*)'])\n";
    let code = format!("{head}{code}");
    let endpoint = "export const prerender = false; export const GET = () => new Response('x')";
    let files = [
        ("src/middleware.ts", code.as_str()),
        ("src/pages/api/open.ts", endpoint),
        ("src/pages/api/private/x.ts", endpoint),
    ];
    let all = verdicts("astro", &files);
    let verdict = |at: usize| all[at].rsplit(' ').next().unwrap_or_default().to_owned();
    [verdict(1), verdict(0)]
}

#[test]
fn the_middleware_of_astro_stops_by_its_answer() {
    for (code, expected) in [
        ("export const onRequest = clerkMiddleware()", ["reached", "reached"]),
        ("export const onRequest = clerkMiddleware((auth, context) => { if (isProtected(context.request) && !auth().userId) return auth().redirectToSignIn() })", ["stopped", "reached"]),
        ("export const onRequest = clerkMiddleware((auth, context, next) => { if (isProtected(context.request) && !auth().userId) return new Response(null, { status: 401 }); return next() })", ["stopped", "reached"]),
        // Thrown, so that a `return` makes no difference.
        ("export const onRequest = clerkMiddleware((auth, context) => { if (isProtected(context.request)) auth().redirectToSignIn() })", ["stopped", "reached"]),
        ("export const onRequest = clerkMiddleware((auth, context) => { if (isProtected(context.request) && !auth().userId) context.redirect('/') })", ["reached", "reached"]),
        ("const guard = defineMiddleware((context, next) => context.url.pathname.startsWith('/api/private') && !context.locals.auth().userId ? context.redirect('/') : next())
          export const onRequest = sequence(clerkMiddleware(), guard)", ["stopped", "reached"]),
        ("export const onRequest = sequence(clerkMiddleware(), elsewhere())", ["undecided", "undecided"]),
    ] {
        assert_eq!(onrequest(code), expected, "{code}");
    }
}

#[test]
fn what_middleware_leaves_in_locals_is_found_behind_it() {
    let gate = "import { clerkMiddleware } from '@clerk/astro/server'
        export const onRequest = clerkMiddleware((auth, context, next) => { context.locals.userId = auth().userId; return next() })";
    let checked = "export const prerender = false
        export const GET = ({ locals }) => locals.userId ? Response.json([1]) : new Response(null, { status: 401 })";
    let unchecked = "export const prerender = false
        export const GET = ({ locals }) => Response.json([locals.userId])";
    let files = [
        ("src/middleware.ts", gate),
        ("src/pages/a.ts", checked),
        ("src/pages/b.ts", unchecked),
    ];
    assert_eq!(
        verdicts("astro", &files),
        ["GET /a stopped", "GET /b reached"]
    );
}

#[test]
fn an_action_of_astro_answers_past_a_list_of_paths() {
    let gate = "import { clerkMiddleware, createRouteMatcher } from '@clerk/astro/server'
        const isAction = createRouteMatcher(['/_actions(.*)'])
        export const onRequest = clerkMiddleware((auth, context) => { if (isAction(context.request) && !auth().userId) return auth().redirectToSignIn() })";
    let actions =
        "import { defineAction, ActionError } from 'astro:actions'; import { db } from '../app/db'
        export const server = {
          open: defineAction({ handler: async () => db.user.deleteMany() }),
          own: defineAction({ handler: async (input, context) => {
            if (!context.locals.auth().userId) throw new ActionError({ code: 'UNAUTHORIZED' })
            return db.user.deleteMany()
          } }),
        }";
    let files = [
        ("src/middleware.ts", gate),
        ("src/actions/index.ts", actions),
        DB,
    ];
    assert_eq!(
        verdicts("astro", &files),
        ["POST open reached", "POST own stopped"]
    );
}

/// The verdict of an API route of Nuxt that begins with a guard.
fn nitro(guard: &str) -> String {
    let code = format!(
        "export default defineEventHandler(async (event) => {{ {guard}; return useDb().user.findMany() }})"
    );
    let helper = "export function requireUser(event) { if (!event.context.auth().userId) throw createError({ statusCode: 401 }) }";
    only(
        "nuxt",
        &[
            ("server/api/x.get.ts", &code),
            ("server/utils/auth.ts", helper),
        ],
    )
}

#[test]
fn a_handler_of_nuxt_stops_by_a_thrown_error_or_an_answer_that_is_sent() {
    for (guard, expected) in [
        (
            "const { userId } = event.context.auth(); if (!userId) throw createError({ statusCode: 401 })",
            "stopped",
        ),
        (
            "if (!event.context.auth().isAuthenticated) return createError({ statusCode: 401 })",
            "stopped",
        ),
        (
            "if (!event.context.auth().userId) return sendRedirect(event, '/sign-in')",
            "stopped",
        ),
        (
            "if (!event.context.auth().userId) { setResponseStatus(event, 401); return { error: 'no' } }",
            "stopped",
        ),
        ("requireUser(event)", "stopped"),
        (
            "if (!event.context.auth().userId) createError({ statusCode: 401 })",
            "reached",
        ),
        ("", "reached"),
        (
            "if (getHeader(event, 'x-cron-key') !== useRuntimeConfig().cronSecret) throw createError({ statusCode: 401 })",
            "credential",
        ),
        (
            "if (!(await somebody(event))) throw createError({ statusCode: 401 })",
            "undecided",
        ),
    ] {
        assert_eq!(nitro(guard), expected, "{guard}");
    }
}

#[test]
fn the_middleware_of_nuxt_runs_before_every_handler() {
    let handler = "export default defineEventHandler((event) => event.context.userId ? 1 : 2)";
    let files = |middleware| {
        [
            (
                "server/middleware/1.clerk.ts",
                "export default clerkMiddleware()",
            ),
            ("server/middleware/2.auth.ts", middleware),
            ("server/api/open.ts", handler),
            ("server/api/private/x.ts", handler),
        ]
    };
    let guard = "export default defineEventHandler((event) => {
        if (event.path.startsWith('/api/private') && !event.context.auth().userId) throw createError({ statusCode: 401 }) })";
    let by_clerk = "import { clerkMiddleware, createRouteMatcher } from '@clerk/nuxt/server'
        const isPrivate = createRouteMatcher(['/api/private(.*)'])
        export default clerkMiddleware((event) => {
          if (isPrivate(event) && !event.context.auth().userId) throw createError({ statusCode: 401 }) })";
    // Whatever it returns is dropped.
    let dropped = "export default clerkMiddleware((event) => {
          if (!event.context.auth().userId) return createError({ statusCode: 401 }) })";
    for (middleware, expected) in [
        (
            guard,
            ["ALL /api/open reached", "ALL /api/private/x stopped"],
        ),
        (
            by_clerk,
            ["ALL /api/open reached", "ALL /api/private/x stopped"],
        ),
        (
            dropped,
            ["ALL /api/open reached", "ALL /api/private/x reached"],
        ),
        (
            "export default defineEventHandler((event) => { event.context.userId = 1 })",
            ["ALL /api/open reached", "ALL /api/private/x reached"],
        ),
    ] {
        assert_eq!(
            verdicts("nuxt", &files(middleware)),
            expected,
            "{middleware}"
        );
    }
}

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

/// The verdict of a server function of TanStack Start that begins with a guard.
fn server_function(guard: &str) -> String {
    let code = format!(
        "import {{ auth }} from '@clerk/tanstack-react-start/server'; import {{ createServerFn, createMiddleware }} from '@tanstack/react-start'
        import {{ redirect }} from '@tanstack/react-router'; import {{ db }} from '../app/db'
        const signedIn = createMiddleware({{ type: 'function' }}).server(async ({{ next }}) => {{
          const {{ userId }} = await auth(); if (!userId) throw new Error('no'); return next({{ context: {{ userId }} }}) }})
        const open = createMiddleware().server(({{ next }}) => next())
        export const remove = createServerFn({{ method: 'POST' }}){guard}"
    );
    only("tanstack-start", &[("src/server.ts", &code), DB])
}

#[test]
fn a_server_function_is_an_endpoint_of_its_own() {
    for (guard, expected) in [
        (
            ".handler(async () => { const { userId } = await auth(); if (!userId) throw redirect({ to: '/' }); return db.user.deleteMany() })",
            "stopped",
        ),
        (
            ".handler(async () => { const { userId } = await auth(); if (!userId) redirect({ to: '/' }); return db.user.deleteMany() })",
            "reached",
        ),
        (
            ".handler(async () => { if (!auth()) throw redirect({ to: '/' }); return db.user.deleteMany() })",
            "reached",
        ),
        (".handler(async () => db.user.deleteMany())", "reached"),
        (
            ".middleware([signedIn]).handler(async () => db.user.deleteMany())",
            "stopped",
        ),
        (
            ".middleware([open]).inputValidator((x) => x).handler(async () => db.user.deleteMany())",
            "reached",
        ),
    ] {
        assert_eq!(server_function(guard), expected, "{guard}");
    }
}

#[test]
fn a_page_of_tanstack_start_is_guarded_by_every_before_load_around_it() {
    let root = "import { createRootRoute } from '@tanstack/react-router'; import { createServerFn } from '@tanstack/react-start'
        import { auth } from '@clerk/tanstack-react-start/server'
        const state = createServerFn().handler(async () => { const { userId } = await auth(); return { userId } })
        export const Route = createRootRoute({ beforeLoad: async () => { const { userId } = await state(); return { userId } } })";
    let layout = "import { createFileRoute, redirect } from '@tanstack/react-router'
        export const Route = createFileRoute('/_app')({ beforeLoad: ({ context }) => { if (!context.userId) throw redirect({ to: '/' }) } })";
    let inside =
        "export const Route = createFileRoute('/_app/x')({ loader: () => 1, component: X })";
    let outside = "export const Route = createFileRoute('/y')({ loader: () => 1, component: X })";
    let files = [
        ("src/routes/__root.tsx", root),
        ("src/routes/_app.tsx", layout),
        (
            "src/routes/_app/x.tsx",
            &format!("import {{ createFileRoute }} from '@tanstack/react-router';{inside}"),
        ),
        (
            "src/routes/y.tsx",
            &format!("import {{ createFileRoute }} from '@tanstack/react-router';{outside}"),
        ),
    ];
    assert_eq!(
        verdicts("tanstack-start", &files),
        ["GET /x stopped", "GET /y reached", "GET state reached"]
    );
}

#[test]
fn server_routes_and_request_middleware_of_tanstack_start_are_followed() {
    let route = "import { createFileRoute } from '@tanstack/react-router'; import { auth } from '@clerk/tanstack-react-start/server'
        import { createMiddleware } from '@tanstack/react-start'
        const signedIn = createMiddleware().server(async ({ next }) => { if (!(await auth()).userId) throw new Response(null, { status: 401 }); return next() })
        export const Route = createFileRoute('/api/x')({ server: { handlers: {
          GET: () => new Response('x'),
          POST: async () => { const { isAuthenticated } = await auth(); if (!isAuthenticated) return new Response('no', { status: 401 }); return new Response('x') },
          PUT: { middleware: [signedIn], handler: () => new Response('x') },
        } } })";
    let open = "import { createStart } from '@tanstack/react-start'; import { clerkMiddleware } from '@clerk/tanstack-react-start/server'
        export const startInstance = createStart(() => ({ requestMiddleware: [clerkMiddleware()] }))";
    let closed = "import { createStart, createMiddleware } from '@tanstack/react-start'; import { auth, clerkMiddleware } from '@clerk/tanstack-react-start/server'
        const guard = createMiddleware().server(async ({ next, request }) => {
          if (!(await auth()).userId) return new Response('no', { status: 401 })
          return next() })
        export const startInstance = createStart(() => ({ requestMiddleware: [clerkMiddleware(), guard] }))";
    for (start, expected) in [
        (
            open,
            [
                "GET /api/x reached",
                "POST /api/x stopped",
                "PUT /api/x stopped",
            ],
        ),
        (
            closed,
            [
                "GET /api/x stopped",
                "POST /api/x stopped",
                "PUT /api/x stopped",
            ],
        ),
    ] {
        let files = [("src/start.ts", start), ("src/routes/api/x.ts", route)];
        assert_eq!(verdicts("tanstack-start", &files), expected);
    }
}

#[test]
fn a_broken_file_leaves_its_route_undecided() {
    for (framework, file) in [
        ("react-router", "app/routes/x.tsx"),
        ("nuxt", "server/api/x.ts"),
    ] {
        assert_eq!(
            only(framework, &[(file, "export const = (")]),
            "undecided",
            "{file}"
        );
    }
}
