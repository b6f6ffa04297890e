//! The certificates of the domain's hosts.

use super::Asker;
use crate::facts::live::certificates::Certificates;
use crate::model::Known;

/// The certificates of the domain's hosts.
pub(super) async fn ask(asker: &Asker) -> Known<Certificates> {
    let _ = asker;
    Known::NotAsked("not asked yet".to_owned())
}
