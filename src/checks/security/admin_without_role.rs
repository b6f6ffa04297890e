//! `security/admin-without-role`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::{self, Guard};
use crate::facts::code::shapes::{FileShapes, Shapes};
use crate::facts::tree;
use crate::model::routes::{Route, RouteKind, RouteMap, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Place, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/admin-without-role",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "What is for admins asks for more than a session",
        fail: "What is for admins seems to ask for no more than a session",
        why: "anyone who can sign up can then do what only admins should",
        docs: include_str!("admin_without_role.md"),
    },
    needs: &[Need::Routes, Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (Some(map), Some(shapes)) = (facts.routes.as_ref(), facts.shapes.as_ref()) else {
        return Verdict::not_applicable("the app has no routes");
    };
    let admin: Vec<&Route> = map
        .routes
        .iter()
        .filter(|route| is_for_admins(route))
        .collect();
    if admin.is_empty() {
        return Verdict::not_applicable("no route has admin in its path");
    }
    let open = admin
        .into_iter()
        .filter(|route| asks_for_a_session_only(map, shapes, route));
    let sentence = Together::new(
        "",
        "routes for admins ask for a session, and no role, permission or list of people is in sight",
    );
    let finding = |route: &Route| {
        Finding::warning(format!(
            "{} asks for a session, and no role, permission or list of people is in sight",
            route.pattern
        ))
        .at(place(route), route.pattern.as_str())
        .fix("ask for the role first: `await auth.protect({ role: 'org:admin' })`, or compare a role of publicMetadata")
        .together(&sentence)
    };
    Verdict::Judged(open.map(finding).collect())
}

fn place(route: &Route) -> Place {
    let stopper = route.methods.iter().find_map(|answer| {
        let at = answer.resource.place.as_ref()?;
        (at.file == route.file).then_some(at)
    });
    match stopper {
        Some(at) => Place::Span {
            file: at.file.clone(),
            line: at.line,
            column: at.column,
            excerpt: None,
        },
        None => Place::file(&route.file),
    }
}

/// Whether `admin` is a part of the path of what does something by itself: a handler, or a page that reads.
fn is_for_admins(route: &Route) -> bool {
    let named = route
        .pattern
        .split('/')
        .any(|part| part.eq_ignore_ascii_case("admin"));
    let stopped = !route.methods.is_empty()
        && route
            .methods
            .iter()
            .all(|answer| answer.verdict == Meets::Stopped);
    let works = match route.kind {
        RouteKind::Page => route
            .methods
            .iter()
            .any(|answer| !answer.sensitive.is_empty()),
        RouteKind::Handler | RouteKind::Api | RouteKind::Action => true,
    };
    named && stopped && works
}

fn asks_for_a_session_only(map: &RouteMap, shapes: &Shapes, route: &Route) -> bool {
    // Only such files are read for it.
    let Some(file) = shapes
        .file(&route.file)
        .filter(|file| guard::is_for_admins(&file.path))
    else {
        return false;
    };
    let asks = |file: &FileShapes| {
        guards::has(file, |guard| {
            matches!(guard, Guard::AsksRole | Guard::MayGuard)
        })
    };
    let asks_role = |file: &FileShapes| guards::has(file, |guard| matches!(guard, Guard::AsksRole));
    let middleware = map.middleware.file.as_ref();
    // A middleware that cannot be seen may ask.
    let in_middleware = middleware.is_some_and(|path| {
        shapes
            .file(path)
            .is_none_or(|file| shapes.around(file).any(asks_role))
    });
    let layout = |one: &FileShapes| {
        let above = tree::is_below(tree::folder(&route.file), tree::folder(&one.path));
        above && tree::file_name(&one.path).starts_with("layout.") && asks(one)
    };
    // Who registers a route may ask before it.
    let registers: Vec<&FileShapes> = shapes
        .files
        .iter()
        .filter(|one| one.imports.contains(&route.file))
        .collect();
    let is_seen = is_file_routed(route) || !registers.is_empty();
    is_seen
        && !in_middleware
        && !shapes.around(file).any(asks)
        && !registers.into_iter().any(asks)
        && !shapes.files.iter().any(layout)
}

/// Whether a file is a route by its place, so that nothing but the framework stands before it.
fn is_file_routed(route: &Route) -> bool {
    const FOLDERS: &[&str] = &["pages/", "server/api/", "app/routes/"];
    let stem = tree::file_name(&route.file)
        .split('.')
        .next()
        .unwrap_or_default();
    let by_name = matches!(stem, "route" | "page" | "+server" | "+page");
    let by_folder = FOLDERS
        .iter()
        .any(|folder| route.file.starts_with(folder) || route.file.contains(&format!("/{folder}")));
    by_name || by_folder || route.kind == RouteKind::Action
}
