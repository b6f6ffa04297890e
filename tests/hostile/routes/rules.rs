//! What holds for any handler whatever.

use proptest::prelude::*;

use super::{app, map, verdict};

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
