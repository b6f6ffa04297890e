//! Credentials in texts that should hold none.

/// Credentials in the texts of the project.
#[derive(Debug, Default)]
pub struct Texts {}

/// Credentials in the history of the repository.
#[derive(Debug, Default)]
pub struct History {}

/// Credentials in what a build wrote for the browser.
#[derive(Debug, Default)]
pub struct Built {}
