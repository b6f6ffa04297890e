//! `dependencies/mixed-cores`

use super::{placed, said, symbols};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::packages::{Direct, Packages, cores};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/mixed-cores",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "All packages of Clerk's are of one generation",
        fail: "Packages of Clerk's are of different generations",
        why: "hooks of one generation do not find the provider of another, and their types and sessions differ",
        docs: include_str!("mixed_cores.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Apps,
    run,
};

/// Packages that share React's context at run time.
const REACT: &[&str] = &[
    "@clerk/nextjs",
    "@clerk/react",
    "@clerk/clerk-react",
    "@clerk/react-router",
    "@clerk/tanstack-react-start",
    "@clerk/expo",
    "@clerk/clerk-expo",
    "@clerk/chrome-extension",
    "@clerk/remix",
];

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    let mut all: Vec<(u8, &Direct)> = packages
        .clerk()
        .filter_map(|direct| {
            Some((
                cores::core(&direct.name, direct.version.as_deref()?)?,
                direct,
            ))
        })
        .collect();
    all.sort_by_key(|(core, _)| std::cmp::Reverse(*core));
    let Some((newest, first)) = all.first().copied() else {
        return Verdict::not_applicable("no version of an SDK of Clerk's is known");
    };
    let Some((oldest, last)) = all.last().copied().filter(|(core, _)| *core != newest) else {
        return Verdict::Judged(Vec::new());
    };
    let torn = all.iter().find_map(|(core, one)| {
        let mut others = all.iter().filter(|(other, _)| other < core);
        let other = others.find(|(_, other)| shares_context(facts, packages, one, other));
        other.map(|(older, other)| (*core, *one, *older, *other))
    });
    let sure = torn.filter(|(_, one, _, other)| one.is_exact && other.is_exact);
    let finding = match sure {
        Some((core, one, older, other)) => {
            let message = format!(
                "{} is of Core {core} and {} of Core {older}, and the code takes hooks from both: those of one do not \
                 find the provider of the other",
                said(one),
                said(other)
            );
            placed(Finding::error(message), other)
                .see(one.known.clone(), said(one))
                .fix(format!(
                    "import from {} alone, and remove {}",
                    one.name, other.name
                ))
        }
        None => {
            let message = format!(
                "{} is of Core {newest} and {} of Core {oldest}",
                said(first),
                said(last)
            );
            placed(Finding::warning(message), last)
                .see(first.known.clone(), said(first))
                .fix(fix(last, newest))
        }
    };
    Verdict::Judged(vec![finding])
}

fn fix(last: &Direct, newest: u8) -> String {
    match cores::major_of(&last.name, newest) {
        Some(major) => format!("upgrade {} to {major}", last.name),
        None => format!("move away from {}, which has no Core {newest}", last.name),
    }
}

/// Whether the code takes from both and mounts a provider of one of them alone.
fn shares_context(facts: &Facts, packages: &Packages, one: &Direct, other: &Direct) -> bool {
    let names = [one.name.as_str(), other.name.as_str()];
    let provides = |package: &str| {
        symbols(facts).any(|(.., symbol)| {
            matches!(symbol, Symbol::Import { from, name } if name == "ClerkProvider" && from == package)
        })
    };
    names
        .iter()
        .all(|name| REACT.contains(name) && packages.imports(name))
        && names.iter().filter(|name| provides(name)).count() == 1
}
