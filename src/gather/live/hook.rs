//! The webhook endpoint.

use super::Asker;
use crate::facts::live::hook::Hook;
use crate::model::Known;

/// The webhook endpoint.
pub(super) async fn ask(asker: &Asker) -> Known<Hook> {
    let _ = asker;
    Known::NotAsked("not asked yet".to_owned())
}
