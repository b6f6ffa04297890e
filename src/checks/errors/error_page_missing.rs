//! `errors/error-page-missing`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::code::shapes::care::{self, Care};
use crate::facts::{Facts, tree};
use crate::model::routes::{Route, RouteKind, Sensitivity};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "errors/error-page-missing",
        group: Group::Errors,
        severity: Severity::Warning,
        pass: "What a page or a handler throws meets an error page of the app's own",
        fail: "What a page or a handler throws meets no error page of the app's own",
        why: "when Clerk or a database is out of reach, users see the framework's bare page and no way on",
        docs: include_str!("error_page_missing.md"),
    },
    needs: &[Need::Shapes, Need::Routes],
    scope: Scope::Apps,
    run,
};

/// How a framework is told what to show.
struct Convention {
    /// What is meant by its pages, in the message.
    of: &'static str,
    /// Stems of files that it loads.
    files: &'static [&'static str],
    /// What to add.
    add: &'static str,
}

const APP_ROUTER: Convention = Convention {
    of: "the App Router",
    files: &["error", "global-error"],
    add: "add app/error.tsx, and app/global-error.tsx for what the root layout throws",
};

fn convention(framework: &str) -> Option<Convention> {
    Some(match framework {
        "next" => Convention {
            of: "the Pages Router",
            files: &["_error", "500"],
            add: "add pages/500.tsx or pages/_error.tsx",
        },
        "react-router" | "remix" => Convention {
            of: "the router",
            files: &[],
            add: "export an ErrorBoundary from app/root.tsx",
        },
        "tanstack-start" => Convention {
            of: "the router",
            files: &[],
            add: "give createRouter() a defaultErrorComponent",
        },
        "sveltekit" => Convention {
            of: "SvelteKit",
            files: &["+error", "error"],
            add: "add src/routes/+error.svelte",
        },
        "nuxt" => Convention {
            of: "Nuxt",
            files: &["error"],
            add: "add error.vue beside app.vue",
        },
        "astro" => Convention {
            of: "Astro",
            files: &["500", "404"],
            add: "add src/pages/500.astro",
        },
        _ => return None,
    })
}

fn run(facts: &Facts) -> Verdict {
    if facts.app.framework.id == "express" {
        return express(facts);
    }
    let Some(convention) = convention(facts.app.framework.id) else {
        return Verdict::not_applicable(format!(
            "{} has no error pages of its own to replace",
            facts.app.framework.name
        ));
    };
    let routes = facts
        .routes
        .as_ref()
        .into_iter()
        .flat_map(|map| &map.routes);
    let pages: Vec<&Route> = routes
        .filter(|route| route.kind == RouteKind::Page)
        .collect();
    let Some(first) = pages
        .iter()
        .min_by_key(|page| (page.file.len(), &page.file))
    else {
        return Verdict::not_applicable("the app has no pages");
    };
    let in_app = |path: &str| path.starts_with("app/") || path.contains("/app/");
    let is_app_router = facts.app.framework.id == "next" && in_app(within(facts, &first.file));
    let convention = if is_app_router {
        APP_ROUTER
    } else {
        convention
    };
    if has_boundary(facts) || has_file(facts, &convention) {
        return Verdict::Judged(Vec::new());
    }
    let Some((what, place)) = asks_clerk(facts, &pages).or_else(|| asks_else(&pages)) else {
        return Verdict::not_applicable(
            "no page was seen to ask Clerk's Backend API or a database while it is made",
        );
    };
    Verdict::Judged(vec![
        Finding::warning(format!(
            "{what} throws where it gets no answer, and no file of the app says what {} shows then",
            convention.of
        ))
        .at(place, "")
        .fix(match facts.app.framework.id {
            "next" if within(facts, &first.file).starts_with("src/") => convention
                .add
                .replace("app/", "src/app/")
                .replace("pages/", "src/pages/"),
            _ => convention.add.to_owned(),
        }),
    ])
}

/// A question to Clerk that nothing catches, on the way to a page: in its file, or in a component, which in
/// a file that may ask Clerk is rendered on the server.
fn asks_clerk(facts: &Facts, pages: &[&Route]) -> Option<(String, Place)> {
    const LOADERS: &[&str] = &["+page", "+layout", "root"];
    let is_loader = |path: &str| {
        let name = tree::file_name(path);
        LOADERS.contains(&name.split('.').next().unwrap_or(name))
    };
    let renders = |path: &str| {
        path.ends_with("sx") || is_loader(path) || pages.iter().any(|page| page.file == path)
    };
    let mut cares = facts.shapes.as_ref().into_iter().flat_map(care::all);
    cares.find_map(|(file, shape, care)| match care {
        Care::AsksBackend(call) if renders(&file.path) => Some((call.clone(), file.place(shape))),
        _ => None,
    })
}

/// A question to a database in the code of a page.
fn asks_else(pages: &[&Route]) -> Option<(String, Place)> {
    let methods = pages.iter().flat_map(|page| &page.methods);
    let mut work = methods.flat_map(|answer| &answer.sensitive);
    work.find(|one| one.kind == Sensitivity::ReadsUserData)
        .map(|one| {
            let place = Place::Span {
                file: one.place.file.clone(),
                line: one.place.line,
                column: one.place.column,
                excerpt: None,
            };
            (format!("{}()", one.what.trim_end_matches("()")), place)
        })
}

/// A path as it is below the app's folder, with a slash before.
fn within<'p>(facts: &Facts, path: &'p str) -> &'p str {
    path.strip_prefix(facts.app.path.as_str())
        .map_or(path, |rest| rest.trim_start_matches('/'))
}

fn has_file(facts: &Facts, convention: &Convention) -> bool {
    let special = facts
        .shapes
        .as_ref()
        .into_iter()
        .flat_map(|all| &all.special);
    special
        .map(|path| tree::file_name(path))
        .filter_map(|name| name.rsplit_once('.'))
        .any(|(stem, _)| convention.files.contains(&stem))
}

fn has_boundary(facts: &Facts) -> bool {
    let mut cares = facts.shapes.as_ref().into_iter().flat_map(care::all);
    cares.any(|(_, _, care)| *care == Care::Boundary)
}

/// Express has a handler of its own, which answers with the stack trace unless `NODE_ENV` is `production`
/// (expressjs.com/en/guide/error-handling).
fn express(facts: &Facts) -> Verdict {
    if has_boundary(facts) {
        return Verdict::Judged(Vec::new());
    }
    Verdict::Judged(vec![
        Finding::warning("no middleware with four parameters was seen: Express then answers what is thrown by itself, with the stack trace wherever NODE_ENV is not production")
            .at(Place::file(facts.app.manifest.clone()), "")
            .fix("add app.use((err, req, res, next) => …) after the routes, which logs err and answers 500"),
    ])
}
