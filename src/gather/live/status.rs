//! Clerk's status page.

use super::Asker;
use crate::facts::live::status::Status;
use crate::model::Known;

/// Clerk's status page.
pub(super) async fn ask(asker: &Asker) -> Known<Status> {
    let _ = asker;
    Known::NotAsked("not asked yet".to_owned())
}
