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
    let text = context.text(file).unwrap_or_default();
    let resource = if directives(&text).any(|directive| directive == "use client") {
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

/// The directives at the top of a text, without parsing the rest of it: `use client`.
pub(super) fn directives(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rest = match text.strip_prefix("#!") {
        Some(script) => script.split_once('\n').map_or("", |(_, rest)| rest),
        None => text,
    };
    std::iter::from_fn(move || {
        rest = after_space(rest);
        let quote = rest
            .chars()
            .next()
            .filter(|one| matches!(one, '"' | '\''))?;
        let (directive, after) = rest.get(1..)?.split_once(quote)?;
        rest = after_space(after);
        rest = rest.strip_prefix(';').unwrap_or(rest);
        Some(directive)
    })
}

/// The text after spaces and comments.
fn after_space(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let after = match (text.strip_prefix("//"), text.strip_prefix("/*")) {
            (Some(line), _) => line.split_once('\n').map(|(_, rest)| rest),
            (_, Some(block)) => block.split_once("*/").map(|(_, rest)| rest),
            _ => return text,
        };
        text = after.unwrap_or_default();
    }
}
