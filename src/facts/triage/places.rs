//! Where two keys stand in a project.

use crate::facts::Facts;
use crate::facts::env::Origin;
use crate::facts::secrets::TextHit;
use crate::model::{Known, Secret};

/// Looks for both keys in what was gathered: in the texts, in env files that git tracks and, where it was
/// searched, in the history.
pub fn in_repository(all: &[Facts], old: &Secret, new: &Secret) -> Known<Vec<String>> {
    let which = |value: &Secret| which(value, old, new);
    let mut places = Vec::new();
    for facts in all {
        match &facts.texts {
            Known::Yes(texts) => places.extend(hits(&texts.hits, old, new)),
            Known::NotAsked(why) | Known::Failed(why) => return Known::Failed(why.clone()),
        }
        let tracked = facts.git.as_ref().and_then(|git| git.tracked.as_ref());
        for file in &facts.secret_files {
            let shared = tracked.is_some_and(|tracked| tracked.contains(&file.path));
            for one in file.credentials.iter().filter(|_| shared) {
                if let (Some(key), Origin::File { line, .. }) = (which(&one.value), &one.origin) {
                    places.push(format!("{}:{line} ({key}, tracked by git)", file.path));
                }
            }
        }
        match &facts.history {
            Known::Yes(history) => places.extend(history.hits.iter().filter_map(|hit| {
                let key = which(&hit.credential.value)?;
                let commit = hit.commit.as_ref().map_or("", |(id, _)| id);
                Some(format!(
                    "{}:{} ({key}, in the history, {commit})",
                    hit.path, hit.credential.at.line
                ))
            })),
            Known::Failed(why) => return Known::Failed(why.clone()),
            Known::NotAsked(_) => {}
        }
    }
    found(all, places)
}

/// Whether all of the history was searched; else what was not, as a clause. `range` is what was asked for.
pub fn history(all: &[Facts], range: Option<&str>) -> Known<()> {
    let not = |why: &str| Known::NotAsked(why.to_owned());
    let Some(range) = range else {
        return not("the history was not searched: --history");
    };
    // It is searched once, with one of the apps.
    let of = |facts: &Facts| {
        facts
            .history
            .as_ref()
            .map(|history| history.absent.is_none())
    };
    let found = all.iter().find(|facts| of(facts) == Some(true));
    match found.and_then(|facts| facts.history.as_ref()) {
        None => not("there is no history here to search"),
        Some(history) if history.cut.is_some() => not("the history was not searched to its end"),
        Some(_) if !range.is_empty() => {
            Known::NotAsked(format!("of the history only {range} was searched"))
        }
        Some(history) if history.is_shallow => {
            not("this clone has only the newest commits of the history")
        }
        Some(_) => Known::Yes(()),
    }
}

/// Looks for both keys in what a build wrote for the browser.
pub fn in_build(all: &[Facts], old: &Secret, new: &Secret) -> Known<Vec<String>> {
    let mut places = Vec::new();
    let mut built = false;
    for facts in all {
        match &facts.built {
            Known::Yes(output) => {
                built |= !output.folders.is_empty();
                places.extend(hits(&output.hits, old, new));
            }
            Known::NotAsked(why) | Known::Failed(why) => return Known::Failed(why.clone()),
        }
    }
    match found(all, places) {
        Known::Yes(_) if !built => Known::NotAsked("nothing was built here".to_owned()),
        known => known,
    }
}

/// Env files of this machine that still have the old key, which git does not track.
pub fn still_old(all: &[Facts], old: &Secret) -> Vec<String> {
    let files = all.iter().flat_map(|facts| &facts.secret_files);
    let lines = files.flat_map(|file| file.credentials.iter());
    let mut places: Vec<String> = lines
        .filter(|one| one.value == *old)
        .map(|one| one.origin.words())
        .collect();
    places.sort();
    places.dedup();
    places
}

fn hits(hits: &[TextHit], old: &Secret, new: &Secret) -> Vec<String> {
    let place = |hit: &TextHit| {
        let key = which(&hit.credential.value, old, new)?;
        Some(format!("{}:{} ({key})", hit.path, hit.credential.at.line))
    };
    hits.iter().filter_map(place).collect()
}

fn which(value: &Secret, old: &Secret, new: &Secret) -> Option<&'static str> {
    if value == new {
        Some("the new key")
    } else {
        (value == old).then_some("the old key")
    }
}

fn found(all: &[Facts], mut places: Vec<String>) -> Known<Vec<String>> {
    if all.is_empty() {
        return Known::NotAsked("no app with Clerk was found in this directory".to_owned());
    }
    places.sort();
    places.dedup();
    Known::Yes(places)
}
