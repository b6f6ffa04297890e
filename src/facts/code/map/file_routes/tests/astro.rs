use super::{DB, only, verdicts};

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
        // Astro serves `/api/private/x/` too.
        (
            "export const onRequest = clerkMiddleware((auth, context) => { if (context.url.pathname === '/api/private/x') auth().redirectToSignIn() })",
            ["reached", "reached"],
        ),
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
