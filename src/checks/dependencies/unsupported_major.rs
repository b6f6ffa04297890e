//! `dependencies/unsupported-major`

use super::{at_most, placed, said};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories::{self, KNOWLEDGE};
use crate::facts::packages::{Direct, cores};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/unsupported-major",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "Clerk's packages and the framework are of lines that still get security fixes",
        fail: "A package is of a line that gets no security fixes, or soon none",
        why: "the next hole in it stays open until somebody has the time for a whole migration",
        docs: include_str!("unsupported_major.md"),
    },
    needs: &[Need::Packages],
    scope: Scope::Apps,
    run,
};

/// The first major of Next.js that gets security fixes (the releases since May 2026 mend 15.5 and 16 alone).
const NEXT: u64 = 15;

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    for core in [1, 2] {
        let of_core: Vec<&Direct> = packages
            .clerk()
            .filter(|direct| of(direct) == Some(core))
            .collect();
        findings.extend(old_core(core, &of_core));
    }
    let next = packages.direct("next").filter(|next| {
        let version = next.version.as_deref().and_then(advisories::parse);
        version.is_some_and(|version| version.major() < NEXT)
    });
    findings.extend(next.map(|next| {
        let message = format!(
            "{} gets no security fixes any more (as of {KNOWLEDGE})",
            said(next)
        );
        placed(Finding::warning(message), next).fix("upgrade next to 16, or to the newest 15.5")
    }));
    if findings.is_empty() && packages.clerk().all(|direct| of(direct).is_none()) {
        return Verdict::not_applicable("no version of an SDK of Clerk's is known");
    }
    Verdict::Judged(findings)
}

fn of(direct: &Direct) -> Option<u8> {
    cores::core(&direct.name, direct.version.as_deref()?)
}

fn old_core(core: u8, of_core: &[&Direct]) -> Option<Finding> {
    let first = of_core.first()?;
    let names: Vec<String> = of_core.iter().map(|direct| said(direct)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let (severity, state) = match core {
        1 => (
            Severity::Error,
            "which is not supported any more".to_owned(),
        ),
        _ => (
            Severity::Warning,
            format!(
                "which gets critical fixes until {} and then none",
                cores::CORE_2_ENDS
            ),
        ),
    };
    let message = format!(
        "{} {verb} of Clerk's Core {core}, {state}",
        super::listed(&names, 4)
    );
    let mut finding = placed(Finding::new(at_most(first, severity), message), first);
    for direct in of_core.iter().skip(1).take(super::SHOWN) {
        finding = finding.see(direct.known.clone(), said(direct));
    }
    Some(finding.fix(fix(first)))
}

fn fix(direct: &Direct) -> String {
    let instead = match direct.name.as_str() {
        "@clerk/remix" => {
            "move to React Router and @clerk/react-router; Remix gets no Core 3".to_owned()
        }
        "@clerk/clerk-react" => "move to @clerk/react 6".to_owned(),
        "@clerk/clerk-expo" => "move to @clerk/expo 3".to_owned(),
        "@clerk/clerk-sdk-node" => "move to @clerk/express 2 or @clerk/backend 3".to_owned(),
        name => match cores::major_of(name, 3) {
            Some(major) => format!("upgrade {name} to {major}"),
            None => format!("upgrade {name}"),
        },
    };
    format!("{instead}; `npx @clerk/upgrade` goes through the changes")
}
