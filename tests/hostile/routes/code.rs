//! Code that calls, branches, ends and waits without end.

use super::*;

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
