//! The routes of TanStack Start: `src/routes`, and the server functions of the whole app.
//!
//! A route's `beforeLoad` runs from the root down before its `loader`; both run on the server for the
//! first page and in the browser after that, so that they can guard the page only. A server function
//! (`createServerFn`) is an endpoint of its own, wherever it is called from. `server.middleware` of a
//! route runs before the handlers and pages at and below it (`createStartHandler.ts` of
//! `@tanstack/start-server-core` 1.160).

use super::files::{self, FileApp, FileRoute, FileRoutes, member, nothing, target};
use super::{Resource, Target};
use crate::facts::code::module::Module;
use crate::facts::code::scan::is_source;
use crate::facts::code::tree::{Expr, Kind, Property};
use crate::model::routes::RouteKind;

const EXTENSIONS: &[&str] = &["ts", "tsx", "js", "jsx"];
const METHODS: &[&str] = &[
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY",
];

/// What creates a route, and under which export the framework finds it.
const ROUTE: &str = "Route";

/// A route file.
struct Node<'f> {
    file: &'f str,
    /// With everything that makes no part of a URL: `/_app/posts/$id`.
    id: String,
}

/// Finds the routes of an app.
pub fn routes(app: &FileApp<'_>) -> FileRoutes {
    let mut found = FileRoutes::default();
    let folder = folder(app);
    let nodes = nodes(app, &folder);
    for node in &nodes {
        found.routes.extend(route(app, node, &nodes));
    }
    let start = app.first(&["src/start", "app/start"], EXTENSIONS);
    let middleware = |name: &str| {
        let start = start.as_deref()?;
        app.mentions(start, name)
            .then(|| member(start, "startInstance", &[name]))
    };
    found.before.extend(middleware("requestMiddleware"));
    let before: Vec<Resource> = middleware("functionMiddleware").into_iter().collect();
    let source = folder.split('/').next().unwrap_or_default();
    functions(app, source, &before, &mut found);
    found.sorted()
}

/// `routesDirectory` of tsr.config.json or of the plugin in vite.config.
fn folder(app: &FileApp<'_>) -> String {
    let config = app.project.sources().text(&app.path("tsr.config.json"));
    let written = config.and_then(|text| {
        let (_, rest) = text.split_once("\"routesDirectory\"")?;
        Some(rest.split('"').nth(1)?.trim_matches(['.', '/']).to_owned())
    });
    let known = ["src/routes", "app/routes"];
    let there = |folder: &&str| app.below(folder).next().is_some();
    written.unwrap_or_else(|| {
        known
            .into_iter()
            .find(there)
            .unwrap_or("src/routes")
            .to_owned()
    })
}

fn nodes<'a>(app: &FileApp<'a>, folder: &str) -> Vec<Node<'a>> {
    let all = app.below(folder).filter_map(|(file, inside)| {
        let (stem, extension) = files::stem(inside)?;
        let ignored = inside.split('/').any(|part| part.starts_with(['-', '.']));
        if !EXTENSIONS.contains(&extension) || ignored || stem.ends_with(".lazy") {
            return None;
        }
        let module = app.module(file);
        let id = module.as_deref().and_then(written);
        Some(Node {
            file,
            id: id.unwrap_or_else(|| by_name(stem)),
        })
    });
    all.collect()
}

/// The id that the generator has written into the file: `createFileRoute('/posts/$id')`.
fn written(module: &Module) -> Option<String> {
    let all = files::declarations(module);
    all.filter(|(name, _)| matches!(*name, ROUTE | "ServerRoute" | "APIRoute"))
        .find_map(|(_, value)| created(value))
}

fn created(value: &Expr) -> Option<String> {
    let Kind::Call {
        callee, arguments, ..
    } = &value.kind
    else {
        return None;
    };
    let name = match &callee.kind {
        Kind::Name(name) => name,
        Kind::Call { .. } => return created(callee),
        Kind::Member { object, .. } => return created(object),
        _ => return None,
    };
    let creates = matches!(
        &**name,
        "createFileRoute" | "createServerFileRoute" | "createAPIFileRoute"
    );
    let first = arguments.first().filter(|_| creates)?;
    files::text(&first.value).map(str::to_owned)
}

/// The id by the name of the file: dots stand for folders.
fn by_name(stem: &str) -> String {
    if stem == "__root" {
        return "__root__".to_owned();
    }
    let mut parts: Vec<String> = vec![String::new()];
    let mut escaped = false;
    for one in stem.chars() {
        match one {
            '[' => escaped = true,
            ']' => escaped = false,
            '.' | '/' if !escaped => parts.push(String::new()),
            _ => {
                if let Some(last) = parts.last_mut() {
                    last.push(one);
                }
            }
        }
    }
    if parts.last().is_some_and(|last| last == "route") {
        parts.pop();
    }
    let is_index = parts.last().is_some_and(|last| last == "index");
    if is_index {
        parts.pop();
    }
    let id = format!("/{}", parts.join("/"));
    if is_index && id != "/" {
        format!("{id}/")
    } else {
        id
    }
}

/// The URL pattern of an id: layouts without a path and groups are gone.
fn pattern(id: &str) -> String {
    let parts = id.split('/').filter(|part| {
        let group = part.starts_with('(') && part.ends_with(')');
        !part.is_empty() && !part.starts_with('_') && !group
    });
    // A trailing `_` takes a route out of its parent and is no part of the URL.
    let parts: Vec<&str> = parts
        .map(|part| part.strip_suffix('_').unwrap_or(part))
        .collect();
    format!("/{}", parts.join("/"))
}

/// The routes around one, from the root down.
fn around<'n, 'f>(node: &Node<'f>, nodes: &'n [Node<'f>]) -> Vec<&'n Node<'f>> {
    let begins = |other: &&Node<'f>| {
        let is_root = other.id == "__root__";
        let inside = node
            .id
            .strip_prefix(other.id.as_str())
            .is_some_and(|rest| rest.starts_with('/') && !other.id.ends_with('/'));
        is_root || (other.id != node.id && inside)
    };
    let mut all: Vec<&Node<'f>> = nodes.iter().filter(begins).collect();
    all.sort_by_key(|one| (one.id != "__root__", one.id.len()));
    all
}

/// The options of a route, where they are written out.
fn options(module: &Module) -> Option<&[Property]> {
    let value = files::declared(module, ROUTE)?;
    let Kind::Call { arguments, .. } = &value.kind else {
        return None;
    };
    files::object(module, &arguments.first()?.value)
}

fn route(app: &FileApp<'_>, node: &Node<'_>, nodes: &[Node<'_>]) -> Option<FileRoute> {
    if node.id == "__root__" {
        return None;
    }
    let around = around(node, nodes);
    let Some(module) = app.module(node.file) else {
        let targets = vec![target("GET", member(node.file, ROUTE, &["loader"]))];
        let found = files::found(&pattern(&node.id), RouteKind::Page, node.file, targets);
        return Some(FileRoute {
            found,
            before: Vec::new(),
            built: false,
        });
    };
    let inside = format!("{}/", node.id.trim_end_matches('/'));
    let is_layout =
        !node.id.ends_with('/') && nodes.iter().any(|other| other.id.starts_with(&inside));
    let options = options(&module);
    let mut targets = handlers(&module, node.file, options);
    let has = |name: &str| options.is_some_and(|options| files::property(options, name).is_some());
    let is_page = targets.is_empty() || has("component") || has("loader");
    if is_page && is_layout && targets.is_empty() && !has("loader") {
        // Its `beforeLoad` is walked in the pages inside it.
        return None;
    }
    if is_page {
        let in_browser = options
            .and_then(|options| files::property(options, "ssr"))
            .and_then(files::flag)
            == Some(false);
        let is_written = options.is_some() || files::declared(&module, ROUTE).is_none();
        let resource = match in_browser {
            // Where the options are made elsewhere, the visitor looks for them.
            _ if !is_written => member(node.file, ROUTE, &["loader"]),
            true => nothing("`ssr: false`: it runs in the browser only"),
            false => steps(app, node, &around),
        };
        targets.insert(0, target("GET", resource));
    }
    let kind = if is_page {
        RouteKind::Page
    } else {
        RouteKind::Handler
    };
    let mut found = files::found(&pattern(&node.id), kind, node.file, targets);
    found.layouts = around.iter().map(|one| one.file.to_owned()).collect();
    let chain = around.into_iter().chain([node]);
    let before = chain
        .filter(|one| {
            let module = app.module(one.file);
            let server = module
                .as_deref()
                .and_then(|module| files::property(self::options(module)?, "server").cloned());
            server.is_some_and(|server| match &server.kind {
                Kind::Object(all) => files::property(all, "middleware").is_some(),
                _ => false,
            })
        })
        .map(|one| member(one.file, ROUTE, &["server", "middleware"]))
        .collect();
    Some(FileRoute {
        found,
        before,
        built: false,
    })
}

/// What the server runs before it renders a page.
fn steps(app: &FileApp<'_>, node: &Node<'_>, around: &[&Node<'_>]) -> Resource {
    let mut steps = Vec::new();
    let mut add = |file: &str, name: &str| {
        let module = app.module(file);
        let written = module
            .as_deref()
            .and_then(options)
            .is_some_and(|options| files::property(options, name).is_some());
        if written {
            steps.push(member(file, ROUTE, &[name]));
        }
    };
    for one in around {
        add(one.file, "beforeLoad");
    }
    add(node.file, "beforeLoad");
    add(node.file, "loader");
    match steps.is_empty() {
        true => nothing("a page without a loader: the server only renders it"),
        false => Resource::Series(steps),
    }
}

/// The handlers of a server route, in the present form and in the two before it.
fn handlers(module: &Module, file: &str, options: Option<&[Property]>) -> Vec<Target> {
    let server = options.and_then(|options| files::property(options, "server"));
    let present = server
        .and_then(|server| files::object(module, server))
        .and_then(|server| files::property(server, "handlers"));
    if let Some(handlers) = present {
        let names = files::object(module, handlers).unwrap_or_default();
        return targets(names, |method| {
            member(file, ROUTE, &["server", "handlers", method])
        });
    }
    for name in ["ServerRoute", "APIRoute"] {
        let Some(value) = files::declared(module, name) else {
            continue;
        };
        let names = files::object(module, value).unwrap_or_default();
        return targets(names, |method| member(file, name, &[method]));
    }
    Vec::new()
}

fn targets(handlers: &[Property], resource: impl Fn(&str) -> Resource) -> Vec<Target> {
    let methods = files::keys(handlers).filter(|key| METHODS.contains(key));
    methods
        .map(|method| target(method, resource(method)))
        .collect()
}

/// The server functions, each at an address made of its id.
fn functions(app: &FileApp<'_>, source: &str, before: &[Resource], found: &mut FileRoutes) {
    let sources = app.below(source);
    for (file, inside) in sources {
        let elsewhere = inside
            .split('/')
            .any(|part| matches!(part, "node_modules" | "dist" | ".output"));
        if elsewhere || !is_source(file) || is_test(inside) || !app.mentions(file, "createServerFn")
        {
            continue;
        }
        let Some(module) = app.module(file) else {
            found.notes.push(format!(
                "{file} could not be read, and with it its server functions"
            ));
            continue;
        };
        for (name, value) in files::declarations(&module) {
            let Some(method) = server_function(value) else {
                continue;
            };
            let mut one = files::found(
                name,
                RouteKind::Action,
                file,
                vec![target(method, member(file, name, &[]))],
            );
            one.urls = vec![format!("/_serverFn/{name}")];
            found.routes.push(FileRoute {
                found: one,
                before: before.to_vec(),
                built: false,
            });
        }
    }
}

fn is_test(path: &str) -> bool {
    [".test.", ".spec.", "__tests__/"]
        .iter()
        .any(|part| path.contains(part))
}

/// The method of `createServerFn({ method }).….handler(…)`; a GET without one.
fn server_function(value: &Expr) -> Option<&str> {
    let mut value = value;
    let mut is_whole = false;
    loop {
        let Kind::Call {
            callee, arguments, ..
        } = &value.kind
        else {
            return None;
        };
        match &callee.kind {
            Kind::Member { object, name, .. } => {
                is_whole |= &**name == "handler";
                value = object;
            }
            Kind::Name(name) if &**name == "createServerFn" && is_whole => {
                let options = arguments.first().map(|item| &item.value.kind);
                let method = match options {
                    Some(Kind::Object(all)) => files::property(all, "method").and_then(files::text),
                    _ => None,
                };
                return Some(method.unwrap_or("GET"));
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{lines, of};
    use super::*;

    #[test]
    fn names_become_ids_and_ids_patterns() {
        for (name, expected) in [
            ("index", "/"),
            ("posts/index", "/posts"),
            ("posts.$id", "/posts/$id"),
            ("_app/join.$token", "/join/$token"),
            ("(shop)/cart", "/cart"),
            ("posts_.$id.edit", "/posts/$id/edit"),
            ("files/$", "/files/$"),
            ("robots[.]txt", "/robots.txt"),
            ("admin/route", "/admin"),
        ] {
            assert_eq!(pattern(&by_name(name)), expected, "{name}");
        }
    }

    #[test]
    fn pages_server_routes_and_server_functions_are_found() {
        let found = of(
            &[
                ("src/routes/__root.tsx", "export const Route = createRootRoute({ beforeLoad: () => {} })"),
                ("src/routes/index.tsx", "export const Route = createFileRoute('/')({ component: Home })"),
                ("src/routes/_app.tsx", "export const Route = createFileRoute('/_app')({ beforeLoad: guard, component: App })"),
                ("src/routes/_app/lists/$id.tsx", "export const Route = createFileRoute('/_app/lists/$id')({ loader: load })"),
                (
                    "src/routes/api/x.ts",
                    "export const Route = createFileRoute('/api/x')({ server: { handlers: { GET: () => 1, POST: { handler() {} } } } })",
                ),
                (
                    "src/lib/todos.ts",
                    "export const list = createServerFn().handler(() => 1)
                    const add = createServerFn({ method: 'POST' }).validator(v).handler(async () => 1)
                    const base = createServerFn()",
                ),
                ("src/routes/-helper.ts", ""),
            ],
            routes,
        );
        assert_eq!(
            lines(&found),
            [
                "page / GET",
                "handler /api/x GET POST",
                "page /lists/$id GET",
                "action add POST",
                "action list GET",
            ]
        );
        let list = found
            .routes
            .iter()
            .find(|one| one.found.pattern == "/lists/$id");
        let resource = list
            .and_then(|one| one.found.targets.first())
            .map(|one| &one.resource);
        let expected = Resource::Series(vec![
            member("src/routes/__root.tsx", ROUTE, &["beforeLoad"]),
            member("src/routes/_app.tsx", ROUTE, &["beforeLoad"]),
            member("src/routes/_app/lists/$id.tsx", ROUTE, &["loader"]),
        ]);
        assert_eq!(resource, Some(&expected));
    }
}
