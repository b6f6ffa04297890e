use super::*;
use crate::facts::code::clerk;
use crate::facts::code::testing::Files;

fn of(files: &Files, file: &str, name: &str) -> ClerkUse {
    files.with(|project| {
        let module = project.module(file).unwrap().unwrap();
        Walk::new(project, clerk::NEXT).export(file, &module, name)
    })
}

fn default(text: &str) -> ClerkUse {
    of(
        &Files::new(&[("middleware.ts", text)]),
        "middleware.ts",
        "default",
    )
}

const IMPORT: &str =
    "import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server';\n";

fn after_import(text: &str) -> ClerkUse {
    default(&format!("{IMPORT}{text}"))
}

fn conditional(found: &ClerkUse) -> Option<bool> {
    match found {
        ClerkUse::Yes { conditional, .. } => Some(*conditional),
        _ => None,
    }
}

#[test]
fn clerk_runs_where_the_exported_function_is_calls_or_composes_it() {
    for text in [
        "export default clerkMiddleware()",
        "export default clerkMiddleware",
        "export default clerkMiddleware(async (auth, req) => { await auth.protect() }, { debug: true })",
        "const handler = clerkMiddleware(); export default handler",
        "const handler = clerkMiddleware(); export { handler as default }",
        "export default async function middleware(req, evt) { return clerkMiddleware()(req, evt) }",
        "export default function m(req, evt) { return clerkMiddleware(req, evt) }",
        "const clerk = clerkMiddleware(); export default async (req, evt) => { const res = await clerk(req, evt); return res }",
        "const clerk = clerkMiddleware(); export default async (req, evt) => { const res = await clerk(req, evt); if (res) return res; return intl(req) }",
        "export default chain([withIntl, withClerk]); const withClerk = () => clerkMiddleware();",
        "export default createMiddleware(clerkMiddleware())",
        "export default wrap({ before: clerkMiddleware() })",
        "export default (clerkMiddleware() as unknown) satisfies X",
        "export default withX(y)(clerkMiddleware())",
        "export default function (req, evt) { if (req.a) { return clerkMiddleware()(req, evt) } return clerkMiddleware({})(req, evt) }",
        "function inner(req, evt) { return clerkMiddleware()(req, evt) }; export default (r, e) => inner(r, e)",
        "const all = { clerk: clerkMiddleware() }; export default all.clerk",
        "const { clerk } = { clerk: clerkMiddleware() }; export default clerk",
        "module.exports = clerkMiddleware()",
    ] {
        assert_eq!(conditional(&after_import(text)), Some(false), "{text}");
    }
}

#[test]
fn every_way_to_import_the_function_is_followed() {
    for text in [
        "import { clerkMiddleware as c } from '@clerk/nextjs/server'; export default c()",
        "import * as clerk from '@clerk/nextjs/server'; export default clerk.clerkMiddleware()",
        "import { authMiddleware } from '@clerk/nextjs'; export default authMiddleware({ publicRoutes: [] })",
        "const { clerkMiddleware: c } = require('@clerk/nextjs/server'); module.exports = c()",
        "const c = require('@clerk/nextjs/server'); module.exports = c.clerkMiddleware()",
        "export default require('@clerk/nextjs/server').clerkMiddleware()",
        "export { clerkMiddleware as default } from '@clerk/nextjs/server'",
    ] {
        assert_eq!(conditional(&default(text)), Some(false), "{text}");
    }
}

#[test]
fn what_only_some_requests_reach_is_conditional() {
    for text in [
        "export default hasClerk ? clerkMiddleware() : () => new Response()",
        "export default hasClerk && clerkMiddleware()",
        "export default (req, evt) => { if (req.a) return next(); return clerkMiddleware()(req, evt) }",
        "export default (req, evt) => { if (on) { return clerkMiddleware()(req, evt) } return next() }",
        "let h = noop; if (on) h = clerkMiddleware(); export default h",
        "export default (r, e) => { try { return work(r) } catch { return clerkMiddleware()(r, e) } }",
    ] {
        assert_eq!(conditional(&after_import(text)), Some(true), "{text}");
    }
}

#[test]
fn an_import_that_the_exported_function_never_reaches_runs_nothing() {
    for text in [
        "export default intl",
        "export default function middleware() { return NextResponse.next() }",
        "const unused = clerkMiddleware(); export default (req) => NextResponse.next()",
        "export default (req) => { clerkMiddleware(); return NextResponse.next() }",
        "export default (req) => { const c = clerkMiddleware((auth) => auth()); return NextResponse.next() }",
        "export default (clerkMiddleware) => clerkMiddleware()",
        "export default (req) => { const clerkMiddleware = () => 1; return clerkMiddleware() }",
        "const isPublic = createRouteMatcher(['/']); export default (req) => isPublic(req)",
        "export const other = clerkMiddleware()",
        "",
    ] {
        assert_eq!(after_import(text), ClerkUse::No, "{text}");
    }
    for text in [
        "import type { clerkMiddleware } from '@clerk/nextjs/server'; export default clerkMiddleware()",
        "import { clerkMiddleware } from './own'; export default clerkMiddleware()",
        "import { authMiddleware } from 'next-firebase-edge'; export default withX()",
        "import createMiddleware from 'next-intl/middleware'; export default createMiddleware(routing)",
        "import { withAuth } from 'next-auth/middleware'; export default withAuth()",
        "import messages from './en.json'; export default intl(messages)",
        "import { defineEventHandler } from '#imports'; export default defineEventHandler(() => 1)",
    ] {
        let files = Files::new(&[
            ("middleware.ts", text),
            ("own.ts", "export const clerkMiddleware = () => 1"),
        ]);
        assert_eq!(
            of(&files, "middleware.ts", "default"),
            ClerkUse::No,
            "{text}"
        );
    }
}

#[test]
fn imports_are_followed_through_the_project_and_its_workspace() {
    let files = Files::new(&[
        ("apps/web/proxy.ts", "import { authMiddleware } from '@repo/auth/proxy'; export default authMiddleware(() => {})"),
        ("apps/web/dropped.ts", "import { authMiddleware } from '@repo/auth/proxy'; export default () => { authMiddleware(); }"),
        ("packages/auth/package.json", "{}"),
        ("packages/auth/proxy.ts", "export { clerkMiddleware as authMiddleware } from '@clerk/nextjs/server'"),
        ("src/middleware.ts", "import { authMiddleware } from './middlewares/auth.middleware'; export async function middleware(r, e) { return authMiddleware(r, e) }"),
        ("src/middlewares/auth.middleware.ts", "import { clerkMiddleware } from '@clerk/nextjs/server'; export function authMiddleware(r, e) { const h = clerkMiddleware({}); return h(r, e) }"),
        ("star.ts", "export * from './src/middleware'"),
        ("one.ts", "export { default } from './two'"),
        ("two.ts", "import x from './three'; export default x"),
        ("three.ts", "import { clerkMiddleware } from '@clerk/nextjs/server'; export default clerkMiddleware()"),
    ])
    .package("@repo/auth", "packages/auth");
    assert_eq!(
        conditional(&of(&files, "apps/web/proxy.ts", "default")),
        Some(false)
    );
    assert_eq!(of(&files, "apps/web/dropped.ts", "default"), ClerkUse::No);
    assert_eq!(
        conditional(&of(&files, "src/middleware.ts", "middleware")),
        Some(false)
    );
    assert_eq!(
        conditional(&of(&files, "star.ts", "middleware")),
        Some(false)
    );
    let ClerkUse::Yes { call, place, .. } = of(&files, "one.ts", "default") else {
        panic!("not followed");
    };
    assert_eq!(call, "clerkMiddleware");
    let expected = Place::Span {
        file: "three.ts".into(),
        line: 1,
        column: 72,
        excerpt: None,
    };
    assert_eq!(place, expected);
}

#[test]
fn what_cannot_be_followed_is_said_and_not_guessed() {
    let why = |text: &str| {
        let files =
            Files::new(&[("m.ts", text), ("bad.ts", "export default (")]).package("@repo/ui", "ui");
        match of(&files, "m.ts", "default") {
            ClerkUse::Undecided { why, .. } => why,
            other => panic!("{text}: {other:?}"),
        }
    };
    assert!(
        why("export { default } from '@acme/auth/middleware'").contains("@acme/auth/middleware")
    );
    assert!(why("export { default } from '@repo/edge'").contains("@repo/edge"));
    assert!(why("export { default } from './gone'").contains("./gone"));
    assert!(why("export { default } from './bad'").contains("bad.ts could not be read"));
    let mut files = vec![(
        "m.ts".to_owned(),
        "export { default } from './f0'".to_owned(),
    )];
    for n in 0..8 {
        files.push((
            format!("f{n}.ts"),
            format!("export {{ default }} from './f{}'", n + 1),
        ));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    assert!(
        matches!(of(&Files::new(&files), "m.ts", "default"), ClerkUse::Undecided { why, .. } if why.contains("more than 5"))
    );
}

#[test]
fn a_session_verified_by_hand_is_told_apart() {
    for text in [
        "import { verifyToken } from '@clerk/backend'; export default async (req) => { const t = await verifyToken(x); return t }",
        "import { createClerkClient } from '@clerk/backend'; const c = createClerkClient({}); export default async (req) => { const s = await c.authenticateRequest(req); return s }",
        "import { createClerkClient } from '@clerk/backend'; const c = createClerkClient({}); export default async (req) => { const { isSignedIn } = await c.authenticateRequest(req); return isSignedIn }",
        "export default async (req) => { await this.clerk.authenticateRequest(req) }",
    ] {
        assert!(
            matches!(default(text), ClerkUse::ByHand { .. }),
            "{text}: {:?}",
            default(text)
        );
    }
}

#[test]
fn code_that_leads_back_to_itself_comes_to_an_end() {
    for text in [
        "export default a; const a = b; const b = a;",
        "export default function f() { return f() }",
        "const f = () => g() + f(); const g = () => f() + g(); export default () => { f(); g(); return f(g()) }",
        "export { default } from './middleware'",
        "import x from './middleware'; export default x(x, x)",
    ] {
        let found = default(text);
        assert!(!found.is_yes(), "{text}: {found:?}");
    }
    let wide = (0..200).fold(String::new(), |text, n| {
        text + &format!(
            "const f{n} = () => f{next}(f{next}, f{next});\n",
            next = n + 1
        )
    });
    let found = default(&format!("{wide} export default f0"));
    assert!(matches!(found, ClerkUse::Undecided { .. }), "{found:?}");
}
