//! A finding about many places is one for each of them: what is said of one says nothing of the others.

use std::fs;

use crate::project::{Done, Project};

const PAGE: &str = "export default function Page() {\n  return <p>Open</p>;\n}\n";
const IGNORE: &str = "// clerk-audit-ignore routes/reached: everybody may read about us\n";
const PROXY: &str = "import { clerkMiddleware } from \"@clerk/nextjs/server\";

export default clerkMiddleware();

export const config = { matcher: [\"/((?!_next).*)\"] };
";

/// An app whose middleware lets everybody through to these pages.
fn open_pages(names: &[&str]) -> Project {
    let project = Project::next_live().with("proxy.ts", PROXY);
    for name in names {
        project.write(&page(name), PAGE);
    }
    project
}

fn page(name: &str) -> String {
    format!("app/{name}/page.tsx")
}

fn reached(project: &Project, args: &[&str]) -> Done {
    let only = "routes/reached,ignores/unused,ignores/malformed";
    project.audit(&[&["--only", only, "--fail-on", "warning"], args].concat())
}

/// Writes what is found now as known, and gives the options that read it.
fn baseline(project: &Project) -> [String; 2] {
    let file = project.outside().join("baseline.json");
    let options = ["--baseline".to_owned(), file.display().to_string()];
    let [option, file] = &options;
    reached(project, &[option, file, "--baseline-write"]).exits(0);
    options
}

#[test]
fn an_ignore_in_one_page_leaves_the_others_open() {
    let project = open_pages(&["about", "admin", "missions"]);
    reached(&project, &[]).exits(1).says("3 routes are open");
    project.write(&page("about"), format!("{IGNORE}{PAGE}"));
    let done = reached(&project, &[]).exits(1).says("2 routes are open");
    let done = done.says("app/admin/page.tsx").says("the page /missions");
    assert!(!done.out.contains("app/about/page.tsx  "), "{}", done.out);
    let done = done.says("ignored: the page /about is open");
    assert!(
        done.last_line()
            .contains("2 warnings (--fail-on warning); 1 finding ignored"),
        "{}",
        done.last_line()
    );
}

#[test]
fn an_ignore_of_a_path_in_the_config_leaves_the_others_open() {
    let project = open_pages(&["about", "admin"]);
    let config = "[[ignore]]\ncheck = \"routes/reached\"\npath = \"app/about/**\"\nreason = \"everybody may read it\"\n";
    project.write("clerk-audit.toml", config);
    reached(&project, &[])
        .exits(1)
        .says("the page /admin is open")
        .says("1 warning (--fail-on warning); 1 finding ignored");

    // Where that page is gone, nothing is left for it to ignore, whatever else is open.
    fs::remove_file(project.path(&page("about"))).unwrap();
    reached(&project, &[])
        .exits(1)
        .says("the page /admin is open")
        .says("ignores/unused");
}

#[test]
fn every_page_may_be_ignored_by_itself() {
    let project = open_pages(&["about", "admin"]);
    for name in ["about", "admin"] {
        project.write(&page(name), format!("{IGNORE}{PAGE}"));
    }
    reached(&project, &[])
        .exits(0)
        .says("2 findings ignored")
        .says("Every ignore still has something to ignore");
}

#[test]
fn an_ignore_at_one_route_leaves_the_others_resting_on_the_middleware_alone() {
    let route = "import { db } from \"@/lib/db\";\n\nexport async function POST(request: Request) {\n  const post = await db.post.create({ data: await request.json() });\n  return Response.json(post);\n}\n";
    let project = open_pages(&[])
        .with("lib/db.ts", "import { PrismaClient } from \"@prisma/client\";\n\nexport const db = new PrismaClient();\n")
        .with("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#)
        .with("proxy.ts", &PROXY.replace("clerkMiddleware();", "clerkMiddleware(async (auth) => {\n  await auth.protect();\n});"))
        .with("app/api/posts/route.ts", route)
        .with("app/api/orders/route.ts", &route.replace("  const", "  // clerk-audit-ignore routes/stopped-by-middleware-only: a demo\n  const"));
    project
        .audit(&[
            "--only",
            "routes/stopped-by-middleware-only",
            "--fail-on",
            "warning",
        ])
        .exits(1)
        .says("/api/posts does sensitive work and is protected by the middleware alone")
        .says("1 warning (--fail-on warning); 1 finding ignored");
}

#[test]
fn a_page_that_opens_after_the_baseline_fails_and_is_told_alone() {
    let project = open_pages(&["about", "admin", "missions"]);
    let [option, file] = baseline(&project);
    // It comes before, between and after those that are known.
    for name in ["a", "b", "secret", "zoo"] {
        project.write(&page(name), PAGE);
        reached(&project, &[&option, &file])
            .exits(1)
            .says(&format!("the page /{name} is open"))
            .says("1 warning (--fail-on warning); 3 findings in the baseline");
        fs::remove_file(project.path(&page(name))).unwrap();
    }
}

#[test]
fn closing_a_page_of_the_baseline_is_never_a_new_finding() {
    for name in ["about", "admin", "missions"] {
        let project = open_pages(&["about", "admin", "missions"]);
        let [option, file] = baseline(&project);
        fs::remove_file(project.path(&page(name))).unwrap();
        reached(&project, &[&option, &file])
            .exits(0)
            .says("2 findings in the baseline");
    }
}

#[test]
fn a_page_of_the_baseline_stays_known_when_its_lines_move() {
    let project = open_pages(&["about", "admin"]);
    let [option, file] = baseline(&project);
    project.write(&page("about"), format!("// About us.\n\n\n{PAGE}"));
    reached(&project, &[&option, &file])
        .exits(0)
        .says("2 findings in the baseline");
}

#[test]
fn what_an_example_shows_is_known_by_itself_and_not_by_the_example() {
    let button = "import { UserButton } from \"@clerk/nextjs\";\n\nexport default function Page() {\n  return <UserButton />;\n}\n";
    let project = Project::next_live()
        .with("app/layout.tsx", "export default function Layout({ children }) {\n  return <html><body>{children}</body></html>;\n}\n")
        .with("app/a/page.tsx", button)
        .with("app/b/page.tsx", button);
    let file = project.outside().join("baseline.json");
    let only = [
        "--only",
        "app/provider-missing",
        "--baseline",
        file.to_str().unwrap(),
    ];
    project
        .audit(&[&only[..], &["--baseline-write"]].concat())
        .exits(0)
        .says("1 finding in the baseline");
    fs::remove_file(project.path("app/a/page.tsx")).unwrap();
    project
        .audit(&only)
        .exits(0)
        .says("1 finding in the baseline");
}

#[test]
fn sixty_six_open_pages_are_one_block_for_people_and_as_many_results_for_programs() {
    let names: Vec<String> = (0..66).map(|at| format!("page-{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let project = open_pages(&names);
    let only = |format: &str| {
        let done = project.audit(&["--only", "routes/reached", "--format", format]);
        done.exits(0).out
    };
    for format in ["human", "markdown", "html", "junit"] {
        let text = only(format);
        assert!(text.contains("66 routes are open"), "{format}: {text}");
        assert!(!text.contains("the page /page-65 is open"), "{format}");
    }
    let human = only("human");
    assert!(human.lines().count() < 30, "{human}");
    assert!(human.contains("66 warnings"), "{human}");

    let json = project.json(&["--only", "routes/reached"]);
    let found = &json["apps"][0]["checks"][0]["findings"];
    assert_eq!(found.as_array().unwrap().len(), 66);
    let sarif: serde_json::Value = serde_json::from_str(&only("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 66);
    let uri = &results[65]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert!(uri.as_str().unwrap().starts_with("app/page-"), "{uri}");
    let gitlab: serde_json::Value = serde_json::from_str(&only("gitlab")).unwrap();
    assert_eq!(gitlab.as_array().unwrap().len(), 66);

    // Each has its line; the advice that they share is given once.
    let agent = only("agent");
    assert_eq!(agent.matches("is open to whoever").count(), 66, "{agent}");
    assert_eq!(agent.matches("fix: ").count(), 1, "{agent}");
    assert!(
        agent.ends_with("exit 0\n") && agent.contains("66 warnings"),
        "{agent}"
    );
}
