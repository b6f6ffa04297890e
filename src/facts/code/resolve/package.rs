//! `imports` of package.json, and packages of the same workspace by `exports` and `main`.

use serde_json::Value as Json;

use super::{Target, file, file_or_missing, join, upwards};
use crate::facts::code::Project;

/// The conditions under which a server reads a package, most telling first. `types` is last: it often
/// stands for the source itself in a workspace.
const CONDITIONS: &[&str] = &[
    "source",
    "import",
    "node",
    "module",
    "require",
    "default",
    "react-server",
    "workerd",
    "types",
];

/// How deep conditions may stand in each other.
const MAX_CONDITIONS: usize = 8;

/// `#x` by the `imports` of the nearest package.json.
pub(super) fn imports(project: &Project<'_>, folder: &str, specifier: &str) -> Option<Target> {
    let mut levels = upwards(project, folder).into_iter();
    let (folder, json) = levels.find_map(|above| {
        let json = manifest(project, &above)?;
        Some((above, json))
    })?;
    let target = pick(json.get("imports")?, specifier)?;
    Some(if target.starts_with('.') {
        file_or_missing(project, &join(&folder, &target), specifier)
    } else {
        workspace(project, &target).unwrap_or(Target::Package(target))
    })
}

/// A package of the workspace, or a file in it.
pub(super) fn workspace(project: &Project<'_>, specifier: &str) -> Option<Target> {
    let (folder, inside) = split(project, specifier)?;
    let json = manifest(project, &folder).unwrap_or(Json::Null);
    let wanted = if inside.is_empty() {
        ".".to_owned()
    } else {
        format!("./{inside}")
    };
    let exported = json
        .get("exports")
        .and_then(|exports| pick(exports, &wanted));
    let main = || {
        let main = json.get("main").or_else(|| json.get("module"))?;
        main.as_str()
            .filter(|_| inside.is_empty())
            .map(str::to_owned)
    };
    let declared = exported.or_else(main).map(|path| join(&folder, &path));
    let found = declared
        .and_then(|path| file(project, &path).or_else(|| from_build(project, &path)))
        .or_else(|| file(project, &join(&folder, &format!("src/{inside}"))))
        .or_else(|| file(project, &join(&folder, inside)));
    Some(found.map_or_else(|| Target::Missing(specifier.to_owned()), Target::File))
}

/// What is built is not in the repository; its source stands under the same name in `src`.
fn from_build(project: &Project<'_>, path: &str) -> Option<String> {
    let stem = [".d.ts", ".js", ".mjs", ".cjs"]
        .iter()
        .find_map(|extension| path.strip_suffix(extension))?;
    ["/dist/", "/build/", "/lib/"]
        .iter()
        .find_map(|folder| file(project, &stem.replacen(folder, "/src/", 1)))
}

/// The folder of the workspace package that a specifier names, and the path inside it.
pub(super) fn split<'s>(project: &Project<'_>, specifier: &'s str) -> Option<(String, &'s str)> {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier
        .match_indices('/')
        .nth(parts - 1)
        .map_or(specifier.len(), |(at, _)| at);
    let (name, inside) = specifier.split_at(end);
    let folder = project.workspace.get(name)?;
    Some((folder.clone(), inside.trim_start_matches('/')))
}

fn manifest(project: &Project<'_>, folder: &str) -> Option<Json> {
    serde_json::from_str(&project.sources.text(&join(folder, "package.json"))?).ok()
}

/// The target of a key in `exports` or `imports`, with one star.
fn pick(map: &Json, wanted: &str) -> Option<String> {
    let Json::Object(entries) = map else {
        return (wanted == ".")
            .then(|| target(map, MAX_CONDITIONS))
            .flatten();
    };
    let keyed = entries.keys().any(|key| key.starts_with(['.', '#']));
    if !keyed {
        return (wanted == ".")
            .then(|| target(map, MAX_CONDITIONS))
            .flatten();
    }
    if let Some(exact) = entries.get(wanted) {
        return target(exact, MAX_CONDITIONS);
    }
    let mut best: Option<(usize, String)> = None;
    for (key, value) in entries {
        let Some((before, after)) = key.split_once('*') else {
            continue;
        };
        let star = wanted
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after));
        if let (Some(star), Some(to)) = (star, target(value, MAX_CONDITIONS))
            && best
                .as_ref()
                .is_none_or(|(longest, _)| before.len() > *longest)
        {
            best = Some((before.len(), to.replace('*', star)));
        }
    }
    best.map(|(_, to)| to)
}

fn target(value: &Json, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match value {
        Json::String(path) => Some(path.clone()),
        Json::Array(several) => several.iter().find_map(|one| target(one, depth)),
        Json::Object(conditions) => CONDITIONS
            .iter()
            .filter_map(|condition| conditions.get(*condition))
            .find_map(|one| target(one, depth)),
        _ => None,
    }
}
