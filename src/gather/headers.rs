//! The headers that an app sends.

use super::Reading;
use crate::facts::Facts;
use crate::facts::headers::Headers;
use crate::model::Known;

/// The headers of an app.
pub(super) fn of(_reading: &Reading<'_>, _facts: &Facts) -> Known<Headers> {
    Known::Yes(Headers::default())
}
