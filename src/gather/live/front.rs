//! The front page of the site, and the keys behind it.

use super::Asker;
use crate::facts::live::site::Front;
use crate::model::Known;

/// The front page of the site, and the keys behind it.
pub(super) async fn ask(asker: &Asker) -> Known<Front> {
    let _ = asker;
    Known::NotAsked("not asked yet".to_owned())
}
