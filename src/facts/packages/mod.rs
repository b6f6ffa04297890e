//! What is installed, and what the manifests want.

/// The packages of an app.
#[derive(Debug, Default)]
pub struct Packages {}
