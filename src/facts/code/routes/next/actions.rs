//! Server functions: the browser calls them by an id, with a POST to a page that ships them.
//!
//! A module with `'use server'` at its top offers each of its exports, a function with `'use server'`
//! inside other code offers itself: <https://nextjs.org/docs/app/api-reference/directives/use-server>.
//! A call that is sent to another page is sent on to one that ships the function, and middleware runs
//! for that page too: measured on 16.3.1.

use super::graph::Graph;
use super::inline::{self, Inline};
use super::shipped::Shipped;
use super::{Context, exports};
use crate::facts::code::module::{Module, is_module};
use crate::facts::code::routes::{Found, Resource, Target};
use crate::facts::code::scan::is_test;
use crate::facts::code::value::{Exported, Value};
use crate::model::routes::RouteKind;

/// An action in a layout belongs to every page of a large app; so many stand for them.
const MAX_URLS: usize = 256;

/// The largest apps have some hundreds. Each is listed with its URLs.
const MAX_ACTIONS: usize = 5_000;

/// Lists the server functions of an app, with the URLs of the pages among `routes` that ship them.
pub(super) fn routes(
    context: &Context<'_>,
    folder: &str,
    routes: &[Found],
    notes: &mut Vec<String>,
) -> Vec<Found> {
    let own = context
        .app
        .files
        .iter()
        .filter(|file| may_hold(context, file));
    let mut files: Vec<String> = own.map(|file| (*file).to_owned()).collect();
    if files.is_empty() && !context.app.project.has_workspace() {
        return Vec::new();
    }
    let graph = Graph::new(context, folder, routes);
    files.extend(graph.server_files());
    files.sort();
    files.dedup();
    context.app.project.read_ahead(&files);
    let shipped = Shipped::new(context, &graph);
    let mut kept = 0;
    let mut found = Vec::new();
    let mut steps = 0;
    for file in files {
        let functions = functions(context, &file, notes);
        if functions.is_empty() {
            continue;
        }
        if found.len() + functions.len() > MAX_ACTIONS {
            notes.push(format!(
                "there are more than {MAX_ACTIONS} server functions; those from {file} on were left out"
            ));
            break;
        }
        let urls = graph.urls(&file, &mut steps);
        let is_test_or_handler = is_test(&file) || is_handler(context, &file);
        match &urls {
            Some(urls) if urls.is_empty() && is_test_or_handler => continue,
            Some(urls) if urls.is_empty() => notes.push(format!(
                "{file}: its server functions are imported by no page"
            )),
            Some(urls) if urls.len() > MAX_URLS => notes.push(format!(
                "{file}: {} URLs ship its server functions; {MAX_URLS} of them stand for all",
                urls.len()
            )),
            Some(_) => {}
            None => notes.push(format!(
                "{file}: too many imports to tell which pages ship its server functions"
            )),
        }
        let urls: Vec<String> = urls
            .unwrap_or_default()
            .into_iter()
            .take(MAX_URLS)
            .collect();
        let mut urls_of = |name: &str, resource: &Resource| match (&shipped, resource) {
            (Some(shipped), Resource::Export { file, name: export })
                if !urls.is_empty() && !shipped.has(file, export, name) =>
            {
                kept += 1;
                Vec::new()
            }
            _ => urls.clone(),
        };
        found.extend(functions.into_iter().map(|(name, resource)| Found {
            kind: RouteKind::Action,
            file: file.clone(),
            urls: urls_of(&name, &resource),
            pattern: name,
            targets: vec![Target {
                method: "POST".to_owned(),
                resource,
            }],
            layouts: Vec::new(),
        }));
    }
    if kept > 0 {
        notes.push(format!(
            "server functions that only server code calls, of which the browser gets no id: {kept}"
        ));
    }
    found
}

fn may_hold(context: &Context<'_>, file: &str) -> bool {
    is_module(file)
        && !file.ends_with(".d.ts")
        && context.app.project.sources().may_say_server(file)
        && context
            .glance(file)
            .is_some_and(|glance| glance.says_server)
}

/// A route handler may be called a server function by mistake; it is none that a page ships.
fn is_handler(context: &Context<'_>, file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    context.stem(name) == Some("route")
}

/// The server functions of a file, with their names.
fn functions(
    context: &Context<'_>,
    file: &str,
    notes: &mut Vec<String>,
) -> Vec<(String, Resource)> {
    let module = match context.app.project.module(file) {
        Some(Ok(module)) => module,
        Some(Err(problem)) => {
            notes.push(format!(
                "{file} may hold server functions and could not be read: {}",
                problem.message
            ));
            return Vec::new();
        }
        None => return Vec::new(),
    };
    if module
        .program
        .directives
        .iter()
        .any(|one| &**one == "use server")
    {
        return exported(context, file, &module, notes);
    }
    let functions = inline::functions(&module.program).into_iter();
    functions
        .map(|Inline { at, name }| {
            let name = name.unwrap_or_else(|| format!("unnamed in line {}", module.spot(at).line));
            let file = file.to_owned();
            (name, Resource::Inline { file, at })
        })
        .collect()
}

fn exported(
    context: &Context<'_>,
    file: &str,
    module: &Module,
    notes: &mut Vec<String>,
) -> Vec<(String, Resource)> {
    let exports = exports::of(context.app.project, file);
    if let Some(why) = &exports.open {
        notes.push(format!("{file} may offer further server functions: {why}"));
    }
    let named = exports.names.into_iter().map(|export| {
        let resource = Resource::Export {
            file: file.to_owned(),
            name: export.clone(),
        };
        (own_name(module, &export).unwrap_or(export), resource)
    });
    named.collect()
}

/// The name of what is exported as `default`.
fn own_name(module: &Module, export: &str) -> Option<String> {
    let export = module
        .export(export)
        .filter(|export| export.name == "default")?;
    match &export.exported {
        Exported::Value(Value::Name { name, .. }) => Some(name.clone()),
        _ => None,
    }
}
