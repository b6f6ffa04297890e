//! `site/development-keys`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{Mode, is_development_host};
use crate::facts::live::site::Front;
use crate::facts::live::site::front::Seen;
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/development-keys",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The deployed site runs with the keys of a production instance",
        fail: "The deployed site runs with development keys",
        why: "a development instance has loose security, a limit of users and a notice in the sign-in",
        docs: include_str!("development_keys.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable(format!(
            "judged for {}, where a development instance is usual",
            facts.target.word()
        ));
    }
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    let signs = signs(front);
    if !signs.is_empty() {
        return Verdict::of(Some(
            Finding::error(format!(
                "the site runs with development keys: {}",
                signs.join("; ")
            ))
            .at(front.place("/"), "")
            .fix("set the pk_live_ and the sk_live_ key in the environment of the deploy, and build again: the publishable key is fixed at the build"),
        ));
    }
    if front.shows_clerk() || !front.markup.publishable().is_empty() {
        return Verdict::of(None);
    }
    Verdict::Skipped(format!("no key is to be seen; {}", front.unseen()))
}

/// What only a development instance does (clerk/javascript `packages/backend/src/tokens/request.ts`).
fn signs(front: &Front) -> Vec<String> {
    let mut signs = Vec::new();
    let mut say = |yes: bool, words: String| {
        if yes {
            signs.push(words);
        }
    };
    let missing = |seen: &Seen| {
        let clerk = seen.clerk();
        clerk.is_some_and(|clerk| clerk.reason == "dev-browser-missing")
    };
    say(
        front.answers().any(missing),
        "its server answers “dev-browser-missing”".to_owned(),
    );
    if let Some(handshake) = front.handshake() {
        say(
            is_development_host(&handshake.host),
            format!("it sends browsers to {}", handshake.host),
        );
    }
    // Of several keys one may be an example in the text.
    let keys = front.markup.publishable();
    if !keys.is_empty() && keys.iter().all(|key| key.mode == Mode::Test) {
        say(true, "its page has a pk_test_ key".to_owned());
    }
    let mut looks = front.answers().filter_map(Seen::look);
    say(
        looks.any(|look| look.development_cookie),
        "it sets the cookie __clerk_db_jwt".to_owned(),
    );
    signs
}
