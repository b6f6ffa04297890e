//! `dependencies/removed-symbol`

use std::collections::BTreeMap;

use super::removed::{GONE, Gone, IGNORED};
use super::{at_each, at_most, said, symbols};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories;
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::code::shapes::{FileShapes, Shape};
use crate::facts::packages::{Direct, Packages, cores, package_of};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/removed-symbol",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "The code uses nothing that the installed SDK took away",
        fail: "The code uses what the installed SDK took away",
        why: "the build stops, the page throws, or a setting is passed over in silence",
        docs: include_str!("removed_symbol.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Apps,
    run,
};

/// The places of one fault, by what is to be said of it.
type Faults<'f> = BTreeMap<(Severity, String, &'static str), Vec<(&'f FileShapes, &'f Shape)>>;

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    super::by_lock(packages, look(facts, packages))
}

fn look(facts: &Facts, packages: &Packages) -> Verdict {
    let mut faults = Faults::new();
    for (file, shape, symbol) in symbols(facts) {
        let fault = match symbol {
            Symbol::Import { from, name } => import(packages, from, name),
            Symbol::Attribute {
                from,
                component,
                name,
            } => attribute(packages, from, component, name),
            Symbol::Method { of, name } => method(packages, of, name),
            Symbol::ClientObject { call } => client(packages, call),
            _ => None,
        };
        if let Some(fault) = fault {
            faults.entry(fault).or_default().push((file, shape));
        }
    }
    let findings = faults
        .into_iter()
        .flat_map(|((severity, message, instead), places)| {
            let sentence = Together::new(format!("{message}, and it is used in"), "places");
            let finding = Finding::new(severity, message).fix(format!(
                "use {instead}; `npx @clerk/upgrade` goes through the changes"
            ));
            at_each(&finding, &sentence, places)
        });
    if packages.clerk().all(|direct| direct.version.is_none()) {
        return Verdict::not_applicable("no version of a Clerk package is known");
    }
    Verdict::Judged(findings.collect())
}

type Fault = (Severity, String, &'static str);

fn import(packages: &Packages, from: &str, name: &str) -> Option<Fault> {
    let direct = packages.direct(package_of(from))?;
    let version = direct.version.as_deref()?;
    let holds = |gone: &&Gone| {
        gone.from.contains(&from)
            && (gone.names.is_empty() || gone.names.contains(&name))
            && advisories::is_before(version, gone.since) == Some(false)
    };
    // Of two rows about one name the later counts.
    let gone = GONE.iter().rfind(holds)?;
    let what = match gone.names.is_empty() {
        true => from.to_owned(),
        false => format!("{name} of {from}"),
    };
    let message = match gone.severity {
        Severity::Error => format!(
            "{what} is gone since {}, and {} is installed",
            gone.since,
            said(direct)
        ),
        _ => format!(
            "{what} is deprecated since {}, and {} is installed",
            gone.since,
            said(direct)
        ),
    };
    Some((at_most(direct, gone.severity), message, gone.instead))
}

fn attribute(packages: &Packages, from: &str, component: &str, name: &str) -> Option<Fault> {
    let direct = of_core_3(packages, package_of(from))?;
    let ignored = IGNORED
        .iter()
        .find(|ignored| ignored.names.contains(&name) && ignored.components.contains(&component))?;
    let message = format!(
        "<{component}> of {} takes no notice of {name}",
        said(direct)
    );
    Some((Severity::Warning, message, ignored.instead))
}

/// `@clerk/backend` 2.33.8 has these methods, 3.0.0 and 3.25.0 have not.
fn method(packages: &Packages, of: &str, name: &str) -> Option<Fault> {
    let direct = packages
        .clerk()
        .find(|direct| is_server_sdk(&direct.name))?;
    let direct = of_core_3(packages, &direct.name)?;
    let message = format!(
        "{of}.{name}() is gone with Core 3, and {} is installed",
        said(direct)
    );
    Some((
        at_most(direct, Severity::Error),
        message,
        "`verify()` of the same object",
    ))
}

/// Since @clerk/nextjs 6 `clerkClient` is a function and its result a promise: neither has `users`.
fn client(packages: &Packages, call: &str) -> Option<Fault> {
    let direct = packages.direct("@clerk/nextjs")?;
    if advisories::is_before(direct.version.as_deref()?, "6.0.0") != Some(false) {
        return None;
    }
    let message = format!(
        "{call} is undefined: clerkClient is an async function since 6.0.0, and {} is installed",
        said(direct)
    );
    Some((
        // A range that begins with 6 has no version with the object.
        Severity::Error,
        message,
        "`(await clerkClient())` in its place",
    ))
}

fn is_server_sdk(name: &str) -> bool {
    matches!(
        name,
        "@clerk/nextjs"
            | "@clerk/backend"
            | "@clerk/express"
            | "@clerk/fastify"
            | "@clerk/hono"
            | "@clerk/astro"
            | "@clerk/nuxt"
            | "@clerk/react-router"
            | "@clerk/tanstack-react-start"
    )
}

fn of_core_3<'p>(packages: &'p Packages, name: &str) -> Option<&'p Direct> {
    let direct = packages.direct(name)?;
    let core = cores::core(name, direct.version.as_deref()?);
    (core == Some(3)).then_some(direct)
}
