//! `git/keyless-not-ignored`

use nodejs_semver::Version;

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::project::ClerkPackage;
use crate::facts::{Facts, tree};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "git/keyless-not-ignored",
        group: Group::Git,
        severity: Severity::Warning,
        pass: "Git ignores .clerk/, where keyless mode keeps a secret key",
        fail: "Git does not ignore .clerk/, where keyless mode keeps a secret key",
        why: "a developer without keys gets a temporary instance, and its secret key is written there",
        docs: include_str!("keyless_not_ignored.md"),
    },
    needs: &[Need::Git],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(git) = facts.git.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    if !facts.app.stack().any(|framework| framework.keyless) {
        return Verdict::not_applicable(format!(
            "{} has no keyless mode",
            facts.app.framework.name
        ));
    }
    if let Some(why) = without_keyless(facts) {
        return Verdict::not_applicable(why);
    }
    let file = tree::join(&facts.app.path, ".clerk/.tmp/keyless.json");
    if git.ignores(&file, false).ignored {
        return Verdict::Judged(Vec::new());
    }
    let folder = tree::join(&facts.app.path, ".clerk/");
    let ignore_file = tree::join(&facts.app.path, ".gitignore");
    Verdict::of(Some(
        Finding::warning(format!("git would not ignore {folder}"))
            .at(
                Place::file(ignore_file.clone()),
                format!("no rule for {folder}"),
            )
            .fix(
                super::taken_back(git, &file)
                    .unwrap_or_else(|| format!("add `/.clerk/` to {ignore_file}")),
            )
            .mended_by(super::ignoring(git, &file, &facts.app.path, &["/.clerk/"]))
            .verify(format!("git check-ignore -v --no-index {file}")),
    ))
}

/// Since which version an SDK has keyless mode, and since which it has none again, by the CHANGELOG of each
/// package (github.com/clerk/javascript/tree/main/packages).
const SINCE: &[(&str, &str, Option<&str>)] = &[
    ("@clerk/nextjs", "6.8.0", Some("7.8.0")),
    ("@clerk/astro", "3.0.0", None),
    ("@clerk/nuxt", "2.2.0", None),
    ("@clerk/react-router", "3.0.0", None),
    ("@clerk/tanstack-react-start", "1.0.0", None),
];

/// Why this app has no keyless mode although its framework has one. Where the version is not known, it may.
fn without_keyless(facts: &Facts) -> Option<String> {
    let pages = facts
        .code
        .as_ref()
        .is_some_and(|code| code.pages_router_only());
    if facts.app.framework.id == "next" && pages {
        return Some("with the Pages Router alone, Next.js has no keyless mode".to_owned());
    }
    let known = |package: &&ClerkPackage| SINCE.iter().any(|(name, ..)| *name == package.name);
    let mut packages = facts.app.clerk.iter().filter(known).peekable();
    if packages.peek().is_none() {
        return Some("its Clerk packages have no keyless mode".to_owned());
    }
    let mut why = None;
    for package in packages {
        why = Some(too_early_or_late(package)?);
    }
    why
}

fn too_early_or_late(package: &ClerkPackage) -> Option<String> {
    let (name, first, end) = SINCE.iter().find(|(name, ..)| *name == package.name)?;
    // A range that is one version says it as well.
    let text = package.version.as_deref().unwrap_or(&package.range);
    let version = Version::parse(text).ok()?;
    let at_least = |bound: &str| Version::parse(bound).is_ok_and(|bound| version >= bound);
    if !at_least(first) {
        return Some(format!(
            "{name} {text} has no keyless mode, which came with {first}"
        ));
    }
    let end = end.filter(|end| at_least(end))?;
    Some(format!(
        "{name} {text} has no keyless mode, which ended with {end}"
    ))
}
