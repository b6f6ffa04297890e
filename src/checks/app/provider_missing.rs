//! `app/provider-missing`

use super::{Found, is_own, shells};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::shell::Shell;
use crate::model::{Finding, Group, Meta, Severity};

/// How many places are shown.
const SHOWN: usize = 3;

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/provider-missing",
        group: Group::App,
        severity: Severity::Error,
        pass: "Clerk's components and hooks have the provider that they ask for",
        fail: "Clerk's components and hooks are used and nothing provides Clerk",
        why: "each of them throws where it is not below the provider",
        docs: include_str!("provider_missing.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.app.framework.id == "nuxt" {
        return Verdict::not_applicable(
            "the Nuxt module provides Clerk: see middleware/without-clerk",
        );
    }
    let used: Vec<Found<'_>> = shells(facts)
        .filter(|(file, _, shell)| matches!(shell, Shell::Uses { .. }) && is_own(facts, &file.path))
        .collect();
    let Some((file, shape, Shell::Uses { name, package })) = used.first().copied() else {
        return Verdict::not_applicable("no component and no hook of Clerk's was seen");
    };
    if shells(facts).any(|(_, _, shell)| *shell == Shell::Provides) {
        return Verdict::Judged(Vec::new());
    }
    let unread = facts.shapes.as_ref().map(|shapes| &shapes.unread);
    if let Some((path, _)) = unread.and_then(|unread| unread.first()) {
        return Verdict::not_applicable(format!(
            "{path} could not be parsed, and may be where Clerk is provided"
        ));
    }
    let (what, fix) = provider(package);
    let severity = if may_come_from_outside(facts) {
        Severity::Warning
    } else {
        Severity::Error
    };
    let message =
        format!("{name} of {package} is used, and there is no {what} anywhere in the app");
    let mut finding = Finding::new(severity, message)
        .at(file.place(shape), "works only where Clerk is provided")
        .fix(fix)
        .known_by(what);
    for (file, shape, _) in used.iter().skip(1).take(SHOWN - 1) {
        finding = finding.see(file.place(shape), "as does this");
    }
    Verdict::of(Some(finding))
}

/// Whether the app depends on packages of the workspace that were not read because they do not depend on
/// Clerk themselves: one of them may take it from the root of the workspace.
fn may_come_from_outside(facts: &Facts) -> bool {
    const BESIDE: &[&str] = &["workspace:", "file:", "link:", "*"];
    let ranges = facts.app.ranges.values();
    let beside = ranges.filter(|range| BESIDE.iter().any(|start| range.starts_with(start)));
    beside.count() > facts.app.libraries.len()
}

/// What provides Clerk to the components of a package, and where it belongs.
fn provider(package: &str) -> (&'static str, &'static str) {
    match package {
        "@clerk/vue" | "vue-clerk" => (
            "clerkPlugin",
            "add `app.use(clerkPlugin, { publishableKey })` before `app.mount()`",
        ),
        "@clerk/astro/components" | "@clerk/astro/react" => (
            "clerk() integration",
            "add `integrations: [clerk()]` of @clerk/astro to astro.config",
        ),
        "@clerk/nextjs" => (
            "ClerkProvider",
            "put `<ClerkProvider>` into the `<body>` of the root layout (or around the page in pages/_app)",
        ),
        _ => (
            "ClerkProvider",
            "put `<ClerkProvider>` around the app where it is rendered",
        ),
    }
}
