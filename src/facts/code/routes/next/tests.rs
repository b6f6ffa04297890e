use super::*;
use crate::facts::code::routes::Resource;
use crate::facts::code::testing::Files;
use crate::model::routes::RouteKind;

/// The routes of an app in the audited directory itself.
fn of(files: &[(&str, &str)]) -> NextRoutes {
    of_version(None, files)
}

fn of_version(version: Option<(u32, u32, u32)>, files: &[(&str, &str)]) -> NextRoutes {
    let mut paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    Files::new(files).with(|project| {
        routes(&NextApp {
            folder: "",
            files: &paths,
            project,
            version,
        })
    })
}

fn patterns(found: &NextRoutes) -> Vec<&str> {
    let patterns = found.routes.iter().map(|route| route.pattern.as_str());
    patterns.collect()
}

fn urls(file: &str) -> Vec<String> {
    let found = of(&[(file, "")]);
    let urls = found.routes.into_iter().flat_map(|route| route.urls);
    urls.collect()
}

fn methods(found: &NextRoutes) -> Vec<&str> {
    let targets = found.routes.iter().flat_map(|route| &route.targets);
    targets.map(|target| target.method.as_str()).collect()
}

#[test]
fn groups_and_slots_make_no_part_of_a_url_and_private_folders_no_route() {
    let found = of(&[
        ("app/page.tsx", ""),
        ("app/(shop)/cart/page.jsx", ""),
        ("app/(shop)/@modal/cart/page.tsx", ""),
        ("app/_lib/page.tsx", ""),
        ("app/_x/y/page.tsx", ""),
        ("app/%5Fx/page.tsx", ""),
        ("app/cart/helper.tsx", ""),
        ("app/cart/page.mdx", ""),
        ("app/cart/layout.tsx", ""),
    ]);
    assert_eq!(patterns(&found), ["/", "/_x", "/cart", "/cart"]);
    assert!(
        found
            .routes
            .iter()
            .all(|route| route.kind == RouteKind::Page)
    );
}

#[test]
fn parameters_are_filled_with_samples_the_plainest_first() {
    assert_eq!(urls("app/posts/[id]/page.tsx"), ["/posts/x1"]);
    assert_eq!(urls("app/files/[...path]/page.tsx"), ["/files/a/b"]);
    assert_eq!(
        urls("app/sign-in/[[...sign-in]]/page.tsx"),
        ["/sign-in", "/sign-in/a/b"]
    );
    assert_eq!(urls("app/[[...all]]/page.tsx"), ["/", "/a/b"]);
    assert_eq!(urls("app/[locale]/page.tsx"), ["/en", "/"]);
    assert_eq!(
        urls("app/[locale]/docs/[[...slug]]/page.tsx"),
        ["/en/docs", "/docs", "/en/docs/a/b", "/docs/a/b"]
    );
    assert_eq!(urls("app/u/[lang]/page.tsx"), ["/u/en"]);
    assert_eq!(urls("app/über uns/page.tsx"), ["/%C3%BCber%20uns"]);
}

#[test]
fn an_intercepting_page_answers_where_it_stands_in_and_under_its_own_path() {
    for (file, urls_of) in [
        (
            "app/feed/(.)photo/[id]/page.tsx",
            ["/feed/photo/x1", "/feed/(.)photo/x1"],
        ),
        (
            "app/feed/@modal/(..)photo/[id]/page.tsx",
            ["/photo/x1", "/feed/(..)photo/x1"],
        ),
        (
            "app/a/b/c/(..)(..)photo/page.tsx",
            ["/a/photo", "/a/b/c/(..)(..)photo"],
        ),
        ("app/a/b/(...)photo/page.tsx", ["/photo", "/a/b/(...)photo"]),
        ("app/a/(.)[id]/page.tsx", ["/a/x1", "/a/(.)x1"]),
        ("app/(..)(..)photo/page.tsx", ["/photo", "/(..)(..)photo"]),
    ] {
        assert_eq!(urls(file), urls_of, "{file}");
    }
    let marker = "(.)".repeat(5_000);
    assert_eq!(urls(&format!("app/{marker}x/page.tsx")).len(), 2);
}

#[test]
fn a_route_at_the_root_hides_src() {
    let found = of(&[
        ("app/page.tsx", ""),
        ("src/app/old/page.tsx", ""),
        ("src/pages/older.tsx", ""),
    ]);
    assert_eq!(patterns(&found), ["/", "/older"]);
    assert!(found.notes.iter().any(|note| note.contains("side by side")));
}

#[test]
fn a_handler_has_a_target_for_each_method_that_it_exports() {
    let found = of(&[
        (
            "app/api/a/route.ts",
            "export async function GET() {}\nexport const POST = wrap(x), dynamic = 'force-static';\nexport function get() {}",
        ),
        (
            "app/api/b/route.ts",
            "const x = 1; export { x as DELETE }; export const { HEAD, PUT } = handlers;",
        ),
        (
            "app/api/c/route.ts",
            "export * from './impl'; export type { PATCH } from './x'",
        ),
        (
            "app/api/c/impl.ts",
            "export { h as OPTIONS } from 'x'; export default 1; export * from './route'",
        ),
    ]);
    assert_eq!(patterns(&found), ["/api/a", "/api/b", "/api/c"]);
    assert_eq!(
        methods(&found),
        ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]
    );
    assert_eq!(found.notes, Vec::<String>::new());
}

#[test]
fn methods_that_could_not_be_seen_are_noted() {
    let found = of(&[
        ("app/a/route.ts", "export * from 'elsewhere'"),
        ("app/b/route.ts", "export {{"),
    ]);
    assert_eq!(found.routes.len(), 2);
    assert_eq!(found.notes.len(), 2, "{:?}", found.notes);
}

#[test]
fn a_client_component_runs_no_code_of_its_own_on_the_server() {
    let found = of(&[
        (
            "app/a/page.tsx",
            "\u{feff}#! x\n// c\n/* d */ 'use strict'\n\"use client\";\nexport default 1",
        ),
        ("app/b/page.tsx", "import 'x'\n'use client'"),
    ]);
    let resources: Vec<_> = found
        .routes
        .iter()
        .map(|route| &route.targets[0].resource)
        .collect();
    assert!(matches!(resources[0], Resource::Static { why } if why.contains("browser")));
    assert!(matches!(resources[1], Resource::Export { name, .. } if name == "default"));
}

#[test]
fn layouts_stand_outermost_first() {
    let found = of(&[
        ("app/layout.tsx", ""),
        ("app/(x)/a/layout.js", ""),
        ("app/(x)/a/b/page.tsx", ""),
        ("app/(x)/layout.tsx", ""),
        ("app/c/layout.tsx", ""),
    ]);
    assert_eq!(
        found.routes[0].layouts,
        [
            "app/layout.tsx",
            "app/(x)/layout.tsx",
            "app/(x)/a/layout.js"
        ]
    );
}

#[test]
fn metadata_files_make_urls_of_their_own() {
    let found = of(&[
        ("app/(root)/icon.ico", ""),
        ("app/(root)/icon.d.ts", ""),
        ("app/a/icon1.png", ""),
        ("app/a/robots.ts", ""),
        ("app/a/sitemap.ts", "export function generateSitemaps() {}"),
        (
            "app/apple-icon.tsx",
            "export function generateImageMetadata() {}",
        ),
        ("app/favicon.ico", ""),
        ("app/manifest.ts", ""),
        ("app/robots.txt", ""),
        ("app/sitemap.ts", ""),
    ]);
    assert_eq!(
        patterns(&found),
        [
            "/a/icon1.png",
            "/a/sitemap/[__metadata_id__]",
            "/apple-icon/[__metadata_id__]",
            "/favicon.ico",
            "/icon-12nfft.ico",
            "/manifest.webmanifest",
            "/robots.txt",
            "/sitemap.xml",
        ]
    );
    assert_eq!(found.routes[1].urls, ["/a/sitemap/0.xml"]);
    assert!(matches!(
        found.routes[3].targets[0].resource,
        Resource::Static { .. }
    ));
    assert!(matches!(
        found.routes[5].targets[0].resource,
        Resource::Export { .. }
    ));
}

#[test]
fn pages_are_pages_and_their_api_folder_is_an_api() {
    let found = of(&[
        ("pages/_app.tsx", ""),
        ("pages/404.tsx", ""),
        ("pages/index.tsx", "export const getServerSideProps = x"),
        ("pages/blog/index.js", "export function getStaticProps() {}"),
        ("pages/blog/[slug].tsx", ""),
        ("pages/blog/types.d.ts", ""),
        ("pages/blog/x.css", ""),
        (
            "pages/old.tsx",
            "Old.getInitialProps = () => 1; export default Old",
        ),
        ("pages/api/hook.ts", ""),
        ("pages/apis.ts", ""),
    ]);
    assert_eq!(
        patterns(&found),
        ["/", "/api/hook", "/apis", "/blog", "/blog/[slug]", "/old"]
    );
    assert_eq!(found.routes[1].kind, RouteKind::Api);
    assert_eq!(
        methods(&found),
        ["GET", "GET", "POST", "GET", "GET", "GET", "GET"]
    );
    let why: Vec<String> = found
        .routes
        .iter()
        .map(|route| match &route.targets[0].resource {
            Resource::Static { why } => why.clone(),
            Resource::Export { name, .. } => name.clone(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        why,
        [
            "getServerSideProps",
            "default",
            "no server code of its own",
            "built ahead of time",
            "no server code of its own",
            "`getInitialProps` runs in the browser as well"
        ]
    );
    assert_eq!(found.notes.len(), 1);
}

#[test]
fn page_extensions_decide_what_a_page_is() {
    let found = of(&[
        (
            "next.config.js",
            "module.exports = { pageExtensions: ['page.tsx', 'api.ts'] }",
        ),
        ("pages/index.page.tsx", ""),
        ("pages/about.tsx", ""),
        ("pages/api/x.api.ts", ""),
        ("pages/api/x.ts", ""),
    ]);
    assert_eq!(patterns(&found), ["/", "/api/x"]);
}

#[test]
fn an_app_in_a_folder_is_looked_for_there() {
    let files = Files::new(&[("web/src/app/a/page.tsx", ""), ("app/b/page.tsx", "")]);
    let found = files.with(|project| {
        routes(&NextApp {
            folder: "web",
            files: &["web/src/app/a/page.tsx"],
            project,
            version: None,
        })
    });
    assert_eq!(patterns(&found), ["/a"]);
}

mod actions;
mod config;
