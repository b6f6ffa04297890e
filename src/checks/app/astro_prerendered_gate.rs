//! `app/astro-prerendered-gate`

use super::{settings, shells};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::FileShapes;
use crate::facts::code::shapes::What;
use crate::facts::code::shapes::shell::Shell;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/astro-prerendered-gate",
        group: Group::App,
        severity: Severity::Error,
        pass: "No page that is built ahead of time asks for the session",
        fail: "A page that is built ahead of time asks for the session",
        why: "it runs once, at build time, where there is no visitor and Clerk's middleware does nothing",
        docs: include_str!("astro_prerendered_gate.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.app.framework.id != "astro" {
        return Verdict::not_applicable("the app is not built with Astro");
    }
    let asking: Vec<_> = shells(facts)
        .filter(|(file, _, shell)| **shell == Shell::AstroAuth && is_page(&file.path))
        .collect();
    if asking.is_empty() {
        return Verdict::not_applicable("no page asks for the session with Astro.locals.auth()");
    }
    // Static unless the config says otherwise (https://docs.astro.build/en/reference/configuration-reference/#output).
    let outputs: Vec<Option<&str>> = settings(facts, "output").map(|(_, value)| value).collect();
    let is_static = match outputs.as_slice() {
        [] => Some(true),
        [one] => one.map(|one| matches!(one, "static" | "hybrid")),
        _ => None,
    };
    let findings = asking
        .into_iter()
        .filter(|(file, _, _)| flag(file).or(is_static) == Some(true))
        .map(|(file, shape, _)| {
            let why = match flag(file) {
                Some(_) => "`prerender` says so",
                None => "the app's output is static, and the page does not say otherwise",
            };
            Finding::error(format!(
                "the page is built ahead of time ({why}), and asks for the session of a visitor"
            ))
            .at(file.place(shape), "runs at build time only")
            .fix("add `export const prerender = false` to the page")
        });
    Verdict::Judged(findings.collect())
}

fn is_page(path: &str) -> bool {
    path.contains("src/pages/")
}

/// What the page says of itself.
fn flag(file: &FileShapes) -> Option<bool> {
    file.shapes.iter().find_map(|shape| match &shape.what {
        What::Shell(Shell::Prerender(flag)) => Some(*flag),
        _ => None,
    })
}
