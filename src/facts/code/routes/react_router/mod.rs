//! The routes of React Router in framework mode and of Remix: `app/routes.ts` and `app/routes`.
//!
//! Each route has a module. On the server its `loader` answers a GET and its `action` everything else;
//! without a component (`export default`) the module is an endpoint. Loaders of a page and its layouts
//! run side by side, and each can be asked for alone (`?_routes=`), so that none guards another;
//! `middleware` runs from the root down before any of them (React Router 7.9 with `v8_middleware`).

mod config;
mod flat;

use std::collections::BTreeSet;

use super::files::{self, FileApp, FileRoute, FileRoutes, export, nothing, target};
use super::{Resource, Target};
use crate::facts::code::module::Spot;
use crate::model::routes::RouteKind;

const EXTENSIONS: &[&str] = &["tsx", "ts", "jsx", "js", "mts", "mjs"];

/// How deep a route stands in others at most.
const MAX_DEPTH: usize = 16;

/// A route module.
#[derive(Debug, Clone, PartialEq)]
struct Node {
    /// What children call it.
    id: String,
    file: String,
    /// Its whole path without a leading slash.
    path: String,
    is_index: bool,
    parent: Option<String>,
}

/// Finds the routes of an app.
pub fn routes(app: &FileApp<'_>) -> FileRoutes {
    let mut found = FileRoutes::default();
    let config = app.first(&["react-router.config", "remix.config"], EXTENSIONS);
    let config = config.and_then(|file| app.module(&file));
    let set = |name: &str| {
        let value = files::setting(config.as_deref()?, &[name])?;
        files::text(value).map(|text| text.trim_matches(['.', '/']).to_owned())
    };
    let folder = set("appDirectory").unwrap_or_else(|| "app".to_owned());
    let list = app.first(&[&format!("{folder}/routes")], EXTENSIONS);
    let nodes = match &list {
        Some(file) => written(app, &folder, file, &mut found.notes),
        None => {
            let ignored = config.as_deref().and_then(|config| {
                files::setting(config, &["ignoredRouteFiles"]).map(config::strings)
            });
            if app.version.is_some_and(|(major, ..)| major < 2) {
                found
                    .notes
                    .push("Remix 1 finds routes in nested folders, which are not read".to_owned());
            }
            let routes = format!("{folder}/routes");
            flat::nodes(app.below(&routes), &routes, &ignored.unwrap_or_default())
        }
    };
    let root = app.first(&[&format!("{folder}/root")], EXTENSIONS);
    // So far only routes that could not be read were worth a note.
    found.is_partial = !found.notes.is_empty();
    // Every component is rendered on the server, but for an app that has none.
    let is_browser_only = config
        .as_deref()
        .and_then(|config| files::setting(config, &["ssr"]))
        .and_then(files::flag)
        == Some(false);
    if is_browser_only {
        found.notes.push(
            "`ssr: false`: the app runs in the browser and no route of it has code on a server"
                .to_owned(),
        );
    }
    let flags = ["v8_middleware", "unstable_middleware"];
    let is_on = flags.iter().any(|flag| {
        let config = config.as_deref();
        let value = config.and_then(|config| files::setting(config, &["future", flag]));
        value.and_then(files::flag) == Some(true)
    });
    let runs = is_on || app.version.is_none_or(|(major, ..)| major >= 8);
    let mut is_left_out = false;
    for node in &nodes {
        let mut before = middleware(app, root.as_deref(), node, &nodes);
        if !runs {
            is_left_out |= !before.is_empty();
            before.clear();
        }
        found.routes.extend(
            route(app, node, &nodes, is_browser_only).map(|found| FileRoute {
                found,
                before,
                built: false,
            }),
        );
    }
    found
        .routes
        .extend(root.and_then(|root| of_root(app, &root)));
    if is_left_out {
        let note = "Routes export `middleware`, which React Router 7 runs only with `future: { v8_middleware: true }` in react-router.config";
        found.notes.push(note.to_owned());
    }
    let layouts: BTreeSet<&String> = found
        .routes
        .iter()
        .flat_map(|one| &one.found.layouts)
        .collect();
    if layouts
        .into_iter()
        .any(|file| app.exports(file).iter().any(|name| name == "loader"))
    {
        let note = "The loaders of a page and its layouts run side by side, and each can be asked for alone: a check in a layout's loader does not guard the routes inside it";
        found.notes.push(note.to_owned());
    }
    found.sorted()
}

/// The routes that are written in `routes.ts`.
fn written(app: &FileApp<'_>, folder: &str, file: &str, notes: &mut Vec<String>) -> Vec<Node> {
    let Some(module) = app.module(file) else {
        notes.push(format!("{file} could not be read, and with it the routes"));
        return Vec::new();
    };
    let mut reader = config::Reader {
        app,
        folder,
        module: &module,
        nodes: Vec::new(),
        unread: Vec::new(),
        steps: 0,
    };
    reader.read();
    let places = reader.unread.iter().map(|at| module.spot(*at));
    notes.extend(places.map(|Spot { line, .. }| {
        format!("{file}:{line}: routes that are computed here are not in the map")
    }));
    reader.nodes
}

/// The middleware of the root, the layouts and the route itself, in this order.
fn middleware(app: &FileApp<'_>, root: Option<&str>, node: &Node, nodes: &[Node]) -> Vec<Resource> {
    let mut chain = vec![node.file.as_str()];
    let mut parent = node.parent.as_ref();
    while let Some(id) = parent.filter(|_| chain.len() < MAX_DEPTH) {
        let Some(above) = nodes.iter().find(|one| one.id == *id) else {
            break;
        };
        chain.push(&above.file);
        parent = above.parent.as_ref();
    }
    let files = root.into_iter().chain(chain.into_iter().rev());
    files
        .filter(|file| app.mentions(file, "iddleware"))
        .flat_map(|file| {
            let names = app.exports(file);
            let own = ["middleware", "unstable_middleware"]
                .into_iter()
                .find(|own| names.iter().any(|name| name == own));
            own.map(|name| export(file, name))
        })
        .collect()
}

fn route(
    app: &FileApp<'_>,
    node: &Node,
    nodes: &[Node],
    is_browser_only: bool,
) -> Option<super::Found> {
    let names = app.exports(&node.file);
    let has = |name: &str| names.iter().any(|own| own == name);
    let unread = app.module(&node.file).is_none()
        && !node.file.ends_with(".md")
        && !node.file.ends_with(".mdx");
    let is_page = has("default") || names.is_empty();
    let runs = !is_browser_only && (has("loader") || has("action") || unread);
    let is_layout = nodes
        .iter()
        .any(|one| one.parent.as_ref() == Some(&node.id));
    let alone = node.is_index || !is_layout;
    // A layout that has nothing of its own on the server is seen in the pages inside it.
    if !runs && !alone {
        return None;
    }
    let mut targets: Vec<Target> = Vec::new();
    match () {
        () if is_browser_only => {
            targets.push(target("GET", nothing("the app runs in the browser only")));
        }
        () if unread || has("loader") => targets.push(target("GET", export(&node.file, "loader"))),
        () if is_page => {
            let why = "a page without a loader: the server only renders it";
            targets.push(target("GET", nothing(why)));
        }
        () => {}
    }
    if has("action") && !is_browser_only {
        targets.push(target("POST", export(&node.file, "action")));
    }
    if targets.is_empty() {
        targets.push(target("GET", nothing("it has no code on the server")));
    }
    let kind = if is_page {
        RouteKind::Page
    } else {
        RouteKind::Handler
    };
    let mut found = files::found(&format!("/{}", node.path), kind, &node.file, targets);
    found.layouts = layouts(node, nodes);
    Some(found)
}

fn layouts(node: &Node, nodes: &[Node]) -> Vec<String> {
    let mut all = Vec::new();
    let mut parent = node.parent.as_ref();
    while let Some(id) = parent.filter(|_| all.len() < MAX_DEPTH) {
        let Some(above) = nodes.iter().find(|one| one.id == *id) else {
            break;
        };
        all.push(above.file.clone());
        parent = above.parent.as_ref();
    }
    all.reverse();
    all
}

/// The root's own loader and action. A loader that only hands Clerk's state to the page is no route.
fn of_root(app: &FileApp<'_>, root: &str) -> Option<FileRoute> {
    let names = app.exports(root);
    let has = |name: &str| names.iter().any(|own| own == name);
    let mut targets = Vec::new();
    if has("loader") && !is_clerks(app, root) {
        targets.push(target("GET", export(root, "loader")));
    }
    if has("action") {
        targets.push(target("POST", export(root, "action")));
    }
    let before = match has("middleware") {
        true => vec![export(root, "middleware")],
        false => Vec::new(),
    };
    (!targets.is_empty()).then(|| FileRoute {
        found: files::found("/", RouteKind::Page, root, targets),
        before,
        built: false,
    })
}

/// `export const loader = (args) => rootAuthLoader(args)`.
fn is_clerks(app: &FileApp<'_>, root: &str) -> bool {
    use crate::facts::code::tree::{Kind, StatementKind};
    let Some(module) = app.module(root) else {
        return false;
    };
    let body = module.program.body.iter();
    let function = files::declared(&module, "loader").and_then(|value| match &value.kind {
        Kind::Function(function) => Some(function),
        _ => None,
    });
    let named = || {
        body.clone().find_map(|one| match &one.kind {
            StatementKind::Function(function) if function.name.as_deref() == Some("loader") => {
                Some(function)
            }
            _ => None,
        })
    };
    let Some(function) = function.or_else(named) else {
        return false;
    };
    let [only] = function.body.as_slice() else {
        return false;
    };
    let StatementKind::Return(Some(value)) = &only.kind else {
        return false;
    };
    let value = match &value.kind {
        Kind::Await(inner) => inner,
        _ => value,
    };
    let Some(arguments) = files::call_of(value, "rootAuthLoader") else {
        return false;
    };
    let handlers = arguments.get(1..).unwrap_or_default().iter();
    handlers
        .into_iter()
        .all(|item| matches!(item.value.kind, Kind::Object(_)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{lines, of};
    use super::*;

    const PAGE: &str = "export default function Page() { return null }";

    #[test]
    fn loaders_answer_gets_and_actions_posts() {
        let found = of(
            &[
                (
                    "app/root.tsx",
                    "export const loader = (args) => rootAuthLoader(args)",
                ),
                ("app/routes/_index.tsx", PAGE),
                (
                    "app/routes/posts.$id.tsx",
                    "export const loader = () => 1; export async function action() {}; export default () => null",
                ),
                ("app/routes/api.hook.ts", "export const action = () => 1"),
                ("app/routes/_shop.tsx", PAGE),
                ("app/routes/_shop.cart/route.tsx", PAGE),
                ("app/routes/_shop.cart/helper.tsx", PAGE),
            ],
            routes,
        );
        assert_eq!(
            lines(&found),
            [
                "page / GET",
                "handler /api/hook POST",
                "page /cart GET",
                "page /posts/:id GET POST",
            ]
        );
    }

    #[test]
    fn routes_that_are_written_out_are_read() {
        let found = of(
            &[
                (
                    "app/routes.ts",
                    "import { index, layout, prefix, route } from '@react-router/dev/routes'
                    const admin = [index('./admin/home.tsx'), route('users/:id', './admin/user.tsx')]
                    export default [
                      index('./home.tsx'),
                      layout('./shell.tsx', [route('about', './about.tsx'), ...prefix('admin', admin)]),
                      { path: 'raw', file: './raw.ts' },
                      ...mapped(),
                    ] satisfies RouteConfig",
                ),
                ("app/home.tsx", PAGE),
                ("app/shell.tsx", "export const middleware = [guard]; export default () => null"),
                ("app/about.tsx", PAGE),
                ("app/admin/home.tsx", PAGE),
                ("app/admin/user.tsx", "export const loader = () => 1"),
                ("app/raw.ts", "export const loader = () => 1"),
            ],
            routes,
        );
        assert_eq!(
            lines(&found),
            [
                "page / GET",
                "page /about GET",
                "page /admin GET",
                "handler /admin/users/:id GET",
                "handler /raw GET",
            ]
        );
        assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
        let user = found
            .routes
            .iter()
            .find(|one| one.found.pattern.ends_with(":id"));
        let before = user.map(|one| one.before.clone());
        assert_eq!(before, Some(vec![export("app/shell.tsx", "middleware")]));
    }

    #[test]
    fn a_list_that_leads_back_to_itself_ends() {
        let code = "const a = [...a, ...a, ...a, ...a, ...a, ...a, ...a, ...a]; export default a";
        assert!(of(&[("app/routes.ts", code)], routes).routes.is_empty());
    }

    #[test]
    fn middleware_of_version_7_needs_its_flag() {
        let files = [
            (
                "app/routes/x.tsx",
                "export const middleware = [guard]; export const loader = () => 1",
            ),
            (
                "react-router.config.ts",
                "export default { future: { v8_middleware: true } } satisfies Config",
            ),
        ];
        for (version, files, expected) in [
            ((7, 9, 0), &files[..1], 0),
            ((7, 9, 0), &files[..], 1),
            ((8, 0, 0), &files[..1], 1),
        ] {
            let found = of(files, |app| {
                routes(&FileApp {
                    version: Some(version),
                    ..*app
                })
            });
            let before = found.routes.first().map_or(0, |one| one.before.len());
            assert_eq!(before, expected, "{version:?}");
        }
    }

    #[test]
    fn what_a_route_passes_on_is_its_own() {
        let files = [
            (
                "app/routes/x.tsx",
                "export * from '../x.server'; export default () => null",
            ),
            (
                "app/x.server.ts",
                "export const loader = () => 1; export const action = () => 1",
            ),
        ];
        assert_eq!(lines(&of(&files, routes)), ["page /x GET POST"]);
    }

    #[test]
    fn flat_routes_may_stand_beside_written_ones() {
        let found = of(
            &[
                (
                    "app/routes.ts",
                    "export default [route('sign-in/*', 'routes/sign-in.tsx'),
                      ...(await flatRoutes({ ignoredRouteFiles: ['routes/sign-in.tsx'] }))]",
                ),
                ("app/routes/sign-in.tsx", PAGE),
                ("app/routes/about.tsx", PAGE),
            ],
            routes,
        );
        assert_eq!(lines(&found), ["page /about GET", "page /sign-in/* GET"]);
    }
}
