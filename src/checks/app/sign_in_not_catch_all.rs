//! `app/sign-in-not-catch-all`

use super::{
    MOST, answers, is_intercepting, may_have_more, pages, shells, shown_by, steps_are_paths,
};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::shell::{Form, Shell};
use crate::facts::code::shapes::{FileShapes, Shape};
use crate::model::routes::Route;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/sign-in-not-catch-all",
        group: Group::App,
        severity: Severity::Error,
        pass: "The pages of sign-in and sign-up answer the paths of their steps",
        fail: "A page of sign-in or sign-up does not answer the paths of its steps",
        why: "the second step of a sign-in, and the way back from Google or GitHub, end in a 404",
        docs: include_str!("sign_in_not_catch_all.md"),
    },
    needs: &[Need::Shapes, Need::Routes],
    scope: Scope::Apps,
    run,
};

/// Steps that Clerk's forms put below their page, the usual one and the one that a provider comes back to
/// (packages/clerk-js/src/ui/components/SignIn/index.tsx, SignUp/index.tsx).
fn steps(form: &Form) -> [&'static str; 2] {
    match form.name.as_str() {
        "SignUp" => ["verify-email-address", "sso-callback"],
        _ => ["factor-one", "sso-callback"],
    }
}

fn run(facts: &Facts) -> Verdict {
    let mut judged = false;
    let mut findings = Vec::new();
    let forms = shells(facts).filter_map(|(file, shape, shell)| match shell {
        Shell::Form(form) => Some((file, shape, form)),
        _ => None,
    });
    for (file, shape, form) in forms.take(MOST) {
        for page in shown_by(facts, &file.path) {
            if is_intercepting(&page.file) {
                continue;
            }
            judged = true;
            if steps_are_paths(facts, form) == Some(true) {
                findings.extend(judge(facts, page, form, (file, shape)));
            }
        }
    }
    if !judged {
        return Verdict::not_applicable("no page of the app shows <SignIn> or <SignUp>");
    }
    if may_have_more(facts) && !findings.is_empty() {
        return Verdict::not_applicable("routes of the app are computed, and may answer the steps");
    }
    Verdict::Judged(findings)
}

fn judge(
    facts: &Facts,
    page: &Route,
    form: &Form,
    (file, shape): (&FileShapes, &Shape),
) -> Option<Finding> {
    let at = page.pattern.trim_end_matches('/');
    let first = page
        .urls
        .first()
        .map_or(at, |url| url.trim_end_matches('/'));
    let paths = steps(form).map(|step| format!("{first}/{step}"));
    let is_answered = |path: &String| pages(facts).any(|page| answers(page, path));
    let open: Vec<&String> = paths.iter().filter(|path| !is_answered(path)).collect();
    let path = open.first()?;
    let direct = file.path == page.file;
    let severity = if direct && open.len() == paths.len() && moves_by_router(facts, page) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let name = &form.name;
    let finding = Finding::new(
        severity,
        format!(
            "<{name}> stands on {}, and no page answers its step {path}",
            page.pattern
        ),
    )
    .at(file.place(shape), "its steps are paths below the page")
    .fix(format!(
        "{}, or write `<{name} routing=\"hash\" />`",
        rename(facts, page)
    ));
    Some(if direct {
        finding
    } else {
        finding.see(Place::file(&page.file), "the page that shows it")
    })
}

/// Whether the form asks the router of the framework for its next step. In the App Router @clerk/nextjs
/// writes the address only (`useInternalNavFun`), and what is missing shows when somebody comes to it.
fn moves_by_router(facts: &Facts, page: &Route) -> bool {
    match facts.app.framework.id {
        "next" => page.file.split('/').any(|part| part == "pages") && !page.file.contains("/page."),
        "react-router" | "remix" | "tanstack-start" => true,
        _ => false,
    }
}

/// How the page becomes a catch-all route.
fn rename(facts: &Facts, page: &Route) -> String {
    let file = &page.file;
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let stem = file
        .rsplit_once('.')
        .map_or(file.as_str(), |(stem, _)| stem);
    let stem = stem.strip_suffix("/index").unwrap_or(stem);
    let end = file.rsplit_once('.').map_or("", |(_, end)| end);
    match facts.app.framework.id {
        "next" if file.contains("/page.") => format!("move the page to {folder}/[[...rest]]"),
        "next" => format!("rename the page to {stem}/[[...index]].{end}"),
        "sveltekit" => format!("move the page to {folder}/[...rest]"),
        "nuxt" | "astro" => format!("rename the page to {stem}/[...rest].{end}"),
        _ => "make the route a splat, such as `sign-in.$` or `sign-in/*`".to_owned(),
    }
}
