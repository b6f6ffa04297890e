//! Which files a project has.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The files that are not ignored: paths relative to the audited directory, with `/`, sorted.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    files: Vec<String>,
    /// Those of the workspace around it: `../../packages/auth/index.ts`.
    above: Vec<String>,
    /// The audited directory as seen from the root of the workspace; `""` where it is that root, or alone.
    place: String,
}

impl Tree {
    /// Takes the paths in any order.
    pub fn new(mut files: Vec<String>) -> Self {
        files.sort_unstable();
        files.dedup();
        Self {
            files,
            ..Self::default()
        }
    }

    /// With the files of the workspace around the audited directory, as seen from the workspace's root, in
    /// which the directory lies at `place`.
    #[must_use]
    pub fn inside(self, place: &str, workspace: &[String]) -> Self {
        let others = workspace.iter().filter(|path| !is_below(path, place));
        let mut above: Vec<String> = others.map(|path| seen_from(place, path)).collect();
        above.sort_unstable();
        Self {
            above,
            place: place.to_owned(),
            ..self
        }
    }

    /// Every file of the audited directory.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Those of the workspace around it too.
    pub fn with_workspace(&self) -> impl Iterator<Item = &String> {
        self.files.iter().chain(&self.above)
    }

    /// The audited directory as seen from the root of its workspace.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// A path as seen from the root of the workspace.
    pub fn from_workspace(&self, path: &str) -> String {
        climb(&self.place, path)
    }

    /// A path that leaves the audited directory and comes back to it by its name, without the detour.
    pub fn own(&self, path: &str) -> String {
        home(&self.place, path).into_owned()
    }

    /// Whether a folder is the root of the workspace.
    pub fn is_root(&self, folder: &str) -> bool {
        self.from_workspace(folder).is_empty()
    }

    /// Whether a folder lies in the workspace: what stands further up is another's.
    pub fn reaches(&self, folder: &str) -> bool {
        !is_above(&self.from_workspace(folder))
    }

    /// A folder and those that hold it, nearest first, up to the root of the workspace.
    pub fn levels(&self, folder: &str) -> Vec<String> {
        levels(folder, depth(&self.place))
    }

    fn list_of(&self, path: &str) -> &[String] {
        if is_above(path) {
            &self.above
        } else {
            &self.files
        }
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.list_of(path)
            .binary_search_by(|file| file.as_str().cmp(path))
            .is_ok()
    }

    /// The files below a folder; `""` is the audited directory.
    pub fn below<'t>(&'t self, folder: &str) -> &'t [String] {
        let range = self.range_below(folder);
        self.list_of(folder).get(range).unwrap_or_default()
    }

    /// Where the files below a folder stand among those of the audited directory, or around it.
    pub fn range_below(&self, folder: &str) -> std::ops::Range<usize> {
        let files = self.list_of(folder);
        if folder.is_empty() {
            return 0..files.len();
        }
        let prefix = format!("{folder}/");
        let start = files.partition_point(|file| file.as_str() < prefix.as_str());
        let rest = files.get(start..).unwrap_or_default();
        start..start + rest.partition_point(|file| file.starts_with(&prefix))
    }

    /// Whether a folder holds any file.
    pub fn has_folder(&self, folder: &str) -> bool {
        if folder.is_empty() {
            return !self.files.is_empty();
        }
        if only_climbs(folder) {
            return self.reaches(folder);
        }
        let files = self.list_of(folder);
        // Where `folder/` would stand, its first file stands.
        let sorts_before = |file: &String| match file.as_bytes().get(..folder.len()) {
            Some(start) if start == folder.as_bytes() => file
                .as_bytes()
                .get(folder.len())
                .is_none_or(|next| *next < b'/'),
            _ => file.as_str() < folder,
        };
        let first = files.get(files.partition_point(sorts_before));
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

/// Whether `path` is `folder` or lies below it. A folder `..` holds the audited directory.
pub fn is_below(path: &str, folder: &str) -> bool {
    if folder.is_empty() || only_climbs(folder) {
        return climbs(path) <= climbs(folder);
    }
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The folders above a folder, nearest first, up to the audited directory, or to where a path that leaves it
/// has climbed.
pub fn ancestors(of: &str) -> impl Iterator<Item = &str> {
    let above = |of: &str| !of.is_empty() && !only_climbs(of);
    let mut next = above(of).then(|| folder(of));
    std::iter::from_fn(move || {
        let current = next?;
        next = above(current).then(|| folder(current));
        Some(current)
    })
}

/// A folder, those that hold it, and those above the audited directory (`..`, `../..`) as far as `height`,
/// nearest first.
pub fn levels(folder: &str, height: usize) -> Vec<String> {
    let mut levels = vec![folder.to_owned()];
    levels.extend(ancestors(folder).map(str::to_owned));
    levels.extend((climbs(folder) + 1..=height).map(|up| vec![".."; up].join("/")));
    levels
}

/// How many folders deep a folder lies.
pub fn depth(folder: &str) -> usize {
    folder.split('/').filter(|part| !part.is_empty()).count()
}

/// Whether a path leads out of the audited directory.
pub fn is_above(path: &str) -> bool {
    climbs(path) > 0
}

/// How many folders a path climbs before it names one.
fn climbs(path: &str) -> usize {
    path.split('/').take_while(|part| *part == "..").count()
}

fn only_climbs(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| part == "..")
}

/// A relative path from a folder; what climbs above the audited directory keeps its `..`.
pub fn climb(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// A path that leaves a folder and comes back to it by its name, without the detour: a file has one path. The
/// folder lies at `place` in its workspace.
pub fn home<'p>(place: &str, path: &'p str) -> Cow<'p, str> {
    if place.is_empty() || !is_above(path) {
        return Cow::Borrowed(path);
    }
    Cow::Owned(seen_from(place, &climb(place, path)))
}

/// A path as seen from a folder beside it; both are relative to the same.
pub fn seen_from(folder: &str, path: &str) -> String {
    let own: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = path.split('/').collect();
    let shared = own.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", own.len() - shared);
    let down = parts.iter().skip(shared).copied();
    up.chain(down).collect::<Vec<_>>().join("/")
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

    #[test]
    fn a_path_that_leaves_the_audited_directory_is_one_like_any_other() {
        assert_eq!(seen_from("apps/web", "apps/docs/x"), "../docs/x");
        assert_eq!(
            seen_from("apps/web", "packages/ui/x"),
            "../../packages/ui/x"
        );
        assert_eq!(seen_from("apps/web", "apps/web/x"), "x");
        assert_eq!(climb("apps/web", "../../packages/ui"), "packages/ui");
        assert!(!is_below("../x", "") && is_below("x", "..") && is_below("../x", "../.."));
        assert!(!is_below("../../x", "..") && is_below("../../x/y", "../../x"));
        let above: Vec<_> = ancestors("../../packages/ui").collect();
        assert_eq!(above, ["../../packages", "../.."]);
        assert_eq!(levels("a", 2), ["a", "", "..", "../.."]);
        assert_eq!(levels("../ui", 2), ["../ui", "..", "../.."]);
    }

    #[test]
    fn the_workspace_around_is_seen_beside_the_audited_directory() {
        let all = ["apps/web/app/x", "apps/docs/x", "packages/ui/x", "x"].map(str::to_owned);
        let tree = Tree::new(vec!["app/x".to_owned()]).inside("apps/web", &all);
        assert_eq!(tree.files(), ["app/x"]);
        assert_eq!(tree.with_workspace().count(), 4);
        assert_eq!(tree.below("../../packages"), ["../../packages/ui/x"]);
        assert_eq!(tree.below(""), ["app/x"]);
        assert!(tree.has("../../x") && tree.has("../docs/x") && !tree.has("../../apps/web/app/x"));
        assert!(tree.has_folder("..") && tree.has_folder("../../packages/ui"));
        assert!(!tree.has_folder("../../..") && !tree.has_folder("../ui"));
        assert!(tree.is_root("../..") && !tree.is_root("") && !tree.reaches("../../.."));
        assert_eq!(tree.levels("app"), ["app", "", "..", "../.."]);
    }
}
