//! What is seen when something goes wrong.

pub mod error_tracking_not_started;
pub mod errors_without_user;
pub mod health_endpoint;
pub mod webhook_failure_unseen;

use crate::facts::Facts;
use crate::facts::code::shapes::care::{self, Care};
use crate::facts::tree;
use crate::model::Place;

/// The error tracker that an app depends on.
fn tracker(facts: &Facts) -> Option<&str> {
    let mut names = facts.app.ranges.keys();
    names
        .find(|name| care::is_tracker(name))
        .map(String::as_str)
}

/// Where it is started: by a call, or in a file that the tracker's own build step puts into the app.
fn start(facts: &Facts) -> Option<Place> {
    let shapes = facts.shapes.as_ref()?;
    let starts = || care::all(shapes).filter(|(_, _, care)| **care == Care::TrackerStarts);
    let in_browser = starts().find(|(file, _, _)| file.path.contains("client"));
    let started = in_browser.or_else(|| starts().next());
    let by_name = || {
        let mut special = shapes.special.iter();
        special.find(|path| tree::file_name(path).starts_with("sentry."))
    };
    started
        .map(|(file, shape, _)| file.place(shape))
        .or_else(|| by_name().map(|path| Place::file(path.clone())))
}

/// What may do the work of monitoring without being seen from here: a package of the workspace, or a file
/// that passes on what one gives it.
fn elsewhere(facts: &Facts) -> Option<String> {
    const WORDS: &[&str] = &[
        "observab",
        "sentry",
        "monitor",
        "telemetry",
        "instrument",
        "logg",
        "error",
        "analytics",
    ];
    let is_own = |range: &str| range.starts_with("workspace:") || range == "*";
    let package = facts
        .app
        .ranges
        .iter()
        .find(|(name, range)| is_own(range) && WORDS.iter().any(|word| name.contains(word)));
    let special = || {
        let shapes = facts.shapes.as_ref()?;
        let mut paths = shapes.special.iter();
        paths.find(|path| tree::file_name(path).starts_with("instrument"))
    };
    package.map(|(name, _)| name).or_else(special).cloned()
}
