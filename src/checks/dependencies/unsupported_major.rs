//! `dependencies/unsupported-major`

use super::mixed_cores::left_behind;
use super::{has_advisory, said};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories;
use crate::facts::packages::{Direct, Packages, cores};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/unsupported-major",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "The Clerk packages are of lines that still get security fixes",
        fail: "A Clerk package is of a line that gets no security fixes, or soon none",
        why: "the next hole in it stays open until somebody has the time for a whole migration",
        docs: include_str!("unsupported_major.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Apps,
    run,
};

/// What `dependencies/deprecated-package` tells where to go from.
const GIVEN_UP: &str = "@clerk/clerk-sdk-node";

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    super::by_lock(packages, look(facts, packages))
}

fn look(facts: &Facts, packages: &Packages) -> Verdict {
    let mut findings = Vec::new();
    let elsewhere = left_behind(facts, packages).map(|direct| direct.name.as_str());
    for core in [1, 2] {
        let of_core: Vec<&Direct> = packages
            .clerk()
            .filter(|direct| of(direct) == Some(core))
            .filter(|direct| direct.name != GIVEN_UP && Some(direct.name.as_str()) != elsewhere)
            .collect();
        findings.extend(old_core(core, &of_core));
    }
    if findings.is_empty() && packages.clerk().all(|direct| of(direct).is_none()) {
        return Verdict::not_applicable("no version of an SDK of Clerk's is known");
    }
    Verdict::Judged(findings)
}

fn of(direct: &Direct) -> Option<u8> {
    cores::core(&direct.name, direct.version.as_deref()?)
}

/// One for each package of an old core; one upgrade moves them all.
fn old_core(core: u8, of_core: &[&Direct]) -> Vec<Finding> {
    let state = match core {
        1 => "Core 1, which gets no fixes any more".to_owned(),
        _ => format!("Core 2: critical fixes only, until {}", cores::CORE_2_ENDS),
    };
    let ways: Vec<String> = of_core.iter().map(|direct| way(core, direct)).collect();
    let fix = format!(
        "{}; `npx @clerk/upgrade` goes through the changes",
        ways.join("; ")
    );
    // An old line is not unsafe by itself; one with a hole in it is.
    let is_open = |direct: &&Direct| direct.is_exact && core == 1 && has_advisory(direct);
    let severity = match of_core.iter().any(is_open) {
        true => Severity::Error,
        false => Severity::Warning,
    };
    let sentence = Together::new("", format!("packages belong to {state}"));
    let finding = |direct: &&Direct| {
        let message = format!("{} belongs to {state}", said(direct));
        let place = direct.known.clone();
        Finding::new(severity, message)
            .at(place, format!("{}, {}", said(direct), direct.how()))
            .fix(fix.as_str())
            .together(&sentence)
    };
    of_core.iter().map(finding).collect()
}

fn way(core: u8, direct: &Direct) -> String {
    match direct.name.as_str() {
        "@clerk/remix" => {
            "move to React Router and @clerk/react-router; Remix gets no Core 3".to_owned()
        }
        "@clerk/clerk-react" => "move from @clerk/clerk-react to @clerk/react 6".to_owned(),
        "@clerk/clerk-expo" => "move from @clerk/clerk-expo to @clerk/expo 3".to_owned(),
        name => {
            let version = direct.version.as_deref().unwrap_or_default();
            let cure = advisories::cure(name, version);
            let cure = cure.filter(|_| core == 1 && has_advisory(direct));
            match (cure, cores::major_of(name, 3)) {
                (Some(cure), Some(major)) => {
                    format!("upgrade {name} to {cure} at once, then to {major}")
                }
                (None, Some(major)) => format!("upgrade {name} to {major}"),
                _ => format!("upgrade {name}"),
            }
        }
    }
}
