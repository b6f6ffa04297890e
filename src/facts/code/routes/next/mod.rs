//! The routes of a Next.js app, from its files.
//!
//! Next.js finds them in dist/build/route-discovery.js (16) and dist/build/entries.js (before): the
//! same rules hold since 13.4. Nothing here asks who may reach a route.

mod actions;
mod app_router;
mod config;
mod exports;
mod glance;
mod graph;
mod inline;
mod matcher;
mod metadata;
mod pages_router;
mod path;
mod shipped;
mod specifiers;

pub use config::{I18n, NextConfig, Redirect, Rewrite, RewriteStage, Rule, Unreadable};
pub use matcher::{
    ConditionKind, MatcherCondition, MatcherSetting, MatcherSource, matcher_setting,
};

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use glance::Glance;

use super::Found;
use crate::facts::code::Project;
use crate::facts::code::next_config::{self, PageExtensions};
use crate::facts::code::resolve::join;

/// A Next.js app.
pub struct NextApp<'a> {
    /// Its folder, relative to the audited directory; empty for that directory itself.
    pub folder: &'a str,
    /// All files below it, sorted, relative to the audited directory.
    pub files: &'a [&'a str],
    /// The files as code.
    pub project: &'a Project<'a>,
    /// Its version of Next.js, where it is known.
    pub version: Option<(u32, u32, u32)>,
}

/// What an app serves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NextRoutes {
    /// Its routes, by pattern.
    pub routes: Vec<Found>,
    /// What its next.config says about URLs.
    pub config: NextConfig,
    /// What could not be told, in sentences.
    pub notes: Vec<String>,
}

/// Everything that is the same for all files of an app.
struct Context<'a> {
    app: &'a NextApp<'a>,
    /// Without the leading dot.
    extensions: Vec<String>,
    config: NextConfig,
    glances: RefCell<HashMap<String, Option<Rc<Glance>>>>,
}

impl Context<'_> {
    /// The stem of a file that has the extension of a page.
    fn stem<'n>(&self, name: &'n str) -> Option<&'n str> {
        let stems = self.extensions.iter().filter_map(|extension| {
            let stem = name.strip_suffix(extension.as_str())?;
            stem.strip_suffix('.')
        });
        // The longest extension counts: `page.tsx` is `index` of `index.page.tsx`.
        stems.min_by_key(|stem| stem.len())
    }

    fn text(&self, file: &str) -> Option<Arc<str>> {
        self.app.project.sources().text(file)
    }

    /// What the text of a file tells at a glance. Each file is read once.
    fn glance(&self, file: &str) -> Option<Rc<Glance>> {
        if let Some(known) = self.glances.borrow().get(file) {
            return known.clone();
        }
        let glance = self.text(file).map(|text| Rc::new(Glance::at(&text)));
        let mut glances = self.glances.borrow_mut();
        glances.insert(file.to_owned(), glance.clone());
        glance
    }
}

/// Finds the routes of an app.
pub fn routes(app: &NextApp<'_>) -> NextRoutes {
    let mut notes = Vec::new();
    let extensions = match next_config::page_extensions(app.project, app.folder) {
        PageExtensions::Known(extensions) => extensions,
        PageExtensions::Undecided { file } => {
            notes.push(format!(
                "{file} computes `pageExtensions`; the default was assumed"
            ));
            let default = next_config::DEFAULT.iter();
            default.map(|&one| one.to_owned()).collect()
        }
    };
    let context = Context {
        app,
        extensions,
        config: config::read(app.project, app.folder),
        glances: RefCell::default(),
    };
    let mut routes = Vec::new();
    let app_folder = folder_of(app, "app");
    let pages_folder = folder_of(app, "pages");
    if let Some(folder) = &app_folder {
        routes.extend(app_router::routes(&context, folder, &mut notes));
        let actions = actions::routes(&context, folder, &routes, &mut notes);
        routes.extend(actions);
    }
    if let Some(folder) = &pages_folder {
        routes.extend(pages_router::routes(&context, folder, &mut notes));
    }
    if let (Some(of_app), Some(of_pages)) = (&app_folder, &pages_folder)
        && parent(of_app) != parent(of_pages)
    {
        // dist/lib/find-pages-dir.js
        notes.push(format!(
            "{of_app} and {of_pages} do not stand side by side: Next.js builds neither"
        ));
    }
    routes.sort_by(|a, b| (&a.pattern, a.kind, &a.file).cmp(&(&b.pattern, b.kind, &b.file)));
    NextRoutes {
        routes,
        config: context.config,
        notes,
    }
}

/// The folder of a router. One at the root hides the one in `src`: dist/lib/find-pages-dir.js.
fn folder_of(app: &NextApp<'_>, router: &str) -> Option<String> {
    [router.to_owned(), format!("src/{router}")]
        .into_iter()
        .map(|inside| join(app.folder, &inside))
        .find(|folder| app.project.sources().exists(folder))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The files below a folder, each with its path inside it.
fn below<'f>(
    files: &'f [&'f str],
    folder: &str,
) -> impl Iterator<Item = (&'f str, &'f str)> + use<'f> {
    let prefix = format!("{folder}/");
    let start = files.partition_point(|file| *file < prefix.as_str());
    let rest = files.get(start..).unwrap_or_default();
    rest.iter()
        .map_while(move |file| Some((*file, file.strip_prefix(&prefix)?)))
}

#[cfg(test)]
mod tests;
