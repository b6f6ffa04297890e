//! `--fix` and `--fix=review`: what is changed, what is shown, and what is left alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "support/project.rs"]
mod project;
mod support;

use std::fs;
use std::path::Path;

use project::{LIVE_KEYS, Project};
use support::git;

fn committed(project: Project) -> Project {
    git(project.dir(), &["init", "-q"]);
    git(project.dir(), &["add", "-A", "-f"]);
    git(project.dir(), &["commit", "-q", "-m", "all"]);
    project
}

fn text(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path(path)).unwrap()
}

/// How a check of the only app ended.
fn outcome(project: &Project, check: &str) -> String {
    let report = project.json(&["--only", check]);
    report["apps"][0]["checks"][0]["outcome"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Every file with its bytes, for "nothing was changed".
fn all(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with(".git") {
                continue;
            }
            match path.is_dir() {
                true => folders.push(path),
                false => files.push((path.display().to_string(), fs::read(&path).unwrap())),
            }
        }
    }
    files.sort();
    files
}

const NOT_IGNORED: &str = "node_modules\n.next\n/.clerk/";

#[test]
fn ignore_lines_are_added_once_and_the_check_passes_then() {
    let project = committed(Project::next().with(".gitignore", NOT_IGNORED));
    project.write(".env.production", support::expand(LIVE_KEYS));
    assert_eq!(outcome(&project, "git/env-file-not-ignored"), "fail");

    let done = project.audit(&["--fix"]);
    assert_eq!(
        done.err,
        "clerk-audit: fixed .gitignore: added .env*\nclerk-audit: fixed .gitignore: added !.env.example\n"
    );
    assert_eq!(
        text(&project, ".gitignore"),
        "node_modules\n.next\n/.clerk/\n.env*\n!.env.example\n"
    );
    assert_eq!(outcome(&project, "git/env-file-not-ignored"), "pass");

    let before = all(project.dir());
    project
        .audit(&["--fix"])
        .complains("nothing here is mended");
    assert_eq!(all(project.dir()), before);
}

#[test]
fn an_ignore_file_is_made_where_there_is_none_and_lines_end_as_they_did() {
    let project = committed(Project::next());
    fs::remove_file(project.path(".gitignore")).unwrap();
    git(project.dir(), &["rm", "-q", "--cached", ".gitignore"]);
    project.audit(&["--fix", "--group", "git"]);
    assert_eq!(
        text(&project, ".gitignore"),
        ".env*\n!.env.example\n/.clerk/\n"
    );

    let project = committed(Project::next().with(".gitignore", "\u{feff}a\r\n.env*\r\nb"));
    project.audit(&["--fix", "--group", "git"]);
    assert_eq!(
        text(&project, ".gitignore"),
        "\u{feff}a\r\n.env*\r\nb\r\n/.clerk/\r\n"
    );
}

#[test]
fn variables_are_renamed_in_example_files_and_in_no_other() {
    let example =
        "# keys\nPUBLIC_CLERK_PUBLISHABLE_KEY=\nexport CLERK_SECRET_KEY=sk_live_your_secret\n";
    let wrong = LIVE_KEYS.replace("NEXT_PUBLIC_CLERK_PUB", "PUBLIC_CLERK_PUB");
    let project = committed(
        Project::next()
            .with(".env.example", example)
            .with(".env.production", &wrong),
    );
    let real = text(&project, ".env.production");
    let done = project.audit(&["--fix"]);
    assert!(done.err.contains("fixed .env.example: renamed PUBLIC_CLERK_PUBLISHABLE_KEY to NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY"), "{}", done.err);
    assert_eq!(
        text(&project, ".env.example"),
        example.replace("PUBLIC_CLERK_PUB", "NEXT_PUBLIC_CLERK_PUB")
    );
    assert_eq!(text(&project, ".env.production"), real);
    project
        .audit(&["--fix"])
        .complains("nothing here is mended");
}

#[test]
fn an_example_that_holds_a_key_is_left_alone() {
    let wrong = LIVE_KEYS.replace("NEXT_PUBLIC_CLERK_PUB", "PUBLIC_CLERK_PUB");
    let project = committed(
        Project::next()
            .with(".env.example", &wrong)
            .with(".env.production", &wrong),
    );
    let before = text(&project, ".env.example");
    project
        .audit(&["--fix"])
        .complains("not fixed, .env.example: it holds a key");
    assert_eq!(text(&project, ".env.example"), before);
}

fn exact_sign_in() -> Project {
    let project = Project::next_live();
    let proxy = text(&project, "proxy.ts").replace("/sign-in(.*)", "/sign-in");
    project.write("proxy.ts", proxy);
    project
}

#[test]
fn the_steps_of_the_sign_in_are_opened() {
    let project = committed(exact_sign_in());
    assert_eq!(outcome(&project, "routes/sign-in-not-reachable"), "fail");
    let before = text(&project, "proxy.ts");
    project
        .audit(&["--fix"])
        .complains("fixed proxy.ts: made \"/sign-in\" \"/sign-in(.*)\"");
    assert_eq!(
        text(&project, "proxy.ts"),
        before.replace("\"/sign-in\"", "\"/sign-in(.*)\"")
    );
    assert_eq!(outcome(&project, "routes/sign-in-not-reachable"), "pass");
}

#[test]
fn they_are_not_opened_where_that_opens_another_page() {
    let page = "export default function Page() { return <p>all</p>; }\n";
    for other in ["sign-in-log", "[tenant]", "[tenant]/settings", "[...all]"] {
        let project = exact_sign_in().with(&format!("app/{other}/page.tsx"), page);
        let project = committed(project);
        let before = all(project.dir());
        project.audit(&["--fix"]);
        assert_eq!(all(project.dir()), before, "{other}");
    }
}

#[test]
fn a_file_that_git_does_not_have_so_is_changed_only_by_force() {
    let project = committed(Project::next().with(".gitignore", NOT_IGNORED));
    project.write(".gitignore", "# mine\n/.clerk/\n");
    let before = all(project.dir());
    project
        .audit(&["--fix"])
        .complains("not fixed, .gitignore: it has changes that git does not have; --force changes it all the same");
    assert_eq!(all(project.dir()), before);
    project
        .audit(&["--fix", "--force"])
        .complains("fixed .gitignore");

    let staged = committed(Project::next().with(".gitignore", NOT_IGNORED));
    staged.write(".gitignore", "# mine\n/.clerk/\n");
    git(staged.dir(), &["add", ".gitignore"]);
    staged.audit(&["--fix"]).complains("fixed .gitignore");

    let untracked = committed(Project::next());
    git(untracked.dir(), &["rm", "-q", "--cached", ".gitignore"]);
    untracked.write(".gitignore", "a\n");
    untracked
        .audit(&["--fix"])
        .complains("git does not track it; --force");
}

#[cfg(unix)]
#[test]
fn what_can_be_read_once_is_not_enough_to_audit_again() {
    let project = committed(Project::next().with(".gitignore", NOT_IGNORED));
    let before = all(project.dir());
    let pipe = project.outside().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let pipe = pipe.to_str().unwrap();
    for (option, file, what) in [
        ("--env-file", pipe, format!("--env-file {pipe}")),
        ("--config", pipe, format!("--config {pipe}")),
        ("--env-file", "-", "standard input".to_owned()),
    ] {
        project
            .audit(&["--fix", option, file])
            .exits(2)
            .complains(&format!("--fix cannot read {what} twice; give it a file"));
    }
    assert_eq!(all(project.dir()), before);
}

#[test]
fn without_git_it_is_changed_and_said_so() {
    let project = Project::next().with(".gitignore", NOT_IGNORED);
    project
        .audit(&["--fix"])
        .complains("this is no git repository");
    assert!(text(&project, ".gitignore").ends_with(".env*\n!.env.example\n"));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_said_and_nothing_is_half_written() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let project = committed(Project::next().with(".gitignore", NOT_IGNORED));
    let file = project.path(".gitignore");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let before = all(project.dir());
    project
        .audit(&["--fix"])
        .complains("not fixed, .gitignore: it is read-only");
    assert_eq!(all(project.dir()), before);

    fs::remove_file(&file).unwrap();
    let outside = project.outside().join("theirs");
    fs::write(&outside, "a\n").unwrap();
    symlink(&outside, &file).unwrap();
    project
        .audit(&["--fix", "--force"])
        .complains("not fixed, .gitignore: it is a link");
    assert_eq!(fs::read_to_string(&outside).unwrap(), "a\n");
}

#[test]
fn what_is_acknowledged_is_not_mended() {
    let project = committed(Project::next().with(".gitignore", NOT_IGNORED));
    let baseline = project.outside().join("known.json");
    let baseline = baseline.to_str().unwrap();
    project.audit(&["--baseline", baseline, "--baseline-write"]);
    let before = all(project.dir());
    project
        .audit(&["--baseline", baseline, "--fix"])
        .complains("nothing here is mended");
    assert_eq!(all(project.dir()), before);
}

#[test]
fn a_report_for_programs_stays_one() {
    let project = committed(Project::next().with(".gitignore", NOT_IGNORED));
    let done = project.audit(&[
        "--fix",
        "--format",
        "json",
        "--only",
        "git/env-file-not-ignored",
    ]);
    assert_eq!(done.json()["apps"][0]["checks"][0]["outcome"], "pass");
    assert_eq!(done.code, 0);
}

const HANDLER: &str = "import { db } from '../db';\r\n\r\nexport async function POST(request: Request) {\r\n  const body = await request.json();\r\n  await db.post.create({ data: body });\r\n  return Response.json({ done: true });\r\n}";

/// A project with one of each fault that a diff mends.
fn faulty() -> Project {
    let project = Project::next_live()
        .with("app/db.ts", "import { PrismaClient } from '@prisma/client';\nexport const db = new PrismaClient();\n")
        .with("app/api/posts/route.ts", HANDLER)
        .with(
            "app/team/page.tsx",
            "import { auth } from \"@clerk/nextjs/server\";\n\nexport default function Page() {\n  const { userId } = auth();\n  return <p>{userId}</p>;\n}\n",
        )
        .with(
            "app/save.ts",
            "\"use server\";\n\nimport { db } from \"./db\";\n\nexport async function save(title: string) {\n  await db.post.create({ data: { title } });\n}\n",
        )
        .with(
            "app/write/page.tsx",
            "import { save } from \"../save\";\n\nexport default function Page() {\n  return <form action={save.bind(null, \"a\")} />;\n}\n",
        );
    project.write(
        "proxy.ts",
        "import { clerkMiddleware } from \"@clerk/nextjs/server\";\n\nexport default clerkMiddleware();\n\nexport const config = {\n  matcher: \"/(.*)\",\n};\n",
    );
    committed(project)
}

#[test]
fn the_diff_of_the_rest_applies_and_mends_it() {
    let project = faulty();
    let before = all(project.dir());
    let done = project
        .audit(&["--fix=review", "--format", "json"])
        .exits(1);
    assert_eq!(all(project.dir()), before, "a diff changes nothing");
    insta::assert_snapshot!("review", done.out);

    let patch = project.outside().join("a.patch");
    fs::write(&patch, &done.out).unwrap();
    let patch = patch.to_str().unwrap();
    git(project.dir(), &["apply", "--check", patch]);
    git(project.dir(), &["apply", patch]);
    for (check, ends) in [
        // Whether the pages are meant to be open, only a person can say.
        ("routes/reached", "warn"),
        ("routes/unawaited-auth", "pass"),
        ("routes/matcher-on-static-files", "pass"),
        ("security/authorized-parties-missing", "pass"),
    ] {
        assert_eq!(outcome(&project, check), ends, "{check}");
    }
    let again = project.audit(&["--fix=review"]);
    assert_eq!(again.out, "");
    again.complains("--fix=review: nothing here is mended by a diff\n");
}

#[test]
fn what_has_no_diff_is_said_with_the_reason() {
    let shop = Project::copy("fixtures/apps/acme-shop");
    let done = shop.audit(&["--fix=review"]).exits(1);
    let done = done
        .complains(
            "no diff for proxy.ts:5:16: the domain is not known without a live publishable key",
        )
        .complains("findings are left to you: the report says what to do");
    assert_eq!(done.out, "");
}

#[test]
fn the_diff_of_an_app_in_a_repository_applies_from_its_root() {
    let project = Project::empty();
    let app = faulty();
    fs::create_dir_all(project.path("apps/shop")).unwrap();
    support::copy_project(app.dir(), &project.path("apps/shop"));
    fs::remove_dir_all(project.path("apps/shop/.git")).unwrap();
    let project = committed(project);
    let mut command = project::program();
    command
        .arg(project.path("apps/shop"))
        .args(["--fix=review", "--offline"]);
    let done = project::finish(&mut command, b"");
    assert!(
        done.out.contains("+++ b/apps/shop/proxy.ts\n"),
        "{}",
        done.out
    );
    let patch = project.outside().join("a.patch");
    fs::write(&patch, &done.out).unwrap();
    git(
        project.dir(),
        &["apply", "--check", patch.to_str().unwrap()],
    );
    git(
        &project.path("apps/shop"),
        &["apply", "--check", patch.to_str().unwrap()],
    );
}

#[test]
fn no_diff_shows_a_key() {
    let key = support::expand("{{sk_live}}");
    let handler = HANDLER.replace(
        "'../db';\r\n",
        &format!("'../db';\r\nconst key = '{key}';\r\n"),
    );
    let project = faulty();
    project.write("app/api/posts/route.ts", handler);
    let done = project.audit(&["--fix=review"]);
    assert!(!done.out.contains(&key) && !done.err.contains(&key));
    done.complains("no diff for app/api/posts/route.ts: a key stands beside what would change");
}

#[test]
fn a_webhook_is_not_told_to_ask_for_a_session() {
    let project = Project::next_live().with(
        "app/db.ts",
        "import { PrismaClient } from '@prisma/client';\nexport const db = new PrismaClient();\n",
    );
    project.write(
        "app/api/webhooks/stripe/route.ts",
        HANDLER.replace("'../db'", "'../../../db'"),
    );
    let done = committed(project).audit(&["--fix=review"]);
    assert!(!done.out.contains("auth.protect"), "{}", done.out);
}
