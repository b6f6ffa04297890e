//! The records of the domain.

use super::Asker;
use crate::facts::live::dns::Dns;
use crate::model::Known;

/// The records of the domain.
pub(super) async fn ask(asker: &Asker) -> Known<Dns> {
    let _ = asker;
    Known::NotAsked("not asked yet".to_owned())
}
