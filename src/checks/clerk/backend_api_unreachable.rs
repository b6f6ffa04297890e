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
    let answer = match Verdict::told(&facts.live.instance) {
        Ok(instance) => &instance.answer,
        Err(verdict) => return verdict,
    };
    let place = facts.key(KeyRole::Secret).map_or_else(
        || Place::file(facts.app.manifest.clone()),
        |variable| variable.winner.place(),
    );
    let explained = answer.explain();
    match answer.verdict() {
        ApiVerdict::Good => Verdict::of(wrong_environment(facts, answer, &place)),
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
        .fix("use the sk_live_ key of the production instance")
    })
}
