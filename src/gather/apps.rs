//! What is gathered of each app once everything that they share is known.

use std::sync::{Mutex, PoisonError};
use std::thread;

use super::reading::Reading;
use super::{client, deploy, headers, installed, routes, secrets, shapes, source};
use crate::facts::code::{Project, next_config};
use crate::facts::live::site::{Surface, Visited};
use crate::facts::{Facts, Need, tree};

/// As much as the main thread has of an ordinary system, and some: the code of an app is followed by
/// recursion whose depth is bounded.
const STACK: usize = 64 << 20;

/// Reads every app. Several are read side by side, each worker with modules of its own: what one app has
/// read is let go of before the next, so that memory does not grow with the number of apps.
pub(super) fn read_all(reading: &Reading<'_>, all: &mut [Facts]) {
    let processors = thread::available_parallelism().map_or(2, usize::from);
    let workers = processors.min(all.len());
    if workers < 2 {
        all.iter_mut().for_each(|facts| read(reading, facts));
        return;
    }
    let next = Mutex::new(all.iter_mut());
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let workspace = source::workspace_names(reading.manifests);
    let work = || {
        let files = source::Files::new(reading.root, reading.tree).knowing(reading.scanned);
        let project = Project::new(&files, &workspace);
        let reading = Reading {
            project: &project,
            ..*reading
        };
        while let Some(facts) = take() {
            read(&reading, facts);
        }
    };
    thread::scope(|scope| {
        for _ in 1..workers {
            // Without a thread the work is done by the others.
            let worker = thread::Builder::new().stack_size(STACK);
            let _ = worker.spawn_scoped(scope, work);
        }
        work();
    });
}

fn read(reading: &Reading<'_>, facts: &mut Facts) {
    let kind = facts.app.kind;
    let progress = &reading.plan.progress;
    progress.reading(|| format!("following the code of {}", facts.app.shown_path()));
    facts.shapes = reading.known(kind, Need::Shapes, || shapes::of(reading, &facts.app));
    facts.routes = reading.known(kind, Need::Routes, || routes::map_of(reading, facts));
    facts.texts = reading.known(kind, Need::Texts, || secrets::texts_of(reading, facts));
    facts.history = reading.known(kind, Need::History, || secrets::history_of(reading, facts));
    facts.built = reading.known(kind, Need::Built, || secrets::built_of(reading, facts));
    facts.client = reading.known(kind, Need::Client, || client::code_of(reading, facts));
    facts.packages = reading.known(kind, Need::Packages, || {
        installed::packages_of(reading, facts)
    });
    facts.deploy = reading.known(kind, Need::Deploy, || deploy::files_of(reading, facts));
    facts.headers = reading.known(kind, Need::Headers, || headers::of(reading, facts));
    reading.project.forget();
}

/// What of an app could not be read, so that its audit is not complete.
pub(super) fn gaps(facts: &Facts, project: &Project<'_>) -> Vec<String> {
    let unread = facts.shapes.as_ref().map(|shapes| shapes.unread.as_slice());
    let unparsed = unread
        .and_then(<[_]>::split_first)
        .map(|((path, why), more)| {
            let others = match more.len() {
                0 => String::new(),
                more => format!(" and {more} more files"),
            };
            format!("{path}{others}, so that code was not judged: {why}")
        });
    // What it says of paths is asked for by many, none of whom would notice.
    let config = next_config::FILES.iter().find_map(|name| {
        let path = tree::join(&facts.app.path, name);
        let problem = project.module(&path)?.err()?;
        let (line, column) = (problem.at.line, problem.at.column);
        Some(format!("{path}:{line}:{column}: {}", problem.message))
    });
    unparsed.into_iter().chain(config).collect()
}

/// What is worth knowing of how an app was read.
pub(super) fn notes(facts: &Facts) -> Vec<String> {
    let rate = facts
        .history
        .as_ref()
        .and_then(|history| history.rate.clone());
    let visited = facts.live.visited.as_ref();
    let asked = visited.and_then(Visited::note);
    let surface = facts.live.surface.as_ref();
    let read = surface.and_then(Surface::note);
    rate.into_iter().chain(asked).chain(read).collect()
}
