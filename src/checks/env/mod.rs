//! Keys and environment variables.

mod address;
pub mod conflicting_values;
pub mod cors_origins;
pub mod deprecated_variable;
pub mod key_modes_differ;
pub mod line_not_read;
pub mod live_key_outside_production;
pub mod not_production;
pub mod public_url_not_https;
pub mod publishable_key_development;
pub mod publishable_key_host_mismatch;
pub mod publishable_key_malformed;
pub mod publishable_key_missing;
pub mod publishable_key_placeholder;
pub mod redirect_url_unsafe;
pub mod same_instance_everywhere;
pub mod secret_in_public_variable;
pub mod secret_key_development;
pub mod secret_key_malformed;
pub mod secret_key_missing;
pub mod secret_key_wrong_kind;
pub mod sign_in_url_missing;
mod stages;
pub mod unread_variable;
pub mod webhook_secret_shared;
pub mod wrong_variable_name;

use crate::checks::engine::Verdict;
use crate::facts::env::{Origin, Variable};
use crate::facts::framework::{Ecosystem, Framework, Variables};
use crate::facts::keys::{self, Kind, Mode, Reading};
use crate::facts::{Facts, KeyRole, Target};
use crate::model::fix::{Change, Edit};
use crate::model::{Finding, Fix, Mark, Role, Secret};

/// Another framework's name, or a misspelt one, under which a key is set that the app's SDK does not
/// read and its code neither.
fn elsewhere(facts: &Facts, role: KeyRole) -> Option<&str> {
    let env = facts.env.as_ref()?;
    let code = facts.code.as_ref();
    let set = env
        .all()
        .filter(|variable| variable.is_set())
        .map(|variable| variable.winner.name.as_str());
    set.filter(|name| name.ends_with(role.ending()) && !role.names(&facts.app).contains(name))
        .find(|name| !code.is_some_and(|code| code.reads(name)))
}

/// The name under which a key is looked for, and a sentence that says by whom: the SDK, the app's own
/// code, or nobody that was seen, and then it is the documented convention. `of` gives a framework's
/// names for the key, and whether its SDK reads them by itself.
fn wanted(
    facts: &Facts,
    role: KeyRole,
    of: fn(&Variables) -> (&'static [&'static str], bool),
) -> Option<(&str, String)> {
    let framework = facts
        .app
        .stack()
        .find(|framework| !of(&framework.variables).0.is_empty())?;
    let (names, by_contract) = of(&framework.variables);
    let usual = *names.first()?;
    if by_contract && has_own_sdk(facts, framework) {
        return Some((usual, format!("{} reads {usual}", framework.name)));
    }
    let own = || facts.own_names(role);
    match own().find(|name| *name == usual).or_else(|| own().next()) {
        Some(name) => Some((name, format!("the code reads {name}"))),
        None => Some((
            usual,
            format!("{} apps usually read {usual}", framework.name),
        )),
    }
}

/// Whether the app uses the SDK that is made for a framework, which reads its variables by itself;
/// `@clerk/backend` and the browser packages take every key as an option.
fn has_own_sdk(facts: &Facts, framework: &Framework) -> bool {
    let packages = &facts.app.clerk;
    packages
        .iter()
        .any(|package| framework.sdks.contains(&package.name.as_str()))
}

/// Whether no code that was seen calls what needs the secret key: components and hooks alone. Nuxt's module
/// works on the server by itself, and how other languages call Clerk is not read well enough.
fn nothing_on_server(facts: &Facts) -> bool {
    let npm = facts.app.framework.ecosystem == Ecosystem::Npm;
    let by_itself = facts.app.stack().any(|framework| framework.id == "nuxt");
    let code = facts.code.as_ref();
    npm && !by_itself && code.is_some_and(|code| code.uses_clerk() && !code.works_on_server())
}

/// Another name for a variable in the example files of the app; those with values are for people to change.
pub(super) fn renaming(facts: &Facts, from: &str, to: &str) -> Fix {
    let (from, to) = (from.to_owned(), to.to_owned());
    let change = Change::Variable { from, to };
    Fix::safe([Edit::new(&*facts.app.path, change)])
}

/// How to let the audit see a value that is set on the host.
fn how_to_give(facts: &Facts, name: &str) -> String {
    let target = facts.target.word();
    format!(
        "set {name} for {target}; if it is set on the host only, run the audit where it is set, or give the \
         values with --env-file FILE (for example from `vercel env pull`); --no-env audits the code alone"
    )
}

/// Where the publishable key is hidden in the same way: one check says so for all keys.
pub(super) fn said_of_publishable(facts: &Facts, how: &str) -> Option<Verdict> {
    let publishable = facts.key(KeyRole::Publishable)?;
    match keys::publishable(publishable.value()) {
        Reading::Reference(other) if other == how => Some(Verdict::not_applicable(format!(
            "its value is {how}: see env/publishable-key-malformed"
        ))),
        _ => None,
    }
}

/// The answer where a key's value is a pointer into a secret store.
fn undecided(variable: &Variable, how: &str) -> Verdict {
    let name = &variable.winner.name;
    let hint = match &variable.winner.origin {
        Origin::File { path, .. } if how.contains("dotenvx") => {
            format!("run the audit under `dotenvx run -f {path} -- clerk-audit`")
        }
        _ => "run the audit under the tool that resolves it (such as `op run -- clerk-audit` or `dotenvx run -- \
              clerk-audit`), or give resolved values with --env-file"
            .to_owned(),
    };
    Verdict::Undecided {
        why: format!("{name} is {how}, which only its own tool can follow"),
        hint,
        marks: vec![Mark {
            place: variable.winner.place(),
            label: String::new(),
            role: Role::Primary,
        }],
    }
}

/// What a value is instead of the wanted key, in words for a finding.
fn wrong_kind(kind: Kind) -> String {
    format!("{} stands where another key belongs", kind.name())
}

/// Whether a value was read as a key at all; if not, another check speaks of it.
fn or_not_applicable<K>(reading: &Reading<K>, variable: &Variable) -> Result<(), Verdict> {
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

/// Judges whether production would start with a key of a development instance. `read` gives the mode of
/// a key and what to say at its place.
fn judge_mode(
    facts: &Facts,
    role: KeyRole,
    read: fn(&Secret) -> Reading<(Mode, String)>,
    prefixes: [&str; 2],
) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable(format!("judged for {}", facts.target.word()));
    }
    let Some(variable) = facts.key(role) else {
        return Verdict::not_applicable("no such key is set");
    };
    let reading = read(variable.value());
    if let Reading::Reference(how) = reading {
        let check = match role {
            KeyRole::Publishable => "env/publishable-key-malformed",
            _ => "env/secret-key-malformed",
        };
        return Verdict::not_applicable(format!("{} is {how}: see {check}", variable.winner.name));
    }
    if let Err(verdict) = or_not_applicable(&reading, variable) {
        return verdict;
    }
    let [found, wanted] = prefixes;
    match reading {
        Reading::Key((Mode::Test, label)) => {
            Verdict::of(Some(development_finding(variable, found, wanted, label)))
        }
        _ => Verdict::Judged(Vec::new()),
    }
}

/// A key of a development instance where a production one belongs, with what it shadows.
fn development_finding(variable: &Variable, found: &str, wanted: &str, label: String) -> Finding {
    let name = &variable.winner.name;
    // A key that is written into the code is no variable: it is there in every environment.
    if name.contains(' ') {
        return Finding::error(format!("the code itself holds {found} key"))
            .at(variable.winner.place(), label)
            .fix(format!(
                "read the key from a variable, so that each environment has its own, or write the {wanted} key there"
            ));
    }
    let mut finding = Finding::error(format!("in production {name} is {found} key"))
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
        Origin::File { path, .. } => {
            finding.verify(format!("grep -noE '{name}.{{0,4}}[ps]k_test_' {path}"))
        }
        Origin::Process => finding,
    }
}
