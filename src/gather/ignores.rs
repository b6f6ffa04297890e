//! Ignores that are written beside the code.

use std::collections::BTreeSet;

use super::files::{Root, TEXT_LIMIT};
use crate::facts::ignores;
use crate::model::ignore::Ignore;

/// The ignores of some files, which may not be there. What cannot be read ignores nothing.
pub fn read(root: &Root, paths: &BTreeSet<String>) -> Vec<Ignore> {
    let mut found = Vec::new();
    for path in paths {
        if let Ok(Some(text)) = root.read(path, TEXT_LIMIT) {
            found.extend(ignores::read(path, &text));
        }
    }
    found
}
