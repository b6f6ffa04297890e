//! `routes/vulnerable-call-shape`

use super::shapes::{self, Package, Version, packages, shown};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/vulnerable-call-shape",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "No has() or protect() is called in the way of CVE-2026-42349",
        fail: "A has() or protect() is called in the way of CVE-2026-42349",
        why: "of several conditions the installed SDK may look at one only, and let people through",
        docs: include_str!("vulnerable_call_shape.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

/// Affected from the first version, fixed in the second (GHSA-w24r-5266-9c3c).
const AFFECTED: &[(&str, Version, Version)] = &[
    ("@clerk/nextjs", (6, 0, 0), (6, 39, 3)),
    ("@clerk/nextjs", (7, 0, 0), (7, 2, 4)),
    ("@clerk/backend", (2, 0, 0), (2, 33, 3)),
    ("@clerk/backend", (3, 0, 0), (3, 2, 14)),
    ("@clerk/astro", (2, 0, 0), (2, 17, 11)),
    ("@clerk/astro", (3, 0, 0), (3, 0, 18)),
    ("@clerk/nuxt", (1, 0, 0), (1, 13, 29)),
    ("@clerk/nuxt", (2, 0, 0), (2, 2, 5)),
    ("@clerk/express", (0, 1, 0), (1, 7, 79)),
    ("@clerk/express", (2, 0, 0), (2, 1, 6)),
    ("@clerk/fastify", (1, 0, 42), (2, 6, 31)),
    ("@clerk/fastify", (3, 0, 0), (3, 1, 16)),
    ("@clerk/hono", (0, 0, 2), (0, 1, 16)),
    ("@clerk/react-router", (0, 0, 1), (2, 4, 13)),
    ("@clerk/react-router", (3, 0, 0), (3, 1, 4)),
    ("@clerk/tanstack-react-start", (0, 0, 1), (0, 29, 11)),
    ("@clerk/tanstack-react-start", (1, 0, 0), (1, 1, 4)),
];

fn run(facts: &Facts) -> Verdict {
    let found = shapes::all(facts, |what| matches!(what, What::Combined { .. }));
    if found.is_empty() {
        return match packages(facts).next() {
            Some(_) => Verdict::Judged(Vec::new()),
            None => Verdict::not_applicable("no version of an SDK is known"),
        };
    }
    let affected: Vec<_> = packages(facts)
        .filter_map(|package| Some((fixed_in(&package)?, package)))
        .collect();
    let mut findings = Vec::new();
    for (file, shape) in found {
        let What::Combined {
            call,
            keys,
            options,
        } = &shape.what
        else {
            continue;
        };
        // What mixes options up with conditions is @clerk/nextjs alone.
        let hit = affected
            .iter()
            .find(|(_, package)| !options || package.name == "@clerk/nextjs");
        let Some((fixed, package)) = hit else {
            continue;
        };
        let (name, version) = (package.name, shown(package.version));
        let message = format!(
            "{call} combines {}, of which {name} {version} may drop one",
            keys.join(" and ")
        );
        // A range may be installed as a version that is fixed.
        let severity = if package.is_exact {
            Severity::Error
        } else {
            Severity::Warning
        };
        findings.push(
            Finding::new(severity, message)
                .at(file.place(shape), "")
                .fix(format!(
                    "upgrade {name} to {} or later; until then ask for one condition per call",
                    shown(*fixed)
                )),
        );
    }
    Verdict::Judged(findings)
}

fn fixed_in(package: &Package<'_>) -> Option<Version> {
    let hit = AFFECTED.iter().find(|(name, from, fixed)| {
        *name == package.name && *from <= package.version && package.version < *fixed
    });
    hit.map(|(_, _, fixed)| *fixed)
}
