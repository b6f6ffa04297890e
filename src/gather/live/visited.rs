//! The routes of the site.

use super::Asker;
use crate::facts::live::site::Visited;
use crate::facts::live::site::visited::Target;
use crate::model::Known;

/// The routes of the site.
pub(super) async fn ask(asker: &Asker, targets: Vec<Target>) -> Known<Visited> {
    let _ = (asker, targets);
    Known::NotAsked("not asked yet".to_owned())
}
