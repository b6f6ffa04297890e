//! Secrets in code, documents, builds and history.

pub mod build_with_test_key;
pub mod exposed_by_config;
pub mod hard_coded;
pub mod hard_coded_publishable_key;
pub mod secret_in_build;
pub mod secret_in_client_code;
pub mod secret_in_history;
pub mod secret_logged;
pub mod session_state_committed;

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::keys::{Kind, Mode};
use crate::facts::secrets::files::Setting;
use crate::facts::secrets::{Credential, Owner, TextHit};
use crate::model::{Finding, Secret, Severity};

/// So many places of one key are shown.
const MOST_PLACES: usize = 8;

/// Hits of the same credential together, in the order of the first place of each.
fn by_value<'h>(hits: impl Iterator<Item = &'h TextHit>) -> Vec<Vec<&'h TextHit>> {
    let mut known: BTreeMap<&Secret, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&TextHit>> = Vec::new();
    for hit in hits {
        let at = *known.entry(&hit.credential.value).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(hit),
            None => groups.push(vec![hit]),
        }
    }
    groups
}

/// Marks the places of one credential in what was built: the first one as the fault, the others beside it.
/// The names of built files change with what is in them, and it stays the same leak.
fn marked(finding: Finding, hits: &[&TextHit], label: &str) -> Finding {
    let what = finding.message.clone();
    let mut finding = finding.known_by(what);
    for (at, hit) in hits.iter().take(MOST_PLACES).enumerate() {
        finding = match at {
            0 => finding.at(hit.place(), label),
            _ => finding.see(hit.place(), "the same key"),
        };
    }
    if let Some(more) = hits.len().checked_sub(MOST_PLACES).filter(|more| *more > 0) {
        finding.message = format!("{}, and {more} more places hold it", finding.message);
    }
    finding
}

/// Whether a credential is Clerk's: the text says so, or the app's own environment has the same value under
/// a name of Clerk's.
fn is_clerks(facts: &Facts, credential: &Credential) -> bool {
    let in_env = || {
        facts.env.as_ref().is_some_and(|env| {
            let named = |name: &str| name.contains("CLERK");
            env.all()
                .any(|one| named(&one.winner.name) && *one.value() == credential.value)
        })
    };
    credential.owner == Owner::Clerk || in_env()
}

/// Whether a credential in a text is worth a word. In tests and documents a key that nobody can attribute,
/// and an access token (which its id looks like, and which lives for minutes), are nearly always made up.
fn counts(facts: &Facts, credential: &Credential, setting: Setting) -> bool {
    let sure = is_clerks(facts, credential) || credential.is_live();
    credential.kind.is_credential() && (ships(setting) || (sure && credential.kind != Kind::Token))
}

fn ships(setting: Setting) -> bool {
    !matches!(setting, Setting::Test | Setting::Docs | Setting::Sample)
}

/// A live secret key is worth the same wherever it stands. A test key opens a development instance only; of
/// the others nothing says which instance they are of, so that what runs in production decides.
fn severity(credential: &Credential, setting: Setting) -> Severity {
    match (credential.mode, ships(setting)) {
        (Some(Mode::Live), _) | (None, true) => Severity::Error,
        (Some(Mode::Test), _) | (None, false) => Severity::Warning,
    }
}

/// How to make a leaked credential worthless.
fn cure(kind: Kind) -> &'static str {
    match kind {
        Kind::Webhook => {
            "roll the signing secret of the endpoint in the Clerk Dashboard (Webhooks)"
        }
        Kind::Machine | Kind::Token => "revoke it in the Clerk Dashboard and issue a new one",
        _ => {
            "add a new secret key in the Clerk Dashboard (API keys), deploy it, and delete this one"
        }
    }
}
