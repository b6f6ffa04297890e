//! A day in the life of a team: from the first look at an old project to a gate that is green for a reason.

use std::fs;

use crate::project::{Done, Project, finish, program};
use crate::support;

const OPEN: &str = "import { db } from \"@/lib/db\";

export async function POST(request: Request) {
  const post = await db.post.create({ data: await request.json() });
  return Response.json(post);
}
";

/// An old project: two routes that anyone may write to, and env files that git does not ignore.
fn old_project() -> Project {
    let project = Project::next()
        .with(
            "lib/db.ts",
            "import { PrismaClient } from \"@prisma/client\";\n\nexport const db = new PrismaClient();\n",
        )
        .with("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#)
        // Public, and no list says so: nobody has said that this is meant.
        .with("proxy.ts", "import { clerkMiddleware } from \"@clerk/nextjs/server\";\n\nexport default clerkMiddleware();\n\nexport const config = { matcher: [\"/((?!_next).*)\"] };\n")
        .with("app/api/public/posts/route.ts", OPEN)
        .with("app/api/public/likes/route.ts", OPEN)
        .with(".gitignore", "node_modules\n.next\n");
    commit(&project, "an old project");
    project
}

fn commit(project: &Project, message: &str) {
    if !project.path(".git").is_dir() {
        support::git(project.dir(), &["init", "-q"]);
    }
    support::git(project.dir(), &["add", "-A"]);
    support::git(project.dir(), &["commit", "-q", "-m", message]);
}

/// What the team's gate runs: the code, on any machine.
fn gate(project: &Project, args: &[&str]) -> Done {
    let only = "routes/reached,git/env-file-not-ignored,ignores/unused";
    project.audit(&[&["--no-env", "--only", only], args].concat())
}

#[test]
fn a_team_adopts_the_gate_and_it_stays_on() {
    let project = old_project();
    let baseline = project.path("clerk-audit-baseline.json");
    let baseline = ["--baseline", baseline.to_str().unwrap()];

    // Morning: a config from what is there. It changes no verdict.
    let before = gate(&project, &[]).exits(1).last_line().to_owned();
    finish(program().arg("init").arg(project.dir()), b"").exits(0);
    assert!(project.path("clerk-audit.toml").is_file());
    assert_eq!(gate(&project, &[]).exits(1).last_line(), before);
    finish(program().arg("init").arg(project.dir()), b"")
        .exits(2)
        .complains("--force");

    // One of the routes is meant to be open. Somebody says so, and why.
    let reason = "// clerk-audit-ignore routes/reached: likes are anonymous\nexport async";
    let likes = "app/api/public/likes/route.ts";
    project.write(likes, OPEN.replace("export async", reason));
    gate(&project, &[])
        .exits(1)
        .says("1 finding ignored")
        .says("POST /api/public/posts");

    // The rest is for later: it is in the baseline, and the gate is green.
    gate(&project, &[&baseline[..], &["--baseline-write"]].concat()).exits(0);
    commit(&project, "clerk-audit");
    gate(&project, &baseline).exits(0).says("in the baseline");

    // Noon: a new route has the old fault. That one fails.
    project.write("app/api/public/tags/route.ts", OPEN);
    gate(&project, &baseline)
        .exits(1)
        .says("FAIL  routes/reached            POST /api/public/tags")
        .says("in the baseline: POST /api/public/posts");

    // It is guarded. Ready again.
    let guarded = OPEN
        .replace(
            "import { db }",
            "import { auth } from \"@clerk/nextjs/server\";\nimport { db }",
        )
        .replace("  const post", "  await auth.protect();\n  const post");
    project.write("app/api/public/tags/route.ts", guarded);
    gate(&project, &baseline).exits(0);

    // Evening: what a program can mend, it mends; the baseline gets shorter.
    gate(&project, &["--fix"]).exits(1).complains(".gitignore");
    let rules = fs::read_to_string(project.path(".gitignore")).unwrap();
    assert!(
        rules.starts_with("node_modules\n.next\n") && rules.contains(".env"),
        "{rules}"
    );
    let done = gate(&project, &baseline).exits(0);
    assert!(
        done.out.contains("1 finding ignored, 1 in the baseline"),
        "{}",
        done.out
    );

    // And the last old fault goes. No baseline is needed any more.
    let posts = OPEN
        .replace(
            "import { db }",
            "import { auth } from \"@clerk/nextjs/server\";\nimport { db }",
        )
        .replace("  const post", "  await auth.protect();\n  const post");
    project.write("app/api/public/posts/route.ts", posts);
    let done = gate(&project, &[]).exits(0);
    assert!(done.last_line().starts_with("READY"), "{}", done.out);
}
