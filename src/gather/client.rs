//! The code that the browser gets.

use super::Reading;
use crate::facts::Facts;
use crate::facts::code::client::ClientCode;
use crate::model::Known;

/// The code of an app that the browser gets.
pub(super) fn code_of(_reading: &Reading<'_>, _facts: &Facts) -> Known<ClientCode> {
    Known::Yes(ClientCode::default())
}
