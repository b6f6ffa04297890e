//! The workspace that the audited directory lies in: `clerk-audit apps/web` judges the app as an audit of the
//! whole does, so it has to see the packages that the app imports.

use super::files::{Root, TEXT_LIMIT};
use crate::facts::manifest;
use crate::facts::tree::{self, Tree};

/// Adds the files of the workspace to those of the directory, and what of them could not be listed.
pub(super) fn around(root: &Root, tree: Tree, gaps: &mut Vec<String>) -> Tree {
    let Some((place, workspace)) = find(root) else {
        return tree;
    };
    let (all, unlisted) = workspace.list();
    let others = unlisted
        .iter()
        .filter(|gap| !tree::is_below(gap, &place))
        .map(|gap| tree::seen_from(&place, gap));
    gaps.extend(others);
    tree.inside(&place, all.files())
}

/// The root of the workspace, and where in it the directory lies. A directory that is such a root itself is
/// in no other: that is where its package manager stops.
fn find(root: &Root) -> Option<(String, Root)> {
    let up = (0..=root.height()).find(|up| is_root(root, &vec![".."; *up].join("/")))?;
    let workspace = root.above(up).filter(|_| up > 0)?;
    let place = root.path().strip_prefix(workspace.path()).ok()?;
    let parts = place.components();
    let parts = parts.map(|part| part.as_os_str().to_string_lossy());
    Some((parts.collect::<Vec<_>>().join("/"), workspace))
}

/// Whether a folder is the root of a workspace of pnpm, or of npm, Yarn or Bun. A manifest that cannot be read
/// may make it one: the audit then says that it could not be read.
fn is_root(root: &Root, folder: &str) -> bool {
    let of_pnpm = root.read(&tree::join(folder, "pnpm-workspace.yaml"), TEXT_LIMIT);
    if !matches!(of_pnpm, Ok(None)) {
        return true;
    }
    match root.read(&tree::join(folder, "package.json"), TEXT_LIMIT) {
        Ok(None) => false,
        Ok(Some(text)) => match manifest::package_json(&text) {
            Ok(package) => !package.workspaces.is_empty(),
            Err(_) => text.contains("\"workspaces\""),
        },
        Err(_) => true,
    }
}
