//! The files of the audited directory as modules that lead to each other.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Sources;
use super::module::{Module, SyntaxProblem};
use super::resolve::{self, Paths, Target};

/// A module that was read, or why it could not be.
pub type Read = Result<Arc<Module>, SyntaxProblem>;

/// The stack of a thread that reads ahead. It fits a file of 30 KB, and is an address range until it is
/// used; a longer file gets a thread of its own.
const WORKER_STACK: usize = 256 << 20;

/// What a worker needs besides the parser.
const WORKER_RESERVE: usize = 1 << 20;

/// The project, read as far as it was asked for. Each file is read once, whoever asks first.
pub struct Project<'a> {
    pub(super) sources: &'a dyn Sources,
    pub(super) workspace: &'a BTreeMap<String, String>,
    modules: Cache<Option<Read>>,
    paths: Cache<Arc<Paths>>,
}

impl<'a> Project<'a> {
    /// A project over these files; `workspace` gives the folder of each workspace package by its name.
    pub fn new(sources: &'a dyn Sources, workspace: &'a BTreeMap<String, String>) -> Self {
        Self {
            sources,
            workspace,
            modules: Cache::default(),
            paths: Cache::default(),
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
        self.module_on(path, 0)
    }

    /// Reads modules before anybody asks for them, on every processor.
    pub fn read_ahead(&self, paths: &[String]) {
        self.on_every_processor(paths, |_, _| ());
    }

    /// Reads modules and does something with each, on every processor; the answers are in the order of the
    /// paths. `None`: there is no such file.
    pub fn on_every_processor<T: Send + Sync>(
        &self,
        paths: &[String],
        with: impl Fn(&str, Read) -> T + Sync,
    ) -> Vec<Option<T>> {
        let answers: Vec<OnceLock<T>> = paths.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let work = |stack: usize| {
            while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed))
                && let Some((path, answer)) = paths.get(at).zip(answers.get(at))
            {
                if let Some(module) = self.module_on(path, stack) {
                    answer.get_or_init(|| with(path, module));
                }
            }
        };
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let started = std::thread::scope(|scope| {
            let start = || {
                let worker = std::thread::Builder::new().stack_size(WORKER_STACK);
                worker.spawn_scoped(scope, || work(WORKER_STACK - WORKER_RESERVE))
            };
            (0..threads.min(paths.len()))
                .filter(|_| start().is_ok())
                .count()
        });
        if started == 0 {
            // No thread is to be had: the one that asks does it.
            work(0);
        }
        answers.into_iter().map(OnceLock::into_inner).collect()
    }

    /// Lets go of modules that were read; who needs one again reads it again.
    pub fn release(&self, paths: &[String]) {
        paths.iter().for_each(|path| self.modules.remove(path));
    }

    /// Lets go of all modules.
    pub fn forget(&self) {
        self.modules.clear();
    }

    /// The module in a file, on a thread that has this much stack left.
    fn module_on(&self, path: &str, stack: usize) -> Option<Read> {
        self.modules.get(path, || {
            let text = self.sources.text(path)?;
            Some(Module::read_on(path, &text, stack).map(Arc::new))
        })
    }

    /// What an import in a file leads to.
    pub fn resolve(&self, from: &str, specifier: &str) -> Target {
        resolve::resolve(self, from, specifier)
    }

    /// The import aliases that hold in a folder.
    pub(super) fn paths_for(&self, folder: &str, read: impl FnOnce() -> Paths) -> Arc<Paths> {
        self.paths.get(folder, || Arc::new(read()))
    }
}

/// What was found out about each path. Two who ask for the same at once wait for one answer.
struct Cache<T> {
    slots: Mutex<HashMap<String, Arc<OnceLock<T>>>>,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self {
            slots: Mutex::default(),
        }
    }
}

impl<T: Clone> Cache<T> {
    fn get(&self, path: &str, find: impl FnOnce() -> T) -> T {
        self.slot(path).get_or_init(find).clone()
    }

    fn remove(&self, path: &str) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.remove(path);
    }

    fn clear(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.clear();
    }

    fn slot(&self, path: &str) -> Arc<OnceLock<T>> {
        // A slot is whole or not there, whatever happened to a thread that held the lock.
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(path) {
            return Arc::clone(slot);
        }
        let slot = Arc::default();
        slots.insert(path.to_owned(), Arc::clone(&slot));
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Files;
    use super::*;

    fn many() -> (Files, Vec<String>) {
        let long = "f(1);\n".repeat(20_000);
        let texts = (0..200).map(|n| match n % 4 {
            0 => format!("export const x = {n}"),
            1 => "export const = ".to_owned(),
            2 => "[".repeat(10_000),
            _ if n < 20 => long.clone(),
            _ => format!("import './{n}'"),
        });
        let files: Vec<_> = texts
            .enumerate()
            .map(|(n, text)| (format!("{n}.ts"), text))
            .collect();
        let pairs: Vec<_> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let mut paths: Vec<_> = files.iter().map(|(path, _)| path.clone()).collect();
        paths.extend(paths.clone());
        paths.push("nowhere.ts".to_owned());
        (Files::new(&pairs), paths)
    }

    #[test]
    fn a_project_can_be_shared_by_threads() {
        fn is_sync<T: Sync>() {}
        is_sync::<Project<'_>>();
    }

    #[test]
    fn what_is_read_ahead_is_what_would_have_been_read_later() {
        let (files, paths) = many();
        let ahead = files.with(|project| {
            project.read_ahead(&paths);
            answers(project, &paths)
        });
        let later = files.with(|project| answers(project, &paths));
        assert_eq!(ahead, later);
    }

    fn answers(project: &Project<'_>, paths: &[String]) -> Vec<String> {
        let answers = paths.iter().map(|path| match project.module(path) {
            None => "none".to_owned(),
            Some(Ok(module)) => format!("{:?} {:?}", module.export_names(), module.program),
            Some(Err(problem)) => format!("{problem:?}"),
        });
        answers.collect()
    }

    #[test]
    fn a_file_is_read_once_however_many_ask() {
        let files = Files::new(&[("a.ts", "export const a = 1")]);
        files.with(|project| {
            project.read_ahead(&["a.ts".to_owned()]);
            let read = || project.module("a.ts").and_then(Result::ok);
            let (first, second) = (read(), read());
            assert!(first.is_some());
            assert!(
                first
                    .zip(second)
                    .is_some_and(|(first, second)| Arc::ptr_eq(&first, &second))
            );
        });
    }
}
