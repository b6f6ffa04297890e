//! The shapes of the code of each app.

use super::Reading;
use super::gate::Gate;
use crate::facts::code::module::{self, SyntaxProblem};
use crate::facts::code::resolve::Target;
use crate::facts::code::shapes::shell::manifest;
use crate::facts::code::shapes::{self, FileShapes, Shapes, care};
use crate::facts::project::App;
use crate::facts::tree;
use crate::model::Known;

/// Whether a file is worth parsing for its shapes.
pub(super) fn may_matter(gate: &Gate, path: &str, bytes: &[u8]) -> bool {
    let said = || gate.tells_of_shapes(bytes);
    (module::is_module(path) && (said() || is_named(path)))
        || (shapes::is_component(path) && said())
}

/// Whether the path alone makes a file worth parsing: a route may hand all of its work on.
pub(super) fn is_named(path: &str) -> bool {
    let says = |word: &str| memchr::memmem::find(path.as_bytes(), word.as_bytes()).is_some();
    ["webhook", "/admin"].into_iter().any(says) || path.split(['/', '.']).any(shapes::is_health)
}

/// The shapes of an app and of the workspace packages that bring Clerk into it.
pub(super) fn of(reading: &Reading<'_>, app: &App) -> Known<Shapes> {
    let (tree, scanned, project) = (reading.tree, reading.scanned, reading.project);
    let below = app.libraries.iter().map(|folder| tree.below(folder));
    let own = tree.below(&app.path);
    // An app within this one is judged by itself.
    let deeper: Vec<&String> = reading
        .folders
        .iter()
        .filter(|other| **other != app.path && tree::is_below(other, &app.path))
        .collect();
    let of_another = |path: &str| deeper.iter().any(|folder| tree::is_below(path, folder));
    let special = own
        .iter()
        .filter(|path| care::is_special(path) && !of_another(path));
    let special = special.cloned().collect();
    let mut paths: Vec<String> = std::iter::once(own)
        .chain(below)
        .flatten()
        .filter(|path| scanned.shaped.contains(*path) && !of_another(path))
        .cloned()
        .collect();
    paths.sort();
    paths.dedup();
    let mut all = Shapes {
        special,
        ..Shapes::default()
    };
    let read = project.on_every_processor(&paths, |path, module| -> Result<_, SyntaxProblem> {
        let module = module?;
        let mut file = shapes::read(path, &module);
        for import in module.imports.iter().filter(|import| !import.type_only) {
            if let Target::File(target) = project.resolve(path, &import.source)
                && scanned.shaped.contains(&target)
                && !file.imports.contains(&target)
            {
                file.imports.push(target);
            }
        }
        Ok(file)
    });
    for (path, read) in paths.iter().zip(read) {
        match read {
            Some(Ok(file)) => all.files.push(file),
            Some(Err(problem)) => all.unread.push((path.clone(), problem.message)),
            None => {}
        }
    }
    all.files.extend(manifests(reading, app));
    Known::Yes(all)
}

/// The manifests of a browser extension that are no code.
fn manifests<'r>(reading: &Reading<'r>, app: &App) -> impl Iterator<Item = FileShapes> {
    let is_extension = app.framework.id == "browser-extension";
    let files = manifest::FILES.iter().filter(move |_| is_extension);
    files.filter_map(|name| {
        let path = tree::join(&app.path, name);
        let text = reading.project.sources().text(&path)?;
        manifest::read(&path, &text)
    })
}
