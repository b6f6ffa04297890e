//! Which files a project has.

use std::collections::BTreeMap;

/// The files of the audited directory that are not ignored: paths relative to it, with `/`, sorted.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    files: Vec<String>,
}

impl Tree {
    /// Takes the paths in any order.
    pub fn new(mut files: Vec<String>) -> Self {
        files.sort_unstable();
        files.dedup();
        Self { files }
    }

    /// Every file.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.files
            .binary_search_by(|file| file.as_str().cmp(path))
            .is_ok()
    }

    /// The files below a folder; `""` is the audited directory.
    pub fn below<'t>(&'t self, folder: &str) -> &'t [String] {
        self.files.get(self.range_below(folder)).unwrap_or_default()
    }

    /// Where the files below a folder stand among all.
    pub fn range_below(&self, folder: &str) -> std::ops::Range<usize> {
        if folder.is_empty() {
            return 0..self.files.len();
        }
        let prefix = format!("{folder}/");
        let start = self
            .files
            .partition_point(|file| file.as_str() < prefix.as_str());
        let rest = self.files.get(start..).unwrap_or_default();
        start..start + rest.partition_point(|file| file.starts_with(&prefix))
    }

    /// Whether a folder holds any file.
    pub fn has_folder(&self, folder: &str) -> bool {
        if folder.is_empty() {
            return !self.files.is_empty();
        }
        // Where `folder/` would stand, its first file stands.
        let sorts_before = |file: &String| match file.as_bytes().get(..folder.len()) {
            Some(start) if start == folder.as_bytes() => file
                .as_bytes()
                .get(folder.len())
                .is_none_or(|next| *next < b'/'),
            _ => file.as_str() < folder,
        };
        let first = self.files.get(self.files.partition_point(sorts_before));
        let rest = first.and_then(|file| file.strip_prefix(folder));
        rest.is_some_and(|rest| rest.starts_with('/'))
    }
}

/// A path below a folder; `""` is the audited directory.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// What is known of the nearest folder that holds a folder, or is it.
pub fn of_folder<'m, T>(known: &'m BTreeMap<String, T>, path: &str) -> Option<&'m T> {
    let mut at = path;
    loop {
        if let Some(found) = known.get(at) {
            return Some(found);
        }
        if at.is_empty() {
            return None;
        }
        at = folder(at);
    }
}

/// The folder of a path; `""` for a file of the audited directory.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether `path` is `folder` or lies below it.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The folders above a folder, nearest first, down to `""`.
pub fn ancestors(of: &str) -> impl Iterator<Item = &str> {
    let mut next = (!of.is_empty()).then(|| folder(of));
    std::iter::from_fn(move || {
        let current = next?;
        next = (!current.is_empty()).then(|| folder(current));
        Some(current)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_lies_below_a_folder() {
        let tree = Tree::new(
            ["b/x", "a-b/x", "a/z", "a/b/c", "a.txt"]
                .map(str::to_owned)
                .to_vec(),
        );
        assert_eq!(tree.below("a"), ["a/b/c", "a/z"]);
        assert_eq!(tree.below("").len(), 5);
        assert!(tree.has("a.txt") && !tree.has("a"));
        assert!(tree.has_folder("a/b") && !tree.has_folder("c"));
        assert!(tree.has_folder("a") && tree.has_folder("a-b") && tree.has_folder("b"));
        assert!(!tree.has_folder("a.txt") && !tree.has_folder("a/b/c") && !tree.has_folder("a/"));
    }

    #[test]
    fn climbs_to_the_audited_directory() {
        assert_eq!(ancestors("a/b/c").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(ancestors("a").collect::<Vec<_>>(), [""]);
        assert_eq!(ancestors("").count(), 0);
        assert!(is_below("a/b", "a") && is_below("a", "a") && !is_below("ab", "a"));
    }
}
