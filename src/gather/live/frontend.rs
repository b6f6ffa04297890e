//! The Frontend API.

use super::Asker;
use crate::facts::live::frontend::Frontend;
use crate::model::Known;

/// The Frontend API.
pub(super) async fn ask(asker: &Asker) -> Known<Frontend> {
    let _ = asker;
    Known::NotAsked("not asked yet".to_owned())
}
