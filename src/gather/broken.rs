//! Files by which others are read: where one is broken, imports lead nowhere and ranges name no version, and
//! nobody would notice.

use std::collections::BTreeSet;

use super::files::{Root, TEXT_LIMIT};
use crate::facts::code;
use crate::facts::manifest::{self, ParseError};
use crate::facts::project::App;
use crate::facts::tree::{self, Tree};

/// Says whether a text cannot be read.
type Reader = fn(&str) -> Result<(), ParseError>;

/// What is wrong with those of some apps, each with its place.
pub(super) fn faults(root: &Root, tree: &Tree, apps: &[App]) -> Vec<String> {
    const FILES: [(&str, Reader); 3] = [
        ("tsconfig.json", code::import_aliases),
        ("jsconfig.json", code::import_aliases),
        ("pnpm-workspace.yaml", |text| {
            manifest::pnpm_workspace(text).map(drop)
        }),
    ];
    let folders = apps
        .iter()
        .flat_map(|app| app.libraries.iter().chain([&app.path]));
    let levels: BTreeSet<String> = folders.flat_map(|folder| tree.levels(folder)).collect();
    let mut found = Vec::new();
    for level in &levels {
        for (name, read) in FILES {
            let path = tree::join(level, name);
            match root.read(&path, TEXT_LIMIT) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    let error = read(&text).err();
                    found.extend(error.map(|e| e.in_file(&path)));
                }
                Err(e) => found.push(e.to_string()),
            }
        }
    }
    found
}
