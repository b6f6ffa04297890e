//! Signs by which a folder shows what it is: deployed, a sample, built by Vite, started with an env file.

use crate::facts::manifest::PackageJson;
use crate::facts::tree::{self, Tree};

/// Folders whose manifests are samples, fixtures or tests: apps only where there is nothing else.
const ASIDE: &[&str] = &[
    "templates",
    "template",
    "examples",
    "example",
    "fixtures",
    "__fixtures__",
    "testdata",
    "e2e",
    "integration",
    "playground",
    "docs",
    "__tests__",
    "tests",
    "test",
];

/// Whether a folder, by its path, holds samples, documents or tests.
pub fn is_aside(path: &str) -> bool {
    path.split('/').any(|part| {
        ASIDE.contains(&part)
            || part.ends_with("-e2e")
            || part.ends_with("-template")
            || (part.starts_with('.') && part.len() > 1)
    })
}

/// Files that only something deployed has.
pub(super) fn has_app_marker(path: &str, tree: &Tree) -> bool {
    const STEMS: &[&str] = &[
        "next.config",
        "astro.config",
        "nuxt.config",
        "svelte.config",
        "vite.config",
        "app.config",
        "react-router.config",
        "remix.config",
        "wxt.config",
        "craco.config",
        "wrangler",
        "Dockerfile",
        "index.html",
        "app.json",
        "vercel",
        "fly",
        "nest-cli",
    ];
    const FOLDERS: &[&str] = &[
        "app",
        "pages",
        "src/app",
        "src/pages",
        "src/routes",
        "entrypoints",
    ];
    let markers = |name: &str| {
        let stem = name.split_once('.').map_or(name, |_| {
            name.rsplit_once('.').map_or(name, |(stem, _)| stem)
        });
        STEMS.contains(&stem) || STEMS.contains(&name)
    };
    tree.below(path)
        .iter()
        .any(|file| tree::folder(file) == path && markers(tree::file_name(file)))
        || FOLDERS
            .iter()
            .any(|folder| tree.has_folder(&tree::join(path, folder)))
}

/// Vite+ and workspaces hoist Vite out of the manifest; the scripts still say it.
pub(super) fn runs_vite(package: &PackageJson) -> bool {
    package
        .scripts
        .values()
        .any(|script| script.split_whitespace().any(|word| word == "vite"))
}

/// The env files that build and start scripts name for `dotenv-cli`, `dotenvx`, `env-cmd` or Node.
pub(super) fn script_env_files(package: &PackageJson, folder: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let scripts = package.scripts.iter().filter(|(name, _)| {
        ["build", "start", "with-env", "deploy", "preview"]
            .iter()
            .any(|word| name.contains(word))
    });
    for word in scripts.flat_map(|(_, script)| script.split_whitespace()) {
        let word = word
            .strip_prefix("--env-file=")
            .or_else(|| word.strip_prefix("-e="))
            .unwrap_or(word);
        let name = tree::file_name(word);
        let up = word.starts_with("../") || word.starts_with("./") || !word.contains('/');
        if name.starts_with(".env") && up && !word.contains(['$', '*', '"', '\'']) {
            let path = tree::climb(folder, word);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}
