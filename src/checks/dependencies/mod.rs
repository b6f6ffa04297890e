//! Versions, advisories and what is installed.

pub mod clerk_advisory;
pub mod deprecated_package;
pub mod floating_version;
pub mod framework_advisory;
pub mod lockfile_missing;
pub mod mixed_cores;
pub mod node_version;
pub mod other_auth_library;
pub mod peer_range;
pub mod raw_api_call;
mod removed;
pub mod removed_symbol;
pub mod security_patch_behind;
pub mod testing_in_production;
pub mod unsupported_major;

use crate::checks::engine::Verdict;
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::code::shapes::{FileShapes, Shape, Shapes, What};
use crate::facts::packages::{Copy, Direct, Lock, LockFault, Packages, cores};
use crate::facts::{Facts, advisories};
use crate::model::routes::{MethodAnswer, Route, Verdict as Meets};
use crate::model::{Finding, Mark, Role, Severity, Together};

/// How many places a finding about many shows.
const SHOWN: usize = 5;

/// The packages; why the question does not arise, where nothing comes from npm.
fn packages(facts: &Facts) -> Result<&Packages, Verdict> {
    let known = facts.packages.as_ref().filter(|packages| packages.is_npm);
    known.ok_or_else(|| {
        let name = facts.app.framework.name;
        Verdict::not_applicable(format!("a project of {name} is not installed from npm"))
    })
}

/// What was judged of the versions, or that it cannot be known: where the lock file cannot be read, to have
/// found nothing says nothing.
fn by_lock(packages: &Packages, verdict: Verdict) -> Verdict {
    let found_nothing = match &verdict {
        Verdict::Judged(findings) => findings.is_empty(),
        Verdict::NotApplicable(_) => true,
        Verdict::Skipped(_) | Verdict::Undecided { .. } => false,
    };
    match packages.unread_lock().filter(|_| found_nothing) {
        Some((lock, fault)) => unread(lock, fault),
        None => verdict,
    }
}

fn unread(lock: &Lock, fault: &LockFault) -> Verdict {
    let path = &lock.path;
    Verdict::Undecided {
        why: format!("{path} could not be read, so what is installed is not known"),
        hint: "settle what is in conflict, or let the package manager's install write it anew, and commit it"
            .to_owned(),
        marks: vec![Mark {
            place: fault.place.clone(),
            label: fault.why.clone(),
            role: Role::Primary,
        }],
    }
}

/// Every symbol that the code holds, with its file.
fn symbols(facts: &Facts) -> impl Iterator<Item = (&FileShapes, &Shape, &Symbol)> {
    let shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    shapes.filter_map(|(file, shape)| match &shape.what {
        What::Symbol(symbol) => Some((file, shape, symbol)),
        _ => None,
    })
}

/// The routes that nothing but the middleware keeps the visitor from. Where people sign in there is nothing
/// to keep them from.
fn middleware_only(facts: &Facts) -> Vec<&Route> {
    let routes = facts
        .routes
        .as_ref()
        .into_iter()
        .flat_map(|map| &map.routes);
    let signs_in = |route: &Route| {
        let mut parts = route.pattern.split('/');
        parts.any(|part| matches!(part, "sign-in" | "sign-up" | "login" | "signin" | "signup"))
    };
    routes
        .filter(|route| !route.urls.is_empty() && !signs_in(route))
        .filter(|route| route.methods.iter().any(is_middleware_only))
        .collect()
}

fn is_middleware_only(answer: &MethodAnswer) -> bool {
    answer.middleware.verdict == Meets::Stopped && answer.resource.verdict == Meets::Reached
}

/// Those of the routes that do sensitive work, as `routes/stopped-by-middleware-only` finds them. Whoever passes by
/// the middleware gets nothing worth having from the others.
fn sensitive<'f>(routes: &[&'f Route]) -> Vec<&'f Route> {
    let works = |answer: &MethodAnswer| is_middleware_only(answer) && !answer.sensitive.is_empty();
    let found = routes.iter().copied();
    found
        .filter(|route| route.methods.iter().any(works))
        .collect()
}

/// `1 route rests`, `3 routes with sensitive work rest`.
fn working(many: usize, such: &str) -> String {
    match many {
        1 => format!("1 route{such} rests"),
        _ => format!("{many} routes{such} rest"),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn joined(names: &[&str]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => names.join(", "),
    }
}

/// The SDKs that bring a package of Clerk's along: those of its own Core, else all.
fn bringing<'p>(packages: &'p Packages, copy: &Copy) -> Vec<&'p Direct> {
    let of = |name: &str, version: &str| cores::core_of_any(name, version);
    let sdks = || {
        packages.clerk().filter_map(|direct| {
            let core = cores::core(&direct.name, direct.version.as_deref()?)?;
            Some((core, direct))
        })
    };
    let core = of(&copy.name, &copy.version);
    let same = sdks().filter(|(one, _)| Some(*one) == core);
    let same: Vec<&Direct> = same.map(|(_, direct)| direct).collect();
    match same.is_empty() {
        true => sdks().map(|(_, direct)| direct).collect(),
        false => same,
    }
}

/// Whether the version of a package lies in the range of an advisory.
fn has_advisory(direct: &Direct) -> bool {
    let version = direct.version.as_deref();
    version.is_some_and(|version| !advisories::of(&direct.name, version).is_empty())
}

/// What to upgrade where a package came along with others.
fn named_sdks(sdks: &[&Direct]) -> String {
    let names: Vec<&str> = sdks.iter().map(|direct| direct.name.as_str()).collect();
    match names.is_empty() {
        true => "the package that brings it".to_owned(),
        false => joined(&names),
    }
}

/// `/a, /b and 3 more`.
fn few(routes: &[&Route]) -> String {
    let names: Vec<&str> = routes.iter().map(|route| route.pattern.as_str()).collect();
    listed(&names, 3)
}

/// The first of some names, and how many more there are.
fn listed(names: &[&str], most: usize) -> String {
    let shown = names
        .iter()
        .take(most)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Why a hole matters to which this app was not found to be open.
const NOT_YET: &str =
    "the next change of the code may open the app to it, and nobody will look again then";

/// The name and version of a package, as it is said.
fn said(direct: &Direct) -> String {
    let version = direct.version.as_deref().unwrap_or(&direct.range);
    match direct.is_exact {
        true => format!("{} {version}", direct.name),
        false => format!("{} from {version} on", direct.name),
    }
}

/// What a finding about advisories is known by: which they are, and not which routes are open to them.
fn concerned<'a>(
    direct: &Direct,
    severity: Severity,
    hits: impl IntoIterator<Item = &'a &'static advisories::Advisory>,
) -> String {
    let mut ids: Vec<&str> = hits.into_iter().map(|hit| hit.id).collect();
    ids.sort_unstable();
    format!("{} {severity:?} {}", direct.name, ids.join(" "))
}

/// What is sure of the installed version is a fault; what is true of the lowest one that may be, is not.
fn at_most(direct: &Direct, severity: Severity) -> Severity {
    match direct.is_exact {
        true => severity,
        false => Severity::Warning,
    }
}

/// Points at the place where a version is known from, and at the manifest.
fn placed(finding: Finding, direct: &Direct) -> Finding {
    let finding = finding.at(direct.known.clone(), direct.how());
    match direct.known == direct.wanted {
        true => finding,
        false => finding.see(direct.wanted.clone(), "asked for here"),
    }
}

/// A finding at each of the places of a shape.
fn at_each<'f>(
    finding: &Finding,
    sentence: &Together,
    places: impl IntoIterator<Item = (&'f FileShapes, &'f Shape)>,
) -> Vec<Finding> {
    let places = places.into_iter().map(|(file, shape)| file.place(shape));
    let each = places.map(|place| finding.clone().at(place, "").together(sentence));
    each.collect()
}
