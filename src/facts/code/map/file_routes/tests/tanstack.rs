use super::{DB, only, verdicts};

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
