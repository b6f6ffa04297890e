//! A project in memory, for the tests of this folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Project, Sources};

/// Files by path, and workspace packages by name.
#[derive(Default)]
pub(crate) struct Files {
    files: BTreeMap<String, Arc<str>>,
    workspace: BTreeMap<String, String>,
}

impl Files {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|&(path, text)| (path.to_owned(), Arc::from(text)));
        Self {
            files: files.collect(),
            workspace: BTreeMap::new(),
        }
    }

    pub(crate) fn package(mut self, name: &str, folder: &str) -> Self {
        self.workspace.insert(name.to_owned(), folder.to_owned());
        self
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&Project<'_>) -> T) -> T {
        work(&Project::new(self, &self.workspace))
    }
}

impl Sources for Files {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.files.get(path).cloned()
    }

    fn exists(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.files.contains_key(path) || self.files.keys().any(|file| file.starts_with(&folder))
    }
}
