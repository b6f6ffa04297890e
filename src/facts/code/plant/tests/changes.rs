use super::plant;

#[track_caller]
fn changed(text: &str) -> Vec<String> {
    let program = plant("a.ts", text);
    program.changed.iter().map(ToString::to_string).collect()
}

#[test]
fn a_name_of_the_top_level_that_is_assigned_again_changes() {
    for change in [
        "a = 1",
        "a += 1",
        "a++",
        "(a as any) = 1",
        "({ x: a } = y)",
        "[a = 1] = y",
        "({ ...a } = y)",
        "for (a of y) {}",
        "for (a in y) {}",
        "function f() { a = 1 }",
        "if (x) { { y(() => { a = 1 }) } }",
        "class C { static { a = 1 } }",
        "namespace N { export function f() { a = 1 } }",
    ] {
        assert_eq!(changed(&format!("let a = x; {change}")), ["a"], "{change}");
    }
}

#[test]
fn a_list_or_object_that_is_changed_in_place_changes() {
    for change in [
        "a.b = 1",
        "a.b.c = 1",
        "a[b].c++",
        "a?.b.push(1)",
        "delete a.b",
        "a.push(1)",
        "a.b.push(1)",
        "Object.assign(a, b)",
        "Object.defineProperty(a.b, 'c', d)",
        "Reflect.set(a, 'b', 1)",
        "function f() { a.splice(0) }",
        "a.b.set(1, 2)",
    ] {
        assert_eq!(
            changed(&format!("const a = {{}}; {change}")),
            ["a"],
            "{change}"
        );
    }
    for change in ["a.set(1, 2)", "a.add(1)", "a.delete(1)", "a.clear()"] {
        assert_eq!(
            changed(&format!("const a = new Map(); {change}")),
            ["a"],
            "{change}"
        );
    }
}

#[test]
fn a_call_that_only_sounds_like_a_change_is_none() {
    for text in [
        "const db = drizzle(); db.delete(users); db.users.delete(x)",
        "const app = new Hono(); app.delete('/x', f)",
        "import { cache } from './cache'; cache.set(1, 2); cache.push(3)",
        "const a = [1]; a.map(f); Object.keys(a); Object.freeze(a)",
        "const a = { delete() {} }; a.delete()",
    ] {
        assert_eq!(changed(text), [""; 0], "{text}");
    }
}

#[test]
fn a_function_stays_what_it_is_when_something_is_put_on_it() {
    assert_eq!(changed("function Page() {} Page.auth = true"), [""; 0]);
    assert_eq!(changed("const Page = () => {}; Page.auth = true"), [""; 0]);
    assert_eq!(changed("function f() {} f = wrap(f)"), ["f"]);
}

#[test]
fn a_name_that_is_declared_further_inside_is_another_one() {
    for inside in [
        "function f(a) { a = 1 }",
        "function f({ a }) { a = 1 }",
        "function f(...a) { a.push(1) }",
        "const f = a => a.b = 1",
        "function f() { a = 1; let a }",
        "function f() { if (x) { var a } a = 1 }",
        "{ let a; a = 1 }",
        "for (let a = 0; a < 1; a++) {}",
        "for (const a of y) { a.b = 1 }",
        "try {} catch (a) { a.b = 1 }",
        "switch (x) { case 1: let a; a = 1 }",
        "x(function a() { a.b = 1 })",
        "x(class a { b() { a.b = 1 } })",
        "function f() { function a() {} a = 1 }",
    ] {
        assert_eq!(
            changed(&format!("let a = []; {inside}")),
            [""; 0],
            "{inside}"
        );
    }
}

#[test]
fn a_name_of_a_block_does_not_hide_the_change_after_it() {
    assert_eq!(changed("let a; { let a; a = 1 } a = 2"), ["a"]);
    assert_eq!(changed("let a; function f() { { let a } a = 2 }"), ["a"]);
}

#[test]
fn only_what_the_module_declares_is_named() {
    assert_eq!(
        changed("module.exports = 1; exports.a = 2; globalThis.b = 3; c = 4"),
        [""; 0]
    );
    assert_eq!(
        changed("import { a } from 'a'; a.b = 1; import c from 'c'; c.push(1)"),
        ["a"]
    );
    assert_eq!(changed("let b, a; a = 1; b = 2"), ["a", "b"]);
}
