//! Which code the browser gets: from the entry points of the client through the imports.

/// The code that the browser gets.
#[derive(Debug, Default)]
pub struct ClientCode {}
