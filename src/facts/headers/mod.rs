//! The headers that an app sends, as far as files and code tell.

/// What is known of them.
#[derive(Debug, Default)]
pub struct Headers {}
