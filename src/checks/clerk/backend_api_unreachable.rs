//! `clerk/backend-api-unreachable`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::api::{ApiAnswer, ApiVerdict};
use crate::facts::{Facts, KeyRole, Target};
use crate::model::{Finding, Group, Mark, Meta, Place, Role, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/backend-api-unreachable",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "Clerk's Backend API answers with this secret key",
        fail: "Clerk's Backend API does not accept this secret key",
        why: "with a wrong or revoked key every server-side call fails",
        docs: include_str!("backend_api_unreachable.md"),
    },
    needs: &[Need::Clerk],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let instance = match Verdict::told(&facts.live.instance) {
        Ok(instance) => instance,
        Err(verdict) => return verdict,
    };
    let answer = &instance.answer;
    let place = facts.key(KeyRole::Secret).map_or_else(
        || Place::file(facts.app.manifest.clone()),
        |variable| variable.winner.place(),
    );
    let explained = answer.explain();
    match answer.verdict() {
        ApiVerdict::Good => {
            let slow = slow(instance.took_ms)
                .map(|finding| finding.at(place.clone(), "asked with this key"));
            let wrong = wrong_environment(facts, answer, &place);
            Verdict::Judged(wrong.into_iter().chain(slow).collect())
        }
        ApiVerdict::Bad => Verdict::of(Some(
            Finding::error(explained.what)
                .at(place, "the key that was sent")
                .fix(explained.fix),
        )),
        ApiVerdict::Unknown => Verdict::Undecided {
            why: explained.what,
            hint: explained.fix,
            marks: vec![Mark {
                place,
                label: "the key that was sent".to_owned(),
                role: Role::Related,
            }],
        },
    }
}

/// Longer than this nobody waits for a page that asks Clerk before it answers.
const SLOW_MS: u64 = 2000;

fn slow(took_ms: u64) -> Option<Finding> {
    (took_ms > SLOW_MS).then(|| {
        let seconds = took_ms / 1000;
        Finding::warning(format!(
            "Clerk's Backend API needed more than {seconds} s for an answer of a few bytes"
        ))
        .because("whatever asks Clerk before it answers keeps the visitor waiting for that")
        .fix("look at https://status.clerk.com, and ask from where the app runs: the way from this machine counts too")
    })
}

/// The instance says itself what it is, whatever the key's prefix claims.
fn wrong_environment(facts: &Facts, answer: &ApiAnswer, place: &Place) -> Option<Finding> {
    let ApiAnswer::Ok {
        environment: Some(environment),
        ..
    } = answer
    else {
        return None;
    };
    // A test key says so itself, and env/secret-key-development speaks of it.
    let claims_live = facts
        .key(KeyRole::Secret)
        .is_some_and(|key| key.value().expose().starts_with("sk_live_"));
    (facts.target == Target::Production && claims_live && environment != "production").then(|| {
        Finding::error(format!(
            "Clerk says that this key belongs to a {environment} instance"
        ))
        .at(place.clone(), "the key that was sent")
        .because(
            "an instance that is not for production has its limits, and real users would be in it",
        )
        .fix("use the sk_live_ key of the production instance")
    })
}
