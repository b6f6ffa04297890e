//! Ignores and baselines: what somebody says that it does not count, and everything else still does.

use std::fs;

use crate::project::{Done, Project, finish};

/// Anyone may write to this route, and that is its only fault.
const OPEN: &str = "import { db } from \"@/lib/db\";

export async function POST(request: Request) {
  const post = await db.post.create({ data: await request.json() });
  return Response.json(post);
}
";
const DB: &str =
    "import { PrismaClient } from \"@prisma/client\";\n\nexport const db = new PrismaClient();\n";
const REASON: &str =
    "// clerk-audit-ignore routes/reached: anyone may post, the editor sorts it out\n";

/// A project with that route, which the middleware lets everybody through to.
fn open_route(route: &str) -> Project {
    Project::next_live()
        .with("lib/db.ts", DB)
        .with("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#)
        .with("proxy.ts", "import { clerkMiddleware } from \"@clerk/nextjs/server\";\n\nexport default clerkMiddleware();\n\nexport const config = { matcher: [\"/((?!_next).*)\"] };\n")
        .with("app/api/posts/route.ts", route)
}

fn reached(project: &Project, args: &[&str]) -> Done {
    let args = [
        &["--only", "routes/reached,ignores/unused,ignores/malformed"],
        args,
    ]
    .concat();
    project.audit(&args)
}

fn before_post(comment: &str) -> String {
    OPEN.replace("export async", &format!("{comment}export async"))
}

#[test]
fn an_ignore_with_a_reason_takes_the_finding_out_and_keeps_it_in_sight() {
    reached(&open_route(OPEN), &[])
        .exits(1)
        .says("POST /api/posts");
    let project = open_route(&before_post(REASON));
    let done = reached(&project, &[]).exits(0).says("1 finding ignored");
    let said = "anyone may post, the editor sorts it out; app/api/posts/route.ts:3:4";
    assert!(done.out.contains("ACK   routes/reached"), "{}", done.out);
    assert!(done.out.contains(said), "{}", done.out);
    let report = project.json(&["--only", "routes/reached"]);
    let check = &report["apps"][0]["checks"][0];
    assert_eq!(check["outcome"], "acknowledged");
    assert_eq!(check["acknowledged"][0]["by"], "ignored");
}

#[test]
fn an_ignore_without_a_reason_has_no_effect() {
    let project = open_route(&before_post("// clerk-audit-ignore routes/reached\n"));
    reached(&project, &[])
        .exits(1)
        .says("gives no reason, so it has no effect");
}

#[test]
fn an_ignore_beside_the_middleware_does_not_silence_the_routes_behind_it() {
    let project = open_route(OPEN);
    let proxy = fs::read_to_string(project.path("proxy.ts")).unwrap();
    let proxy = proxy.replace("export default", &format!("{REASON}export default"));
    project.write("proxy.ts", proxy);
    reached(&project, &[])
        .exits(1)
        .says("nothing here is found by routes/reached any more");
}

#[test]
fn one_check_alone_sees_the_ignores_of_the_whole() {
    let ignored = "# clerk-audit-ignore env/secret-key-development: the demo runs with it\nCLERK_SECRET_KEY={{sk_test}}\n";
    let project = Project::next().with(".env.production", ignored);
    project
        .audit(&["--only", "env/secret-key-development"])
        .exits(0)
        .says("1 finding ignored");
    let whole = project.json(&[]);
    let checks = whole["apps"][0]["checks"].as_array().unwrap();
    let of = |id: &str| checks.iter().find(|check| check["id"] == id).unwrap();
    assert_eq!(of("env/secret-key-development")["outcome"], "acknowledged");
    assert_eq!(of("ignores/unused")["outcome"], "pass");
}

#[test]
fn what_is_in_the_baseline_does_not_fail_again_and_what_is_new_does() {
    let project = open_route(OPEN);
    let file = project.outside().join("baseline.json");
    let baseline = ["--baseline", file.to_str().unwrap()];
    let write = [&baseline[..], &["--baseline-write"]].concat();
    reached(&project, &baseline)
        .exits(2)
        .complains("--baseline-write writes one");
    reached(&project, &write)
        .exits(0)
        .says("1 finding in the baseline");
    reached(&project, &baseline)
        .exits(0)
        .says("1 finding in the baseline");

    // Lines move, and it stays the same finding.
    project.write(
        "app/api/posts/route.ts",
        format!("// About posts.\n\n\n{OPEN}"),
    );
    reached(&project, &baseline)
        .exits(0)
        .says("1 finding in the baseline");

    project.write("app/api/orders/route.ts", OPEN);
    reached(&project, &baseline)
        .exits(1)
        .says("POST /api/orders")
        .says("1 error; 1 finding in the baseline");

    // Any former report serves, one that knew a baseline itself too.
    let later = project.outside().join("later.json");
    let output = format!("json={}", later.display());
    reached(&project, &[&baseline[..], &["--output", &output]].concat()).exits(1);
    reached(&project, &["--baseline", later.to_str().unwrap()])
        .exits(0)
        .says("2 findings in the baseline");
}

#[test]
fn a_broken_baseline_is_exit_2_and_nothing_is_overwritten() {
    let project = open_route(OPEN);
    let file = project.outside().join("baseline.json");
    for (text, says) in [
        ("", "is not a JSON report of clerk-audit"),
        (
            "{\"schema\":\"clerk-audit/report/v1\",\n\"apps\":7}",
            "line 2",
        ),
        ("{\"schema\":\"clerk-audit/report/v9\"}", "another version"),
    ] {
        fs::write(&file, text).unwrap();
        let report = project.outside().join("report.json");
        fs::write(&report, "before").unwrap();
        let output = format!("json={}", report.display());
        let args = ["--baseline", file.to_str().unwrap(), "--output", &output];
        project.audit(&args).exits(2).complains(says);
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        assert_eq!(fs::read_to_string(&report).unwrap(), "before");
    }
}

#[test]
fn runs_that_write_the_same_file_never_leave_a_torn_one() {
    let project = open_route(OPEN);
    let file = project.outside().join("report.json");
    let output = format!("json={}", file.display());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let mut command = project.command(&["--offline", "--output", &output, "-q"]);
                finish(&mut command, b"").exits(1)
            });
        }
    });
    let text = fs::read_to_string(&file).unwrap();
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let left: Vec<_> = fs::read_dir(project.outside()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
