//! `env/publishable-key-malformed`

use super::{undecided, wrong_kind};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Reading};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/publishable-key-malformed",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The publishable key decodes to a Frontend API host",
        fail: "The publishable key is not one",
        why: "the SDK refuses a key that it cannot decode, and an odd host never answers",
        docs: include_str!("publishable_key_malformed.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

const HINT: &str = "copy the publishable key again from the API keys page of the Clerk dashboard";

fn run(facts: &Facts) -> Verdict {
    let Some(variable) = facts.key(KeyRole::Publishable) else {
        return Verdict::not_applicable("no publishable key is set");
    };
    let name = &variable.winner.name;
    let place = variable.winner.place();
    let finding = match keys::publishable(variable.value()) {
        Reading::Reference(how) => return undecided(variable, how),
        Reading::Empty | Reading::Placeholder => {
            return Verdict::not_applicable("see env/publishable-key-placeholder");
        }
        Reading::Key(key) if key.trailing_space => {
            Finding::warning(format!("{name} ends in white space"))
                .at(place, "")
                .because("the SDK takes it, and derives the names of its cookies from the text with the white space")
                .fix("remove what follows the key")
        }
        Reading::Key(_) => return Verdict::Judged(Vec::new()),
        Reading::WrongKind(kind) => {
            let finding =
                Finding::error(format!("{name} holds {}", kind.name())).at(place, wrong_kind(kind));
            let finding = finding.because("Clerk starts with no other kind of key, and what is published under this name everybody can read");
            finding.fix(if kind.is_credential() {
                "put the publishable key there; roll the secret if it was ever built or deployed under this name"
            } else {
                HINT
            })
        }
        Reading::Malformed(why) => {
            Finding::error(format!("{name} is not a publishable key: {why}"))
                .at(place, "")
                .fix(HINT)
        }
    };
    Verdict::of(Some(finding))
}
