use super::*;
use crate::facts::code::value::{Exported, Form, Taken, Value};

fn read(path: &str, text: &str) -> Result<Module, SyntaxProblem> {
    Module::read(path, &Arc::from(text))
}

fn ok(path: &str, text: &str) -> Module {
    read(path, text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
}

fn forms(text: &str) -> Vec<(String, Form)> {
    let module = ok("a.ts", text);
    module
        .exports
        .iter()
        .map(|export| (export.name.clone(), export.form))
        .collect()
}

#[test]
fn imports_of_every_kind_are_read() {
    let module = ok(
        "a.ts",
        "import a, { b as c, type D } from 'x'; import * as e from 'y'; import type { F } from 'z';\n\
         const { g, h: i } = require('v'); const j = require('w'); const k = require('u').l; import 'side';\n\
         import m = require('t'); import n = m.o;",
    );
    let found: Vec<_> = module
        .imports
        .iter()
        .map(|import| {
            let taken = match &import.taken {
                Taken::All => "*",
                Taken::Export(name) => name,
            };
            (
                import.local.as_str(),
                taken,
                import.source.as_str(),
                import.type_only,
            )
        })
        .collect();
    let expected = [
        ("a", "default", "x", false),
        ("c", "b", "x", false),
        ("D", "D", "x", true),
        ("e", "*", "y", false),
        ("F", "F", "z", true),
        ("m", "*", "t", false),
        ("g", "g", "v", false),
        ("i", "h", "v", false),
        ("j", "*", "w", false),
        ("k", "l", "u", false),
    ];
    assert_eq!(found, expected);
}

#[test]
fn exports_are_read_with_the_form_they_are_written_in() {
    let one = |name: &str, form| vec![(name.to_owned(), form)];
    assert_eq!(
        forms("export default () => 1"),
        one("default", Form::Default)
    );
    assert_eq!(
        forms("export default function x() {}"),
        one("default", Form::Default)
    );
    assert_eq!(forms("export function x() {}"), one("x", Form::Declaration));
    assert_eq!(forms("export const x = 1"), one("x", Form::Declaration));
    assert_eq!(forms("export const { x } = y"), one("x", Form::Pattern));
    assert_eq!(
        forms("const y = 1; export { y as x }"),
        one("x", Form::Specifier)
    );
    assert_eq!(
        forms("export { default } from './y'"),
        one("default", Form::Specifier)
    );
    assert_eq!(forms("export * as x from './y'"), one("x", Form::Specifier));
    assert_eq!(forms("exports.x = 1"), one("x", Form::CommonJs));
    assert_eq!(forms("module.exports.x = 1"), one("x", Form::CommonJs));
    assert_eq!(forms("module.exports = y"), one("default", Form::CommonJs));
    assert_eq!(forms("export = y"), one("default", Form::CommonJs));
    assert_eq!(
        forms("export type { T } from './y'; export interface X {}; export type * from 'z'"),
        vec![]
    );
    assert_eq!(ok("a.ts", "export * from './y'").stars, ["./y"]);
}

#[test]
fn a_reexport_knows_where_it_comes_from() {
    let module = ok(
        "a.ts",
        "export { clerkMiddleware as auth } from '@clerk/nextjs/server'",
    );
    let expected = Exported::From {
        source: "@clerk/nextjs/server".into(),
        taken: Taken::Export("clerkMiddleware".into()),
    };
    assert_eq!(
        module.export("auth").map(|export| &export.exported),
        Some(&expected)
    );
}

#[test]
fn every_extension_is_read_in_its_own_language() {
    for (path, text) in [
        ("a.js", "const x = <a>{1}</a>; export default x"),
        ("a.jsx", "export default () => <></>"),
        (
            "a.ts",
            "const x = <T>(y: T) => y as const satisfies T; enum E { A } @d class C { constructor(private a: B) {} }",
        ),
        ("a.tsx", "export const X = <T,>(p: P<T>) => <a b={p!.c} />"),
        ("a.mts", "export const x: number = 1"),
        ("a.cts", "import x = require('y'); export = x"),
        ("a.mjs", "await import('x')"),
        ("a.cjs", "module.exports = { a() {} }; return"),
        ("a.js", "with (a) { b }\nvar x = 010"),
    ] {
        let _ = ok(path, text);
    }
}

#[test]
fn a_syntax_error_has_line_and_column_in_characters() {
    let problem =
        read("a.ts", "const a = 'ää';\n/* é */ const const = 1;\n").map(|module| module.recovered);
    let at = match problem {
        Ok(recovered) => recovered.map(|problem| problem.at),
        Err(problem) => Some(problem.at),
    };
    assert_eq!(
        at,
        Some(Spot {
            line: 2,
            column: 15
        })
    );
    assert_eq!(
        read("a.css", "").map(|_| ()).unwrap_err().message,
        "not a JavaScript or TypeScript file"
    );
}

#[test]
fn huge_and_deep_files_are_refused_and_not_tried() {
    let huge = "a;".repeat(600_000);
    assert!(read("a.ts", &huge).is_err());
    for open in ["(", "[", "{", "x={a:", "`${", "a(", "!", "-", "() => {"] {
        assert!(read("a.ts", &open.repeat(50_000)).is_err(), "{open}");
    }
}

#[test]
fn what_is_deep_without_brackets_is_survived() {
    for (before, part, after) in [
        ("x = ", "a ? b : ", "c"),
        ("x = ", "a => ", "1"),
        ("x = ", "a = ", "1"),
        ("x = ", "a + ", "1"),
        ("x = ", "a ** ", "1"),
        ("x = a", ".b", ""),
        ("x = a", "()", ""),
        ("x = ", "typeof ", "a"),
        ("x = ", "new ", "a"),
        ("", "if (a) ", ";"),
        ("", "if (a) b; else ", ";"),
        ("type x = ", "keyof ", "a"),
        ("type x = ", "A<", "a"),
        ("x = ", "<a>", "b"),
        // A string that is none, so that the brackets after it are not counted.
        ("x = a\n++/\"/;", "(", ""),
    ] {
        let _ = read("a.ts", &format!("{before}{}{after}", part.repeat(3_000)));
    }
}

#[test]
fn names_taken_out_of_a_value_share_it() {
    let names: String = (0..2_000).map(|n| format!("a{n},")).collect();
    let values: String = (0..2_000).map(|n| format!("a{n}: f({n}),")).collect();
    let module = ok("a.ts", &format!("const {{{names}}} = {{{values}}}"));
    assert_eq!(module.body.locals.len(), 2_001);
    assert!(matches!(module.body.locals[1].1, Value::Member { .. }));
}

#[test]
fn a_file_cut_off_anywhere_is_survived() {
    let text = "import a, { b as c } from 'x';\n/* é */ export const { d = `${a}`, ...e } = c?.(/[(]/g)!;\n\
                export default async function* <T>(f: T, [g] = []) { for await (const h of f) yield h ? <any>g : class { static { i() } } }";
    for (end, _) in text.char_indices() {
        for path in ["a.ts", "a.js"] {
            let _ = read(path, &text[..end]);
        }
    }
}
