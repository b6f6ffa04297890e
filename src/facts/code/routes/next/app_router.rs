//! Routes of the App Router: `app/**/page` and `app/**/route`.

use std::collections::HashMap;

use super::{Context, below, exports, metadata, path};
use crate::facts::code::routes::{Found, Resource, Target};
use crate::model::routes::RouteKind;

/// The exports of a `route` file that answer requests: dist/server/web/http.js. `HEAD` falls to `GET`
/// and `OPTIONS` is answered by Next.js where they are not exported.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Lists the routes in a folder.
pub(super) fn routes(context: &Context<'_>, folder: &str, notes: &mut Vec<String>) -> Vec<Found> {
    let layouts = layouts(context, folder);
    read_ahead(context, folder);
    let mut found = Vec::new();
    for (file, inside) in below(context.app.files, folder) {
        let mut folders: Vec<&str> = inside.split('/').collect();
        let Some(name) = folders.pop() else { continue };
        // dist/lib/recursive-readdir.js is told to skip these.
        if name.starts_with('_') || folders.iter().any(|folder| folder.starts_with('_')) {
            continue;
        }
        match context.stem(name) {
            Some("page") => found.push(page(context, file, inside, &folders, &layouts)),
            Some("route") => found.push(handler(context, file, &folders, notes)),
            stem => found.extend(metadata::route(context, file, &folders, name, stem)),
        }
    }
    found
}

/// Route files are parsed to know their methods; of pages, a glance tells enough.
fn read_ahead(context: &Context<'_>, folder: &str) {
    let files = below(context.app.files, folder);
    let is_handler = |inside: &str| {
        let name = inside.rsplit('/').next().unwrap_or(inside);
        context.stem(name) == Some("route")
    };
    let handlers = files.filter(|(_, inside)| is_handler(inside));
    let handlers: Vec<String> = handlers.map(|(file, _)| file.to_owned()).collect();
    context.app.project.read_ahead(&handlers);
}

/// The layout of each folder that has one, by the folder's path inside the router's.
fn layouts<'f>(context: &Context<'f>, folder: &str) -> HashMap<&'f str, &'f str> {
    let mut layouts = HashMap::new();
    for (file, inside) in below(context.app.files, folder) {
        let (folders, name) = inside.rsplit_once('/').unwrap_or(("", inside));
        if context.stem(name) == Some("layout") {
            layouts.entry(folders).or_insert(file);
        }
    }
    layouts
}

fn page(
    context: &Context<'_>,
    file: &str,
    inside: &str,
    folders: &[&str],
    layouts: &HashMap<&str, &str>,
) -> Found {
    let pattern = path::pattern(folders.iter().copied());
    let is_client = context.glance(file).is_some_and(|glance| glance.is_client);
    let resource = if is_client {
        Resource::Static {
            why: "a client component: it runs in the browser".to_owned(),
        }
    } else {
        Resource::Export {
            file: file.to_owned(),
            name: "default".to_owned(),
        }
    };
    let above = inside
        .match_indices('/')
        .filter_map(|(at, _)| inside.get(..at));
    let around = std::iter::once("").chain(above);
    Found {
        kind: RouteKind::Page,
        file: file.to_owned(),
        urls: path::urls(&pattern, &context.config),
        pattern,
        targets: vec![Target {
            method: "GET".to_owned(),
            resource,
        }],
        layouts: around
            .filter_map(|folder| layouts.get(folder))
            .map(|&layout| layout.to_owned())
            .collect(),
    }
}

fn handler(context: &Context<'_>, file: &str, folders: &[&str], notes: &mut Vec<String>) -> Found {
    let pattern = path::pattern(folders.iter().copied());
    let exports = exports::of(context.app.project, file);
    if let Some(why) = &exports.open {
        notes.push(format!("{file} may answer further methods: {why}"));
    }
    let answered = METHODS.iter().filter(|method| exports.has(method));
    Found {
        kind: RouteKind::Handler,
        file: file.to_owned(),
        urls: path::urls(&pattern, &context.config),
        pattern,
        targets: answered
            .map(|&method| Target {
                method: method.to_owned(),
                resource: Resource::Export {
                    file: file.to_owned(),
                    name: method.to_owned(),
                },
            })
            .collect(),
        layouts: Vec::new(),
    }
}
