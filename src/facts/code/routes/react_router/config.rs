//! `app/routes.ts`, as far as it is written out.
//!
//! The helpers of `@react-router/dev/routes` 7: `route`, `index`, `layout`, `prefix`; and `flatRoutes`
//! of `@react-router/fs-routes`.

use super::Node;
use super::flat;
use crate::facts::code::module::Module;
use crate::facts::code::resolve::join;
use crate::facts::code::routes::files::{self, FileApp};
use crate::facts::code::tree::{Expr, Item, Kind};

/// How deep routes stand in routes.
const MAX_DEPTH: u32 = 16;

/// How many lists and routes are looked at; names may lead back to themselves.
const MAX_STEPS: u32 = 20_000;

/// What routes.ts says.
pub(super) struct Reader<'a, 'm> {
    pub app: &'a FileApp<'a>,
    /// The app folder: `app`.
    pub folder: &'a str,
    pub module: &'m Module,
    pub nodes: Vec<Node>,
    /// Offsets of what could not be read.
    pub unread: Vec<u32>,
    /// How many lists and routes were looked at.
    pub steps: u32,
}

/// Where a route stands.
#[derive(Clone, Default)]
struct Within {
    path: String,
    parent: Option<String>,
}

impl Reader<'_, '_> {
    pub(super) fn read(&mut self) {
        match files::declared(self.module, files::DEFAULT) {
            Some(value) => self.list(value, &Within::default(), MAX_DEPTH),
            None => self.unread.push(0),
        }
    }

    fn list(&mut self, value: &Expr, within: &Within, depth: u32) {
        self.steps += 1;
        let Some(depth) = depth.checked_sub(1).filter(|_| self.steps < MAX_STEPS) else {
            return;
        };
        match &value.kind {
            Kind::Array(items) => {
                for item in items {
                    match item.spread {
                        true => self.list(&item.value, within, depth),
                        false => self.one(&item.value, within, depth),
                    }
                }
            }
            Kind::Await(inner) => self.list(inner, within, depth),
            Kind::Name(name) => match files::declared(self.module, name) {
                Some(value) => self.list(value, within, depth),
                None => self.unread.push(value.at),
            },
            _ => self.call(value, within, depth),
        }
    }

    /// What a call gives that stands for several routes.
    fn call(&mut self, value: &Expr, within: &Within, depth: u32) {
        if let Some(arguments) = files::call_of(value, "flatRoutes") {
            self.flat(arguments, within);
        } else if let Some([path, routes]) = files::call_of(value, "prefix") {
            match files::text(&path.value) {
                Some(path) => self.list(&routes.value, &below(within, path), depth),
                None => self.unread.push(value.at),
            }
        } else {
            self.unread.push(value.at);
        }
    }

    fn one(&mut self, value: &Expr, within: &Within, depth: u32) {
        self.steps += 1;
        if self.steps >= MAX_STEPS {
            return;
        }
        let children = |arguments: &[Item]| {
            let last = arguments.last().map(|item| item.value.clone());
            last.filter(|last| matches!(last.kind, Kind::Array(_) | Kind::Name(_)))
        };
        let text = |item: &Item| files::text(&item.value).map(str::to_owned);
        if let Some(arguments) = files::call_of(value, "index") {
            let file = arguments.first().and_then(text);
            return self.node(value, within, None, file, true, None, depth);
        }
        if let Some(arguments) = files::call_of(value, "layout") {
            let file = arguments.first().and_then(text);
            let children = children(arguments.get(1..).unwrap_or_default());
            return self.node(value, within, None, file, false, children, depth);
        }
        if let Some(arguments) = files::call_of(value, "route") {
            let path = arguments.first().and_then(|item| match item.value.kind {
                Kind::Null => Some(String::new()),
                _ => text(item),
            });
            let Some(path) = path else {
                return self.unread.push(value.at);
            };
            let file = arguments.get(1).and_then(text);
            let children = children(arguments.get(2..).unwrap_or_default());
            return self.node(value, within, Some(&path), file, false, children, depth);
        }
        let Kind::Object(properties) = &value.kind else {
            return self.unread.push(value.at);
        };
        let given = |name: &str| files::property(properties, name);
        let path = given("path").and_then(files::text).map(str::to_owned);
        let file = given("file").and_then(files::text).map(str::to_owned);
        let is_index = given("index").and_then(files::flag).unwrap_or(false);
        let children = given("children").cloned();
        self.node(
            value,
            within,
            path.as_deref(),
            file,
            is_index,
            children,
            depth,
        );
    }

    #[allow(clippy::too_many_arguments, reason = "they are the parts of one route")]
    fn node(
        &mut self,
        at: &Expr,
        within: &Within,
        path: Option<&str>,
        file: Option<String>,
        is_index: bool,
        children: Option<Expr>,
        depth: u32,
    ) {
        let Some(file) = file else {
            return self.unread.push(at.at);
        };
        let own = below(within, path.unwrap_or_default());
        let file = join(&self.app.path(self.folder), &file);
        let id = format!("{file}#{}", self.nodes.len());
        self.nodes.push(Node {
            id: id.clone(),
            file,
            path: own.path.clone(),
            is_index,
            parent: within.parent.clone(),
        });
        if let Some(children) = children {
            let within = Within {
                path: own.path,
                parent: Some(id),
            };
            self.list(&children, &within, depth);
        }
    }

    fn flat(&mut self, arguments: &[Item], within: &Within) {
        let options = arguments
            .first()
            .and_then(|item| files::object(self.module, &item.value))
            .unwrap_or_default();
        let folder = files::property(options, "rootDirectory").and_then(files::text);
        let folder = format!("{}/{}", self.folder, folder.unwrap_or("routes"));
        let ignored = files::property(options, "ignoredRouteFiles");
        let ignored = ignored.map(strings).unwrap_or_default();
        let below = self.app.below(&folder);
        for mut node in flat::nodes(below, &folder, &ignored) {
            if !within.path.is_empty() {
                node.path = format!("{}/{}", within.path, node.path);
            }
            node.parent = node.parent.or_else(|| within.parent.clone());
            self.nodes.push(node);
        }
    }
}

/// The strings of a list.
pub(super) fn strings(list: &Expr) -> Vec<String> {
    let Kind::Array(items) = &list.kind else {
        return Vec::new();
    };
    let texts = items.iter().filter_map(|item| files::text(&item.value));
    texts.map(str::to_owned).collect()
}

fn below(within: &Within, path: &str) -> Within {
    let parts = [within.path.as_str(), path.trim_matches('/')];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Within {
        path: parts.join("/"),
        parent: within.parent.clone(),
    }
}
