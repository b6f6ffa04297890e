//! Headers, scripts, files and origins of the site.

use super::Asker;
use crate::facts::live::site::Surface;
use crate::model::Known;

/// Headers, scripts, files and origins of the site.
pub(super) async fn ask(asker: &Asker) -> Known<Surface> {
    let _ = asker;
    Known::NotAsked("not asked yet".to_owned())
}
