//! The routes of SvelteKit: `src/routes`, and its remote functions.
//!
//! <https://svelte.dev/docs/kit/routing>: `+page.server` has the page's `load` and its form `actions`,
//! `+server` the handlers of an endpoint. The `load` of a layout runs beside that of the page, and can be
//! left out by who asks, so that it guards nothing but what awaits `parent()`.

use super::Target;
use super::files::{self, FileApp, FileRoute, FileRoutes, export, member, nothing, target};
use crate::facts::code::tree::{Expr, Kind};
use crate::model::routes::RouteKind;

const METHODS: &[&str] = &[
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "fallback",
];
const EXTENSIONS: &[&str] = &["ts", "js"];
const ROUTES: &str = "src/routes";

/// Finds the routes of an app.
pub fn routes(app: &FileApp<'_>) -> FileRoutes {
    let mut found = FileRoutes::default();
    let mut seen: Vec<String> = Vec::new();
    for (file, inside) in app.below(ROUTES) {
        let (folder, name) = inside.rsplit_once('/').unwrap_or(("", inside));
        let Some((stem, extension)) = files::stem(name) else {
            continue;
        };
        let is_code = EXTENSIONS.contains(&extension);
        if stem == "+server" && is_code {
            found.routes.push(endpoint(app, file, folder));
        } else if stem == "+page" || stem.starts_with("+page@") || stem == "+page.server" {
            if seen.iter().any(|known| known == folder) {
                continue;
            }
            seen.push(folder.to_owned());
            found.routes.push(page(app, file, folder));
        }
    }
    if let Some(file) = app.first(&["src/hooks.server", "src/hooks.server/index"], EXTENSIONS) {
        found.before.push(export(&file, "handle"));
    }
    remote(app, &mut found);
    if found.routes.iter().any(|one| !one.found.layouts.is_empty()) {
        let note = "The load function of a layout runs beside that of the page and can be left out by who asks: a check in it guards only what awaits `parent()`";
        found.notes.push(note.to_owned());
    }
    found.sorted()
}

/// The pattern of a folder: groups are gone, and escapes are what they stand for.
fn pattern(folder: &str) -> String {
    let parts = folder
        .split('/')
        .filter(|part| !part.is_empty() && !is_group(part));
    let parts: Vec<String> = parts.map(unescaped).collect();
    format!("/{}", parts.join("/"))
}

fn is_group(part: &str) -> bool {
    part.starts_with('(') && part.ends_with(')')
}

/// `[x+2e]well-known` is `.well-known`.
fn unescaped(part: &str) -> String {
    let mut out = String::new();
    let mut rest = part;
    while let Some((before, after)) = rest.split_once("[x+") {
        out.push_str(before);
        let Some((code, after)) = after.split_once(']') else {
            break;
        };
        let one = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
        out.extend(one);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn endpoint(app: &FileApp<'_>, file: &str, folder: &str) -> FileRoute {
    let names = app.exports(file);
    let methods = METHODS
        .iter()
        .filter(|method| names.iter().any(|name| name == *method));
    let mut targets: Vec<Target> = methods
        .map(|method| {
            let shown = if *method == "fallback" { "ALL" } else { method };
            target(shown, export(file, method))
        })
        .collect();
    let built = is_built(app, &[file.to_owned()], folder);
    if built {
        targets = vec![target("GET", export(file, "GET"))];
    } else if app.module(file).is_none() {
        // The visitor says that it could not be read.
        targets = vec![target("GET", export(file, "GET"))];
    } else if targets.is_empty() {
        targets = vec![target("GET", nothing("it exports no handler"))];
    }
    FileRoute {
        found: files::found(&pattern(folder), RouteKind::Handler, file, targets),
        before: Vec::new(),
        built,
    }
}

fn page(app: &FileApp<'_>, file: &str, folder: &str) -> FileRoute {
    let inside = |name: &str| format!("{ROUTES}/{folder}/{name}");
    let server = app.first(&[&inside("+page.server")], EXTENSIONS);
    let universal = app.first(&[&inside("+page")], EXTENSIONS);
    let own: Vec<String> = server.iter().chain(&universal).cloned().collect();
    let built = is_built(app, &own, folder);
    let mut targets = Vec::new();
    if let Some(server) = server.as_deref() {
        let names = app.exports(server);
        let has = |name: &str| names.iter().any(|own| own == name);
        if has("load") || app.module(server).is_none() {
            targets.push(target("GET", export(server, "load")));
        }
        if has("actions") && !built {
            targets.extend(actions(app, server));
        }
    }
    if targets.iter().all(|one| one.method != "GET") {
        let why = match built {
            true => "a plain file: the page is built once",
            false => "a page without a load function on the server",
        };
        targets.insert(0, target("GET", nothing(why)));
    }
    let shown = server.as_deref().unwrap_or(file);
    let mut found = files::found(&pattern(folder), RouteKind::Page, shown, targets);
    found.layouts = layouts(app, folder, "+layout.server");
    FileRoute {
        found,
        before: Vec::new(),
        built,
    }
}

/// The form actions of a page, all of which are a POST to its URL.
fn actions(app: &FileApp<'_>, file: &str) -> Vec<Target> {
    let module = app.module(file);
    let names = module.as_deref().and_then(|module| {
        let all = files::object(module, files::declared(module, "actions")?)?;
        Some(files::keys(all).map(str::to_owned).collect::<Vec<_>>())
    });
    match names {
        Some(names) => names
            .iter()
            .map(|name| target("POST", member(file, "actions", &[name])))
            .collect(),
        None => vec![target("POST", export(file, "actions"))],
    }
}

/// The layouts around a folder, outermost first.
fn layouts(app: &FileApp<'_>, folder: &str, stem: &str) -> Vec<String> {
    let mut folders = vec![String::new()];
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        let last = folders.last().cloned().unwrap_or_default();
        folders.push(format!("{last}/{part}"));
    }
    let file = |folder: &String| {
        let stem = format!("{ROUTES}{folder}/{stem}");
        app.first(&[&stem], EXTENSIONS)
    };
    folders.iter().filter_map(file).collect()
}

/// `export const prerender = true`, in the files of a route or in a layout around it; the nearest counts.
fn is_built(app: &FileApp<'_>, own: &[String], folder: &str) -> bool {
    let mut all = layouts(app, folder, "+layout");
    all.extend(layouts(app, folder, "+layout.server"));
    all.sort_by_key(String::len);
    all.extend(own.iter().cloned());
    let said = all.iter().rev().find_map(|file| {
        let module = app.module(file)?;
        files::flag(files::declared(&module, "prerender")?)
    });
    said == Some(true)
}

/// Functions of `*.remote.ts` files: each is an endpoint that the browser calls by its id.
fn remote(app: &FileApp<'_>, found: &mut FileRoutes) {
    for (file, inside) in app.below("src") {
        let is_remote = [".remote.ts", ".remote.js"]
            .iter()
            .any(|end| inside.ends_with(end));
        let Some(module) = app.module(file).filter(|_| is_remote) else {
            continue;
        };
        for (name, value) in files::declarations(&module) {
            let Some(method) = remote_method(value).filter(|_| module.export(name).is_some())
            else {
                continue;
            };
            let mut one = files::found(
                name,
                RouteKind::Action,
                file,
                vec![target(method, export(file, name))],
            );
            one.urls = vec![format!("/_app/remote/{name}")];
            found.routes.push(FileRoute {
                found: one,
                before: Vec::new(),
                built: false,
            });
        }
    }
}

fn remote_method(value: &Expr) -> Option<&'static str> {
    let Kind::Call { callee, .. } = &value.kind else {
        return None;
    };
    let name = match &callee.kind {
        Kind::Name(name) => name,
        Kind::Member { object, .. } => match &object.kind {
            Kind::Name(name) => name,
            _ => return None,
        },
        _ => return None,
    };
    match &**name {
        "query" => Some("GET"),
        "command" | "form" => Some("POST"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{lines, of};
    use super::*;

    #[test]
    fn pages_actions_endpoints_and_remote_functions_are_found() {
        let found = of(
            &[
                ("src/routes/+page.svelte", ""),
                ("src/routes/(app)/notes/[id=int]/+page.svelte", ""),
                (
                    "src/routes/(app)/notes/[id=int]/+page.server.ts",
                    "export const load = () => 1; export const actions = { default: () => 1, remove: () => 2 }",
                ),
                (
                    "src/routes/api/x/+server.ts",
                    "export const GET = () => 1; export function POST() {}",
                ),
                (
                    "src/routes/docs/+layout.ts",
                    "export const prerender = true",
                ),
                ("src/routes/docs/[...path]/+page.svelte", ""),
                (
                    "src/routes/[x+2e]well-known/+server.ts",
                    "export const fallback = () => 1",
                ),
                (
                    "src/lib/todo.remote.ts",
                    "export const list = query(async () => 1); export const add = form(async () => 1); const own = query(1)",
                ),
                (
                    "src/routes/+layout.server.ts",
                    "export const load = () => 1",
                ),
            ],
            routes,
        );
        assert_eq!(
            lines(&found),
            [
                "page / GET",
                "handler /.well-known ALL",
                "handler /api/x GET POST",
                "page /docs/[...path] GET built",
                "page /notes/[id=int] GET POST POST",
                "action add POST",
                "action list GET",
            ]
        );
    }
}
