//! Credentials in the texts of a project, in what was built from it and in its history.

use super::Reading;
use super::environment;
use super::files::TEXT_LIMIT;
use super::{built, history};
use crate::facts::Facts;
use crate::facts::secrets::session::{self, SessionFile};
use crate::facts::secrets::{Built, History, TextHit, Texts, files};
use crate::facts::tree;
use crate::model::Known;

/// So many saved sessions are looked at; a test suite has a handful.
const MOST_SESSIONS: usize = 200;

/// Credentials in the texts that belong to an app.
pub(super) fn texts_of(reading: &Reading<'_>, facts: &Facts) -> Known<Texts> {
    let all = &reading.scanned.credentials;
    let own = all.iter().filter(|(path, _)| {
        reading.is_of(&facts.app, path) && !is_judged_as_env_file(reading, path)
    });
    let hits = own.flat_map(|(path, found)| {
        found.iter().map(|credential| TextHit {
            path: path.clone(),
            setting: files::setting(path),
            credential: credential.clone(),
        })
    });
    Known::Yes(Texts {
        hits: hits.collect(),
        sessions: sessions_of(reading, facts),
    })
}

/// Whether other checks judge a file line by line: the env files of an app, and of keyless mode.
fn is_judged_as_env_file(reading: &Reading<'_>, path: &str) -> bool {
    let folder = tree::folder(path);
    let of_app = folder.is_empty() || reading.folders.iter().any(|app| app == folder);
    let keyless =
        path.ends_with(".clerk/.tmp/keyless.json") || path.ends_with(".clerk/keyless.json");
    keyless || (of_app && environment::is_env_file(tree::file_name(path)))
}

/// Saved sessions that git tracks.
fn sessions_of(reading: &Reading<'_>, facts: &Facts) -> Vec<SessionFile> {
    let tracked = facts.git.as_ref().and_then(|git| git.tracked.as_ref());
    let paths = tracked
        .into_iter()
        .flatten()
        .filter(|path| session::may_hold_session(path) && reading.is_of(&facts.app, path));
    let read = |path: &String| {
        let text = reading.root.read(path, TEXT_LIMIT).ok().flatten()?;
        let (cookie, mode) = session::cookie_of(&text)?;
        let path = path.clone();
        Some(SessionFile { path, cookie, mode })
    };
    paths.take(MOST_SESSIONS).filter_map(read).collect()
}

/// Credentials in the history of the repository, which is searched once, with the first app.
pub(super) fn history_of(reading: &Reading<'_>, facts: &Facts) -> Known<History> {
    let Some(range) = &reading.plan.history else {
        return Known::NotAsked("--history was not given".to_owned());
    };
    if reading.folders.first() != Some(&facts.app.path) {
        return Known::Yes(History {
            absent: Some("judged with the first app".to_owned()),
            ..History::default()
        });
    }
    // Who asks for it is not told that all is well where there is nothing to search.
    let Some(work_tree) = reading.repository.work_tree() else {
        return Known::Failed(
            "this is no git repository, so it has no history to search: audit a clone, or leave out --history"
                .to_owned(),
        );
    };
    history::search(&history::Ask {
        root: work_tree,
        prefix: &reading.root.below_fence(),
        range,
        process: reading.process,
        progress: &reading.plan.progress,
    })
}

/// Credentials in what a build wrote for the browser.
pub(super) fn built_of(reading: &Reading<'_>, facts: &Facts) -> Known<Built> {
    Known::Yes(built::of(reading, facts))
}
