//! The page on which people sign in, and whether they get there.

use super::detail::Asked;
use crate::facts::code::routes::Found;
use crate::facts::code::value::Import;
use crate::facts::code::visitor::World;
use crate::model::routes::{Layer, RouteKind, SignInPage, Verdict};

/// Steps of a sign-in whose paths Clerk's component puts below its page
/// (packages/clerk-js/src/ui/components/SignIn/index.tsx).
const STEPS: [&str; 2] = ["/factor-one", "/sso-callback"];

/// What a route is to those who sign in, if anything.
pub(super) fn page(asked: &Asked<'_>, world: &World<'_>, route: &Found) -> Option<SignInPage> {
    if route.kind != RouteKind::Page {
        return None;
    }
    let (base, last) = route.pattern.rsplit_once('/')?;
    let is_catch_all = last.starts_with("[[...");
    let base = if is_catch_all { base } else { &route.pattern };
    if !is_named(asked, base) && !has_component(asked, &route.file) {
        return None;
    }
    let url = route.urls.first()?;
    let steps = STEPS.iter().filter(|_| is_catch_all);
    let paths = steps.map(|step| format!("{}{step}", url.trim_end_matches('/')));
    let stopped = std::iter::once(url.clone()).chain(paths).find_map(|path| {
        let answer = asked.runs.gate(world, "GET", &path, asked.config);
        (answer.layer.verdict == Verdict::Stopped).then_some((path, answer.layer))
    });
    // authMiddleware() lets through what the environment names, which is often set on the host alone.
    let by_default = |layer: &Layer| layer.why.starts_with("authMiddleware()");
    let stopped = stopped.filter(|(_, layer)| knows_the_page(asked) || !by_default(layer));
    Some(SignInPage { stopped })
}

/// Whether the environment that is known names a page at all.
fn knows_the_page(asked: &Asked<'_>) -> bool {
    let mut names = asked.app.setting.env.keys();
    names.any(|name| name.ends_with("CLERK_SIGN_IN_URL"))
}

/// Whether the environment names a path as that of the sign-in.
fn is_named(asked: &Asked<'_>, base: &str) -> bool {
    let mut all = asked.app.setting.env.iter();
    let path = |url: &str| {
        url.split(['?', '#'])
            .next()
            .map(|path| path.trim_end_matches('/').to_owned())
    };
    all.any(|(name, value)| {
        name.ends_with("CLERK_SIGN_IN_URL")
            && value.len() > 1
            && path(value).as_deref() == Some(base)
    })
}

/// Whether a page shows Clerk's component.
fn has_component(asked: &Asked<'_>, file: &str) -> bool {
    let module = asked.app.project.module(file).and_then(Result::ok);
    module.is_some_and(|module| {
        let import: Option<&Import> = module.import("SignIn");
        let is_clerks = import.is_some_and(|import| import.source.starts_with("@clerk/"));
        is_clerks && module.text().contains("<SignIn")
    })
}
