//! Routes by the names of files: `app/routes/posts.$id.tsx`.
//!
//! The rules of `@react-router/fs-routes` 7 (`flatRoutes.ts`), which are those of Remix 2.

use super::Node;
use crate::facts::gitignore::{IgnoreRules, Origin};

const EXTENSIONS: &[&str] = &["js", "jsx", "ts", "tsx", "md", "mdx"];

/// A file that is a route.
struct Flat<'f> {
    /// `posts.$id`.
    id: String,
    file: &'f str,
    /// Its whole path, without a leading slash; `None` where it adds nothing to its parent's.
    path: String,
    is_index: bool,
}

/// The routes of a folder: `files` with their paths inside it.
pub(super) fn nodes<'f>(
    files: impl Iterator<Item = (&'f str, &'f str)>,
    folder: &str,
    ignored: &[String],
) -> Vec<Node> {
    let ignored = Ignored::new(folder, ignored);
    let mut all: Vec<Flat<'f>> = Vec::new();
    for (file, inside) in files {
        let Some(id) = id(inside) else { continue };
        if ignored.has(folder, inside) || all.iter().any(|known| known.id == id) {
            continue;
        }
        let segments = segments(&id);
        let is_index = id.ends_with("_index");
        all.push(Flat {
            path: path(&segments, is_index),
            id,
            file,
            is_index,
        });
    }
    let ids: Vec<String> = all.iter().map(|flat| flat.id.clone()).collect();
    all.into_iter()
        .map(|flat| {
            let parent = parent(&flat.id, &ids);
            Node {
                id: flat.id,
                file: flat.file.to_owned(),
                path: flat.path,
                is_index: flat.is_index,
                parent,
            }
        })
        .collect()
}

/// The id of a file: its name, or the folder whose `route` or `index` it is. Deeper files are no routes.
fn id(inside: &str) -> Option<String> {
    let (folder, name) = match inside.split_once('/') {
        Some((_, rest)) if rest.contains('/') => return None,
        Some((folder, name)) => (Some(folder), name),
        None => (None, inside),
    };
    let (stem, extension) = name.rsplit_once('.')?;
    if !EXTENSIONS.contains(&extension) {
        return None;
    }
    match folder {
        None => Some(stem.to_owned()),
        Some(folder) => matches!(stem, "route" | "index").then(|| folder.to_owned()),
    }
}

/// The nearest route whose name begins this one's.
fn parent(id: &str, all: &[String]) -> Option<String> {
    let begins = |other: &&String| {
        id.strip_prefix(other.as_str())
            .is_some_and(|rest| rest.starts_with('.'))
    };
    all.iter()
        .filter(begins)
        .max_by_key(|other| other.len())
        .cloned()
}

/// A segment as it is meant, and as it is written: what is escaped is not special.
type Part = (String, String);

fn segments(id: &str) -> Vec<Part> {
    let mut all: Vec<Part> = Vec::new();
    let (mut meant, mut raw) = (String::new(), String::new());
    let (mut escaped, mut optional) = (false, false);
    let mut rest = id.chars().peekable();
    while let Some(one) = rest.next() {
        match one {
            ']' if escaped => escaped = false,
            _ if escaped => meant.push(one),
            '[' => escaped = true,
            '(' => optional = true,
            ')' if optional => {
                optional = false;
                meant.push('?');
            }
            '.' | '/' if !optional => {
                all.push((std::mem::take(&mut meant), std::mem::take(&mut raw)));
                continue;
            }
            '$' if meant.is_empty() => {
                meant.push(if rest.peek().is_none() { '*' } else { ':' });
            }
            _ => meant.push(one),
        }
        raw.push(one);
    }
    all.push((meant, raw));
    all.retain(|(meant, _)| !meant.is_empty());
    all
}

fn path(segments: &[Part], is_index: bool) -> String {
    let kept = segments.len() - usize::from(is_index && !segments.is_empty());
    let parts = segments.iter().take(kept).filter_map(|(meant, raw)| {
        if meant.starts_with('_') && raw.starts_with('_') {
            return None;
        }
        let opts_out = meant.ends_with('_') && raw.ends_with('_');
        Some(if opts_out {
            meant.get(..meant.len() - 1).unwrap_or_default()
        } else {
            meant
        })
    });
    parts.collect::<Vec<_>>().join("/")
}

/// `ignoredRouteFiles`: globs over paths inside the app folder.
struct Ignored {
    rules: IgnoreRules,
    is_empty: bool,
}

impl Ignored {
    fn new(folder: &str, globs: &[String]) -> Self {
        let mut rules = IgnoreRules::new();
        let lines: Vec<String> = globs
            .iter()
            .flat_map(|glob| expanded(glob))
            .map(|glob| format!("/{glob}\n"))
            .collect();
        rules.add_file(Origin::Repository, above(folder), "", &lines.concat());
        Self {
            rules,
            is_empty: lines.is_empty(),
        }
    }

    fn has(&self, folder: &str, inside: &str) -> bool {
        let hidden = inside.split('/').any(|part| part.starts_with('.'));
        hidden
            || (!self.is_empty
                && self
                    .rules
                    .judge(&format!("{folder}/{inside}"), false)
                    .ignored)
    }
}

fn above(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(above, _)| above)
}

/// `*.{js,ts}` as two globs, which gitignore's syntax has no short form for.
fn expanded(glob: &str) -> Vec<String> {
    let inner = glob
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match inner {
        Some((before, (choices, after))) if !after.contains('{') => choices
            .split(',')
            .map(|choice| format!("{before}{choice}{after}"))
            .collect(),
        _ => vec![glob.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(id: &str) -> String {
        path(&segments(id), id.ends_with("_index"))
    }

    #[test]
    fn names_become_paths_as_fs_routes_has_them() {
        for (id, expected) in [
            ("_index", ""),
            ("posts.$id", "posts/:id"),
            ("_app.home", "home"),
            ("admin._index", "admin"),
            ("files.$", "files/*"),
            ("match_.$matchId", "match/:matchId"),
            ("sitemap[.]xml", "sitemap.xml"),
            ("[_]under", "_under"),
            ("($lang).about", ":lang?/about"),
            ("(en).about", "en?/about"),
        ] {
            assert_eq!(path_of(id), expected, "{id}");
        }
    }

    #[test]
    fn a_parent_is_the_route_whose_name_begins_this_one_s() {
        let ids = ["admin", "admin.courses", "adm"].map(str::to_owned);
        assert_eq!(
            parent("admin.courses.new", &ids).as_deref(),
            Some("admin.courses")
        );
        assert_eq!(parent("admin_.x", &ids), None);
    }

    #[test]
    fn globs_of_ignored_files_hold_inside_the_app_folder() {
        let ignored = [
            "**/*.test.{ts,tsx}".to_owned(),
            "routes/sign-in.tsx".to_owned(),
        ];
        let ignored = Ignored::new("app/routes", &ignored);
        for (inside, expected) in [
            ("a.test.tsx", true),
            ("sign-in.tsx", true),
            ("sign-up.tsx", false),
            (".hidden.ts", true),
        ] {
            assert_eq!(ignored.has("app/routes", inside), expected, "{inside}");
        }
    }
}
