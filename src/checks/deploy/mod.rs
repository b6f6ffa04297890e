//! Files that build, ship and run the app.

pub mod env_file_in_image;
pub mod gate_misplaced;
pub mod live_key_in_preview;
pub mod not_production;
pub mod proxy_headers;
pub mod public_key_missing_at_build;
pub mod secret_in_image;
pub mod test_key_in_production;
pub mod unreadable_file;

use crate::checks::engine::Verdict;
use crate::facts::deploy::{Deploy, Kind, Variable};
use crate::facts::{Facts, keys};

/// The kinds of files that give variables to a deployment.
const GIVING: &[Kind] = &[
    Kind::Dockerfile,
    Kind::Compose,
    Kind::Vercel,
    Kind::Netlify,
    Kind::Fly,
    Kind::Render,
    Kind::Wrangler,
    Kind::AppEngine,
    Kind::Actions,
    Kind::GitLab,
];

/// The files, where there is one of these kinds that can be read; else that the question does not arise, or
/// that another check speaks of the file. What does not parse has not passed.
fn files<'f>(facts: &'f Facts, kinds: &[Kind], what: &str) -> Result<&'f Deploy, Verdict> {
    let deploy = facts.deploy.as_ref().filter(|deploy| deploy.has(kinds));
    let deploy = deploy.ok_or_else(|| Verdict::not_applicable(format!("there is no {what}")))?;
    let of_kind = |kind: &Kind| kinds.contains(kind);
    let all = deploy
        .files
        .iter()
        .filter(|(_, kind)| of_kind(kind))
        .count();
    let mut broken = deploy.broken.iter().filter(|one| of_kind(&one.kind));
    match broken.next() {
        Some(first) if broken.count() + 1 >= all => Err(Verdict::not_applicable(format!(
            "{} does not parse: see deploy/unreadable-file",
            first.path
        ))),
        _ => Ok(deploy),
    }
}

/// The variables that hold Clerk keys, each place once.
fn clerk_keys(deploy: &Deploy) -> Vec<&Variable> {
    let mut found: Vec<&Variable> = Vec::new();
    for variable in deploy.variables.iter().filter(|one| one.is_clerk_key()) {
        let same = |other: &&Variable| {
            (&other.file, other.at, &other.name, other.context)
                == (
                    &variable.file,
                    variable.at,
                    &variable.name,
                    variable.context,
                )
        };
        match found.iter_mut().find(|other| same(other)) {
            // The one that surely arrives says more.
            Some(other) if variable.sure => *other = variable,
            Some(_) => {}
            None => found.push(variable),
        }
    }
    found
}

/// Whether a value is a real secret: not empty, not a stand-in that only lets a build pass.
fn is_real(name: &str, value: &str) -> bool {
    let value = value.trim();
    if keys::kind_of(value).is_some() {
        return keys::is_credential(value);
    }
    // An encryption key has no prefix; whoever makes one up for a build says so.
    let made_up = [
        "dummy",
        "placeholder",
        "example",
        "change",
        "build",
        "fake",
        "your",
        "xxx",
        "test",
    ];
    let lower = value.to_ascii_lowercase();
    name.contains("ENCRYPTION_KEY")
        && value.len() >= 24
        && value.bytes().any(|b| b.is_ascii_digit())
        && !made_up.iter().any(|word| lower.contains(word))
}
