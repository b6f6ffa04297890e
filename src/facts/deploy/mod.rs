//! The files that build, ship and run an app, as data.

/// What the files say.
#[derive(Debug, Default)]
pub struct Deploy {}
