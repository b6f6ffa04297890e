//! The manifest of a browser extension that is JSON: `manifest.json`, or a part of `package.json` for
//! Plasmo.

use super::super::{FileShapes, Shape, What};
use super::{Manifest, Shell};
use crate::facts::code::module::Spot;
use crate::facts::document::{self, Node, Syntax};

/// Where such a manifest stands in an extension.
pub const FILES: &[&str] = &[
    "package.json",
    "manifest.json",
    "public/manifest.json",
    "src/manifest.json",
];

/// What a file says as the manifest of an extension; `None` where it is none.
pub fn read(path: &str, text: &str) -> Option<FileShapes> {
    let whole = document::parse(Syntax::Json, text).ok()?;
    let is_package = path.ends_with("package.json");
    let manifest = if is_package {
        whole.get("manifest")?
    } else {
        whole.get("manifest_version").and(Some(&whole))?
    };
    let hosts = manifest.get("host_permissions");
    let permissions = manifest.get("permissions");
    // Plasmo adds permissions by itself; a file that the browser reads as it is has all of them.
    let asked = match permissions {
        Some(list) => texts(list),
        None => (!is_package).then(Vec::new),
    };
    let at = hosts.or(permissions).unwrap_or(manifest).at;
    let shell = Shell::Manifest(Manifest {
        permissions: asked,
        hosts: hosts.map_or_else(|| (!is_package).then(Vec::new), texts),
    });
    Some(FileShapes {
        path: path.to_owned(),
        shapes: vec![Shape {
            at: Spot {
                line: at.line,
                column: at.column,
            },
            what: What::Shell(shell),
        }],
        ..FileShapes::default()
    })
}

/// The texts of a list, where all are texts.
fn texts(node: &Node) -> Option<Vec<String>> {
    let texts = node
        .items()
        .iter()
        .map(|item| Some(item.text()?.to_owned()));
    texts.collect()
}
