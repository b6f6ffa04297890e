//! The files that build, ship and run an app.

use super::Reading;
use crate::facts::Facts;
use crate::facts::deploy::Deploy;
use crate::model::Known;

/// The files that belong to an app.
pub(super) fn files_of(_reading: &Reading<'_>, _facts: &Facts) -> Known<Deploy> {
    Known::Yes(Deploy::default())
}
