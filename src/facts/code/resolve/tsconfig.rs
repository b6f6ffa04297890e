//! `compilerOptions.paths` and `baseUrl` of the nearest tsconfig.json or jsconfig.json.

use jsonc_parser::{CollectOptions, ParseOptions};
use serde_json::Value as Json;

use super::{file, join, parent, upwards};
use crate::facts::code::Project;
use crate::facts::manifest::{ParseError, small, without_bom};

/// How many files may extend each other; real chains have two or three.
const MAX_EXTENDS: usize = 5;

/// Where the options that concern imports come from.
#[derive(Debug, Clone, Default)]
pub(in crate::facts::code) struct Paths {
    /// The folder that plain names start from, where `baseUrl` is set.
    base: Option<String>,
    /// Patterns with their substitutions, and the folder that these are relative to.
    patterns: Vec<(String, Vec<String>)>,
    folder: String,
}

/// The file that an alias leads to.
pub(super) fn by_paths(project: &Project<'_>, folder: &str, specifier: &str) -> Option<String> {
    let paths = project.paths_for(folder, || nearest(project, folder));
    let mut best: Option<(usize, &[String], &str)> = None;
    for (pattern, substitutions) in &paths.patterns {
        let Some((length, star)) = matches(pattern, specifier) else {
            continue;
        };
        // TypeScript takes the pattern with the longest text before its star.
        if best.is_none_or(|(longest, _, _)| length > longest) {
            best = Some((length, substitutions, star));
        }
    }
    if let Some((_, substitutions, star)) = best {
        for substitution in substitutions {
            let path = join(&paths.folder, &substitution.replacen('*', star, 1));
            if let Some(found) = file(project, &path) {
                return Some(found);
            }
        }
    }
    paths
        .base
        .as_ref()
        .and_then(|base| file(project, &join(base, specifier)))
}

/// How long the fixed part of a pattern is, and what its star stands for.
fn matches<'s>(pattern: &str, specifier: &'s str) -> Option<(usize, &'s str)> {
    let Some((before, after)) = pattern.split_once('*') else {
        return (pattern == specifier).then_some((usize::MAX, ""));
    };
    let rest = specifier.strip_prefix(before)?;
    Some((before.len(), rest.strip_suffix(after)?))
}

fn nearest(project: &Project<'_>, folder: &str) -> Paths {
    for above in upwards(project, folder) {
        for name in ["tsconfig.json", "jsconfig.json"] {
            let path = join(&above, name);
            if project.sources.text(&path).is_some() {
                return read(project, &path);
            }
        }
    }
    Paths::default()
}

/// The options of a file, with what it extends: a later file of a list wins, the file itself over all.
fn read(project: &Project<'_>, path: &str) -> Paths {
    let mut paths = Paths::default();
    let mut queue = vec![(path.to_owned(), 0_usize)];
    let mut order = Vec::new();
    while let Some((path, depth)) = queue.pop() {
        let Some(json) = parse(project, &path) else {
            continue;
        };
        if depth < MAX_EXTENDS && order.len() < 4 * MAX_EXTENDS {
            let above = extended(project, &path, &json);
            queue.extend(above.into_iter().map(|path| (path, depth + 1)));
        }
        order.push((path, json));
    }
    for (path, json) in order.iter().rev() {
        apply(&mut paths, parent(path), json.get("compilerOptions"));
    }
    paths
}

fn parse(project: &Project<'_>, path: &str) -> Option<Json> {
    let text = project.sources.text(path)?;
    jsonc_parser::parse_to_serde_value(without_bom(&text), &ParseOptions::default()).ok()
}

/// Whether a tsconfig.json or jsconfig.json can be read, so that its aliases are known.
///
/// # Errors
/// Where it cannot, and why.
pub fn import_aliases(text: &str) -> Result<(), ParseError> {
    let collect = CollectOptions::default();
    let read = jsonc_parser::parse_to_ast(without_bom(text), &collect, &ParseOptions::default());
    read.map(drop).map_err(|error| ParseError {
        message: format!("not valid JSON: {}", error.kind()),
        line: small(error.line_display()),
        column: small(error.column_display()),
    })
}

/// The files that a tsconfig extends, where they belong to the project.
fn extended(project: &Project<'_>, path: &str, json: &Json) -> Vec<String> {
    let names: Vec<&str> = match json.get("extends") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let found = |name: &str| {
        let whole = if name.starts_with('.') || name.starts_with('/') {
            join(parent(path), name)
        } else {
            let (folder, inside) = super::package::split(project, name)?;
            join(&folder, inside)
        };
        let candidates = [
            whole.clone(),
            format!("{whole}.json"),
            join(&whole, "tsconfig.json"),
        ];
        let mut candidates = candidates.into_iter();
        candidates.find(|candidate| {
            candidate.ends_with(".json") && project.sources.text(candidate).is_some()
        })
    };
    names.into_iter().filter_map(found).collect()
}

fn apply(paths: &mut Paths, folder: &str, options: Option<&Json>) {
    let Some(options) = options else { return };
    if let Some(base) = options.get("baseUrl").and_then(Json::as_str) {
        paths.base = Some(join(folder, base));
        paths.folder = join(folder, base);
    }
    if let Some(Json::Object(patterns)) = options.get("paths") {
        paths.folder = paths.base.clone().unwrap_or_else(|| folder.to_owned());
        paths.patterns = patterns
            .iter()
            .map(|(pattern, to)| {
                let to = to.as_array().into_iter().flatten();
                let to = to.filter_map(|one| one.as_str().map(str::to_owned));
                (pattern.clone(), to.collect())
            })
            .collect();
    }
}
