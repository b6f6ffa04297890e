//! Texts that are long and deep, and patterns that take for ever.

use super::*;

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
        // What path-to-regexp refuses makes the middleware fail.
        let is_refused = why.contains("a pattern of the matcher is invalid");
        assert!(verdict != "stopped" || is_refused, "{pattern}: {why}");
    }
}
