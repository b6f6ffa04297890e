//! `site/keys-of-two-instances`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, PublishableKey};
use crate::facts::live::site::Front;
use crate::facts::live::site::front::DeployedKey;
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Known, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/keys-of-two-instances",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The secret key of the site is of the instance of its publishable key",
        fail: "The secret key of the site is of another instance than its publishable key",
        why: "the server then refuses every session that the page's instance issues, and browsers turn in a circle",
        docs: include_str!("keys_of_two_instances.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    if has_another_page_key(facts, front) {
        return Verdict::Skipped(
            "the page has another publishable key than the audited one, whose instance was asked; site/keys-differ says more"
                .to_owned(),
        );
    }
    match front.deployed_key() {
        DeployedKey::OfTheInstance => Verdict::of(None),
        DeployedKey::OfAnotherInstance(instance) => {
            Verdict::of(Some(another(facts, front, instance)))
        }
        DeployedKey::Works(_) => Verdict::Skipped(unpaired(front)),
        DeployedKey::Contradictory => Verdict::Skipped(
            "the site gave two answers that do not fit together: ask again".to_owned(),
        ),
        DeployedKey::Refused => {
            Verdict::Skipped("Clerk does not accept the secret key of the site".to_owned())
        }
        DeployedKey::ClerkFails(_) | DeployedKey::ClerkUnreachable => {
            Verdict::Skipped("the site got no keys from Clerk".to_owned())
        }
        DeployedKey::Unused => Verdict::Skipped(
            "the site verifies tokens with CLERK_JWT_KEY and does not use its secret key for that"
                .to_owned(),
        ),
        DeployedKey::Untold(why) => Verdict::Skipped(why),
    }
}

/// The key id is that of the audited key's instance; a page of another instance is no witness.
fn has_another_page_key(facts: &Facts, front: &Front) -> bool {
    let used = front.markup.publishable();
    match audited(facts) {
        Some(audited) => !used.is_empty() && used.iter().all(|key| key.host != audited.host),
        None => false,
    }
}

fn audited(facts: &Facts) -> Option<PublishableKey> {
    let variable = facts.key(KeyRole::Publishable)?;
    keys::publishable(variable.value()).key().cloned()
}

/// Whether the site itself shows that it has the audited publishable key: an API shows none, and the key of
/// this machine may be that of another instance on purpose.
fn has_audited_key(facts: &Facts, front: &Front) -> bool {
    let Some(audited) = audited(facts) else {
        return false;
    };
    let used = front.markup.publishable();
    let in_page = !used.is_empty() && used.iter().all(|key| key.host == audited.host);
    let in_handshake = front
        .handshake()
        .is_some_and(|way| !way.proxied && way.host == audited.host);
    in_page || used.is_empty() && in_handshake
}

fn unpaired(front: &Front) -> String {
    match front.tokens.as_ref().map(|tokens| &tokens.kid) {
        Some(Known::NotAsked(why) | Known::Failed(why)) => format!(
            "the secret key of the site works; of which instance the publishable key is could not be asked: {why}"
        ),
        _ => "the secret key of the site works; the second question had no answer".to_owned(),
    }
}

fn another(facts: &Facts, front: &Front, instance: Option<String>) -> Finding {
    let is_sure = has_audited_key(facts, front);
    let tokens = front.tokens.as_ref();
    let kid = tokens.and_then(|tokens| tokens.kid.as_ref());
    let other = instance.filter(|instance| Some(instance) != kid);
    let publishable = match is_sure {
        true => "the publishable key",
        false => "the audited publishable key, which the site does not show,",
    };
    let message = match (other, kid) {
        (Some(other), Some(own)) => format!(
            "the secret key of the site is of the instance {other}, and {publishable} is of {own}"
        ),
        _ => format!(
            "the secret key of the site is of another instance than {}",
            publishable.trim_end_matches(',')
        ),
    };
    let finding = match is_sure {
        true => Finding::error(message).fix(
            "take both keys from the API keys page of one instance in the Clerk Dashboard, and deploy again",
        ),
        false => Finding::warning(message).fix(
            "audit with the environment of the deploy (--env-file); if that is what was audited, take both keys from one instance in the Clerk Dashboard",
        ),
    };
    finding.at(front.place(tokens.map_or("/", |tokens| &tokens.path)), "")
}
