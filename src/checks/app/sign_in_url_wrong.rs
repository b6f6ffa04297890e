//! `app/sign-in-url-wrong`

use super::{answers, base, is_intercepting, may_have_more, pages, settings, shells};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::routes::pattern::{self, Segment};
use crate::facts::code::shapes::shell::{Form, Shell};
use crate::model::routes::Route;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/sign-in-url-wrong",
        group: Group::App,
        severity: Severity::Error,
        pass: "The paths that are given for sign-in and sign-up are those of pages",
        fail: "A path that is given for sign-in or sign-up is that of no page",
        why: "whoever has to sign in is sent to a 404",
        docs: include_str!("sign_in_url_wrong.md"),
    },
    needs: &[Need::Shapes, Need::Routes],
    scope: Scope::Apps,
    run,
};

/// A path that somebody gave for a page: how it is called, the path, and where.
type Given = (String, String, Place);

fn run(facts: &Facts) -> Verdict {
    if pages(facts).next().is_none() {
        return Verdict::not_applicable("the app has no pages");
    }
    let mut given = of_environment(facts);
    given.extend(of_code(facts));
    let forms = forms(facts);
    if given.is_empty() && forms.is_empty() {
        return Verdict::not_applicable("no path of the app is given for sign-in or sign-up");
    }
    let is_open = |(_, path, _): &&Given| !pages(facts).any(|page| answers(page, path));
    let open: Vec<&Given> = given.iter().filter(is_open).collect();
    if may_have_more(facts) || open.iter().any(|(_, path, _)| may_move(facts, path)) {
        return Verdict::not_applicable(
            "the app moves paths or computes routes, so that a page may answer elsewhere",
        );
    }
    let missing = open.into_iter().map(|one| missing(facts, one));
    let apart = forms.into_iter().filter_map(|one| apart(&one));
    Verdict::Judged(missing.chain(apart).collect())
}

fn missing(facts: &Facts, (name, path, place): &Given) -> Finding {
    // Where modules and plugins may bring pages along, nobody can be sure.
    let severity = match facts.app.framework.id {
        "next" | "sveltekit" | "react-router" | "remix" => Severity::Error,
        _ => Severity::Warning,
    };
    let message = format!("{name} is {path}, and no page of the app answers there");
    Finding::new(severity, message)
        .at(place.clone(), "given here")
        .fix("give the path of the page that shows the form, or make that page")
}

/// Whether a page that stands elsewhere may answer a path: the config or the middleware moves paths.
fn may_move(facts: &Facts, path: &str) -> bool {
    let set = |name| settings(facts, name).next().is_some();
    if set("basePath") || set("i18n") || set("NextResponse.rewrite") {
        return true;
    }
    if !set("rewrites") && !set("redirects") {
        return false;
    }
    let first = |path: &str| path.split('/').nth(1).unwrap_or_default().to_owned();
    let mut sources = settings(facts, "source").peekable();
    sources.peek().is_none()
        || sources.any(|(_, source)| {
            source.is_none_or(|source| {
                let start = first(source);
                start.contains([':', '(', '*']) || start == first(path)
            })
        })
}

/// What the environment names.
fn of_environment(facts: &Facts) -> Vec<Given> {
    let Some(env) = facts.env.as_ref() else {
        return Vec::new();
    };
    let names = [
        facts.app.names(|f| f.variables.sign_in_url),
        facts.app.names(|f| f.variables.sign_up_url),
    ];
    let set = names.iter().filter_map(|names| env.first(names));
    let paths = set.filter_map(|variable| {
        let path = path(variable.value().expose())?;
        Some((variable.winner.name.clone(), path, variable.winner.place()))
    });
    paths.collect()
}

/// What the props of the provider and of the forms name.
fn of_code(facts: &Facts) -> Vec<Given> {
    let mut given = Vec::new();
    for (file, shape, shell) in shells(facts) {
        let mut add = |name: &str, value: &str| {
            if let Some(path) = path(value) {
                given.push((name.to_owned(), path, file.place(shape)));
            }
        };
        match shell {
            Shell::Provider(provider) => {
                for (name, value) in &provider.urls {
                    add(name, value);
                }
            }
            Shell::Form(form) => {
                for name in ["signInUrl", "signUpUrl"] {
                    if let Some(Some(value)) = form.prop(name) {
                        add(name, value);
                    }
                }
            }
            _ => {}
        }
    }
    given
}

/// A path on the app's own address; what else is wrong with it is for env/redirect-url-unsafe.
fn path(value: &str) -> Option<String> {
    let path = value.trim().split(['?', '#']).next()?;
    let is_path = path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    is_path.then(|| path.to_owned())
}

/// A form that says where it stands, and the page that it stands on.
struct Placed<'f> {
    page: &'f Route,
    form: &'f Form,
    path: String,
    place: Place,
}

fn forms(facts: &Facts) -> Vec<Placed<'_>> {
    let mut placed = Vec::new();
    for (file, shape, shell) in shells(facts) {
        let Shell::Form(form) = shell else { continue };
        let Some(path) = form.prop("path").flatten().and_then(path) else {
            continue;
        };
        let own = pages(facts).filter(|page| page.file == file.path);
        for page in own.filter(|page| !is_intercepting(&page.file)) {
            placed.push(Placed {
                page,
                form,
                path: path.clone(),
                place: file.place(shape),
            });
        }
    }
    placed
}

/// A form whose `path` is not where its page stands.
fn apart(placed: &Placed<'_>) -> Option<Finding> {
    let base = base(&placed.page.pattern);
    // What stands for a parameter is not known here.
    let fixed = |one: &Segment| matches!(one, Segment::Static(_));
    if !pattern::segments(base).iter().all(fixed) || placed.path.trim_end_matches('/') == base {
        return None;
    }
    let (name, path) = (&placed.form.name, &placed.path);
    Some(
        Finding::error(format!(
            "<{name} path=\"{path}\"> stands on the page {base}"
        ))
        .at(
            placed.place.clone(),
            "the steps are looked for below this path",
        )
        .fix(format!(
            "write `path=\"{base}\"`, or leave it out where the SDK knows it"
        )),
    )
}
