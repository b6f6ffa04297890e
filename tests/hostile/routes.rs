//! The route map of apps that nobody wrote: it is made in time and in memory, it says nothing that is not
//! so, and above all it calls no handler stopped that plainly does its work for anybody.

use std::fmt::Write as _;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value as Json;

use crate::project::{Done, Project, finish, program};

/// Generous for a debug build on a busy machine: a map of so few routes is made in well under a second.
const SOON: Duration = Duration::from_secs(40);

const PACKAGE: &str = r#"{"name":"app","dependencies":{"next":"15.5.9","@clerk/nextjs":"6.39.6"}}"#;

/// What a handler ends with when nobody has guarded it.
const WORK: &str =
    "\n;await db.user.delete({ where: { id } });\nreturn Response.json({ ok: true });";

/// An app with a middleware that lets everybody past.
fn app() -> Project {
    Project::of(&[
        ("package.json", PACKAGE),
        (
            "middleware.ts",
            "import { clerkMiddleware } from '@clerk/nextjs/server';\nexport default clerkMiddleware();",
        ),
        (
            "app/page.tsx",
            "export default function Page() { return <p>Hello</p> }",
        ),
    ])
}

/// The map of an app, made in time.
#[track_caller]
fn map(name: &str, project: &Project) -> (Done, Json) {
    let mut command = program();
    command
        .arg("routes")
        .arg(project.dir())
        .args(["--format", "json"]);
    let done = finish(&mut command, b"");
    eprintln!("{name}: {:?}", done.took);
    assert!(!done.err.contains("panicked"), "{name}: {}", done.err);
    assert_eq!(done.code, 0, "{name}: {}", done.err);
    assert!(done.took < SOON, "{name} takes {:?}", done.took);
    let map = done.json();
    (done, map)
}

/// What the map says of a route, and why.
#[track_caller]
fn verdict(name: &str, map: &Json, pattern: &str) -> (String, String) {
    let routes = map["apps"][0]["routes"].as_array().unwrap();
    let route = routes.iter().find(|route| route["pattern"] == pattern);
    let route = route.unwrap_or_else(|| panic!("{name}: no {pattern} in {map:.2000}"));
    // A file that is not read has no methods; its route is counted as undecided.
    let Some(answer) = route["methods"].get(0) else {
        return ("undecided".to_owned(), "not read".to_owned());
    };
    let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    (
        word(&answer["verdict"]),
        answer["resource"]["why"].to_string() + &answer["middleware"]["why"].to_string(),
    )
}

/// A handler that does its work for anybody, whatever comes before, is never called guarded.
#[track_caller]
fn open(name: &str, module: &str, body: &str) -> String {
    let handler = format!(
        "import {{ db }} from '@/db';\nimport {{ auth }} from '@clerk/nextjs/server';\n{module}\n\
         export async function DELETE(request: Request) {{\n{body}{WORK}\n}}\n"
    );
    let project = app();
    project.write("app/api/x/route.ts", handler);
    let (_, map) = map(name, &project);
    let (verdict, why) = verdict(name, &map, "/api/x");
    eprintln!("    {verdict} {:.200}", why);
    assert!(
        matches!(verdict.as_str(), "reached" | "undecided"),
        "{name}: {verdict}: {why}"
    );
    verdict
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for n in 0..count {
        let _ = writeln!(text, "{}", line(n));
    }
    text
}

fn nested(before: &str, middle: &str, after: &str, depth: usize) -> String {
    format!("{}{middle}{}", before.repeat(depth), after.repeat(depth))
}

#[test]
fn functions_that_call_each_other_end() {
    open(
        "itself",
        "function f(n) { return f(n - 1) + f(n - 2) }",
        "f(9);",
    );
    open(
        "awaited",
        "async function f(n) { await f(n); await f(n + 1); return f(n) }",
        "await f(9);",
    );
    open(
        "each other",
        &lines(30, |n| {
            format!(
                "async function f{n}(x) {{ {} }}",
                lines(30, |m| format!("await f{m}(x + {n});"))
            )
        }),
        "await f0(1);",
    );
    open(
        "through closures",
        "const y = f => (x => x(x))(x => f(v => x(x)(v)));\nconst loop = (self) => () => self(self)();",
        "y(f => n => f(n))(1); loop(loop)(); loop(loop(loop))();",
    );
    open(
        "through lists of callbacks",
        "const all = [];\nconst run = (x) => all.map(one => one(x)).concat(all.forEach(one => one(run)));\nall.push(run, run, run, x => run(x), async x => run(x));",
        "all.forEach(run); all.map(run).map(run); run(run);",
    );
    open(
        "through objects",
        "const a = { go() { return b.go() + this.go() }, to: () => a.go() };\nconst b = { go: () => a.go() + a.to() };",
        "a.go(); b.go();",
    );
    open(
        "thrown",
        "function f(n) { try { throw f } catch (e) { e(n); throw e } finally { f(n) } }",
        "try { f(1) } catch (e) { try { e() } catch (e) {} }",
    );
    open(
        "a chain of 5,000",
        &lines(5_000, |n| format!("const f{n} = (x) => f{}(x);", n + 1)),
        "f0(1);",
    );
    open(
        "each doubles",
        &lines(60, |n| {
            format!("const f{n} = (x) => f{m}(x) || f{m}(!x);", m = n + 1)
        }),
        "f0(1);",
    );
    open(
        "classes",
        "class A extends B { constructor() { super(new A()) } get x() { return new B().x } }\nclass B extends A { static y = new A() }",
        "new A().x; new B().x; B.y;",
    );
}

#[test]
fn branches_that_multiply_end() {
    let unknown = "await db.flag.find()";
    open(
        "60 ifs",
        "",
        &lines(60, |n| {
            format!("let a{n} = 1; if ({unknown}) {{ a{n} = {n} }} else {{ a{n}++ }}")
        }),
    );
    open(
        "60 ifs on one name",
        "",
        &format!(
            "let a = 1; {}",
            lines(60, |n| format!(
                "if ({unknown}) {{ a = [a, {n}] }} else {{ a = {{ a }} }}"
            ))
        ),
    );
    open(
        "30 deep",
        "",
        &nested(
            &format!("if ({unknown}) {{ one();"),
            "two();",
            "} else { three(); }",
            30,
        ),
    );
    open(
        "200 deep",
        "",
        &nested(
            &format!("if ({unknown}) {{ one();"),
            "two();",
            "} else { three(); }",
            200,
        ),
    );
    open(
        "a tree of ifs",
        "",
        &(0..11).fold("go();".to_owned(), |inner, n| {
            format!("if (await db.f{n}()) {{ {inner} }} else {{ {inner} }}")
        }),
    );
    open(
        "40 loops in each other",
        "",
        &nested(
            "for (const x of await db.all()) { while (await db.more()) {",
            "go();",
            "} }",
            20,
        ),
    );
    open(
        "known loops in each other",
        "const all = [1, 2, 3, 4, 5, 6, 7, 8, 9];",
        &nested("for (const x of all) {", "go();", "}", 20),
    );
    open(
        "maps in each other",
        "const all = [1, 2, 3, 4, 5, 6, 7, 8, 9];",
        &nested("all.map((x) => ", "1", ")", 20),
    );
    open(
        "200 ors",
        "",
        &format!(
            "const a = {}; if (a) go();",
            vec![unknown; 200].join(" || ")
        ),
    );
    open(
        "200 ands and ors",
        "",
        &format!(
            "const a = {}; if (a) go();",
            vec!["x && y ?? z"; 200]
                .join(" || ")
                .replace(" && y ?? z", " && (y ?? z)")
        ),
    );
    open(
        "200 conditionals",
        "",
        &format!(
            "const a = {} 1; go(a);",
            (0..200)
                .map(|n| format!("{unknown} ? {n} :"))
                .collect::<String>()
        ),
    );
}

#[test]
fn early_ends_that_multiply_end() {
    let unknown = "await db.flag.find()";
    open(
        "500 returns",
        &format!(
            "const f = async (x) => {{ {} }};",
            lines(500, |n| format!("if ({unknown}) return {n};"))
        ),
        "const a = await f(1); const b = await f(a); if (a || b) go();",
    );
    open(
        "500 throws",
        &format!(
            "const f = async (x) => {{ {} }};",
            lines(500, |n| format!("if ({unknown}) throw new Error('{n}');"))
        ),
        "try { await f(1) } catch (e) { try { await f(e) } catch (e) { go() } }",
    );
    open(
        "tries in each other",
        "",
        &nested(
            &format!("try {{ if ({unknown}) throw 1;"),
            "go();",
            &format!("}} catch (e) {{ if ({unknown}) throw e; }} finally {{ go(); }}"),
            60,
        ),
    );
    open(
        "tries in catches",
        "",
        &nested(
            &format!("try {{ if ({unknown}) throw 1; if ({unknown}) throw 2; }} catch (e) {{"),
            "go();",
            "}",
            60,
        ),
    );
    open(
        "tries in finally",
        "",
        &nested("try { go() } finally {", "go();", "}", 100),
    );
    open(
        "2,000 tries",
        "",
        &lines(2_000, |n| {
            format!("try {{ if ({unknown}) throw {n} }} catch {{ }}")
        }),
    );
    open(
        "a switch of 2,000",
        "",
        &format!(
            "switch ({unknown}) {{ {} }}",
            lines(2_000, |n| format!("case {n}: one();"))
        ),
    );
    open(
        "a switch of 500 that breaks",
        "",
        &format!(
            "switch ({unknown}) {{ {} }}",
            lines(500, |n| format!("case {n}: if ({unknown}) break; one();"))
        ),
    );
    open(
        "switches in each other",
        "",
        &nested(
            &format!("switch ({unknown}) {{ case 1: go(); case 2: go(); default:"),
            "go();",
            "}",
            40,
        ),
    );
    open(
        "callbacks that throw",
        "",
        &lines(300, |n| {
            format!(
                "await db.transaction(async (tx) => {{ if ({unknown}) throw {n}; await db.transaction(async () => {{ if ({unknown}) throw {n} }}) }}).catch((e) => {{ if (e) throw e }});"
            )
        }),
    );
    open(
        "2,000 calls that do work",
        "",
        &lines(2_000, |n| format!("await db.t{n}.delete({{ id: {n} }});")),
    );
    open(
        "10,000 calls that do work",
        "",
        &lines(10_000, |n| format!("await db.t{n}.delete({{ id: {n} }});")),
    );
    open(
        "labels",
        "",
        "a: for (;;) { b: for (;;) { if (await db.x()) break a; if (await db.x()) continue b; break b } break }",
    );
}

#[test]
fn values_that_grow_are_let_go() {
    open(
        "text",
        "",
        &format!(
            "let s = 'x'; {} if (s === 'y') return;",
            "s = s + s;".repeat(60)
        ),
    );
    open(
        "text of other text",
        "",
        &format!(
            "let s = 'x'; {} if (s === 'y') return;",
            "s = `${s}${s}`;".repeat(60)
        ),
    );
    open(
        "text by +=",
        "",
        &format!(
            "let s = 'x'; {} if (s === 'y') return;",
            "s += s;".repeat(60)
        ),
    );
    open(
        "text by concat",
        "",
        &format!(
            "let s = 'x'; {} if (s === 'y') return;",
            "s = s.concat(s);".repeat(60)
        ),
    );
    open(
        "text by replace",
        "",
        &format!(
            "let s = 'x'; {} if (s === 'y') return;",
            "s = s.replaceAll('x', s).replace('x', s);".repeat(60)
        ),
    );
    open(
        "text by join",
        "",
        &format!(
            "let s = 'x'; {} if (s === 'y') return;",
            "s = [s, s, s, s].join(s);".repeat(60)
        ),
    );
    open(
        "text of other letters",
        "",
        &format!(
            "let s = 'ﬃ'; {} if (s === 'y') return;",
            "s = s.toUpperCase().toLowerCase() + s;".repeat(60)
        ),
    );
    open(
        "text in a loop",
        "",
        "let s = 'x'; for (const a of [1,2,3,4,5,6,7,8]) for (const b of [1,2,3,4,5,6,7,8]) s += s; if (s === 'y') return;",
    );
    open(
        "lists by spread",
        "",
        &format!(
            "let a = [1]; {} if (a.length === 3) return;",
            "a = [...a, ...a];".repeat(60)
        ),
    );
    open(
        "lists by concat",
        "",
        &format!(
            "let a = [1]; {} if (a.length === 3) return;",
            "a = a.concat(a);".repeat(60)
        ),
    );
    open(
        "lists by push",
        "",
        &format!(
            "const a = [1]; {} if (a.includes(3)) return;",
            "a.push(...a);".repeat(60)
        ),
    );
    open(
        "lists by flatMap",
        "",
        &format!(
            "let a = [1]; {} if (a.includes(3)) return;",
            "a = a.flatMap(x => [x, x]);".repeat(60)
        ),
    );
    open(
        "lists by flat",
        "",
        &format!(
            "let a = [1]; {} if (a.includes(3)) return;",
            "a = [a, a].flat();".repeat(60)
        ),
    );
    open(
        "lists by split",
        "",
        &format!(
            "let s = 'a,b'; {} if (s === 3) return;",
            "s = s.split('').join(s);".repeat(30)
        ),
    );
    open(
        "lists by rest",
        "const f = (...a) => [...a, ...a];",
        &format!(
            "let a = [1]; {} if (a.includes(3)) return;",
            "a = f(...a);".repeat(60)
        ),
    );
    open(
        "lists of lists",
        "",
        &format!(
            "let a = [1]; {} if (a.flat(Infinity).includes(3)) return; go(a); JSON.stringify(a); `${{a}}`;",
            "a = [a, a, a];".repeat(60)
        ),
    );
    open(
        "objects of objects",
        "",
        &format!(
            "let a = {{}}; {} if (a.a?.b?.a) return; go(a); JSON.stringify(a); `${{a}}`; a + a; a === a;",
            "a = { a, b: a, ...a, c: [a] };".repeat(60)
        ),
    );
    open(
        "objects by computed names",
        "",
        &format!(
            "let a = {{}}, k = 'k'; {} go(a);",
            "k = k + 'k'; a = { ...a, [k]: a };".repeat(2_000)
        ),
    );
    open(
        "a list 20,000 deep",
        "",
        &format!(
            "let a = []; {} go(a); if (a) return go(a);",
            "a = [a];".repeat(20_000)
        ),
    );
    open(
        "an object by a loop",
        "const n = [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30];",
        "let o = {}; for (const a of n) for (const b of n) for (const c of n) o = { o, a, b, c }; go(o); if (o.o.o.o === 1) return;",
    );
    open(
        "a function of functions",
        "",
        &format!(
            "let f = () => 1; {} f();",
            "{ const g = f; f = () => g() + g(); }".repeat(60)
        ),
    );
    open(
        "promises of promises",
        "",
        &format!(
            "let p = Promise.resolve(1); {} await p;",
            "p = p.then((x) => p).catch(() => p).finally(() => p);".repeat(200)
        ),
    );
    open(
        "all promises",
        "",
        &format!(
            "let p = Promise.resolve(1); {} await p;",
            "p = Promise.all([p, p, p]);".repeat(60)
        ),
    );
    open(
        "one of many",
        "",
        &format!(
            "let a = 1; {} if (a) go(); a.b.c(); await a;",
            lines(100, |n| format!(
                "a = (await db.x()) ? {{ n: {n}, a }} : [a, {n}];"
            ))
        ),
    );
    open(
        "bound",
        "",
        &format!("let f = go; {} f();", "f = f.bind(null, f, f);".repeat(60)),
    );
    open(
        "numbers",
        "",
        &format!(
            "let n = 2; {} if ([1].slice(n).at(n) || 'a'.slice(n, -n).at(-n)) return; 'x'.repeat(n).padStart(n); new Array(n).fill(n); Array.from({{ length: n }});",
            "n = n + n;".repeat(1_100)
        ),
    );
}

#[test]
fn a_hundred_thousand_items_are_read_or_let_go() {
    let items = lines(100_000, |n| format!("'/a{n}(.*)',"));
    for list in [items.as_str(), &items[..items.len() / 3]] {
        open(
            "a list asked",
            &format!("const all = [{list}];"),
            "const { pathname } = new URL(request.url); if (all.some(one => pathname.startsWith(one))) return new Response(null, { status: 401 }); if (all.includes(pathname)) return go(); all.map(one => one + pathname);",
        );
    }
    for list in [items.as_str(), &items[..items.len() / 3]] {
        let project = app();
        project.write(
            "app/api/x/route.ts",
            format!(
                "import {{ db }} from '@/db';\nexport async function DELETE(request) {{{WORK}}}"
            ),
        );
        // A file of more than a megabyte is not read, and its app is not judged.
        project.write(
            "app/layout.tsx",
            "import { ClerkProvider } from '@clerk/nextjs';\nexport default ({ children }) => <ClerkProvider>{children}</ClerkProvider>;",
        );
        project.write("middleware.ts", format!(
            "import {{ clerkMiddleware, createRouteMatcher }} from '@clerk/nextjs/server';\n\
             const isPublic = createRouteMatcher([{list}'/api/x']);\n\
             export default clerkMiddleware(async (auth, request) => {{ if (!isPublic(request)) await auth.protect() }});"));
        let (_, map) = map("a matcher of many entries", &project);
        let (verdict, why) = verdict("many entries", &map, "/api/x");
        eprintln!("    {verdict} {why:.100}");
        assert_ne!(verdict, "stopped", "{why}");
    }
}

#[test]
fn what_is_deep_in_every_way_at_once_is_left() {
    let deep = |inner: String| nested("go([", &inner, "])", 110);
    let values = lines(300, |n| {
        format!("const a{n} = {};", deep(format!("a{}", n + 1)))
    });
    open("values that need each other", &values, "go(a0);");
    let calls = lines(100, |n| {
        let inner = deep(format!("f{}(x)", n + 1));
        format!(
            "const f{n} = async (x) => {{ {} }};",
            nested("if (await x()) {", &format!("await {inner}"), "}", 60)
        )
    });
    open(
        "functions that call each other",
        &calls,
        "await f0(request);",
    );
    let both = lines(300, |n| {
        let inner = deep(format!("f{}(a{})", n + 1, n + 1));
        format!(
            "const f{n} = (x) => {inner}; const a{n} = {};",
            deep(format!("f{n}(1)"))
        )
    });
    open("values and functions", &both, "go(a0);");
}

#[test]
fn what_has_no_end_is_left() {
    for (name, body) in [
        ("while", "while (true) { await go() }"),
        ("for", "for (;;) {}"),
        ("do", "do { await go() } while (true)"),
        (
            "generators",
            "function* g() { while (true) { yield* g() } } for (const x of g()) { go(x) } const [a, b] = g(); for await (const y of (async function* () { yield 1 })()) {}",
        ),
        (
            "proxies",
            "const p = new Proxy({}, { get: () => p, apply: () => p() }); p.a.b.c(); p(); if (p) go();",
        ),
        (
            "getters",
            "const o = { get a() { return this.a }, set a(v) { this.a = v }, get b() { return o.b.b } }; o.a; o.a = 1; o.b.b;",
        ),
        (
            "promises in circles",
            "const a = (async () => await b)(), b = (async () => await a)(); await a; await b; const c = new Promise((ok) => ok(c)); await c; c.then(() => c);",
        ),
        (
            "thenables",
            "const t = { then(ok) { ok(t); t.then(ok) } }; await t; await Promise.race([t, t]);",
        ),
        (
            "eval",
            "eval('while (true) {}'); new Function('return this')(); with (x) { go() }",
        ),
        (
            "symbols",
            "const o = { [Symbol.iterator]: function* () { yield o }, [Symbol.toPrimitive]: () => o }; [...o]; `${o}`; o + o;",
        ),
        (
            "itself",
            "const x = x; let y = y + y; var z = [z, z]; const { a = b, b = a } = {}; const [f = () => f()] = []; f();",
        ),
        (
            "its own argument",
            "const f = (a = b, b = a, { c = f(c) } = f(), ...d) => f(...d, ...d); f(); f(1, 2, {}, 4);",
        ),
    ] {
        open(name, "", body);
    }
    for (name, module) in [
        (
            "declared in circles",
            "const a = b(), b = () => a, c = [d], d = { c }, e = e, f = (() => f())();",
        ),
        (
            "changed in circles",
            "let a = b, b = a; a = a + b; b = [a, b]; function go() { a = b; b = a }",
        ),
        (
            "exported in circles",
            "export { x as y } from './route'; export { y as x } from './route'; export * from './route'; export * as all from './route'; import * as own from './route'; import { DELETE as other } from './route'; own.all.all.all();",
        ),
    ] {
        open(
            name,
            module,
            "go(a, b); await own.x(); await other(request);",
        );
    }
}

#[test]
fn names_of_every_object_are_names() {
    for name in [
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "prototype",
        "valueOf",
        "length",
        "then",
        "()",
    ] {
        let body = format!(
            "const o = {{}}; if (o[{name:?}]) go(); o[{name:?}] = 1; const {{ [{name:?}]: a = 1 }} = o; if ({name:?} in o) go(a); request[{name:?}]; [][{name:?}]; ''[{name:?}]; (() => 1)[{name:?}]; if (o[{name:?}]?.[{name:?}]) go(); const f = o[{name:?}]; try {{ f() }} catch {{}}"
        );
        open(name, "", &body);
    }
    for name in ["proto__", "constructor", "toString", "hasOwnProperty"] {
        let module = format!(
            "const {name} = async (x) => x; import * as {name}All from '@/lib/{name}'; export {{ {name} as other }}; const o = {{ {name}, {name}() {{}}, get {name}() {{ return 1 }} }};"
        );
        open(
            name,
            &module,
            &format!("await {name}(o.{name}); {name}All.{name}(); if ({name}) go();"),
        );
        let project = app();
        project.write(
            &format!("app/{name}/[{name}]/route.ts"),
            format!(
                "import {{ db }} from '@/db';\nexport async function DELETE(request) {{{WORK}}}"
            ),
        );
        project.write(&format!("app/{name}/page.tsx"), "import { auth } from '@clerk/nextjs/server';\nexport default async function Page() { await auth.protect(); return null }");
        let (_, map) = map(name, &project);
        assert_eq!(
            verdict(name, &map, &format!("/{name}/[{name}]")).0,
            "reached"
        );
        assert_eq!(verdict(name, &map, &format!("/{name}")).0, "stopped");
    }
}

#[test]
fn code_that_nests_ten_thousand_deep_is_left_unread() {
    let deep = 10_000;
    for (name, expression) in [
        ("calls", nested("f(", "1", ")", deep)),
        ("calls of calls", format!("f{}", "()".repeat(deep))),
        ("members", format!("f{}", ".a".repeat(deep))),
        ("optional members", format!("f{}", "?.a".repeat(deep))),
        ("indexes", format!("f{}", "[0]".repeat(deep))),
        ("lists", nested("[", "", "]", deep)),
        ("objects", nested("({a:", "1", "})", deep)),
        ("conditionals", format!("{}1", "a?1:".repeat(deep))),
        ("conditionals inside", nested("a?", "1", ":2", deep)),
        ("templates", nested("`${", "1", "}`", deep)),
        ("functions", nested("()=>", "1", "", deep)),
        ("functions that run", nested("(()=>", "1", ")()", deep)),
        ("sums", format!("1{}", "+a".repeat(deep))),
        ("ors", format!("a{}", "||a".repeat(deep))),
        ("nots", format!("{}a", "!".repeat(deep))),
        ("awaits", format!("{}a", "await ".repeat(deep))),
        ("assignments", format!("{}1", "a=".repeat(deep))),
        ("sequences", format!("(1{})", ",a".repeat(deep))),
        ("types", format!("1 as {}", nested("A<", "B", ">", deep))),
        ("elements", nested("<a>", "", "</a>", deep)),
        ("elements in properties", nested("<a b={", "1", "}/>", deep)),
    ] {
        for depth in ["", "shallow"] {
            let expression = if depth.is_empty() {
                expression.clone()
            } else {
                // As deep as is still read.
                match name {
                    "calls" => nested("f(", "1", ")", 200),
                    "calls of calls" => format!("f{}", "()".repeat(200)),
                    "members" => format!("f{}", ".a".repeat(200)),
                    "lists" => nested("[", "", "]", 200),
                    "functions that run" => nested("(()=>", "1", ")()", 150),
                    "templates" => nested("`${", "1", "}`", 150),
                    "elements" => nested("<a>", "", "</a>", 200),
                    "sums" => format!("1{}", "+a".repeat(200)),
                    _ => continue,
                }
            };
            let project = app();
            project.write("app/api/x/route.tsx", format!("import {{ db }} from '@/db';\nexport async function DELETE(request) {{ go({expression});{WORK}}}"));
            let (_, map) = map(name, &project);
            let (verdict, why) = verdict(name, &map, "/api/x");
            assert_ne!(verdict, "stopped", "{name}: {why}");
        }
    }
    open("blocks", "", &nested("{", "go();", "}", deep));
    open("ifs", "", &nested("if (a) {", "go();", "}", deep));
    open(
        "elses",
        "",
        &format!("if (a) go(); {}", "else if (b) go();".repeat(deep)),
    );
}

#[test]
fn long_lines_cost_no_more_than_short_ones() {
    let call = "go(a.b,[1,'é'],{c:d=>e});";
    for size in [900_000, 10_000_000] {
        open("a line", "", &call.repeat(size / call.len()));
    }
    open(
        "a line of declarations",
        &lines(30_000, |n| format!("const a{n}=go(a{});", n + 1)).replace('\n', ""),
        "go(a1);",
    );
    open(
        "a line of names that change",
        &lines(8_000, |n| format!("let a{n}=0;a{n}=b{n};")).replace('\n', ""),
        "go(a1);",
    );
    open(
        "names that change and are used",
        &lines(3_000, |n| format!("let a{n}=0;a{n}=b{n};")),
        &lines(3_000, |n| format!("go(a{n});")),
    );
    open(
        "branches that write much",
        "",
        &format!(
            "let {}; if (await db.x()) {{ {} }}",
            (0..8_000)
                .map(|n| format!("a{n}"))
                .collect::<Vec<_>>()
                .join(","),
            lines(8_000, |n| format!("a{n} = {n};"))
        ),
    );
    open(
        "branches in branches that write much",
        "",
        &format!(
            "let {}; {}",
            (0..2_000)
                .map(|n| format!("a{n}"))
                .collect::<Vec<_>>()
                .join(","),
            nested(
                "if (await db.x()) {",
                &lines(2_000, |n| format!("a{n} = {n};")),
                "}",
                60
            )
        ),
    );
}

#[test]
fn imports_that_go_in_circles_end() {
    let all = |project: &Project, file: &dyn Fn(usize) -> String| {
        for n in 0..200 {
            project.write(&format!("lib/m{n}.ts"), file(n));
        }
    };
    let handler = "import { db } from '@/db';\nimport { guard, other } from '../../../lib/m0';\nimport * as all from '../../../lib/m0';\nexport async function DELETE(request) {\n await guard(request); await all.guard(request); if (other) go(); await all.other(request);";
    let files: [(&str, Box<dyn Fn(usize) -> String>); 6] = [
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
        eprintln!("    {verdict} {why:.100}");
        assert_ne!(verdict, "stopped", "{name}: {why}");
    }
}

#[test]
fn regular_expressions_that_never_end_are_left() {
    let path = format!("/{}", "a".repeat(3_000));
    let body = format!(
        "const path = {path:?} + '!'; {} if (/(.*)*x/.exec(request.url)) return; if (/^(\\/?a+)+$/.test(path)) go(); path.match(/((a*)*)*b/); path.replace(/(a|aa)+$/, ''); path.split(/(a+)+b/);",
        lines(50, |n| format!(
            "/^\\/(a+)+${n}/.test(path); /(a*)*(a*)*(a*)*{n}$/.test(path); /(?=(a+))\\1{n}b/.test(path); /(a{{1,1000}}){{1,1000}}b/.test(path);"
        ))
    );
    open("tests", "", &body);
    for pattern in [
        "/(a+)+$",
        "/((a+)+)+b",
        "/(a|a)*b",
        "/(.*)(.*)(.*)(.*)(.*)(.*)x",
        "/:a(.*)*:b(.*)*",
        "/(a{1,1000}){1,1000}",
        "/((((((((((a*)*)*)*)*)*)*)*)*)*)*b",
    ] {
        let project = app();
        let long = "a".repeat(200);
        project.write(
            &format!("app/{long}/route.ts"),
            format!(
                "import {{ db }} from '@/db';\nexport async function DELETE(request) {{{WORK}}}"
            ),
        );
        project.write("middleware.ts", format!(
            "import {{ clerkMiddleware, createRouteMatcher }} from '@clerk/nextjs/server';\n\
             const isPrivate = createRouteMatcher([{}'{pattern}x']);\nconst isOther = createRouteMatcher([/{}x/]);\n\
             export default clerkMiddleware(async (auth, request) => {{ if (isPrivate(request)) await auth.protect(); if (isOther(request)) await auth.protect() }});\n\
             export const config = {{ matcher: ['/((?!x).*)'] }};", format!("'{pattern}x',").repeat(50), pattern.replace('/', "\\/")));
        let (_, map) = map(pattern, &project);
        let (verdict, why) = verdict(pattern, &map, &format!("/{long}"));
        eprintln!("    {verdict} {why:.100}");
        // What path-to-regexp refuses makes the middleware fail.
        let is_refused = why.contains("a pattern of the matcher is invalid");
        assert!(verdict != "stopped" || is_refused, "{pattern}: {why}");
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
    eprintln!(
        "{:?} {:?}",
        verdict("", &map, "/api/x"),
        verdict("", &map, "/a9999/x")
    );
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
        let (verdict, why) = verdict(name, &map, "/api/x");
        eprintln!("    {name} {verdict} {why:.100}");
    }
}

/// The body of a handler, as a program could write it.
fn body() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "await db.user.findMany();",
        "await db.user.delete({});",
        "await auth.protect();",
        "if (!(await auth()).userId) return new Response(null, { status: 401 });",
        "if (!(await auth()).userId) throw new Error('no');",
        "go();",
        "let s = 'a'; s += s; if (s === 'b') go();",
        "await Promise.all([go(), db.user.count()]);",
        "return Response.json({});",
        "return new Response(null, { status: 404 });",
        "throw new Error('x');",
        "const run = async () => { await db.post.update({}) }; await run();",
    ])
    .prop_map(str::to_owned);
    let condition = prop::sample::select(vec![
        "await db.flag.find()",
        "(await auth()).userId",
        "request.headers.get('x') === process.env.SECRET",
        "request.headers.get('x')",
        "true",
        "false",
        "x()",
    ]);
    leaf.prop_recursive(4, 40, 4, move |inner| {
        let some = prop::collection::vec(inner, 0..4).prop_map(|all| all.join("\n"));
        (0_usize..9, condition.clone(), some.clone(), some).prop_map(|(shape, test, one, other)| {
            match shape {
                0 => format!("if ({test}) {{ {one} }} else {{ {other} }}"),
                1 => format!("try {{ {one} }} catch (e) {{ {other} }}"),
                2 => format!("try {{ {one} }} finally {{ {other} }}"),
                3 => format!("for (const item of [1, 2]) {{ {one} }} {{ {other} }}"),
                4 => format!("while ({test}) {{ {one} break; }}"),
                5 => format!("await (async () => {{ {one} }})();"),
                6 => format!("[1, 2].forEach(async () => {{ {one} }});"),
                7 => format!("switch ({test}) {{ case 1: {{ {one} }} default: {{ {other} }} }}"),
                _ => format!("{{ {one} }} {{ {other} }}"),
            }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_changes_nothing_changes_no_verdict_and_what_comes_first_decides(
        bodies in prop::collection::vec(body(), 1..6)
    ) {
        let project = app();
        for (n, body) in bodies.iter().enumerate() {
            let forms = [
                ("plain", body.clone()),
                ("block", format!("{{ {body} }}")),
                ("log", format!("console.log('x'); {body}")),
                ("guarded", format!("await auth.protect(); {body}")),
                ("open", format!("await db.user.delete({{}}); {body}")),
            ];
            for (form, body) in forms {
                project.write(&format!("app/{form}{n}/route.ts"), format!(
                    "import {{ db }} from '@/db';\nimport {{ auth }} from '@clerk/nextjs/server';\n\
                     export async function POST(request: Request) {{\n{body}\n}}\n"));
            }
        }
        let (first, json) = map("made up", &project);
        let (second, _) = map("made up again", &project);
        prop_assert_eq!(&first.out, &second.out);
        for (n, body) in bodies.iter().enumerate() {
            let of = |form: &str| verdict(form, &json, &format!("/{form}{n}"));
            let plain = of("plain");
            prop_assert_eq!(&plain.0, &of("block").0, "in a block: {}", body);
            prop_assert_eq!(&plain.0, &of("log").0, "after a log: {}", body);
            prop_assert_eq!(&of("guarded").0, "stopped", "{}", body);
            prop_assert_eq!(&of("open").0, "reached", "{}", body);
        }
    }
}
