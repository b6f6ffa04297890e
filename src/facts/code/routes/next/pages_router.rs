//! Routes of the Pages Router: `pages/**`.

use super::{Context, below, exports, path};
use crate::facts::code::routes::{Found, Resource, Target};
use crate::model::routes::RouteKind;

/// Files that make no URL, or only that of an error.
const RESERVED: &[&str] = &["/_app", "/_document", "/_error", "/404", "/500"];

/// Lists the routes in a folder.
pub(super) fn routes(context: &Context<'_>, folder: &str, notes: &mut Vec<String>) -> Vec<Found> {
    let files = below(context.app.files, folder);
    let pages =
        files.filter(|(_, inside)| !inside.starts_with("api/") && context.stem(inside).is_some());
    let pages: Vec<String> = pages.map(|(file, _)| file.to_owned()).collect();
    context.app.project.read_ahead(&pages);
    below(context.app.files, folder)
        .filter_map(|(file, inside)| route(context, file, inside, notes))
        .collect()
}

fn route(
    context: &Context<'_>,
    file: &str,
    inside: &str,
    notes: &mut Vec<String>,
) -> Option<Found> {
    if inside.ends_with(".d.ts") {
        return None;
    }
    // dist/build/route-discovery.js, `getPageFromPath`: only one `/index` is taken away.
    let whole = format!("/{}", context.stem(inside)?);
    let page = whole.strip_suffix("/index").unwrap_or(&whole);
    let pattern = if page.is_empty() { "/" } else { page };
    if RESERVED.contains(&pattern) {
        return None;
    }
    let is_api = pattern == "/api" || pattern.starts_with("/api/");
    let target = |method: &str, resource| Target {
        method: method.to_owned(),
        resource,
    };
    let export = |name: &str| Resource::Export {
        file: file.to_owned(),
        name: name.to_owned(),
    };
    let targets = if is_api {
        // One function answers every method; a reader and a writer stand for all that it does not name.
        let text = context.text(file).unwrap_or_default();
        let named = |method: &&str| {
            ["'", "\"", "`"]
                .iter()
                .any(|quote| text.contains(&[quote, *method, quote].concat()))
        };
        let others = ["PUT", "PATCH", "DELETE"].into_iter().filter(named);
        ["GET", "POST"]
            .into_iter()
            .chain(others)
            .map(|method| target(method, export("default")))
            .collect()
    } else {
        vec![target("GET", server_code(context, file, notes))]
    };
    Some(Found {
        pattern: pattern.to_owned(),
        kind: if is_api {
            RouteKind::Api
        } else {
            RouteKind::Page
        },
        file: file.to_owned(),
        urls: path::urls(pattern, &context.config),
        targets,
        layouts: Vec::new(),
    })
}

/// What of a page runs on the server for each request.
fn server_code(context: &Context<'_>, file: &str, notes: &mut Vec<String>) -> Resource {
    let text = context.text(file).unwrap_or_default();
    let named = |name: &str| text.contains(name);
    let exports = exports::of(context.app.project, file);
    if let Some(why) = &exports.open {
        notes.push(format!("{file} may run more on the server: {why}"));
    }
    if exports.has("getServerSideProps") {
        return Resource::Export {
            file: file.to_owned(),
            name: "getServerSideProps".to_owned(),
        };
    }
    let why = if exports.has("getStaticProps") {
        "built ahead of time"
    } else if named("getInitialProps") {
        notes.push(format!(
            "{file}: `getInitialProps` runs in the browser as well and was not followed"
        ));
        "`getInitialProps` runs in the browser as well"
    } else {
        "no server code of its own"
    };
    Resource::Static {
        why: why.to_owned(),
    }
}
