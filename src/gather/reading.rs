//! What all who read the project have at hand.

use std::sync::OnceLock;

use super::files::Root;
use super::process::ProcessEnv;
use super::{Plan, installed, repository, source};
use crate::facts::Need;
use crate::facts::code::Project;
use crate::facts::headers::files::File;
use crate::facts::project::{App, Manifest};
use crate::facts::tree::{self, Tree};
use crate::model::{AppKind, Known};

/// What all who read the project have at hand.
#[derive(Clone, Copy)]
pub struct Reading<'r> {
    /// What to gather.
    pub plan: &'r Plan,
    /// The audited directory.
    pub root: &'r Root,
    /// Its files.
    pub tree: &'r Tree,
    /// Its manifests.
    pub manifests: &'r [Manifest],
    /// What its source files do with Clerk.
    pub scanned: &'r source::Scanned,
    /// Its code; each module is parsed once, whoever asks.
    pub project: &'r Project<'r>,
    /// The repository that it lies in.
    pub repository: &'r repository::Opened,
    /// The folders of the audited apps, in their order; those that are not judged are last.
    pub folders: &'r [String],
    /// What uses Clerk in the workspace around the audited directory, and is not audited.
    pub others: &'r [App],
    /// What is looked for once for all apps.
    pub once: &'r Once,
    /// The process that runs the audit.
    pub process: &'r ProcessEnv,
}

/// What is looked for once, by whichever app asks first.
#[derive(Default)]
pub struct Once {
    /// The lock files, each read once.
    pub locks: installed::Locks,
    /// The files that may set headers.
    pub headers: OnceLock<Vec<(String, File)>>,
    /// The Dockerfiles and workflows.
    pub images: OnceLock<Vec<String>>,
}

impl Reading<'_> {
    /// Whether a file is to be judged with an app: it lies in its folder and in that of no app within. What
    /// lies in no app's folder (documents, pipelines) is judged once, with the first app. Beside the audited
    /// directory that is so only where no other app can be meant.
    pub fn is_of(&self, app: &App, path: &str) -> bool {
        if tree::is_above(path) && self.is_of_another(path) {
            return false;
        }
        let around = self.folders.iter().enumerate();
        let nearest = around
            .filter(|(_, folder)| tree::is_below(path, folder))
            .max_by_key(|(_, folder)| folder.len());
        let owner = nearest.map_or(self.folders.first(), |(_, folder)| Some(folder));
        owner.is_some_and(|folder| *folder == app.path)
    }

    /// Whether a file beside the audited directory is, or may be, of an app that is not audited.
    pub(super) fn is_of_another(&self, path: &str) -> bool {
        let mut others = self.others.iter();
        others.any(|other| other.kind == AppKind::App || tree::is_below(path, &other.path))
    }

    /// What is gathered only where a check needs it.
    pub(super) fn known<T>(
        &self,
        kind: AppKind,
        need: Need,
        gather: impl FnOnce() -> Known<T>,
    ) -> Known<T> {
        let needed = match kind {
            AppKind::App => self.plan.needs.contains(&need),
            AppKind::Library => self.plan.needs_of_libraries.contains(&need),
            AppKind::Unused => false,
        };
        if needed { gather() } else { not_selected() }
    }
}

pub(super) fn not_selected<T>() -> Known<T> {
    Known::NotAsked("not selected".to_owned())
}
