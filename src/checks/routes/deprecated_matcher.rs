//! `routes/deprecated-matcher`

use super::shapes::{self, Version, packages, shown};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/deprecated-matcher",
        group: Group::Routes,
        severity: Severity::Warning,
        pass: "No createRouteMatcher() is used where the SDK gives it up",
        fail: "The installed SDK gives createRouteMatcher() up",
        why: "a list of paths protects URLs, not data; Clerk moves the check to where the data is",
        docs: include_str!("deprecated_matcher.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

/// By package: since when, and whether it is gone (`@clerk/nextjs` 7.5.14, `@clerk/astro` 4 and
/// `@clerk/nuxt` 3 in their changelogs).
const SINCE: &[(&str, Version, bool)] = &[
    ("@clerk/nextjs", (7, 5, 14), false),
    ("@clerk/astro", (4, 0, 0), true),
    ("@clerk/nuxt", (3, 0, 0), true),
];

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    let mut asked = false;
    for package in packages(facts) {
        let Some((name, since, gone)) = SINCE.iter().find(|(name, ..)| *name == package.name)
        else {
            continue;
        };
        asked = true;
        if package.version < *since {
            continue;
        }
        let below = format!("{name}/");
        let used = shapes::all(facts, |what| match what {
            What::RouteMatcher { package: from } => {
                from.starts_with(&below)
                    || (*name == "@clerk/nuxt" && (from.is_empty() || from == "#imports"))
            }
            _ => false,
        });
        let version = shown(package.version);
        let (severity, how) = match gone {
            true => (Severity::Error, "gone from"),
            false => (Severity::Warning, "deprecated in"),
        };
        let sentence = Together::new(
            format!("createRouteMatcher(), {how} {name} {version}, is used in"),
            "places",
        );
        let message = match gone {
            true => format!("{name} {version} has no createRouteMatcher() any more"),
            false => format!("createRouteMatcher() is deprecated in {name} {version}"),
        };
        findings.extend(used.into_iter().map(|(file, shape)| {
            Finding::new(severity, message.as_str())
                .at(file.place(shape), "")
                .fix("check where the data is, at the top of each page, handler and action, instead of by a list of paths")
                .together(&sentence)
        }));
    }
    if !asked {
        return Verdict::not_applicable(
            "no SDK of this app ever had it, or its version is not known",
        );
    }
    Verdict::Judged(findings)
}
