//! `dependencies/deprecated-package`

use super::{placed, said};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::manifest::Section;
use crate::facts::packages::{Direct, cores};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/deprecated-package",
        group: Group::Dependencies,
        severity: Severity::Warning,
        pass: "No package is one that Clerk has given up or renamed",
        fail: "A package is one that Clerk has given up or renamed",
        why: "no fix will ever come out under its name",
        docs: include_str!("deprecated_package.md"),
    },
    needs: &[Need::Packages],
    scope: Scope::Apps,
    run,
};

/// A package and what takes its place. Those that are the right ones with Core 2 are old only beside Core 3.
const OLD: &[(&str, &str, bool)] = &[
    (
        "@clerk/clerk-sdk-node",
        "@clerk/express, or @clerk/backend outside of Express",
        false,
    ),
    (
        "@clerk/tanstack-start",
        "@clerk/tanstack-react-start",
        false,
    ),
    (
        "gatsby-plugin-clerk",
        "@clerk/react; there is no successor for Gatsby",
        false,
    ),
    ("@clerk/edge", "@clerk/backend", false),
    ("@clerk/fastify-plugin", "@clerk/fastify", false),
    ("vue-clerk", "@clerk/vue", false),
    ("clerk-sveltekit", "svelte-clerk", false),
    ("@clerk/types", "@clerk/shared/types", true),
    ("@clerk/clerk-react", "@clerk/react", true),
    ("@clerk/clerk-expo", "@clerk/expo", true),
    ("@clerk/themes", "@clerk/ui/themes", true),
];

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    let is_core_3 = |direct: &Direct| {
        let version = direct.version.as_deref().unwrap_or_default();
        cores::core(&direct.name, version) == Some(3)
    };
    let has_core_3 = packages.clerk().any(is_core_3);
    let findings = packages.clerk().filter_map(|direct| {
        let (name, instead, only_core_3) = OLD.iter().find(|(name, ..)| *name == direct.name)?;
        // A type is gone before anything runs, and a tool of development is not deployed.
        let is_used = packages.imports(name) || direct.section != Section::Development;
        if (*only_core_3 && !has_core_3) || !is_used {
            return None;
        }
        // Those of the community were given up by others.
        let by = match name.starts_with("@clerk/") {
            true => " by Clerk",
            false => "",
        };
        let message = format!("{} is given up{by}", said(direct));
        Some(placed(Finding::warning(message), direct).fix(format!("move to {instead}")))
    });
    Verdict::Judged(findings.collect())
}
