//! `app/provider-outside-body`

use super::{clerk_major, settings, shells};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::shell::Shell;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/provider-outside-body",
        group: Group::App,
        severity: Severity::Warning,
        pass: "ClerkProvider stands where cache components allow it",
        fail: "ClerkProvider stands around <html> with cache components switched on",
        why: "Next.js refuses to prerender what reads a request outside of <Suspense>",
        docs: include_str!("provider_outside_body.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if clerk_major(facts, "@clerk/nextjs").is_none_or(|major| major < 7) {
        return Verdict::not_applicable("the app does not use @clerk/nextjs 7 or later");
    }
    let on = settings(facts, "cacheComponents").find(|(_, value)| *value == Some("true"));
    let Some((setting, _)) = on else {
        return Verdict::not_applicable("cacheComponents is not switched on in next.config");
    };
    let around = shells(facts).filter_map(|(file, shape, shell)| match shell {
        Shell::Provider(provider) if provider.around_html => Some(file.place(shape)),
        _ => None,
    });
    let findings = around.map(|place| {
        Finding::warning("ClerkProvider stands around <html> in an app with cacheComponents")
            .at(place, "here")
            .see(setting.clone(), "switched on here")
            .fix("move it into `<body>`, around the children")
    });
    Verdict::Judged(findings.collect())
}
