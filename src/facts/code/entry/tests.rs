use super::*;
use crate::facts::code::testing::Files;

const CLERK: &str =
    "import { clerkMiddleware } from '@clerk/nextjs/server'; export default clerkMiddleware();";
const OTHER: &str = "export default function middleware() { return new Response() }";

fn next(major: Option<u32>, files: &[(&str, &str)]) -> EntryFacts {
    within("", major, files)
}

fn within(folder: &str, major: Option<u32>, files: &[(&str, &str)]) -> EntryFacts {
    at(folder, major, &Entry::NextMiddleware, files)
}

fn at(folder: &str, major: Option<u32>, entry: &Entry, files: &[(&str, &str)]) -> EntryFacts {
    let mentions: Vec<String> = files
        .iter()
        .filter(|(_, text)| text.to_lowercase().contains("clerk"))
        .map(|&(path, _)| path.to_owned())
        .collect();
    Files::new(files).with(|project| {
        let app = App {
            project,
            folder,
            major,
            mentions: &mentions,
        };
        look(&app, entry).unwrap()
    })
}

fn file(path: &str) -> State {
    State::File { file: path.into() }
}

fn missing(paths: &[&str]) -> State {
    State::Missing {
        expected: paths.iter().map(|&path| path.to_owned()).collect(),
    }
}

/// File, reason and right place of what is misplaced.
fn passed_by(facts: &EntryFacts) -> Vec<(&str, &Why, &str)> {
    let all = facts.misplaced.iter();
    all.map(|one| (one.file.as_str(), &one.why, one.should_be.as_str()))
        .collect()
}

#[test]
fn the_file_beside_the_routes_is_the_one_that_next_loads() {
    for (path, route) in [
        ("middleware.ts", "app/page.tsx"),
        ("src/middleware.js", "src/app/page.js"),
        ("src/middleware.tsx", "src/pages/index.js"),
    ] {
        let facts = next(Some(15), &[(path, CLERK), (route, "")]);
        assert_eq!(facts.state, file(path));
        assert_eq!(facts.export, ExportState::Right);
        assert!(facts.uses.is_yes());
        assert_eq!(facts.misplaced, []);
        assert!(!facts.deprecated_name);
    }
    let facts = within(
        "apps/web",
        Some(16),
        &[
            ("apps/web/src/proxy.ts", CLERK),
            ("apps/web/src/app/page.tsx", ""),
        ],
    );
    assert_eq!(facts.state, file("apps/web/src/proxy.ts"));
}

#[test]
fn nothing_there_says_what_to_make() {
    let page = ("src/app/page.tsx", "");
    assert_eq!(
        next(Some(16), &[page, ("tsconfig.json", "{}")]).state,
        missing(&["src/proxy.ts"])
    );
    assert_eq!(
        next(Some(15), &[page]).state,
        missing(&["src/middleware.js"])
    );
    assert_eq!(
        next(Some(15), &[("app/page.js", "")]).state,
        missing(&["middleware.js"])
    );
    assert_eq!(
        next(None, &[page]).state,
        missing(&["src/middleware.js", "src/proxy.js"])
    );
}

#[test]
fn a_file_in_the_wrong_folder_is_passed_by() {
    let page = ("src/app/page.tsx", "");
    let facts = next(Some(15), &[page, ("middleware.ts", CLERK)]);
    assert_eq!(
        passed_by(&facts),
        [("middleware.ts", &Why::OtherLevel, "src/middleware.ts")]
    );
    assert!(facts.misplaced[0].has_clerk && facts.misplaced[0].turbopack_loads);
    let facts = next(Some(16), &[("app/page.tsx", ""), ("src/proxy.ts", CLERK)]);
    assert_eq!(
        passed_by(&facts),
        [("src/proxy.ts", &Why::OtherLevel, "proxy.ts")]
    );
    assert!(!facts.misplaced[0].turbopack_loads);
    let facts = next(
        Some(14),
        &[("app/page.tsx", ""), ("app/middleware.ts", OTHER)],
    );
    assert_eq!(
        passed_by(&facts),
        [("app/middleware.ts", &Why::AmongRoutes, "middleware.ts")]
    );
    assert!(!facts.misplaced[0].has_clerk);
    let facts = next(Some(15), &[page, ("src/middleware/index.ts", CLERK)]);
    assert_eq!(
        passed_by(&facts),
        [(
            "src/middleware/index.ts",
            &Why::InFolder,
            "src/middleware.ts"
        )]
    );
}

#[test]
fn of_two_files_turbopack_takes_the_one_at_the_root() {
    let page = ("src/app/page.tsx", "");
    let both = [page, ("middleware.ts", CLERK), ("src/middleware.ts", CLERK)];
    let facts = next(Some(16), &both);
    assert_eq!(facts.state, file("src/middleware.ts"));
    assert!(facts.misplaced[0].turbopack_loads);
    assert!(!next(Some(14), &both).misplaced[0].turbopack_loads);
    let shadowed = [page, ("middleware.ts", OTHER), ("src/middleware.ts", CLERK)];
    let facts = next(Some(16), &shadowed);
    assert!(facts.misplaced[0].turbopack_loads && !facts.misplaced[0].has_clerk);
    assert_eq!(next(Some(14), &shadowed).misplaced, []);
}

#[test]
fn folders_at_the_root_win_over_those_in_src() {
    let routes = [("app/page.tsx", ""), ("src/app/page.tsx", "")];
    let facts = next(
        Some(15),
        &[routes[0], routes[1], ("src/middleware.ts", CLERK)],
    );
    assert_eq!(facts.state, missing(&["middleware.js"]));
    assert_eq!(
        passed_by(&facts),
        [("src/middleware.ts", &Why::OtherLevel, "middleware.ts")]
    );
}

#[test]
fn a_name_or_extension_that_next_does_not_know_is_passed_by() {
    let page = ("app/page.tsx", "");
    let facts = next(Some(15), &[page, ("proxy.ts", CLERK)]);
    assert_eq!(
        passed_by(&facts),
        [("proxy.ts", &Why::Name, "middleware.ts")]
    );
    let facts = next(Some(15), &[page, ("middleware.mts", CLERK)]);
    assert!(matches!(
        passed_by(&facts)[..],
        [("middleware.mts", Why::Extension { .. }, "middleware.ts")]
    ));
    assert_eq!(next(Some(15), &[page, ("proxy.ts", OTHER)]).misplaced, []);
}

#[test]
fn page_extensions_hold_for_the_middleware_too() {
    let config = (
        "next.config.js",
        "module.exports = { pageExtensions: ['page.tsx', 'page.ts'] }",
    );
    let page = ("pages/index.page.tsx", "");
    let facts = next(Some(15), &[page, config, ("middleware.page.ts", CLERK)]);
    assert_eq!(facts.state, file("middleware.page.ts"));
    let facts = next(
        Some(15),
        &[
            page,
            config,
            ("middleware.ts", CLERK),
            ("tsconfig.json", ""),
        ],
    );
    assert_eq!(facts.state, missing(&["middleware.page.ts"]));
    assert!(matches!(
        passed_by(&facts)[..],
        [("middleware.ts", Why::Extension { .. }, "middleware.page.ts")]
    ));
    let computed = ("next.config.js", "module.exports = { pageExtensions: f() }");
    let facts = next(Some(15), &[page, computed, ("middleware.ts", CLERK)]);
    assert_eq!(facts.assumed.as_deref(), Some("next.config.js"));
}

#[test]
fn both_files_and_the_old_name_are_facts_of_next_16() {
    let page = ("app/page.tsx", "");
    let both = [page, ("proxy.ts", CLERK), ("middleware.ts", CLERK)];
    assert_eq!(
        next(Some(16), &both).both,
        Some(("proxy.ts".into(), "middleware.ts".into()))
    );
    assert_eq!(next(Some(15), &both).both, None);
    let old = [page, ("middleware.ts", CLERK)];
    assert!(next(Some(16), &old).deprecated_name);
    assert!(next(Some(16), &old).uses.is_yes());
    assert!(!next(Some(15), &old).deprecated_name);
    assert!(!next(None, &old).deprecated_name);
}

#[test]
fn the_export_has_to_have_the_name_that_next_calls() {
    let page = ("app/page.tsx", "");
    let export = |major, path: &str, text: &str| {
        next(Some(major), &[page, (path, text), ("lib/m.ts", CLERK)]).export
    };
    let wrong = |found: &[&str], expected: &[&str]| ExportState::Wrong {
        found: found.iter().map(|&name| name.to_owned()).collect(),
        expected: expected.iter().map(|&name| name.to_owned()).collect(),
    };
    assert_eq!(
        export(15, "middleware.ts", "export const middleware = f()"),
        ExportState::Right
    );
    assert_eq!(
        export(15, "middleware.ts", "export const config = {}"),
        wrong(&["config"], &["middleware", "default"])
    );
    assert_eq!(
        export(16, "proxy.ts", "export const middleware = f()"),
        wrong(&["middleware"], &["proxy", "default"])
    );
    assert_eq!(
        export(16, "middleware.ts", "export function proxy() {}"),
        wrong(&["proxy"], &["middleware", "default"])
    );
    assert_eq!(
        export(16, "proxy.ts", "export const proxy = f()"),
        ExportState::Right
    );
    assert_eq!(
        export(16, "proxy.ts", "function f() {}; export { f as proxy }"),
        ExportState::Right
    );
    assert_eq!(
        export(16, "proxy.ts", ""),
        wrong(&[], &["proxy", "default"])
    );
}

#[test]
fn next_16_does_not_see_every_export_that_is_there() {
    let page = ("app/page.tsx", "");
    let config = "export const config = { matcher: ['/'] };";
    for text in [
        format!("export {{ default }} from './lib/m'; {config}"),
        format!("import f from './lib/m'; export {{ f as default }}; {config}"),
        "import f from './lib/m'; module.exports = { middleware: f }".to_owned(),
        "import f from './lib/m'; export const { middleware } = { middleware: f }".to_owned(),
    ] {
        let files = [page, ("middleware.ts", text.as_str()), ("lib/m.ts", CLERK)];
        let facts = next(Some(16), &files);
        assert!(
            matches!(facts.export, ExportState::Unreadable { .. }),
            "{text}: {:?}",
            facts.export
        );
        assert!(facts.uses.is_yes(), "{text}");
        assert_eq!(next(Some(15), &files).export, ExportState::Right, "{text}");
    }
    let star = [
        page,
        ("middleware.ts", "export * from './lib/m'"),
        ("lib/m.ts", "export const middleware = f()"),
    ];
    assert!(matches!(
        next(Some(16), &star).export,
        ExportState::Unreadable { .. }
    ));
    assert!(matches!(
        next(Some(15), &star).export,
        ExportState::Undecided { .. }
    ));
    // The build does not look into a text without any of its words, and this one works.
    let short = [
        page,
        ("middleware.ts", "export { default } from './lib/m'"),
        ("lib/m.ts", CLERK),
    ];
    assert_eq!(next(Some(16), &short).export, ExportState::Right);
}

#[test]
fn files_of_the_same_name_with_another_purpose_are_left_alone() {
    let facts = within(
        "apps/web",
        Some(16),
        &[
            ("apps/web/app/page.tsx", ""),
            ("apps/web/proxy.ts", CLERK),
            ("apps/cli/src/server/proxy.ts", CLERK),
            ("apps/web/lib/proxy.ts", OTHER),
            ("apps/web/server/middleware/clerk.ts", CLERK),
            ("apps/web/middleware/index.ts", CLERK),
        ],
    );
    assert_eq!(facts.misplaced, []);
    let tree = next(
        Some(16),
        &[
            ("app/page.tsx", ""),
            ("src/middleware/index.ts", OTHER),
            ("proxy.js", CLERK),
            ("src/proxy.ts", OTHER),
        ],
    );
    assert_eq!(tree.misplaced, []);
}

#[test]
fn a_file_that_cannot_be_parsed_decides_nothing() {
    let facts = next(
        Some(15),
        &[
            ("app/page.tsx", ""),
            ("middleware.ts", "export default clerkMiddleware(("),
        ],
    );
    assert_eq!(facts.state, file("middleware.ts"));
    assert!(matches!(facts.uses, ClerkUse::Undecided { .. }));
    assert!(matches!(facts.export, ExportState::Undecided { .. }));
    assert_eq!(
        facts.unreadable.map(|(file, _)| file).as_deref(),
        Some("middleware.ts")
    );
}

mod others;
