mod changes;
mod print;

use std::sync::Arc;

use print::Print;

use crate::facts::code::Module;
use crate::facts::code::tree::{Kind, Program, StatementKind};

fn plant(path: &str, text: &str) -> Arc<Program> {
    match Module::read(path, &Arc::from(text)) {
        Ok(module) => module.program,
        Err(problem) => panic!("{text}: {problem:?}"),
    }
}

/// What a module in TypeScript with JSX prints as.
fn tree(text: &str) -> String {
    plant("a.tsx", text).print()
}

#[track_caller]
fn reads(pairs: &[(&str, &str)]) {
    for (text, expected) in pairs {
        assert_eq!(tree(text), *expected, "{text}");
    }
}

#[test]
fn literals_and_names_keep_their_values() {
    reads(&[
        ("null", "null"),
        ("true", "true"),
        ("0x10", "16"),
        ("a('a\\n')", "(a \"a\\n\")"),
        ("undefined", "undefined"),
        ("this", "this"),
        ("/a[/]b/gi", "/a[/]b/gi"),
        ("`a\\tb`", "\"a\\tb\""),
        ("1n", "?"),
    ]);
}

#[test]
fn a_template_keeps_its_texts_and_expressions() {
    reads(&[
        ("`a${b}c${d}`", "`\"a\" b \"c\" d \"\"`"),
        ("sql`a${b}`", "sql`\"a\" b \"\"`"),
        ("x`\\u`", "x`\"\\\\u\"`"),
    ]);
}

#[test]
fn lists_and_objects_keep_order_spreads_and_keys() {
    reads(&[
        ("[a, , ...b]", "[a undefined ...b]"),
        (
            "({ a, 'b': 1, 2: c, [d]: e, ...f, g() {}, get h() { return 1 }, set h(v) {} })",
            "{a: a, b: 1, 2: c, [d]: e, ...f, g: fn() {}, get h: fn() {return 1}}",
        ),
    ]);
}

#[test]
fn types_leave_no_trace() {
    reads(&[
        ("(a as any)!.b<string>(c satisfies D)", "(a.b c)"),
        (
            "type A = 1; interface B {} declare const c: A; declare function d(): void",
            "",
        ),
        (
            "declare global { interface X {} } declare module 'y' { const z: 1 } namespace N { export type T = 1 }",
            "",
        ),
        (
            "abstract class A { abstract b(): void; declare c: D; [k: string]: any; e?: F }",
            "class A = class A {e: undefined}",
        ),
        (
            "function a(x: string): void; function a(this: T, x?: any) {}",
            "fn a(x) {}",
        ),
        ("import type { A } from 'a'; export type { A }", ""),
        (
            "(a as any).b = 1; (a as any) = 2; a! += 3",
            "a.b = 1; a = 2; a += 3",
        ),
    ]);
    assert_eq!(plant("a.ts", "<any>a").print(), "a");
}

#[test]
fn an_optional_chain_is_wrapped_as_a_whole() {
    reads(&[
        ("a?.b.c", "chain(a?.b.c)"),
        ("a?.[b]?.(c)", "chain((a?[b]? c))"),
        ("(a?.b).c", "chain(a?.b).c"),
        ("a?.b!.c()", "chain((a?.b.c))"),
        ("a.b?.c!", "chain(a.b?.c)"),
    ]);
}

#[test]
fn members_by_name_by_index_and_private_ones_are_told_apart() {
    reads(&[
        ("a['b'][c][0]", "a.b[c][0]"),
        ("import.meta.env.A", "import.meta.env.A"),
        (
            "class A { #b = 1; c() { return #b in this && super.c(this.#b) } }",
            "class A = class A {#b: 1, c: fn() {return (And (In \"#b\" this) (super.c this.#b))}}",
        ),
    ]);
}

#[test]
fn calls_keep_their_arguments() {
    reads(&[
        ("a(b, ...c)", "(a b ...c)"),
        ("new A.B(c)", "new(A.B c)"),
        ("new A", "new(A)"),
        ("await import('x')", "await (import \"x\")"),
        ("require('x')", "(require \"x\")"),
    ]);
}

#[test]
fn operators_are_kept_as_far_as_they_decide() {
    reads(&[
        (
            "!a; -a; +a; ~a; typeof a; void a; delete a.b",
            "(Not a); (Minus a); (Plus a); (BitNot a); (Typeof a); (Void a); (Delete a.b)",
        ),
        (
            "a === b; a !== b; a == b; a != b",
            "(Strict a b); (Strict! a b); (Loose a b); (Loose! a b)",
        ),
        (
            "a + b; a < b; a <= b; a > b; a >= b; a in b; a instanceof b; a * b",
            "(Add a b); (Less a b); (LessOrEqual a b); (Greater a b); (GreaterOrEqual a b); (In a b); (InstanceOf a b); (Other a b)",
        ),
        ("a && b || (c ?? d)", "(Or (And a b) (Nullish c d))"),
        ("a ? b : c", "(a ? b : c)"),
        ("a, b", "(a, b)"),
        ("a++; --a.b", "a++; a.b++"),
    ]);
}

#[test]
fn assignments_keep_target_and_operator() {
    reads(&[
        (
            "a = b; a += b; a ??= b; a ||= b; a &&= b; a -= b",
            "a = b; a += b; a ??= b; a ||= b; a &&= b; a ~= b",
        ),
        (
            "({ a, b: c.d = 1, ...e } = f)",
            "{a: a, b: c.d = 1, ...e} = f",
        ),
        ("[a, , b[0], ...c] = d", "[a - b[0] ...c] = d"),
        ("({ a = 1 } = b)", "{a: a = 1} = b"),
    ]);
}

#[test]
fn declarations_keep_their_patterns() {
    reads(&[
        ("const a = 1, b = 2; let c", "let a = 1, b = 2; let c"),
        (
            "var { a, b: { c = 1 }, [d]: e, ...f } = g",
            "let {a: a, b: {c: c = 1}, [d]: e, ...f} = g",
        ),
        ("const [a, , b = 1, ...c] = d", "let [a - b = 1 ...c] = d"),
    ]);
}

#[test]
fn functions_keep_parameters_directives_and_kind() {
    reads(&[
        (
            "async function* a(b, { c }, d = 1, ...e) { 'use server'; yield b; yield }",
            "async fn* a(b {c: c} d = 1 ...e) {'use server' yield b; yield}",
        ),
        ("a(async b => b)", "(a async =>(b) {return b})"),
        ("a(() => ({}))", "(a =>() {return {}})"),
        ("a(function b() {})", "(a fn b() {})"),
    ]);
}

#[test]
fn a_class_keeps_its_parts_apart() {
    reads(&[(
        "@d class A extends B { constructor(private c: C, readonly d = 1) { super(c) } e = 1; f() {} get g() { return 1 } set g(v) {} static h = 2; static i() {} static { j() } accessor k = 3 }",
        "class A = class A extends B {constructor: fn(c d = 1) {(super c)}, e: 1, f: fn() {}, get g: fn() {return 1}, k: 3, \
         static h: 2, static i: fn() {}, static static: (=>() {(j)})}",
    )]);
}

#[test]
fn jsx_keeps_components_attributes_and_what_is_inside() {
    reads(&[
        (
            "<div a='b' c d={e} {...f} g:h={<i/>}>text {j} {/* none */}{...k}<></></div>",
            "<\"div\" a=\"b\" c=true d=e ...f g:h=<\"i\">> j k <>",
        ),
        ("<A.B.C/>", "<A.B.C>"),
        ("<A/>", "<A>"),
        ("<a:b/>", "<\"a:b\">"),
        ("<></>", "<>"),
    ]);
}

#[test]
fn statements_keep_their_branches() {
    reads(&[
        (
            "if (a) b; else if (c) { d } else e",
            "if a b else if c {d} else e",
        ),
        ("if (a);", "if a {}"),
        (
            "try { a } catch ({ b }) { c } finally { d }",
            "try {a} catch {b: b} {c} finally {d}",
        ),
        ("try { a } catch { b }", "try {a} catch - {b} finally {}"),
        (
            "switch (a) { case 1: case b: c; break; default: d }",
            "switch a {1: {} b: {c; leave} default: {d}}",
        ),
        (
            "for (const a of b) c; for (a.b in c) d",
            "for a of b c; for a.b in c d",
        ),
        (
            "for (let a = 0; a < 1; a++) b",
            "for let a = 0; (Less a 1); a++ b",
        ),
        ("for (;;) { continue }", "for -; -; - {leave}"),
        (
            "while (a) b; do c; while (d)",
            "for -; a; - b; do -; d; - c",
        ),
        ("x: while (a) break x; ; debugger", "for -; a; - leave"),
        ("throw a", "throw a"),
    ]);
    assert_eq!(plant("a.cjs", "with (a) b").print(), "?");
}

#[test]
fn what_is_exported_stands_as_its_declaration() {
    reads(&[
        (
            "export const a = 1; export function b() {} export class C {}",
            "let a = 1; fn b() {}; class C = class C {}",
        ),
        (
            "export { a }; export { b } from 'b'; export * from 'c'; import d from 'd'",
            "",
        ),
        ("export default a(b)", "let *default* = (a b)"),
        (
            "export default function a() {}",
            "fn a() {}; let *default* = a",
        ),
        (
            "export default class A {}",
            "class A = class A {}; let *default* = A",
        ),
        ("export default function () {}", "let *default* = fn() {}"),
        ("export default class {}", "let *default* = class {}"),
        (
            "export default async () => {}",
            "let *default* = async =>() {}",
        ),
        ("export default interface A {}", ""),
        (
            "module.exports = a; exports.b = 1",
            "module.exports = a; exports.b = 1",
        ),
        ("export = a", "module.exports = a"),
    ]);
}

#[test]
fn an_enum_is_an_object_of_what_can_be_told() {
    reads(&[
        (
            "enum A { B, C = 5, D, 'e-f' = 'g', H = -1, I = x(), J, K = B }",
            "class A = {B: 0, C: 5, D: 6, e-f: \"g\", H: -1, I: ?, J: ?, K: ?}",
        ),
        ("export const enum A { B }", "class A = {B: 0}"),
        ("declare enum A { B }", ""),
    ]);
}

#[test]
fn an_import_by_assignment_is_a_declaration() {
    reads(&[
        (
            "import x = require('y'); import z = A.B; import type T = require('t')",
            "let x = (require \"y\"); let z = A.B",
        ),
        ("namespace A { export const b = 1 }", "let A = ?"),
    ]);
}

#[test]
fn directives_of_a_module_are_kept() {
    assert_eq!(
        plant("a.ts", "'use server'; 'use strict'; a").directives,
        [Arc::from("use server"), Arc::from("use strict")]
    );
}

#[test]
fn a_place_is_the_name_that_a_reader_would_point_at() {
    let program = plant("a.ts", "a.b.cd(e); new F(); await g(); (h as any)?.i");
    let places: Vec<_> = program
        .body
        .iter()
        .map(|statement| match &statement.kind {
            StatementKind::Expr(expr) => (statement.at, expr.at),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(places, [(0, 4), (11, 11), (20, 20), (31, 43)]);
}

#[test]
fn what_nests_too_deep_is_unknown_and_what_is_around_it_is_not() {
    let (open, close) = ("1 + (".repeat(300), ")".repeat(300));
    let program = plant("a.ts", &format!("a({open}1{close})"));
    let printed = program.print();
    assert!(
        printed.starts_with("(a ") && printed.contains('?'),
        "{printed}"
    );
    let program = plant("a.ts", &format!("x(); {} y()", "if (a) ".repeat(3_000)));
    assert!(
        matches!(&program.body[0].kind, StatementKind::Expr(call) if matches!(call.kind, Kind::Call { .. }))
    );
    assert!(program.print().ends_with('?'));
}
