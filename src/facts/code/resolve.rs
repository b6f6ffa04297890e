//! From an import to a file of the project.
//!
//! What Node, TypeScript and the bundlers agree on, no more: relative paths with the extensions and
//! `index` files left out, `paths` and `baseUrl` of tsconfig or jsconfig, the `imports` of package.json
//! and packages of the same workspace. `node_modules` is never looked into.

mod package;
mod tsconfig;

pub(super) use tsconfig::Paths;
pub use tsconfig::import_aliases;

use super::Project;
use crate::facts::tree;

/// What an import leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file of the project.
    File(String),
    /// A package from outside.
    Package(String),
    /// It should be a file of the project, and there is none: not gathered, generated, or not there.
    Missing(String),
}

/// In the order in which bundlers try them, TypeScript first.
const EXTENSIONS: &[&str] = &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// TypeScript writes the name of the file that will be emitted:
/// <https://www.typescriptlang.org/docs/handbook/modules/reference.html#file-extension-substitution>.
const EMITTED: &[(&str, &[&str])] = &[
    (".js", &["ts", "tsx"]),
    (".jsx", &["tsx"]),
    (".mjs", &["mts"]),
    (".cjs", &["cts"]),
];

/// The file or package behind `specifier`, as written in the file `from`.
pub(super) fn resolve(project: &Project<'_>, from: &str, specifier: &str) -> Target {
    let folder = parent(from);
    // Bundlers take queries such as `?raw`; they do not belong to the file's name.
    let plain = specifier.split('?').next().unwrap_or_default();
    if plain.starts_with('.') || plain.starts_with('/') {
        return file_or_missing(project, &join(folder, plain), plain);
    }
    if plain.starts_with('#')
        && let Some(target) = package::imports(project, folder, plain)
    {
        return target;
    }
    if let Some(file) = tsconfig::by_paths(project, folder, plain) {
        return Target::File(file);
    }
    if let Some(target) = package::workspace(project, plain) {
        return target;
    }
    // Nuxt and others make up modules such as `#imports`: packages, as far as we can see.
    usual_alias(project, folder, plain).unwrap_or_else(|| Target::Package(plain.to_owned()))
}

/// Aliases that a framework or nearly everyone sets up, in a config that is generated (`.svelte-kit`,
/// `.nuxt`) or belongs to a bundler. None of them is the name of a package.
fn usual_alias(project: &Project<'_>, folder: &str, specifier: &str) -> Option<Target> {
    const USUAL: &[(&str, &[&str])] = &[
        ("$lib/", &["src/lib"]),
        ("~~/", &[""]),
        ("@@/", &[""]),
        ("@/", &["src", "app", ""]),
        ("~/", &["app", "src", ""]),
    ];
    let (rest, roots) = USUAL
        .iter()
        .find_map(|(prefix, roots)| Some((specifier.strip_prefix(prefix)?, roots)))?;
    let levels = upwards(project, folder);
    let found = levels
        .iter()
        .flat_map(|above| roots.iter().map(move |root| join(above, root)))
        .find_map(|root| file(project, &join(&root, rest)));
    Some(found.map_or_else(|| Target::Missing(specifier.to_owned()), Target::File))
}

fn file_or_missing(project: &Project<'_>, path: &str, specifier: &str) -> Target {
    match file(project, path) {
        Some(file) => Target::File(file),
        None => Target::Missing(specifier.to_owned()),
    }
}

/// The file that a path without extension, with one, or of a folder means.
fn file(project: &Project<'_>, path: &str) -> Option<String> {
    let path: &str = &tree::home(project.sources.place(), path);
    let there = |candidate: &str| project.sources.is_file(candidate);
    let folder = parent(path);
    // One look at the folder spares a look at each name that could be in it.
    if !folder.is_empty() && !project.sources.exists(folder) {
        return None;
    }
    if path.contains('.') && there(path) {
        return Some(path.to_owned());
    }
    for (emitted, written) in EMITTED {
        if let Some(stem) = path.strip_suffix(emitted) {
            let candidates = written
                .iter()
                .map(|extension| format!("{stem}.{extension}"));
            if let Some(found) = candidates.into_iter().find(|candidate| there(candidate)) {
                return Some(found);
            }
        }
    }
    let mut named = EXTENSIONS
        .iter()
        .map(|extension| format!("{path}.{extension}"));
    if let Some(found) = named.find(|candidate| there(candidate)) {
        return Some(found);
    }
    if !project.sources.exists(path) {
        return None;
    }
    let mut inside = EXTENSIONS
        .iter()
        .map(|extension| join(path, &format!("index.{extension}")));
    inside.find(|candidate| there(candidate))
}

/// The folder of a path; empty for the audited directory itself.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path relative to a folder, without `.` and `..`. What leads out of the audited directory stays at
/// its edge, where no such file is found.
pub(super) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_none_or(|last| *last == "..") => parts.push(".."),
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A folder and those that hold it, up to the root of the workspace.
fn upwards(project: &Project<'_>, folder: &str) -> Vec<String> {
    tree::levels(folder, tree::depth(project.sources.place()))
}

#[cfg(test)]
mod tests;
