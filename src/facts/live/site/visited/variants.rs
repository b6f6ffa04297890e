//! Other spellings of a path: what some servers take for the same route and a matcher does not.

use super::targets::Router;
use super::{Shape, Target};

/// The longest name of a build.
const LONGEST_ID: usize = 64;

/// Another spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// What is other about it.
    pub what: &'static str,
    /// The path.
    pub path: String,
    /// The same spelling of a neighbour that nobody has.
    pub control: String,
    /// How it is asked for.
    pub shape: Shape,
}

/// The other spellings of a route, and of a neighbour with a made-up name.
pub fn variants(target: &Target, build: Option<&str>, unheard: &str) -> Vec<Variant> {
    let path = target.path.trim_end_matches('/');
    // A site that wants a slash at the end redirects what has none, and nothing would be tried.
    let end = if target.path.ends_with('/') { "/" } else { "" };
    let Some((folder, last)) = path.rsplit_once('/') else {
        return Vec::new();
    };
    if last.is_empty() {
        return Vec::new();
    }
    let neighbour = format!("{folder}/{unheard}");
    let mut all = Vec::new();
    let mut add = |what, shape, spell: &dyn Fn(&str) -> Option<String>| {
        if let (Some(path), Some(control)) = (spell(path), spell(&neighbour))
            && path != target.path
        {
            all.push(Variant {
                what,
                path,
                control,
                shape,
            });
        }
    };
    let plain = target.shape;
    add("a slash at the end", plain, &|path| {
        Some(format!("{path}/"))
    });
    add("a doubled slash", plain, &|path| {
        Some(format!("/{path}{end}"))
    });
    add("capital letters", plain, &|path| {
        Some(format!("{}{end}", path.to_ascii_uppercase()))
    });
    add("an encoded dot and slash before it", plain, &|path| {
        Some(format!("/%2e%2f{}{end}", path.trim_start_matches('/')))
    });
    add("an encoded letter", plain, &|path| {
        Some(format!("{}{end}", encoded(path)?))
    });
    add("`.json` at the end", Shape::Data, &|path| {
        Some(format!("{path}.json"))
    });
    match target.next {
        Some(Router::App) => {
            add("`.rsc` at the end", Shape::Navigation, &|path| {
                Some(format!("{path}.rsc"))
            });
            add("the segments of its page", Shape::Navigation, &|path| {
                Some(format!("{path}.segments/_full.segment.rsc"))
            });
        }
        Some(Router::Pages) => {
            add("the data of its page", Shape::Data, &|path| {
                Some(format!("/_next/data/{}{path}.json", build?))
            });
        }
        None => {}
    }
    // The usual matcher of Clerk's guide leaves out what ends like a file.
    let is_free = target.pattern.ends_with([']', '}']) || target.pattern.contains("/:");
    if is_free {
        add("the ending of a file", plain, &|path| {
            Some(format!("{path}.png"))
        });
    }
    all
}

/// With the first letter of the path encoded.
fn encoded(path: &str) -> Option<String> {
    let at = path.find(|c: char| c.is_ascii_alphabetic())?;
    let letter = *path.as_bytes().get(at)?;
    Some(format!(
        "{}%{letter:02x}{}",
        path.get(..at)?,
        path.get(at + 1..)?
    ))
}

/// The name of the build of a Next.js app, as its pages tell it.
pub fn build_id(page: &str) -> Option<&str> {
    let after = |mark: &str| page.split_once(mark).map(|(_, rest)| rest);
    let id = after("\"buildId\":\"").and_then(|rest| rest.split('"').next());
    let by_manifest = || {
        let (before, _) = page.split_once("/_buildManifest.js")?;
        before.rsplit_once("/_next/static/").map(|(_, id)| id)
    };
    let is_name = |id: &&str| {
        let good = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        !id.is_empty() && id.len() <= LONGEST_ID && id.chars().all(good)
    };
    id.filter(is_name).or_else(by_manifest).filter(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::live::site::visited::By;
    use crate::model::routes::{RouteKind, Verdict};

    fn target(pattern: &str, path: &str, next: Option<Router>) -> Target {
        Target {
            pattern: pattern.to_owned(),
            path: path.to_owned(),
            kind: RouteKind::Page,
            method: "GET".to_owned(),
            expected: Verdict::Stopped,
            by: By::Middleware,
            why: String::new(),
            file: String::new(),
            place: None,
            shape: Shape::Document,
            others: Vec::new(),
            is_fixed: true,
            next,
        }
    }

    #[test]
    fn spells_a_path_in_every_other_way() {
        let of = |target: &Target| -> Vec<String> {
            let all = variants(target, Some("b1"), "zz");
            all.into_iter().map(|variant| variant.path).collect()
        };
        assert_eq!(
            of(&target("/teams/[id]", "/teams/x1", Some(Router::App))),
            [
                "/teams/x1/",
                "//teams/x1",
                "/TEAMS/X1",
                "/%2e%2fteams/x1",
                "/%74eams/x1",
                "/teams/x1.json",
                "/teams/x1.rsc",
                "/teams/x1.segments/_full.segment.rsc",
                "/teams/x1.png",
            ]
        );
        let pages = of(&target("/a", "/a", Some(Router::Pages)));
        assert_eq!(
            pages.last().map(String::as_str),
            Some("/_next/data/b1/a.json")
        );
        assert!(of(&target("/", "/", None)).is_empty());
        let slash = of(&target("/a", "/a/", None));
        assert_eq!(slash, ["//a/", "/A/", "/%2e%2fa/", "/%61/", "/a.json"]);
    }

    #[test]
    fn spells_a_neighbour_in_the_same_way() {
        let all = variants(&target("/a/b", "/a/b", None), None, "zz");
        assert_eq!(all[0].control, "/a/zz/");
        assert_eq!(all[2].control, "/A/ZZ");
    }

    #[test]
    fn reads_the_name_of_a_build_and_nothing_odd() {
        assert_eq!(build_id(r#"{"buildId":"aB-1"}"#), Some("aB-1"));
        assert_eq!(
            build_id(r#"<script src="/_next/static/aB-1/_buildManifest.js">"#),
            Some("aB-1")
        );
        assert_eq!(build_id(r#"{"buildId":"../x"}"#), None);
        assert_eq!(build_id(""), None);
    }
}
