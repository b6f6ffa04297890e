//! How Clerk is built into the app.

pub mod astro_prerendered_gate;
pub mod client_only_gate;
pub mod expo_key_prop;
pub mod extension_manifest;
pub mod provider_missing;
pub mod provider_outside_body;
pub mod react_router_middleware_flag;
pub mod sign_in_not_catch_all;
pub mod sign_in_url_wrong;
pub mod tanstack_registration;

use crate::facts::code::routes::pattern;
use crate::facts::code::shapes::shell::{Form, Shell};
use crate::facts::code::shapes::{FileShapes, Shape, Shapes, What};
use crate::facts::{Facts, lockfile, tree};
use crate::model::Place;
use crate::model::routes::{Route, RouteKind};

/// No app has more forms, or requests behind a gate, that say something new.
const MOST: usize = 300;

/// One shape of the way in which Clerk is built in: its file, where it is, what it is.
type Found<'f> = (&'f FileShapes, &'f Shape, &'f Shell);

/// All of them.
fn shells(facts: &Facts) -> impl Iterator<Item = Found<'_>> {
    let all = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    all.filter_map(|(file, shape)| match &shape.what {
        What::Shell(shell) => Some((file, shape, shell)),
        _ => None,
    })
}

/// The settings of a name in the config of the framework, with their places.
fn settings<'f>(
    facts: &'f Facts,
    wanted: &'static str,
) -> impl Iterator<Item = (Place, Option<&'f str>)> {
    shells(facts).filter_map(move |(file, shape, shell)| match shell {
        Shell::Setting { name, value } if *name == wanted => {
            Some((file.place(shape), value.as_deref()))
        }
        _ => None,
    })
}

/// A version as two numbers, and whether it is the one that is installed.
fn numbers(text: &str) -> Option<((u32, u32), bool)> {
    let is_exact = text.starts_with(|c: char| c.is_ascii_digit()) && text.split('.').count() > 2;
    let lowest = lockfile::minimum(text).unwrap_or_else(|| text.to_owned());
    let mut parts = lowest.split(['.', '-', '+']).map(str::parse::<u32>);
    let major = parts.next()?.ok()?;
    let minor = parts.next().and_then(Result::ok).unwrap_or(0);
    Some(((major, minor), is_exact))
}

/// The major version of a Clerk package of the app.
fn clerk_major(facts: &Facts, name: &str) -> Option<u32> {
    let package = facts.app.clerk.iter().find(|one| one.name == name)?;
    let text = package.version.as_deref().unwrap_or(&package.range);
    numbers(text).map(|((major, _), _)| major)
}

/// Whether a file is the app's own, not one of a workspace package.
fn is_own(facts: &Facts, path: &str) -> bool {
    let app = &facts.app;
    let mut libraries = app.libraries.iter();
    tree::is_below(path, &app.path)
        && !libraries.any(|folder| *folder != app.path && tree::is_below(path, folder))
}

/// The pages of the app.
fn pages(facts: &Facts) -> impl Iterator<Item = &Route> {
    let routes = facts
        .routes
        .as_ref()
        .into_iter()
        .flat_map(|map| &map.routes);
    routes.filter(|route| route.kind == RouteKind::Page)
}

/// Whether the app may have pages that are not known.
fn may_have_more(facts: &Facts) -> bool {
    facts.routes.as_ref().is_some_and(|map| map.is_partial)
}

/// The pages that show what stands in a file: the page itself, else those that import it.
fn shown_by<'f>(facts: &'f Facts, file: &str) -> Vec<&'f Route> {
    let own: Vec<&Route> = pages(facts).filter(|page| page.file == file).collect();
    if !own.is_empty() {
        return own;
    }
    let Some(shapes) = facts.shapes.as_ref() else {
        return Vec::new();
    };
    let importing = shapes
        .files
        .iter()
        .filter(|one| one.imports.iter().any(|path| path == file));
    let importing: Vec<&str> = importing.map(|one| one.path.as_str()).collect();
    let imports = |page: &&Route| importing.contains(&page.file.as_str());
    pages(facts).filter(imports).collect()
}

/// A page in a slot, or one that is shown over another: its address is not where it stands.
fn is_intercepting(file: &str) -> bool {
    file.contains("/@") || file.contains("/(.")
}

/// The path of a page without what it leaves open at its end: `/sign-in` of `/sign-in/[[...rest]]`.
fn base(pattern: &str) -> &str {
    let Some((before, last)) = pattern.rsplit_once('/') else {
        return pattern;
    };
    match pattern::segments(last).first() {
        Some(pattern::Segment::Rest | pattern::Segment::Optional) => before,
        _ => pattern,
    }
}

/// Whether a page answers a path, by itself or below a language in front of it.
fn answers(page: &Route, path: &str) -> bool {
    let fits = |path: &str| pattern::fit(&page.pattern, path).is_some();
    fits(path) || fits(&format!("/x1{path}"))
}

/// Whether the steps of a form are paths below its page. The SDKs that know the router of their framework
/// take this for granted (`useRoutingProps`); the others put them behind a `#`.
fn steps_are_paths(facts: &Facts, form: &Form) -> Option<bool> {
    match form.prop("routing") {
        Some(routing) => return routing.map(|routing| routing == "path"),
        None if form.spread => return None,
        None if form.prop("path").is_some() => return Some(true),
        None => {}
    }
    let since: u32 = match form.package.as_str() {
        "@clerk/nextjs" => 5,
        "@clerk/remix" => 4,
        "@clerk/react-router" | "@clerk/tanstack-react-start" | "@clerk/tanstack-start" => 0,
        "svelte-clerk" => 1,
        "" if facts.app.framework.id == "nuxt" => 2,
        _ => return Some(false),
    };
    let package = match form.package.as_str() {
        "" => "@clerk/nuxt",
        package => package,
    };
    Some(since == 0 || clerk_major(facts, package)? >= since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_a_lock_file_is_told_from_a_range() {
        assert_eq!(numbers("7.18.2"), Some(((7, 18), true)));
        assert_eq!(numbers("^7.5.0"), Some(((7, 5), false)));
        assert_eq!(numbers("latest"), None);
    }

    #[test]
    fn the_base_of_a_page_is_without_its_open_end() {
        assert_eq!(base("/sign-in/[[...rest]]"), "/sign-in");
        assert_eq!(base("/sign-in/$"), "/sign-in");
        assert_eq!(base("/sign-in/[...rest]"), "/sign-in");
        assert_eq!(base("/sign-in"), "/sign-in");
        assert_eq!(base("/"), "/");
    }
}
