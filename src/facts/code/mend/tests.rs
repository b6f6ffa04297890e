//! The changes, before and after.

use super::changed;
use crate::model::fix::{Change, Guarded, Spot};

fn made(path: &str, text: &str, change: &Change) -> String {
    match changed(path, text, change) {
        Ok(Some(new)) => new,
        Ok(None) => "nothing to do".to_owned(),
        Err(why) => why,
    }
}

fn guard(text: &str) -> String {
    guard_of("GET", text)
}

fn guard_of(name: &str, text: &str) -> String {
    let change = Change::Guard(Guarded::Export(name.to_owned()));
    made("app/route.tsx", text, &change)
}

/// Awaits the call at `^`, which is taken out of the text.
fn awaits(path: &str, text: &str) -> String {
    let at = text.find('^').unwrap();
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    let spot = Spot {
        line: line as u32,
        column: column as u32,
    };
    made(path, &text.replace('^', ""), &Change::Await(spot))
}

fn parties(text: &str) -> String {
    let at = text.find('^').unwrap();
    let spot = Spot {
        line: text[..at].matches('\n').count() as u32 + 1,
        column: text[..at].rsplit('\n').next().unwrap().len() as u32 + 1,
    };
    let origin = "https://acme.shop".to_owned();
    let new = made(
        "proxy.ts",
        &text.replace('^', ""),
        &Change::Parties { at: spot, origin },
    );
    new.replace(
        "authorizedParties: process.env.NODE_ENV === \"production\" ? [\"https://acme.shop\"] : undefined",
        "PARTIES",
    )
}

#[test]
fn a_function_begins_with_the_call_and_the_file_imports_it() {
    let text = "import { db } from '@/db'\n\nexport async function GET() {\n  // all of them\n  return Response.json(await db.post.findMany())\n}\n";
    assert_eq!(
        guard(text),
        "import { db } from '@/db'\nimport { auth } from '@clerk/nextjs/server'\n\nexport async function GET() {\n  await auth.protect()\n  // all of them\n  return Response.json(await db.post.findMany())\n}\n"
    );
    let text = "export const GET = async () => { return work(); };";
    assert_eq!(
        guard(text),
        "import { auth } from \"@clerk/nextjs/server\";\n\nexport const GET = async () => { await auth.protect(); return work(); };"
    );
}

#[test]
fn an_import_that_is_there_is_used_or_gets_one_name_more() {
    let text = "import { auth as session } from \"@clerk/nextjs/server\";\nasync function list() {\n\treturn work();\n}\nexport { list as GET };\n";
    assert!(guard(text).contains("{\n\tawait session.protect();\n\treturn"));
    let text = "import { clerkClient } from \"@clerk/nextjs/server\";\nexport async function GET() {\n  work();\n}\n";
    assert!(guard(text).starts_with("import { clerkClient, auth } from"));
    let text = "import type { Auth } from \"@clerk/nextjs/server\";\nexport async function GET() {\n  work();\n}\n";
    assert!(guard(text).contains("server\";\nimport { auth } from \"@clerk"));
}

#[test]
fn a_function_becomes_async_where_only_the_framework_calls_it() {
    let page = "export default function Page() {\n  return <p>{work()}</p>;\n}\n";
    assert!(
        guard_of("default", page)
            .contains("export default async function Page() {\n  await auth.protect();\n")
    );
    for not in [
        "export default function Page() {\n  const t = useTranslations();\n  return t;\n}\n",
        "export default function Page(): JSX.Element {\n  return <p/>;\n}\n",
    ] {
        assert_eq!(
            guard_of("default", not),
            "the function is not async and cannot simply be"
        );
    }
}

#[test]
fn what_is_not_simple_is_left_as_it_is() {
    for (text, why) in [
        (
            "export const GET = wrap(async () => { work(); });",
            "the function is not written out in it",
        ),
        (
            "export const GET = async () => work();",
            "the function has no plain body",
        ),
        (
            "export async function* GET() { work(); }",
            "the function has no plain body",
        ),
        (
            "'use client';\nexport async function GET() { work(); }",
            "it runs in the browser",
        ),
        (
            "import { auth } from '@/auth';\nexport async function GET() { work(); }",
            "the name auth means something else in it",
        ),
        (
            "import { auth } from '@clerk/nextjs/server';\nexport async function GET() { const auth = 1; work(auth); }",
            "the name auth means several things in it",
        ),
        (
            "import { auth } from '@clerk/nextjs/server';\nexport async function GET() { await auth.protect(); }",
            "the function begins with it",
        ),
        (
            "export async function GET( { work(); }",
            "it is not read as code (Expected `,` or `}` but found `(`)",
        ),
    ] {
        assert_eq!(guard(text), why, "{text}");
    }
}

#[test]
fn a_server_function_is_found_by_its_name_and_its_directive() {
    let change = Change::Guard(Guarded::Action("save".to_owned()));
    let text = "'use server';\n\nexport async function save() {\n  work();\n}\n";
    let new = made("app/actions.ts", text, &change);
    assert_eq!(
        new,
        "'use server';\n\nimport { auth } from \"@clerk/nextjs/server\";\n\nexport async function save() {\n  await auth.protect();\n  work();\n}\n"
    );
    let text = "export default function Page() {\n  const save = async () => {\n    'use server';\n    work();\n  };\n  return save;\n}\n";
    let new = made("app/page.tsx", text, &change);
    assert!(
        new.contains("'use server';\n    await auth.protect();\n    work();"),
        "{new}"
    );
    let two = "async function a() { async function save() { 'use server'; x(); } }\nasync function b() { async function save() { 'use server'; x(); } }";
    assert!(made("app/page.tsx", two, &change).contains("not written out"));
}

#[test]
fn lines_end_as_they_did() {
    let text = "\u{feff}import x from 'x';\r\nexport async function GET() {\r\n  work();\r\n}";
    assert_eq!(
        guard(text),
        "\u{feff}import x from 'x';\r\nimport { auth } from '@clerk/nextjs/server';\r\nexport async function GET() {\r\n  await auth.protect();\r\n  work();\r\n}"
    );
}

#[test]
fn a_promise_is_awaited_where_it_is_taken_apart() {
    for (text, new) in [
        (
            "async function f() { const { userId } = ^auth(); }",
            "async function f() { const { userId } = await auth(); }",
        ),
        (
            "async function f() { return ^auth().userId; }",
            "async function f() { return (await auth()).userId; }",
        ),
        (
            "async function f() { auth.^protect(); }",
            "async function f() { await auth.protect(); }",
        ),
        (
            "async function f() { ^auth().protect(); }",
            "async function f() { await auth.protect(); }",
        ),
        (
            "async function f() { const a = ^auth().protect({ role: 'x' }).userId; }",
            "async function f() { const a = (await auth.protect({ role: 'x' })).userId; }",
        ),
    ] {
        assert_eq!(awaits("app/lib.ts", text), new);
    }
}

#[test]
fn it_is_awaited_in_a_function_that_may_wait() {
    let page =
        "export default function Page() {\n  const { userId } = ^auth();\n  return userId;\n}\n";
    assert!(
        awaits("app/page.tsx", page)
            .contains("export default async function Page() {\n  const { userId } = await auth();")
    );
    let others = "the function around it is not async, and others may call it";
    assert_eq!(awaits("app/lib.ts", page), others);
    let inner =
        "export default function Page() { list.map(() => { const { userId } = ^auth(); }); }";
    assert_eq!(awaits("app/page.tsx", inner), others);
    assert_eq!(
        awaits("app/lib.ts", "const { userId } = ^auth();"),
        "the call stands in no function"
    );
    assert_eq!(
        awaits("app/lib.ts", "async function f() { ^other; }"),
        "there is no such call any more"
    );
}

#[test]
fn no_line_goes_on_with_the_one_before_it() {
    for before in [
        "work()",
        "const a = { b: 1 }",
        "work() // done;",
        "const f = function () {}",
    ] {
        let text = format!("async function f() {{\n  {before}\n  ^auth().userId\n}}");
        assert_eq!(
            awaits("app/lib.ts", &text),
            "a statement would go on with the next one",
            "{before}"
        );
    }
    for before in ["work();", "if (a) { b() }", "function g() {}"] {
        let text = format!("async function f() {{\n  {before}\n  ^auth().userId\n}}");
        let new = awaits("app/lib.ts", &text);
        assert!(new.contains("\n  (await auth()).userId\n"), "{new}");
    }
    let text = "export async function GET() {\n  <T>a()\n}";
    let change = Change::Guard(Guarded::Export("GET".to_owned()));
    let new = made(
        "app/route.ts",
        &format!("import b from 'b'\n{text}"),
        &change,
    );
    assert!(new.contains("protect();\n  <T>a()"), "{new}");
}

#[test]
fn nothing_is_awaited_where_nothing_can_be() {
    for text in [
        "async function f({ a = ^auth().userId }) {}",
        "async function f(a = ^auth()) {}",
        "async function f() { class A { b = ^auth().userId } }",
        "async function f() { class A { static { const b = ^auth(); } } }",
    ] {
        assert_eq!(
            awaits("app/lib.ts", text),
            "no await can stand where the call does",
            "{text}"
        );
    }
    // What stands in parameters can be a function with statements of its own.
    let inner = "function f(a = async () => { const b = ^auth(); }) {}";
    assert!(awaits("app/lib.ts", inner).contains("= await auth()"));
}

#[test]
fn the_matcher_is_written_anew() {
    let change = Change::Matcher(vec!["/((?!_next).*)".to_owned(), "/api(.*)".to_owned()]);
    let list = "[\n    \"/((?!_next).*)\",\n    \"/api(.*)\",\n  ]";
    assert_eq!(
        made(
            "proxy.ts",
            "export const config = {\n  matcher: ['/(.*)'],\n  runtime: 'nodejs',\n} as const;\n",
            &change
        ),
        format!(
            "export const config = {{\n  matcher: {list},\n  runtime: 'nodejs',\n}} as const;\n"
        )
    );
    assert_eq!(
        made("proxy.ts", "run();", &change),
        format!("run();\n\nexport const config = {{\n  matcher: {list},\n}};\n")
    );
    assert_eq!(
        made(
            "proxy.ts",
            "export const config = { matcher: '/__clerk(.*)' };",
            &change
        ),
        "config.matcher names Clerk's proxy, too"
    );
    assert_eq!(
        made(
            "proxy.ts",
            "const config = {};\nexport { config };",
            &change
        ),
        "config is not written out"
    );
    for text in [
        "const config = {};\nrun(config);",
        "import { config } from './config';",
        "import config from './config';",
        "function config() {}",
    ] {
        assert_eq!(
            made("proxy.ts", text, &change),
            "the name config means something else in it",
            "{text}"
        );
    }
}

#[test]
fn an_entry_is_changed_in_its_list_alone() {
    let (was, with) = ("/sign-in".to_owned(), "/sign-in(.*)".to_owned());
    let change = Change::Entry { was, with };
    assert_eq!(
        made(
            "proxy.ts",
            "const url = '/sign-in';\nconst isPublic = createRouteMatcher(['/', '/sign-in']);\n",
            &change
        ),
        "const url = '/sign-in';\nconst isPublic = createRouteMatcher(['/', '/sign-in(.*)']);\n"
    );
    let twice = "const a = createRouteMatcher(['/sign-in']);\nconst b = createRouteMatcher(['/sign-in']);\n";
    assert_eq!(
        made("proxy.ts", twice, &change),
        "the entry does not stand in exactly one of its lists"
    );
}

#[test]
fn origins_are_named_in_the_options_of_the_call() {
    for (text, new) in [
        (
            "export default ^clerkMiddleware();",
            "export default clerkMiddleware({ PARTIES });",
        ),
        (
            "export default ^clerkMiddleware(async (auth) => {});",
            "export default clerkMiddleware(async (auth) => {}, { PARTIES });",
        ),
        (
            "^clerkMiddleware(handler, {\n  debug: true,\n});",
            "clerkMiddleware(handler, {\n  PARTIES,\n  debug: true,\n});",
        ),
        (
            "^authMiddleware({ publicRoutes });",
            "authMiddleware({ PARTIES, publicRoutes });",
        ),
        ("^clerkMiddleware({})", "clerkMiddleware({ PARTIES })"),
        (
            "clerk.^authenticateRequest(request, { jwtKey });",
            "clerk.authenticateRequest(request, { PARTIES, jwtKey });",
        ),
        ("^verifyToken(token);", "verifyToken(token, { PARTIES });"),
        (
            "^clerkMiddleware(handler);",
            "its options are not written out in the call",
        ),
        (
            "^clerkMiddleware(handler, { ...options });",
            "its options are put together",
        ),
    ] {
        assert_eq!(parties(text), new);
    }
}
