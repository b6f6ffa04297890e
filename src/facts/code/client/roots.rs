//! Where the browser's code begins, by framework. Where in doubt, a file is left out.

use crate::facts::code::Project;
use crate::facts::code::resolve::Target;
use crate::facts::code::scan::is_test;
use crate::facts::tree;

/// A file that the browser gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Its path.
    pub path: String,
    /// The exports that the framework takes out of the browser's copy.
    pub removed: &'static [&'static str],
}

/// The files of an app, as far as roots are looked for.
pub struct Files<'f> {
    /// The folder of the app.
    pub folder: &'f str,
    /// All of its files.
    pub all: &'f [&'f str],
    /// Those whose text begins with `use client`.
    pub client: &'f [&'f str],
}

/// What Next.js takes out of a page of the Pages Router
/// (<https://nextjs.org/docs/pages/building-your-application/data-fetching/get-server-side-props>).
const OF_PAGES: &[&str] = &["getServerSideProps", "getStaticProps", "getStaticPaths"];

/// What React Router and Remix take out of a route
/// (<https://reactrouter.com/explanation/code-splitting#removal-of-server-code>).
const OF_ROUTES: &[&str] = &[
    "loader",
    "action",
    "headers",
    "middleware",
    "unstable_middleware",
];

/// The roots of the browser's code of an app of a framework.
pub fn roots(project: &Project<'_>, framework: &str, files: &Files<'_>) -> Vec<Root> {
    let mut found = Vec::new();
    for path in files.all {
        let below = path.strip_prefix(files.folder).unwrap_or(path);
        let below = below.trim_start_matches('/');
        if is_test(path) || below.contains(".config.") {
            continue;
        }
        if let Some(removed) = removed(framework, below) {
            found.push(Root {
                path: (*path).to_owned(),
                removed,
            });
        }
        if framework == "astro" && below.ends_with(".astro") {
            islands(project, path, &mut found);
        }
    }
    if framework == "next" {
        found.extend(files.client.iter().map(|path| Root {
            path: (*path).to_owned(),
            removed: &[],
        }));
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found.dedup_by(|one, other| one.path == other.path);
    found
}

/// Whether a path below the app's folder is a root, and then what is taken out of it.
fn removed(framework: &str, path: &str) -> Option<&'static [&'static str]> {
    let name = tree::file_name(path);
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let script = matches!(end, "ts" | "tsx" | "js" | "jsx" | "mts" | "mjs");
    let in_src = path.strip_prefix("src/").unwrap_or(path);
    let below = |folder: &str| tree::is_below(in_src, folder) && script;
    let is_root = match framework {
        "next" => {
            let page = below("pages") && !tree::is_below(in_src, "pages/api");
            return (page && stem != "_document").then_some(OF_PAGES);
        }
        "react-router" | "remix" => {
            let route = path.starts_with("app/routes/") || path == format!("app/root.{end}");
            let page = matches!(end, "tsx" | "jsx");
            if route && page {
                return Some(OF_ROUTES);
            }
            script && path.starts_with("app/entry.client.")
        }
        "sveltekit" => {
            path.starts_with("src/")
                && (end == "svelte"
                    || (script && matches!(stem, "+page" | "+layout" | "hooks.client")))
        }
        "tanstack-start" => {
            let route = ["src/routes/", "app/routes/"]
                .iter()
                .any(|one| path.starts_with(one));
            route && matches!(end, "tsx" | "jsx")
        }
        "nuxt" => end == "vue",
        "vue" => end == "vue" || (script && matches!(in_src, "main.ts" | "main.js")),
        "expo" => {
            let server = stem.contains("+api") || stem.contains("+middleware") || stem == "+html";
            (below("app") && !server) || (script && matches!(path.split('.').next(), Some("App")))
        }
        "browser-extension" => {
            const PARTS: &[&str] = &[
                "popup",
                "background",
                "content",
                "contents",
                "sidepanel",
                "newtab",
                "options",
                "entrypoints",
                "tabs",
            ];
            let first = in_src.split(['/', '.']).next().unwrap_or_default();
            script && PARTS.contains(&first)
        }
        "react-vite" | "react-cra" | "react" | "javascript" => {
            let entry = matches!(stem, "main" | "index" | "App");
            script && entry && !in_src.contains('/') && path.starts_with("src/")
        }
        _ => false,
    };
    is_root.then_some(&[])
}

/// The components of an Astro page that run in the browser: those with a `client:` directive
/// (<https://docs.astro.build/en/reference/directives-reference/#client-directives>).
fn islands(project: &Project<'_>, path: &str, found: &mut Vec<Root>) {
    let Some(text) = project.sources().text(path) else {
        return;
    };
    let mut names: Vec<&str> = Vec::new();
    for (at, _) in text.match_indices(" client:").take(200) {
        let before = text.get(..at).unwrap_or_default();
        let tag = before.rfind('<').and_then(|start| before.get(start + 1..));
        let name = tag.and_then(|tag| tag.split(|c: char| !c.is_alphanumeric()).next());
        names.extend(name);
    }
    if names.is_empty() {
        return;
    }
    let Some(Ok(module)) = project.module(path) else {
        return;
    };
    for import in names.into_iter().filter_map(|name| module.import(name)) {
        if let Target::File(path) = project.resolve(path, &import.source) {
            found.push(Root { path, removed: &[] });
        }
    }
}
