use super::{only, verdicts};

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
    let one_of_two = "import { withClerkMiddleware } from 'h3-clerk'
        const guard = defineEventHandler((event) => { if (!event.context.auth().userId) throw createError({ statusCode: 401 }) })
        export default process.env.AUTH_MODE ? guard : withClerkMiddleware()";
    for (middleware, expected) in [
        (
            one_of_two,
            ["ALL /api/open undecided", "ALL /api/private/x undecided"],
        ),
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
