//! Clerk's status page.

/// What it says.
#[derive(Debug, Clone)]
pub struct Status {
    /// `none`, `minor`, `major`, `critical`, `maintenance`, or a word that is new.
    pub indicator: String,
}
