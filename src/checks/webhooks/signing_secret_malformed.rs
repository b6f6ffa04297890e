//! `webhooks/signing-secret-malformed`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::env::said_of_publishable;
use crate::facts::keys::{self, Reading};
use crate::facts::{Facts, Webhooks};
use crate::model::{Finding, Group, Mark, Meta, Role, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/signing-secret-malformed",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "The webhook signing secret is well-formed and long enough",
        fail: "The webhook signing secret is malformed or too short",
        why: "a broken secret refuses every delivery, and a short one can be guessed",
        docs: include_str!("signing_secret_malformed.md"),
    },
    needs: &[Need::Env, Need::Code],
    scope: Scope::Apps,
    run,
};

/// The Standard Webhooks specification asks for 24 to 64 bytes.
const LEAST_BYTES: usize = 24;

fn run(facts: &Facts) -> Verdict {
    if facts.declared.webhooks == Webhooks::None {
        return Verdict::not_applicable("clerk-audit.toml says webhooks = \"none\"");
    }
    let Some(variable) = super::secret(facts) else {
        return Verdict::not_applicable("no webhook signing secret is set");
    };
    let name = &variable.winner.name;
    let place = variable.winner.place();
    let finding = match keys::webhook(variable.value()) {
        Reading::Key(secret) if secret.bytes >= LEAST_BYTES => return Verdict::Judged(Vec::new()),
        Reading::Key(secret) => Finding::error(format!(
            "{name} decodes to {} bytes; a signing secret has at least {LEAST_BYTES}",
            secret.bytes
        )),
        Reading::Reference(how) => {
            if let Some(verdict) = said_of_publishable(facts, how) {
                return verdict;
            }
            return Verdict::Undecided {
                why: format!("{name} is {how}, which only its own tool can follow"),
                hint: "run the audit under the tool that resolves it, or give resolved values with --env-file".to_owned(),
                marks: vec![Mark { place, label: String::new(), role: Role::Primary }],
            };
        }
        Reading::Empty => return Verdict::not_applicable("no webhook signing secret is set"),
        Reading::Placeholder => Finding::error(format!("{name} still holds a sample value")),
        Reading::WrongKind(kind) => Finding::error(format!("{name} holds {}", kind.name())),
        Reading::Malformed(why) => Finding::error(format!("{name} is not a signing secret: {why}")),
    };
    Verdict::of(Some(finding.at(place, "").fix(
        "copy the signing secret of the production endpoint again (Clerk dashboard, Webhooks)",
    )))
}
