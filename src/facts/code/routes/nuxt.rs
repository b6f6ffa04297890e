//! The routes of Nuxt and its server, Nitro: `server/api`, `server/routes`, and the pages.
//!
//! The rules of `scanServerRoutes` of nitropack 2 (`src/core/scan.ts`). Everything in
//! `server/middleware` runs before every request. A page is rendered by the server and has no code of
//! its own there; a route middleware of Vue runs for the first page only and guards no data.

use super::files::{self, FileApp, FileRoute, FileRoutes, export, nothing, target};
use crate::facts::code::module::Module;
use crate::facts::code::tree::{Key, Kind, Property};
use crate::model::routes::RouteKind;

const EXTENSIONS: &[&str] = &["js", "mjs", "cjs", "ts", "mts", "cts", "tsx", "jsx"];
const METHODS: &[&str] = &[
    "connect", "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

/// Finds the routes of an app.
pub fn routes(app: &FileApp<'_>) -> FileRoutes {
    let mut found = FileRoutes::default();
    let config = app
        .first(&["nuxt.config"], EXTENSIONS)
        .and_then(|file| app.module(&file));
    let set = |name: &str| {
        let value = files::setting(config.as_deref()?, &[name])?;
        Some(files::text(value)?.trim_matches(['.', '/']).to_owned())
    };
    let source = set("srcDir");
    let servers = [
        set("serverDir"),
        Some("server".to_owned()),
        source.as_ref().map(|source| format!("{source}/server")),
    ];
    let there = |folder: &String| app.below(folder).next().is_some();
    let server = servers.into_iter().flatten().find(there);
    if let Some(server) = &server {
        for (folder, prefix) in [("api", "/api"), ("routes", "")] {
            let all = app.below(&format!("{server}/{folder}"));
            found
                .routes
                .extend(all.filter_map(|(file, inside)| handler(file, inside, prefix)));
        }
        let middleware = app.below(&format!("{server}/middleware"));
        let middleware = middleware.filter(|(file, _)| is_code(file));
        found
            .before
            .extend(middleware.map(|(file, _)| export(file, "default")));
        globals(app, &format!("{server}/utils"), true, &mut found);
    }
    globals(app, "shared/utils", false, &mut found);
    // With `ssr: false` the server sends one empty page for all of them.
    let ssr = config
        .as_deref()
        .and_then(|config| files::setting(config, &["ssr"]));
    if ssr.is_some_and(|ssr| matches!(ssr.kind, Kind::Bool(false))) {
        return found.sorted();
    }
    let pages = [source.unwrap_or_default(), "app".to_owned()]
        .map(|folder| format!("{folder}/pages").trim_start_matches('/').to_owned());
    if let Some(pages) = pages.iter().find(|folder| there(folder)) {
        let mut pages: Vec<_> = app
            .below(pages)
            .filter_map(|(file, inside)| page(file, inside))
            .collect();
        if let Some(config) = config.as_deref() {
            for page in &mut pages {
                page.built = is_built(config, &page.found.pattern);
            }
        }
        found.routes.extend(pages);
        let note = "A page of Nuxt has no code of its own on the server, and its route middleware runs in the browser too: what it shows has to be guarded where the data comes from";
        found.notes.push(note.to_owned());
    }
    found.sorted()
}

fn is_code(file: &str) -> bool {
    let declares = file.ends_with(".d.ts") || file.contains(".test.") || file.contains(".spec.");
    !declares && files::stem(file).is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

fn handler(file: &str, inside: &str, prefix: &str) -> Option<FileRoute> {
    let (mut stem, _) = files::stem(inside).filter(|_| is_code(file))?;
    if let Some((rest, environment)) = stem.rsplit_once('.')
        && matches!(environment, "dev" | "prod" | "prerender")
    {
        if environment == "dev" {
            return None;
        }
        stem = rest;
    }
    let mut method = "ALL".to_owned();
    if let Some((rest, last)) = stem.rsplit_once('.')
        && METHODS.contains(&last)
    {
        method = last.to_uppercase();
        stem = rest;
    }
    let parts = stem.split('/').filter(|part| !is_group(part));
    let mut pattern = prefix.to_owned();
    for part in parts {
        pattern.push('/');
        pattern.push_str(part);
    }
    let pattern = match pattern.strip_suffix("/index") {
        Some("") => "/".to_owned(),
        Some(rest) => rest.to_owned(),
        None => pattern,
    };
    let targets = vec![target(&method, export(file, "default"))];
    let mut found = files::found(&pattern, RouteKind::Handler, file, targets);
    // h3's router takes a slash at the end off before it looks (radix3, `strictTrailingSlash`).
    files::with_slashes(&mut found.urls);
    Some(FileRoute {
        found,
        before: Vec::new(),
        built: false,
    })
}

fn is_group(part: &str) -> bool {
    part.starts_with('(') && part.ends_with(')')
}

fn page(file: &str, inside: &str) -> Option<FileRoute> {
    let (stem, extension) = files::stem(inside)?;
    if !matches!(extension, "vue" | "ts" | "tsx" | "js" | "jsx") {
        return None;
    }
    let parts: Vec<&str> = stem
        .split('/')
        .filter(|part| !is_group(part) && *part != "index")
        .collect();
    let why = "a page has no code of its own on the server";
    let targets = vec![target("GET", nothing(why))];
    Some(FileRoute {
        found: files::found(
            &format!("/{}", parts.join("/")),
            RouteKind::Page,
            file,
            targets,
        ),
        before: Vec::new(),
        built: false,
    })
}

/// Whether `routeRules` has a page built once: the nearest rule that says so or not
/// (<https://nuxt.com/docs/guide/concepts/rendering#route-rules>). Of a page with parameters some URLs may not
/// be known when the app is built.
fn is_built(config: &Module, pattern: &str) -> bool {
    let rules =
        files::setting(config, &["routeRules"]).and_then(|rules| files::object(config, rules));
    let said = rules.into_iter().flatten().filter_map(|rule| match rule {
        Property::Value(Key::Name(path), rule) => {
            let rule = files::property(files::object(config, rule)?, "prerender")?;
            Some((&**path, files::flag(rule) == Some(true)))
        }
        _ => None,
    });
    let covers = |path: &str| match path.strip_suffix("/**") {
        Some(above) => {
            let below = pattern.strip_prefix(above);
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        None => path == pattern,
    };
    let nearest = said
        .filter(|(path, _)| covers(path))
        .max_by_key(|(path, _)| path.len());
    !pattern.contains('[') && nearest.is_some_and(|(_, is_built)| is_built)
}

/// What a folder gives to every module by itself.
fn globals(app: &FileApp<'_>, folder: &str, deep: bool, found: &mut FileRoutes) {
    for (file, inside) in app.below(folder) {
        if !is_code(file) || (!deep && inside.contains('/')) {
            continue;
        }
        let Some(module) = app.module(file) else {
            continue;
        };
        let mut names = module.export_names();
        // `export default` is known by the name of its file.
        if let (Some(at), Some((stem, _))) = (
            names.iter().position(|name| name == "default"),
            files::stem(inside),
        ) {
            names.remove(at);
            let name = stem.rsplit('/').next().unwrap_or(stem);
            found
                .globals
                .push((name.to_owned(), file.to_owned(), "default".to_owned()));
        }
        let own = names
            .into_iter()
            .map(|name| (name.clone(), file.to_owned(), name));
        found.globals.extend(own);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{lines, of};
    use super::*;

    #[test]
    fn the_suffix_of_a_file_is_its_method() {
        let found = of(
            &[
                ("server/api/users/index.get.ts", ""),
                ("server/api/users/[id].delete.ts", ""),
                ("server/api/hello.ts", ""),
                ("server/api/debug.dev.ts", ""),
                ("server/routes/feed.xml.get.ts", ""),
                ("server/routes/[...path].ts", ""),
                ("server/middleware/auth.ts", ""),
                ("app/pages/index.vue", ""),
                ("app/pages/posts/[id].vue", ""),
            ],
            routes,
        );
        assert_eq!(
            lines(&found),
            [
                "page / GET",
                "handler /[...path] ALL",
                "handler /api/hello ALL",
                "handler /api/users GET",
                "handler /api/users/[id] DELETE",
                "handler /feed.xml GET",
                "page /posts/[id] GET",
            ]
        );
        assert_eq!(
            found.before,
            [export("server/middleware/auth.ts", "default")]
        );
    }

    #[test]
    fn without_rendering_on_the_server_there_is_no_page_there() {
        let files = |config| {
            [
                ("nuxt.config.ts", config),
                ("server/api/hello.ts", ""),
                ("app/pages/index.vue", ""),
            ]
        };
        let found = of(
            &files("export default defineNuxtConfig({ ssr: false })"),
            routes,
        );
        assert_eq!(lines(&found), ["handler /api/hello ALL"]);
        let found = of(
            &files("export default defineNuxtConfig({ ssr: true })"),
            routes,
        );
        assert_eq!(lines(&found).len(), 2);
    }

    #[test]
    fn helpers_of_the_server_are_known_everywhere() {
        let found = of(
            &[
                ("server/utils/auth.ts", "export function requireUser() {}"),
                ("server/utils/deep/log.ts", "export default () => {}"),
                ("shared/utils/text.ts", "export const upper = 1"),
            ],
            routes,
        );
        let names: Vec<_> = found
            .globals
            .iter()
            .map(|(name, ..)| name.as_str())
            .collect();
        assert_eq!(names, ["requireUser", "log", "upper"]);
    }
}
