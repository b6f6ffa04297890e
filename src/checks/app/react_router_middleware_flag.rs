//! `app/react-router-middleware-flag`

use super::{numbers, settings, shells};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::shell::Shell;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/react-router-middleware-flag",
        group: Group::App,
        severity: Severity::Error,
        pass: "React Router is told to run middleware",
        fail: "React Router 7 is not told to run middleware",
        why: "without the flag it never calls clerkMiddleware(), and every getAuth() throws",
        docs: include_str!("react_router_middleware_flag.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let app = &facts.app;
    if app.framework.id != "react-router" {
        return Verdict::not_applicable("the app is not built with React Router");
    }
    let version = app.framework_version.as_deref().and_then(numbers);
    let Some((version, is_exact)) = version.filter(|((major, _), _)| *major == 7) else {
        return Verdict::not_applicable("only React Router 7 has middleware behind a flag");
    };
    let call = shells(facts).find_map(|(file, shape, shell)| match shell {
        Shell::Registers { package, .. } if package.starts_with("@clerk/react-router") => {
            Some(file.place(shape))
        }
        _ => None,
    });
    let Some(call) = call else {
        return Verdict::not_applicable("clerkMiddleware() is called nowhere");
    };
    // Renamed in 7.9.0; a range may stand for either side of that.
    let names: &[&str] = match version {
        (_, minor) if minor >= 9 => &["v8_middleware"],
        _ if is_exact => &["unstable_middleware"],
        _ => &["v8_middleware", "unstable_middleware"],
    };
    let set: Vec<_> = names
        .iter()
        .flat_map(|name| settings(facts, name))
        .collect();
    // A preset may set it, or what is written in another file.
    let elsewhere = |name| settings(facts, name).next().is_some();
    let may_be_set = set.iter().any(|(_, value)| *value != Some("false"))
        || elsewhere("presets")
        || elsewhere("future");
    if may_be_set {
        return Verdict::Judged(Vec::new());
    }
    let name = names.first().copied().unwrap_or_default();
    let mut finding = Finding::error(format!(
        "clerkMiddleware() is registered, and future.{name} is not set in react-router.config"
    ))
    .at(call, "never called")
    .fix(format!(
        "write `future: {{ {name}: true }}` in react-router.config.ts"
    ));
    if let Some((place, _)) = set.into_iter().next() {
        finding = finding.see(place, "switched off here");
    }
    Verdict::of(Some(finding))
}
