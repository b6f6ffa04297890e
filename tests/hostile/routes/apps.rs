//! Apps of many modules, routes and procedures, and middlewares of all kinds.

use super::*;

/// What stands in a module of this number.
type File = Box<dyn Fn(usize) -> String>;

#[test]
fn imports_that_go_in_circles_end() {
    let all = |project: &Project, file: &dyn Fn(usize) -> String| {
        for n in 0..200 {
            project.write(&format!("lib/m{n}.ts"), file(n));
        }
    };
    let handler = "import { db } from '@/db';\nimport { guard, other } from '../../../lib/m0';\nimport * as all from '../../../lib/m0';\nexport async function DELETE(request) {\n await guard(request); await all.guard(request); if (other) go(); await all.other(request);";
    let files: [(&str, File); 6] = [
        (
            "re-exports in a circle",
            Box::new(|n| format!("export {{ guard, other }} from './m{}';", (n + 1) % 200)),
        ),
        (
            "stars in a circle",
            Box::new(|n| format!("export * from './m{}';", (n + 1) % 200)),
        ),
        (
            "stars of everything",
            Box::new(|_| lines(200, |m| format!("export * from './m{m}';"))),
        ),
        (
            "diamonds",
            Box::new(|n| match n {
                198.. => "export const guard = async () => {};".to_owned(),
                n => format!(
                    "export * from './m{}'; export * from './m{}';",
                    n + 1,
                    n + 2
                ),
            }),
        ),
        (
            "imports in a circle",
            Box::new(|n| {
                format!(
                    "import {{ guard as next, other as o }} from './m{m}';\nimport * as all from './m{m}';\nexport const guard = async (x) => {{ await next(x); await all.guard(x) }};\nexport const other = o ? o : all.other;",
                    m = (n + 1) % 200
                )
            }),
        ),
        (
            "values in a circle",
            Box::new(|n| {
                format!(
                    "import * as a from './m{}'; import * as b from './m{}'; export const other = {{ a, b, ...a, ...b }}; export const guard = (x) => a.guard(b.other, x) || b.guard(x);",
                    (n + 1) % 200,
                    (n + 7) % 200
                )
            }),
        ),
    ];
    for (name, file) in &files {
        let project = app();
        all(&project, file);
        project.write("app/api/x/route.ts", format!("{handler}{WORK}}}"));
        let (_, map) = map(name, &project);
        let (verdict, why) = verdict(name, &map, "/api/x");
        assert_ne!(verdict, "stopped", "{name}: {why}");
    }
}

#[test]
fn configs_of_ten_thousand_entries_are_read() {
    let project = app();
    let entries = lines(10_000, |n| format!("'/a{n}/:path*',"));
    project.write("middleware.ts", format!("import {{ clerkMiddleware }} from '@clerk/nextjs/server';\nexport default clerkMiddleware(async (auth) => {{ await auth.protect() }});\nexport const config = {{ matcher: [{entries}] }};"));
    project.write(
        "app/api/x/route.ts",
        format!("import {{ db }} from '@/db';\nexport async function DELETE(request) {{{WORK}}}"),
    );
    project.write(
        "app/a9999/x/route.ts",
        format!("import {{ db }} from '@/db';\nexport async function DELETE(request) {{{WORK}}}"),
    );
    let (_, map) = map("config.matcher", &project);
    assert_ne!(verdict("config.matcher", &map, "/api/x").0, "stopped");
    assert_ne!(verdict("config.matcher", &map, "/a9999/x").0, "reached");
}

#[test]
fn thousands_of_routes_and_a_slow_middleware_are_mapped() {
    let of = |count: usize| {
        let project = app();
        for n in 0..count {
            let handler = format!(
                "import {{ db }} from '@/db';\nexport async function DELETE(request) {{{WORK}}}"
            );
            project.write(&format!("app/a{n}/[id]/route.ts"), handler);
        }
        project
    };
    let (_, fast) = map("5,000 routes", &of(5_000));
    assert_eq!(verdict("5,000 routes", &fast, "/a4999/[id]").0, "reached");
    let project = of(300);
    let burn = nested("for (const x of all) {", "go(x);", "}", 8);
    project.write("middleware.ts", format!("import {{ clerkMiddleware }} from '@clerk/nextjs/server';\nconst all = [1, 2, 3, 4, 5, 6, 7, 8, 9];\nexport default clerkMiddleware(async (auth) => {{ {burn} await auth.protect() }});"));
    let (_, slow) = map("a slow middleware", &project);
    assert_eq!(verdict("slow", &slow, "/a299/[id]").0, "undecided");
}

#[test]
fn routers_of_thousands_are_mapped() {
    let project = app();
    let procedures = lines(2_000, |n| {
        format!(
            "p{n}: {}.mutation(async ({{ ctx, input }}) => {{ await db.user.delete({{ where: {{ id: {n} }} }}) }}),",
            if n % 2 == 0 { "open" } else { "guarded" }
        )
    });
    project.write("server/trpc.ts", "import { initTRPC, TRPCError } from '@trpc/server';\nimport { auth } from '@clerk/nextjs/server';\nconst t = initTRPC.context().create();\nexport const router = t.router;\nexport const open = t.procedure;\nexport const guarded = t.procedure.use(async ({ ctx, next }) => { const { userId } = await auth(); if (!userId) throw new TRPCError({ code: 'UNAUTHORIZED' }); return next({ ctx }) });");
    project.write("server/root.ts", format!("import {{ db }} from '@/db';\nimport {{ router, open, guarded }} from './trpc';\nexport const appRouter = router({{ {procedures} }});"));
    project.write("app/api/trpc/[trpc]/route.ts", "import { fetchRequestHandler } from '@trpc/server/adapters/fetch';\nimport { appRouter } from '../../../../server/root';\nconst handler = (req: Request) => fetchRequestHandler({ endpoint: '/api/trpc', req, router: appRouter, createContext: () => ({}) });\nexport { handler as GET, handler as POST };");
    let (_, of_trpc) = map("2,000 procedures", &project);
    assert_ne!(verdict("trpc", &of_trpc, "/api/trpc/[trpc]").0, "stopped");

    let uses = ".use(async ({ ctx, next }) => next({ ctx }))".repeat(2_000);
    project.write("server/trpc.ts", format!("import {{ initTRPC }} from '@trpc/server';\nconst t = initTRPC.context().create();\nexport const router = t.router;\nexport const open = t.procedure;\nexport const guarded = t.procedure{uses};"));
    let (_, of_uses) = map("2,000 uses", &project);
    assert_ne!(verdict("uses", &of_uses, "/api/trpc/[trpc]").0, "stopped");
    let uses = lines(2_000, |n| {
        format!(
            "const p{} = p{n}.use(async ({{ ctx, next }}) => next({{ ctx }}));",
            n + 1
        )
    });
    project.write("server/trpc.ts", format!("import {{ initTRPC }} from '@trpc/server';\nconst t = initTRPC.context().create();\nconst p0 = t.procedure;\n{uses}export const router = t.router;\nexport const open = p1999;\nexport const guarded = p2000;"));
    let (_, of_uses) = map("2,000 uses by name", &project);
    assert_ne!(verdict("uses", &of_uses, "/api/trpc/[trpc]").0, "stopped");

    let hono = Project::of(&[(
        "package.json",
        r#"{"name":"app","dependencies":{"hono":"4.11.0","@hono/node-server":"1.19.0","@clerk/hono":"0.1.0","@clerk/backend":"2.33.0"}}"#,
    )]);
    hono.write("src/index.ts", format!("import {{ Hono }} from 'hono';\nimport {{ createClerkClient }} from '@clerk/backend';\nconst app = new Hono();\n{}\napp.delete('/x', async (c) => {{ await db.user.delete({{}}); return c.json({{}}) }});\nexport default app;", "app.use('*', async (c, next) => { await next() });\n".repeat(2_000)));
    let (_, of_hono) = map("2,000 layers", &hono);
    assert_ne!(verdict("hono", &of_hono, "/x").0, "stopped");
}

#[test]
fn middlewares_that_never_come_to_an_end_are_undecided_or_say_what_they_do() {
    let hostile = [
        (
            "itself",
            "const m = clerkMiddleware((auth, request) => m(request)); export default m;",
        ),
        (
            "wrapped",
            "const wrap = (f) => (request) => wrap(wrap(f))(request); export default wrap(clerkMiddleware());",
        ),
        (
            "a row of itself",
            "const stack = [a, b, c]; function a(r) { return stack.map(f => f(r))[0] } function b(r) { return a(r) } function c(r) { return b(r) } export default (request) => stack.reduce((x, f) => f(x), request);",
        ),
        (
            "grows",
            "let s = 'x'; export default clerkMiddleware((auth, request) => { for (const a of [1,2,3,4,5,6,7,8]) for (const b of [1,2,3,4,5,6,7,8]) s += s + request.url; return NextResponse.redirect(new URL(s, request.url)) });",
        ),
        (
            "never",
            "export default async function middleware() { while (true) {} }",
        ),
        (
            "a class",
            "export default new (class { constructor() { return new this.constructor() } })();",
        ),
        ("nothing", "export default undefined;"),
        (
            "a list",
            "export default [clerkMiddleware(), clerkMiddleware()];",
        ),
    ];
    for (name, code) in hostile {
        let project = app();
        project.write("middleware.ts", format!("import {{ clerkMiddleware }} from '@clerk/nextjs/server';\nimport {{ NextResponse }} from 'next/server';\n{code}"));
        project.write(
            "app/api/x/route.ts",
            format!(
                "import {{ db }} from '@/db';\nexport async function DELETE(request) {{{WORK}}}"
            ),
        );
        let (_, map) = map(name, &project);
        verdict(name, &map, "/api/x");
    }
}
