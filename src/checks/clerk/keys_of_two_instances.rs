//! `clerk/keys-of-two-instances`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::live::frontend::{Frontend, Jwk};
use crate::facts::live::instance::{Instance, SigningKey};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Known, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/keys-of-two-instances",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "The publishable and the secret key are of one instance",
        fail: "The publishable and the secret key are not of one instance",
        why: "sessions of one instance are refused by the other: every sign-in ends in a loop or in 401",
        docs: include_str!("keys_of_two_instances.md"),
    },
    needs: &[Need::Instance, Need::Frontend],
    scope: Scope::Servers,
    run,
};

/// What the keys that both sides publish say.
enum Pair {
    /// The same key of the same instance.
    Same,
    /// The same instance, and other keys of it.
    OtherKeys,
    /// Nothing in common.
    Different,
}

fn run(facts: &Facts) -> Verdict {
    let (instance, frontend) = match (
        Verdict::told(&facts.live.instance),
        Verdict::told(&facts.live.frontend),
    ) {
        (Ok(instance), Ok(frontend)) => (instance, frontend),
        (Err(verdict), _) | (_, Err(verdict)) => return verdict,
    };
    let (theirs, ours) = match (&instance.signing_keys, &frontend.jwks) {
        (Known::Yes(theirs), Known::Yes(ours)) => (&theirs.items, ours),
        (Known::NotAsked(why) | Known::Failed(why), _) => return Verdict::Skipped(why.clone()),
        (_, Known::NotAsked(why) | Known::Failed(why)) => {
            return by_domain(facts, instance, frontend, why);
        }
    };
    if theirs.is_empty() || ours.is_empty() {
        let side = if ours.is_empty() {
            "Frontend"
        } else {
            "Backend"
        };
        return Verdict::Skipped(format!("the {side} API publishes no keys to compare"));
    }
    let place = place(facts);
    let see = frontend.at("/.well-known/jwks.json");
    match compare(theirs, ours) {
        Pair::Same => Verdict::Judged(Vec::new()),
        Pair::OtherKeys => Verdict::of(Some(
            Finding::warning(format!(
                "both keys are of {}, but the two APIs publish different keys of it",
                names(ours.iter().map(|key| Some(&key.kid)))
            ))
            .at(place, "its Backend API has other keys")
            .see(see, "than its Frontend API")
            .fix("ask again in some minutes: a key that was just rolled is not everywhere yet"),
        )),
        Pair::Different => {
            let of_secret = names(theirs.iter().map(|key| key.id.as_ref()));
            let of_publishable = names(ours.iter().map(|key| Some(&key.kid)));
            let message = format!(
                "the secret key is of {of_secret}, and the publishable key of {of_publishable}"
            );
            Verdict::of(Some(
                Finding::error(message)
                    .at(place, format!("of {of_secret}"))
                    .see(see, format!("of {of_publishable}"))
                    .fix("copy both keys again from the same API keys page of the Clerk dashboard"),
            ))
        }
    }
}

/// A `kid` is the id of the instance (clerk/javascript `packages/backend/src/tokens/keys.ts`), and a modulus
/// is of one key alone.
fn compare(theirs: &[SigningKey], ours: &[Jwk]) -> Pair {
    let modulus = |key: &SigningKey| {
        key.modulus
            .as_deref()
            .map(|n| n.trim_end_matches('=').to_owned())
    };
    let mut same_id = false;
    for one in theirs {
        for other in ours {
            let named_alike = one.id.as_ref() == Some(&other.kid);
            // Only an RSA key has a modulus.
            let same = match (modulus(one), &other.n) {
                (Some(theirs), Some(ours)) => theirs == *ours,
                _ => named_alike,
            };
            if same {
                return Pair::Same;
            }
            same_id |= named_alike;
        }
    }
    if same_id {
        Pair::OtherKeys
    } else {
        Pair::Different
    }
}

/// Where the Frontend API does not tell its keys, its host still says something.
fn by_domain(facts: &Facts, instance: &Instance, frontend: &Frontend, why: &str) -> Verdict {
    let domains = instance
        .domains
        .as_ref()
        .into_iter()
        .flat_map(|list| &list.items);
    let host = Some(&frontend.key_host);
    let agrees = domains.into_iter().any(|domain| {
        domain.frontend_host().as_ref() == host
            || domain.frontend_host().as_ref() == Some(&frontend.host)
    });
    if !agrees {
        return Verdict::Skipped(why.to_owned());
    }
    Verdict::of(Some(
        Finding::warning(format!(
            "only the domain says that both keys are of one instance; its keys could not be compared ({why})"
        ))
        .at(place(facts), format!("its instance has {}", frontend.host))
        .fix("ask again when the Frontend API answers"),
    ))
}

fn place(facts: &Facts) -> Place {
    facts.key(KeyRole::Secret).map_or_else(
        || Place::file(facts.app.manifest.clone()),
        |variable| variable.winner.place(),
    )
}

fn names<'k>(ids: impl Iterator<Item = Option<&'k String>>) -> String {
    let mut ids: Vec<&str> = ids.flatten().map(String::as_str).collect();
    ids.dedup();
    ids.truncate(3);
    if ids.is_empty() {
        "an instance without a name".to_owned()
    } else {
        ids.join(", ")
    }
}
