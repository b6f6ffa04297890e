//! The files of the audited directory as modules that lead to each other.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::Sources;
use super::module::{Module, SyntaxProblem};
use super::resolve::{self, Paths, Target};

/// A module that was read, or why it could not be.
pub type Read = Result<Rc<Module>, SyntaxProblem>;

/// The project, read as far as it was asked for. Each file is read once.
pub struct Project<'a> {
    pub(super) sources: &'a dyn Sources,
    pub(super) workspace: &'a BTreeMap<String, String>,
    modules: RefCell<HashMap<String, Read>>,
    paths: RefCell<HashMap<String, Rc<Paths>>>,
}

impl<'a> Project<'a> {
    /// A project over these files; `workspace` gives the folder of each workspace package by its name.
    pub fn new(sources: &'a dyn Sources, workspace: &'a BTreeMap<String, String>) -> Self {
        Self {
            sources,
            workspace,
            modules: RefCell::default(),
            paths: RefCell::default(),
        }
    }

    /// The files.
    pub fn sources(&self) -> &dyn Sources {
        self.sources
    }

    /// Whether there are packages beside the app that it may import.
    pub(super) fn has_workspace(&self) -> bool {
        !self.workspace.is_empty()
    }

    /// The module in a file; `None` where there is no such file.
    pub fn module(&self, path: &str) -> Option<Read> {
        if let Some(read) = self.modules.borrow().get(path) {
            return Some(read.clone());
        }
        let text = self.sources.text(path)?;
        let read = Module::read(path, &text).map(Rc::new);
        self.modules
            .borrow_mut()
            .insert(path.to_owned(), read.clone());
        Some(read)
    }

    /// What an import in a file leads to.
    pub fn resolve(&self, from: &str, specifier: &str) -> Target {
        resolve::resolve(self, from, specifier)
    }

    /// The import aliases that hold in a folder.
    pub(super) fn paths_for(&self, folder: &str, read: impl FnOnce() -> Paths) -> Rc<Paths> {
        if let Some(paths) = self.paths.borrow().get(folder) {
            return Rc::clone(paths);
        }
        let paths = Rc::new(read());
        self.paths
            .borrow_mut()
            .insert(folder.to_owned(), Rc::clone(&paths));
        paths
    }
}
