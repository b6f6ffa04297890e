//! `dependencies/other-auth-library`

use std::collections::BTreeMap;

use super::symbols;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories;
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::code::shapes::{FileShapes, Shape};
use crate::facts::packages::Packages;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/other-auth-library",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "Clerk alone signs people in",
        fail: "Another library signs people in beside Clerk",
        why: "what the old one lets in Clerk does not know of, and nobody signs it out",
        docs: include_str!("other_auth_library.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    let mut by_library: BTreeMap<&str, Vec<(&FileShapes, &Shape)>> = BTreeMap::new();
    for (file, shape, symbol) in symbols(facts) {
        if let Symbol::OtherAuth { library } = symbol {
            by_library.entry(library).or_default().push((file, shape));
        }
    }
    let findings = by_library.into_iter().map(|(library, places)| {
        let finding = match taken_for_clerks(packages, library) {
            Some(version) => Finding::error(format!(
                "{library} sets req.auth, for which @clerk/express {version} leaves its own check out"
            ))
            .because("whom that library lets in is taken for signed in, and Clerk is never asked")
            .fix("upgrade @clerk/express to 2.1.25 or later, and remove what sets req.auth beside it"),
            None => Finding::warning(format!("{library} is in use beside Clerk")).fix(
                "finish the move: remove it with its routes and sessions; while both are needed, say so with an ignore",
            ),
        };
        let places = places.into_iter().take(super::SHOWN);
        places
            .fold(finding, |finding, (file, shape)| finding.at(file.place(shape), ""))
            .known_by(library)
    });
    Verdict::Judged(findings.collect())
}

/// `express-jwt` sets `req.auth` by default, and before 2.1.25 @clerk/express took any `req.auth` for its own
/// (clerk/javascript#8804).
fn taken_for_clerks<'p>(packages: &'p Packages, library: &str) -> Option<&'p str> {
    let express = packages.direct("@clerk/express")?;
    let version = express.version.as_deref().filter(|_| express.is_exact)?;
    let before = |other| advisories::is_before(version, other) == Some(true);
    (library == "express-jwt" && before("2.1.25") && !before("2.0.0")).then_some(version)
}
