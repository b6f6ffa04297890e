//! `env/secret-key-malformed`

use super::{nothing_on_server, said_of_publishable, undecided};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Reading};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/secret-key-malformed",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The secret key is well-formed",
        fail: "The secret key is malformed or a placeholder",
        why: "the SDK checks only that there is one, so every request fails at run time",
        docs: include_str!("secret_key_malformed.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

/// Keys issued today have about 40 characters after the prefix; the length is not documented, so a
/// short key is doubted and not condemned.
const DOUBTED_BELOW: usize = 30;

fn run(facts: &Facts) -> Verdict {
    let Some(variable) = facts.key(KeyRole::Secret) else {
        return Verdict::not_applicable("no secret key is set");
    };
    let name = &variable.winner.name;
    let place = variable.winner.place();
    let hint = "copy the secret key again from the API keys page of the Clerk dashboard";
    // What nothing calls Clerk with breaks nothing yet.
    let severity = if nothing_on_server(facts) {
        Severity::Warning
    } else {
        Severity::Error
    };
    let finding = match keys::secret(variable.value()) {
        Reading::Reference(how) => {
            return said_of_publishable(facts, how).unwrap_or_else(|| undecided(variable, how));
        }
        Reading::WrongKind(_) => return Verdict::not_applicable("see env/secret-key-wrong-kind"),
        Reading::Empty => return Verdict::not_applicable("no secret key is set"),
        Reading::Key(key) if key.payload_len < DOUBTED_BELOW => {
            Finding::warning(format!("{name} is shorter than the keys that Clerk issues"))
                .at(place, "cut off?")
        }
        Reading::Key(_) => return Verdict::Judged(Vec::new()),
        Reading::Placeholder => {
            Finding::new(severity, format!("{name} still holds a sample value"))
                .at(place, "to be filled in")
        }
        Reading::Malformed(why) => {
            Finding::new(severity, format!("{name} is not a secret key: {why}")).at(place, "")
        }
    };
    Verdict::of(Some(finding.fix(hint)))
}
