//! Routes that are registered in code: Express, Hono and Fastify.
//!
//! [`walk`], [`load`] and [`expr`] run the code that puts a server together, [`register`] and [`scope`]
//! know the calls that put something on a router, [`read`] what such a call is given. [`flatten`] turns
//! routers inside routers into one list in the order in which requests meet it, [`path`] says what fits
//! what, [`library`] what middleware of packages does.

mod expr;
mod flatten;
mod load;
mod path;
mod read;
mod register;
mod scope;
mod thing;
mod walk;

pub mod library;

use std::collections::BTreeSet;

use super::Found;
use crate::facts::code::module::is_module;
use crate::facts::code::project::Project;
use crate::facts::code::resolve::Target;
use crate::facts::code::scan::is_test;

/// What makes a file one in which a server may be put together.
const MENTIONS: &[&[u8]] = &[b"express", b"hono", b"fastify"];

/// A server whose routes are asked for.
pub struct ServerApp<'a> {
    /// The files as code.
    pub project: &'a Project<'a>,
    /// All files of the app.
    pub files: &'a [&'a str],
    /// Only what answers this path.
    pub url: Option<&'a str>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Registered {
    /// The routes, by pattern.
    pub routes: Vec<Found>,
    /// What could not be followed, in sentences.
    pub notes: Vec<String>,
}

/// The routes of a server.
pub fn routes(app: &ServerApp<'_>) -> Registered {
    let files = candidates(app);
    app.project.read_ahead(&files);
    let mut walk = walk::Walk::new(app.project);
    for file in in_order(app.project, &files) {
        walk.load(&file);
    }
    // A function or class that nobody was seen to use makes its server all the same.
    for file in &files {
        walk.use_exports(file);
    }
    flatten::routes(&mut walk, app.url)
}

fn candidates(app: &ServerApp<'_>) -> Vec<String> {
    let mentions = |file: &&&str| {
        let text = app.project.sources().text(file);
        text.is_some_and(|text| {
            MENTIONS
                .iter()
                .any(|name| memchr::memmem::find(text.as_bytes(), name).is_some())
        })
    };
    let code = |file: &&&str| is_module(file) && !is_test(file) && !file.ends_with(".d.ts");
    let files = app.files.iter().filter(code);
    files
        .filter(mentions)
        .map(|file| (*file).to_owned())
        .collect()
}

/// Files that no other one imports first: what they import is run on the way.
fn in_order(project: &Project<'_>, files: &[String]) -> Vec<String> {
    let mut imported = BTreeSet::new();
    for file in files {
        let Some(Ok(module)) = project.module(file) else {
            continue;
        };
        for import in module.imports.iter().filter(|import| !import.type_only) {
            if let Target::File(next) = project.resolve(file, &import.source)
                && next != *file
            {
                imported.insert(next);
            }
        }
    }
    let (later, first): (Vec<_>, Vec<_>) = files
        .iter()
        .cloned()
        .partition(|file| imported.contains(file));
    first.into_iter().chain(later).collect()
}
