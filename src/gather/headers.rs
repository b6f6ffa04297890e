//! The headers that an app sends: the files of hosts and servers, and the code through which pages go.

use std::collections::{BTreeMap, BTreeSet};

use super::Reading;
use crate::facts::Facts;
use crate::facts::code::resolve::Target;
use crate::facts::code::scan::is_test;
use crate::facts::framework::Side;
use crate::facts::headers::code::{self, Role};
use crate::facts::headers::files::{self, File};
use crate::facts::headers::{self, Headers, Name, clerk};
use crate::facts::project::App;
use crate::facts::tree;
use crate::model::Known;

/// How many imports lead from a middleware to a helper that is still looked at.
const STEPS: usize = 3;

/// At most this many files are looked at for helpers.
const HELPERS: usize = 60;

/// The headers of an app.
pub(super) fn of(reading: &Reading<'_>, facts: &Facts) -> Known<Headers> {
    let mut found = Headers::default();
    let app = &facts.app;
    of_files(reading, app, &mut found);
    of_code(reading, app, &mut found);
    let names = facts.env.as_ref().into_iter().flat_map(|env| env.all());
    let moves = |name: &str| {
        ["CLERK_PROXY_URL", "CLERK_DOMAIN", "CLERK_IS_SATELLITE"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    found.other_frontend_api |= names
        .filter(|variable| variable.is_set())
        .any(|variable| moves(&variable.winner.name));
    // Of two who set the same header, the middleware comes last.
    let by_middleware = |one: &headers::Setting| one.by == "the middleware" && one.sure;
    let written = found
        .options
        .iter()
        .any(|option| option.report_only == Some(false));
    let names: Vec<Name> = found
        .set
        .iter()
        .filter(|one| by_middleware(one))
        .map(|one| one.name)
        .chain(written.then_some(Name::Policy))
        .collect();
    for setting in found.set.iter_mut().filter(|one| one.by == "next.config") {
        setting.replaced |= setting.name == Name::Policy && names.contains(&setting.name);
    }
    Known::Yes(found)
}

/// Whether a path lies in the folder of an app and in that of no app within.
fn is_in(reading: &Reading<'_>, app: &App, path: &str) -> bool {
    let deeper = |other: &&String| **other != app.path && tree::is_below(other, &app.path);
    tree::is_below(path, &app.path)
        && !reading
            .folders
            .iter()
            .filter(deeper)
            .any(|other| tree::is_below(path, other))
}

fn of_files(reading: &Reading<'_>, app: &App, found: &mut Headers) {
    let of_tree = reading.once.headers.get_or_init(|| {
        let all = reading.tree.with_workspace();
        let kinds = all.filter_map(|path| Some((path.clone(), files::kind_of(path)?)));
        kinds.filter(|(path, _)| !is_test(path)).collect()
    });
    // The root of the workspace, or the audited directory.
    let top = reading.tree.levels("").pop().unwrap_or_default();
    let several = reading.folders.len() + reading.others.len() > 1;
    for (path, kind) in of_tree {
        let kind = *kind;
        let own = is_in(reading, app, path);
        let of_nobody = !reading
            .folders
            .iter()
            .any(|folder| tree::is_below(path, folder))
            && !reading
                .others
                .iter()
                .any(|other| tree::is_below(path, &other.path));
        let folder = match (own, of_nobody) {
            (true, _) => app.path.as_str(),
            (false, true) => top.as_str(),
            (false, false) => continue,
        };
        let below = code::below(path, folder).unwrap_or_default();
        let fits = match kind {
            File::Html => own && is_the_page(below),
            File::Underscore => {
                own && matches!(below, "_headers" | "public/_headers" | "static/_headers")
            }
            File::Nginx | File::Caddy => true,
            File::Rules | File::Netlify | File::StaticWebApp => {
                !below.contains('/')
                    || matches!(below.split_once('/'), Some(("public" | "static", name)) if !name.contains('/'))
            }
        };
        if !fits {
            continue;
        }
        let before = found.set.len();
        if let Some(text) = reading.project.sources().text(path) {
            files::read(kind, path, &text, found);
        }
        // Which of several apps a file beside them is for cannot be told.
        if !own && several {
            let new = found.set.iter_mut().skip(before);
            new.for_each(|one| one.sure = false);
        }
    }
}

/// The page of an app that runs in the browser alone, by its path below the app.
fn is_the_page(below: &str) -> bool {
    matches!(
        below,
        "index.html"
            | "public/index.html"
            | "src/index.html"
            | "client/index.html"
            | "src/app.html"
    )
}

/// The files of the app that may set headers, with what they are to the pages.
fn of_code(reading: &Reading<'_>, app: &App, found: &mut Headers) {
    let project = reading.project;
    let is_server = app.stack().any(|framework| framework.side == Side::Server);
    let in_library = |path: &str| {
        app.libraries
            .iter()
            .any(|folder| tree::is_below(path, folder))
    };
    let shaped: BTreeSet<&str> = reading
        .scanned
        .shaped
        .iter()
        .map(String::as_str)
        .filter(|path| is_in(reading, app, path) || in_library(path))
        .collect();
    let mut wordy: BTreeSet<&str> = BTreeSet::new();
    for path in &shaped {
        let Some(text) = project.sources().text(path) else {
            continue;
        };
        let lower = text.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if has(code::WORDS) {
            wordy.insert(path);
        }
        found.other_frontend_api |= clerk::moves_frontend_api(&text);
        found.sends_pages |= is_server && code::sends_pages(&text);
        if has(clerk::WORDS)
            && let Some(Ok(module)) = project.module(path)
        {
            clerk::read(project, path, &module, found);
        }
    }
    found.sends_pages |= is_server && has_templates(reading, app);

    let mut roles: BTreeMap<String, Role> = BTreeMap::new();
    for path in reading.tree.below(&app.path) {
        let role = code::below(path, &app.path).and_then(code::role);
        let role = role.filter(|_| is_in(reading, app, path));
        let Some(role) = role.filter(|role| !(is_server && *role == Role::Middleware)) else {
            continue;
        };
        roles.insert(path.clone(), role);
    }
    helpers(reading, &wordy, &mut roles);
    if is_server && found.sends_pages {
        for path in &wordy {
            roles.entry((*path).to_owned()).or_insert(Role::Server);
        }
    }
    for (path, role) in &roles {
        let is_config = matches!(role, Role::NextConfig | Role::Config);
        let worth = is_config || wordy.contains(path.as_str());
        if worth && let Some(Ok(module)) = project.module(path) {
            code::read(project, path, &module, *role, found);
        }
    }
}

/// Whether an app has templates that its server fills in.
fn has_templates(reading: &Reading<'_>, app: &App) -> bool {
    const ENDS: &[&str] = &[".ejs", ".hbs", ".pug", ".njk", ".handlebars"];
    let below = reading.tree.below(&app.path).iter();
    let mut own = below.filter(|path| ENDS.iter().any(|end| path.ends_with(end)));
    own.any(|path| !is_test(path) && !path.contains("mail"))
}

/// Adds the files with headers that a middleware imports.
fn helpers(reading: &Reading<'_>, wordy: &BTreeSet<&str>, roles: &mut BTreeMap<String, Role>) {
    if wordy.iter().all(|path| roles.contains_key(*path)) {
        return;
    }
    let middleware = roles
        .iter()
        .filter(|(_, role)| **role == Role::Middleware)
        .map(|(path, _)| path.clone());
    let mut edge: Vec<String> = middleware.collect();
    let mut seen: BTreeSet<String> = edge.iter().cloned().collect();
    for _ in 0..STEPS {
        let mut next = Vec::new();
        for path in &edge {
            let Some(Ok(module)) = reading.project.module(path) else {
                continue;
            };
            for import in module.imports.iter().filter(|import| !import.type_only) {
                if let Target::File(target) = reading.project.resolve(path, &import.source)
                    && seen.len() < HELPERS
                    && seen.insert(target.clone())
                {
                    if wordy.contains(target.as_str()) {
                        roles.entry(target.clone()).or_insert(Role::Helper);
                    }
                    next.push(target);
                }
            }
        }
        edge = next;
    }
}
