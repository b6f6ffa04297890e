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
    super::by_lock(packages, look(facts, packages))
}

fn look(facts: &Facts, packages: &Packages) -> Verdict {
    let Some(mixed) = mixed(facts, packages) else {
        let known = packages.clerk().any(|direct| core(direct).is_some());
        return match known {
            true => Verdict::Judged(Vec::new()),
            false => Verdict::not_applicable("no version of an SDK of Clerk's is known"),
        };
    };
    let Mixed {
        newer: (newest, first),
        older: (oldest, last),
        is_torn,
    } = mixed;
    let (one, other) = (said(first), said(last));
    let finding = if is_torn {
        let message = format!(
            "{one} is of Core {newest} and {other} of Core {oldest}, and the code takes hooks from both: those of one do \
             not find the provider of the other",
        );
        placed(Finding::error(message), last)
            .see(first.known.clone(), one)
            .fix(format!(
                "import from {} alone, and remove {}",
                first.name, last.name
            ))
    } else {
        let message = format!("{one} is of Core {newest} and {other} of Core {oldest}");
        placed(Finding::warning(message), last)
            .see(first.known.clone(), one)
            .fix(fix(last, newest))
    };
    Verdict::Judged(vec![finding])
}

/// Two packages of different Cores.
struct Mixed<'p> {
    newer: (u8, &'p Direct),
    older: (u8, &'p Direct),
    /// Whether the code surely takes hooks from both.
    is_torn: bool,
}

fn core(direct: &Direct) -> Option<u8> {
    cores::core(&direct.name, direct.version.as_deref()?)
}

fn mixed<'p>(facts: &Facts, packages: &'p Packages) -> Option<Mixed<'p>> {
    let known = packages.clerk();
    let mut all: Vec<(u8, &Direct)> = known
        .filter_map(|direct| Some((core(direct)?, direct)))
        .collect();
    all.sort_by_key(|(core, _)| std::cmp::Reverse(*core));
    let (newer, older) = (*all.first()?, *all.last()?);
    if newer.0 == older.0 {
        return None;
    }
    let torn = all.iter().find_map(|(core, one)| {
        let mut others = all.iter().filter(|(other, _)| other < core);
        let other = others.find(|(_, other)| shares_context(facts, packages, one, other));
        other.map(|other| ((*core, *one), *other))
    });
    let sure = torn.filter(|((_, one), (_, other))| one.is_exact && other.is_exact);
    Some(match sure {
        Some((newer, older)) => Mixed {
            newer,
            older,
            is_torn: true,
        },
        None => Mixed {
            newer,
            older,
            is_torn: false,
        },
    })
}

/// The package that the check finds to be of an older Core than the others.
pub(super) fn left_behind<'p>(facts: &Facts, packages: &'p Packages) -> Option<&'p Direct> {
    mixed(facts, packages).map(|mixed| mixed.older.1)
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
