//! `site/keys-differ`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Mode, PublishableKey, is_development_host};
use crate::facts::live::site::Front;
use crate::facts::live::site::front::Handshake;
use crate::facts::{Facts, KeyRole, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/keys-differ",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The site, its server and this audit know the same publishable key",
        fail: "The site was deployed with another publishable key than was audited, or than its server has",
        why: "a page and a server of two instances never agree on who is signed in",
        docs: include_str!("keys_differ.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    let audited = facts
        .key(KeyRole::Publishable)
        .and_then(|variable| keys::publishable(variable.value()).key().cloned());
    let used = front.markup.publishable();
    let mut compared = false;
    let mut findings = Vec::new();
    if let (Some(audited), [first, ..]) = (&audited, used) {
        compared = true;
        if !used.iter().any(|key| is_same(key, audited)) {
            findings.push(audited_another(facts, front, audited, first));
        }
    }
    let known: Vec<&PublishableKey> = match used {
        [] => audited.iter().collect(),
        used => used.iter().collect(),
    };
    if let Some(handshake) = front.handshake().filter(|way| is_direct(front, way))
        && let Some(first) = known.first()
    {
        compared = true;
        if !known.iter().any(|key| key.host == handshake.host) {
            findings.push(server_another(front, handshake, first, used.is_empty()));
        }
    }
    if compared {
        Verdict::Judged(findings)
    } else {
        Verdict::Skipped(uncompared(front, audited.is_some()))
    }
}

fn is_same(one: &PublishableKey, other: &PublishableKey) -> bool {
    one.host == other.host && one.mode == other.mode
}

/// Whether a handshake names the host of a key: not through a proxy, and not that of a satellite app.
fn is_direct(front: &Front, handshake: &Handshake) -> bool {
    !handshake.proxied && !front.markup.proxied && front.markup.satellite.is_none()
}

fn uncompared(front: &Front, has_audited: bool) -> String {
    let seen = !front.markup.publishable().is_empty() || front.handshake().is_some();
    if seen && !has_audited {
        return "there is no second key to compare the one of the site with".to_owned();
    }
    if front.handshake().is_some() {
        return "the page shows no key, and the server asks Clerk through another host".to_owned();
    }
    format!("no key is to be seen; {}", front.unseen())
}

fn audited_another(
    facts: &Facts,
    front: &Front,
    audited: &PublishableKey,
    used: &PublishableKey,
) -> Finding {
    let message = format!(
        "the page has the publishable key of {}, and what was audited is that of {}",
        named(used),
        named(audited)
    );
    // The key of a developer's own file says nothing against the deploy; and a key that Clerk's script is
    // not loaded with may be an example.
    let own_file =
        audited.mode == Mode::Test && used.mode == Mode::Live && facts.target == Target::Production;
    let finding = if own_file || front.markup.keys.is_empty() {
        Finding::warning(message)
    } else {
        Finding::error(message)
    };
    let finding = finding.at(front.place("/"), "").because("what was audited is not what users meet there, or the next build changes the instance under them").fix(
        "audit with the environment of the deploy (--env-file), or deploy with the key that was audited: it is fixed at the build",
    );
    match facts.key(KeyRole::Publishable) {
        Some(variable) => finding.see(variable.winner.place(), "the key that was audited"),
        None => finding,
    }
}

fn server_another(
    front: &Front,
    handshake: &Handshake,
    known: &PublishableKey,
    of_audit: bool,
) -> Finding {
    let whose = if of_audit {
        "the audited publishable key is"
    } else {
        "the page has the publishable key"
    };
    let message = format!(
        "the server sends browsers to {}, and {whose} of {}: two instances",
        handshake.host,
        named(known)
    );
    // A satellite app asks at a domain of its own, and its page may not say so.
    let own = handshake.host.strip_prefix("clerk.").is_some_and(|domain| {
        let host = front.site.host();
        host == domain || host.ends_with(&format!(".{domain}"))
    });
    let satellite = own && known.mode == Mode::Live && !is_development_host(&known.host);
    let finding = if satellite && !shares_domain(front, known) || of_audit {
        Finding::warning(message)
    } else {
        Finding::error(message)
    };
    finding.at(front.place("/"), "").fix(
        "set both keys from one instance where the site is built and where it runs, then build and deploy again",
    )
}

/// Whether the key is of the domain of the site.
fn shares_domain(front: &Front, key: &PublishableKey) -> bool {
    let domain = key.host.strip_prefix("clerk.").unwrap_or(&key.host);
    front.site.host() == domain || front.site.host().ends_with(&format!(".{domain}"))
}

fn named(key: &PublishableKey) -> String {
    match key.mode {
        Mode::Live => key.host.clone(),
        Mode::Test => format!("the development instance {}", key.host),
    }
}
