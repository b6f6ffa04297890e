//! The routes of Astro: `src/pages`, and the actions in `src/actions`.
//!
//! <https://docs.astro.build/en/guides/routing/> and /on-demand-rendering/: a page is built once unless
//! `output` is `server` or the page says `prerender = false`. What is built runs no code, middleware
//! included, when a visitor asks for it.

use super::files::{self, FileApp, FileRoute, FileRoutes, export, member, nothing, target};
use super::{Found, Resource};
use crate::facts::code::module::Module;
use crate::facts::code::tree::{Expr, Property};
use crate::model::routes::RouteKind;

const CONFIGS: &[&str] = &["mjs", "js", "ts", "mts", "cjs", "cts"];
const METHODS: &[&str] = &[
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ALL",
];

/// How many actions are listed; groups may lead back to themselves.
const MAX_ACTIONS: usize = 2_000;

/// What the config says.
struct Config {
    source: String,
    base: String,
    /// Whether a path is served with and without a slash at its end: `trailingSlash` is `ignore` unless
    /// it is set.
    slashes: bool,
    /// Whether a page that says nothing is built.
    built: bool,
}

/// Finds the routes of an app.
pub fn routes(app: &FileApp<'_>) -> FileRoutes {
    let mut found = FileRoutes::default();
    let config = config(app, &mut found.notes);
    let pages = format!("{}/pages", config.source);
    for (file, inside) in app.below(&pages) {
        let private = inside.split('/').any(|part| part.starts_with(['_', '.']));
        if let Some((stem, extension)) = files::stem(inside).filter(|_| !private) {
            found
                .routes
                .extend(route(app, &config, file, stem, extension));
        }
    }
    let stems = ["middleware", "middleware/index"].map(|stem| format!("{}/{stem}", config.source));
    let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
    if let Some(file) = app.first(&stems, &["ts", "js", "mts", "mjs"]) {
        found.before.push(export(&file, "onRequest"));
    }
    let stems = ["actions", "actions/index"].map(|stem| format!("{}/{stem}", config.source));
    let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
    if let Some(file) = app.first(&stems, &["ts", "js", "mts", "mjs"]) {
        actions(app, &config, &file, &mut found);
    }
    found.sorted()
}

fn config(app: &FileApp<'_>, notes: &mut Vec<String>) -> Config {
    let file = app.first(&["astro.config"], CONFIGS);
    let module = file.as_deref().and_then(|file| app.module(file));
    let text = |name: &str| {
        let value = files::setting(module.as_deref()?, &[name])?;
        Some(files::text(value)?.trim_matches(['.', '/']).to_owned())
    };
    if let (Some(file), None) = (&file, &module) {
        notes.push(format!(
            "{file} could not be read; `output: \"static\"` was assumed"
        ));
    }
    let base = text("base").filter(|base| !base.is_empty());
    let output = text("output");
    let is_computed = match (&file, &module, &output) {
        (Some(file), Some(module), None) if files::setting(module, &["output"]).is_some() => {
            notes.push(format!(
                "{file} computes `output`; `\"server\"` was assumed"
            ));
            true
        }
        _ => false,
    };
    Config {
        source: text("srcDir").unwrap_or_else(|| "src".to_owned()),
        base: base.map(|base| format!("/{base}")).unwrap_or_default(),
        slashes: text("trailingSlash").is_none_or(|slash| slash == "ignore"),
        built: !is_computed && output.as_deref() != Some("server"),
    }
}

fn route(
    app: &FileApp<'_>,
    config: &Config,
    file: &str,
    stem: &str,
    extension: &str,
) -> Option<FileRoute> {
    let is_page = match extension {
        "astro" | "md" | "mdx" | "markdown" | "mdown" | "html" => true,
        "ts" | "js" | "mts" | "mjs" => false,
        _ => return None,
    };
    let module = app.module(file);
    let built = module
        .as_deref()
        .and_then(|module| files::flag(files::declared(module, "prerender")?))
        .unwrap_or(config.built);
    let targets = match (is_page, built) {
        (true, _) if extension != "astro" => vec![target("GET", nothing("a page without code"))],
        (true, _) => vec![target(
            "GET",
            Resource::Body {
                file: file.to_owned(),
            },
        )],
        (false, true) => vec![target("GET", export(file, "GET"))],
        (false, false) => {
            let names = app.exports(file);
            let methods = METHODS
                .iter()
                .filter(|method| names.iter().any(|name| name == *method));
            let all: Vec<_> = methods
                .map(|method| target(method, export(file, method)))
                .collect();
            match all.is_empty() {
                // The visitor says that it could not be read.
                true if module.is_none() => vec![target("GET", export(file, "GET"))],
                true => vec![target("GET", nothing("it exports no handler"))],
                false => all,
            }
        }
    };
    let kind = if is_page {
        RouteKind::Page
    } else {
        RouteKind::Handler
    };
    let mut found = at(config, &pattern(stem), kind, file, targets);
    if config.slashes && !built {
        files::with_slashes(&mut found.urls);
    }
    Some(FileRoute {
        found,
        before: Vec::new(),
        built,
    })
}

fn at(
    config: &Config,
    pattern: &str,
    kind: RouteKind,
    file: &str,
    targets: Vec<super::Target>,
) -> Found {
    let mut found = files::found(pattern, kind, file, targets);
    for url in &mut found.urls {
        *url = match url.as_str() {
            "/" if !config.base.is_empty() => config.base.clone(),
            url => format!("{}{url}", config.base),
        };
    }
    found
}

fn pattern(stem: &str) -> String {
    let inside = stem
        .strip_suffix("index")
        .filter(|rest| rest.is_empty() || rest.ends_with('/'));
    let inside = inside.unwrap_or(stem).trim_end_matches('/');
    format!("/{inside}")
}

/// The actions, each callable at `/_actions/name` and, by a form, at any page with `?_action=name`
/// (astro, `src/actions/runtime`).
fn actions(app: &FileApp<'_>, config: &Config, file: &str, found: &mut FileRoutes) {
    let Some(module) = app.module(file) else {
        found
            .notes
            .push(format!("{file} could not be read, and with it the actions"));
        return;
    };
    let server =
        files::declared(&module, "server").and_then(|server| files::object(&module, server));
    let Some(server) = server else {
        found.notes.push(format!(
            "{file}: `server` is not written out, so that its actions are not in the map"
        ));
        return;
    };
    let mut all = Vec::new();
    group(app, file, &module, server, &[], &mut all, 6);
    for path in all {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let mut one = files::found(
            &names.join("."),
            RouteKind::Action,
            file,
            vec![target("POST", member(file, "server", &names))],
        );
        one.urls = vec![
            format!("{}/_actions/{}", config.base, names.join(".")),
            format!("{}/", config.base),
        ];
        found.routes.push(FileRoute {
            found: one,
            before: Vec::new(),
            built: false,
        });
    }
}

/// Actions may stand in groups.
fn group(
    app: &FileApp<'_>,
    file: &str,
    module: &Module,
    all: &[Property],
    within: &[String],
    found: &mut Vec<Vec<String>>,
    depth: u32,
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for name in files::keys(all) {
        if found.len() >= MAX_ACTIONS {
            return;
        }
        let mut path = within.to_vec();
        path.push(name.to_owned());
        let value = files::property(all, name);
        match value.and_then(|value| inner(app, file, module, value)) {
            Some((_, inner)) if inner.is_empty() => {}
            Some((module, inner)) => {
                let module = module.as_deref();
                if let Some(module) = module {
                    group(app, file, module, &inner, &path, found, depth);
                }
            }
            None => found.push(path),
        }
    }
}

type Group = (Option<std::sync::Arc<Module>>, Vec<Property>);

/// The group that a value is, also where another file has it.
fn inner(app: &FileApp<'_>, file: &str, module: &Module, value: &Expr) -> Option<Group> {
    use crate::facts::code::resolve::Target;
    use crate::facts::code::tree::Kind;
    use crate::facts::code::value::Taken;
    match &value.kind {
        Kind::Object(all) => Some((app.module(file), all.clone())),
        Kind::Name(name) => {
            if let Some(value) = files::declared(module, name) {
                return match &value.kind {
                    Kind::Object(all) => Some((app.module(file), all.clone())),
                    _ => None,
                };
            }
            let import = module.import(name)?;
            let Taken::Export(taken) = &import.taken else {
                return None;
            };
            let Target::File(other) = app.project.resolve(file, &import.source) else {
                return None;
            };
            let module = app.module(&other)?;
            let taken = if taken == "default" {
                files::DEFAULT
            } else {
                taken
            };
            match &files::declared(&module, taken)?.kind {
                Kind::Object(all) => Some((Some(std::sync::Arc::clone(&module)), all.clone())),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{lines, of};
    use super::*;

    const ACTIONS: &str = "export const server = {
        like: defineAction({ handler: () => 1 }),
        blog: { post: defineAction({ handler: () => 1 }) },
    }";

    #[test]
    fn a_page_is_built_unless_something_says_otherwise() {
        let files = [
            ("src/pages/index.astro", "---\nconst a = 1\n---\n<p/>"),
            (
                "src/pages/live.astro",
                "---\nexport const prerender = false\n---\n<p/>",
            ),
            ("src/pages/posts/[...slug].md", ""),
            ("src/pages/_part.astro", ""),
            ("src/pages/rss.xml.js", "export const GET = () => 1"),
            (
                "src/pages/api/x.ts",
                "export const prerender = false; export const GET = () => 1; export async function POST() {}",
            ),
        ];
        assert_eq!(
            lines(&of(&files, routes)),
            [
                "page / GET built",
                "handler /api/x GET POST",
                "page /live GET",
                "page /posts/[...slug] GET built",
                "handler /rss.xml GET built",
            ]
        );
        let config = (
            "astro.config.mjs",
            "export default defineConfig({ output: 'server', base: '/shop' })",
        );
        let mut all = files.to_vec();
        all.push(config);
        let found = of(&all, routes);
        assert_eq!(
            lines(&found)
                .iter()
                .filter(|line| line.ends_with("built"))
                .count(),
            0
        );
        assert_eq!(
            found.routes.first().map(|one| one.found.urls.clone()),
            Some(vec!["/shop".to_owned(), "/shop/".to_owned()])
        );
    }

    #[test]
    fn actions_are_called_by_their_name_and_from_any_page() {
        let found = of(&[("src/actions/index.ts", ACTIONS)], routes);
        assert_eq!(lines(&found), ["action blog.post POST", "action like POST"]);
        let urls = found.routes.first().map(|one| one.found.urls.clone());
        assert_eq!(
            urls,
            Some(vec!["/_actions/blog.post".to_owned(), "/".to_owned()])
        );
    }
}
