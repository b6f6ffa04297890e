//! What several checks of this group say in the same way.

use crate::checks::engine::Verdict;
use crate::facts::env::{Origin, Variable};
use crate::facts::keys::{Kind, Reading};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Mark, Role};

/// Another framework's name, or a misspelt one, under which a key is set that the app's SDK does not
/// read and its code neither.
pub(super) fn elsewhere(facts: &Facts, role: KeyRole) -> Option<&str> {
    let env = facts.env.as_ref()?;
    let code = facts.code.as_ref();
    let set = env
        .all()
        .filter(|variable| variable.is_set())
        .map(|variable| variable.winner.name.as_str());
    set.filter(|name| name.ends_with(role.ending()) && !role.names(&facts.app).contains(name))
        .find(|name| !code.is_some_and(|code| code.reads(name)))
}

/// How to let the audit see a value that is set on the host.
pub(super) fn how_to_give(facts: &Facts, name: &str) -> String {
    let target = facts.target.word();
    format!(
        "set {name} for {target}; if it is set on the host only, run the audit where it is set, or give the \
         values with --env-file FILE (for example from `vercel env pull`); --no-env audits the code alone"
    )
}

/// The answer where a key's value is a pointer into a secret store.
pub(super) fn undecided(variable: &Variable, how: &str) -> Verdict {
    let name = &variable.winner.name;
    Verdict::Undecided {
        why: format!("{name} is {how}, which only its own tool can follow"),
        hint: "run the audit under the tool that resolves it (such as `op run -- clerk-audit` or `dotenvx run -- \
               clerk-audit`), or give resolved values with --env-file"
            .to_owned(),
        marks: vec![Mark { place: variable.winner.place(), label: String::new(), role: Role::Primary }],
    }
}

/// What a value is instead of the wanted key, in words for a finding.
pub(super) fn wrong_kind(kind: Kind) -> String {
    format!("{} stands where another key belongs", kind.name())
}

/// Whether a value was read as a key at all; if not, another check speaks of it.
pub(super) fn or_not_applicable<K>(
    reading: &Reading<K>,
    variable: &Variable,
) -> Result<(), Verdict> {
    let name = &variable.winner.name;
    match reading {
        Reading::Key(_) => Ok(()),
        Reading::Reference(how) => Err(Verdict::not_applicable(format!("{name} is {how}"))),
        Reading::Empty => Err(Verdict::not_applicable(format!("{name} is empty"))),
        Reading::Placeholder | Reading::WrongKind(_) | Reading::Malformed(_) => Err(
            Verdict::not_applicable(format!("{name} holds no such key; another check says so")),
        ),
    }
}

/// A key of a development instance where a production one belongs, with what it shadows.
pub(super) fn development_finding(
    variable: &Variable,
    found: &str,
    wanted: &str,
    label: String,
) -> Finding {
    let name = &variable.winner.name;
    let article = if found.starts_with('s') { "an" } else { "a" };
    let mut finding = Finding::error(format!("{name} would be {article} {found} key"))
        .at(variable.winner.place(), label);
    let better = variable
        .shadowed
        .iter()
        .find(|other| other.value.expose().starts_with(wanted));
    if let Some(better) = better {
        finding = finding.see(
            better.place(),
            format!("shadowed by {}", variable.winner.origin.words()),
        );
    }
    let fix = match (&variable.winner.origin, better) {
        (Origin::File { path, line, .. }, Some(_)) => {
            format!("delete {path}:{line} where production is built, or put the {wanted} key there")
        }
        (Origin::File { path, .. }, None) => {
            format!(
                "put the {wanted} key of the production instance in {path}, or set it on the host and audit there"
            )
        }
        (Origin::Process, _) => {
            format!("set {name} to the {wanted} key of the production instance")
        }
    };
    let finding = finding.fix(fix);
    match &variable.winner.origin {
        Origin::File { path, .. } => finding.verify(format!("grep -n {name} {path}")),
        Origin::Process => finding,
    }
}
