//! Values that grow, that are many and that are deep.

use super::*;

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
