//! `routes/deprecated-matcher`

use super::shapes::{self, Version, packages, shown};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::model::{Finding, Group, Meta, Severity};

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
        let mut finding: Option<Finding> = None;
        for (file, shape) in used {
            let place = file.place(shape);
            finding = Some(match finding {
                Some(finding) => finding.see(place, "used here too"),
                None => {
                    let version = shown(package.version);
                    let (message, severity) = if *gone {
                        (
                            format!("{name} {version} has no createRouteMatcher() any more"),
                            Severity::Error,
                        )
                    } else {
                        (
                            format!("createRouteMatcher() is deprecated in {name} {version}"),
                            Severity::Warning,
                        )
                    };
                    Finding::new(severity, message).at(place, "").fix(
                        "check where the data is, at the top of each page, handler and action, instead of by a list of paths",
                    )
                }
            });
        }
        findings.extend(finding);
    }
    if !asked {
        return Verdict::not_applicable(
            "no SDK of this app ever had it, or its version is not known",
        );
    }
    Verdict::Judged(findings)
}
