//! `domain/shared-target-down`

use super::{about, asked, settled};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::dns::{Answers, Kind, SHARED_TARGET, Shared};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "domain/shared-target-down",
        group: Group::Domain,
        severity: Severity::Warning,
        pass: "The name that every Frontend API of Clerk leads to has an address",
        fail: "The name that every Frontend API of Clerk leads to has no address",
        why: "then no sign-in works at any customer, and no record of yours is to blame",
        docs: include_str!("shared_target_down.md"),
    },
    needs: &[Need::Dns],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let answers = match asked(facts) {
        Ok(answers) => answers,
        Err(verdict) => return verdict,
    };
    let said: Vec<Shared> = (0..answers.resolvers.len())
        .map(|resolver| answers.shared(resolver))
        .collect();
    let is_down = |said: &&Shared| matches!(said, Shared::Gone | Shared::Failing);
    let down = said.iter().filter(is_down).count();
    let heard = said
        .iter()
        .filter(|said| !matches!(said, Shared::Unheard(_)))
        .count();
    let words = words(answers, &said);
    if down == 0 {
        let unheard = if heard == 0 {
            vec![format!("{SHARED_TARGET}: {words}")]
        } else {
            Vec::new()
        };
        return settled(Vec::new(), unheard);
    }
    let message = if down == heard && heard > 1 {
        format!(
            "{SHARED_TARGET} has no address ({words}): this looks like an outage of Clerk's, not like a fault of your records"
        )
    } else {
        format!("{SHARED_TARGET} has no address at one resolver: {words}")
    };
    let finding = Finding::warning(message)
        .fix("leave your records as they are, and look at https://status.clerk.com");
    settled(
        vec![about(facts, finding, SHARED_TARGET, Kind::A)],
        Vec::new(),
    )
}

fn words(answers: &Answers, said: &[Shared]) -> String {
    let each = answers
        .resolvers
        .iter()
        .zip(said)
        .map(|(name, said)| match said {
            Shared::There => format!("{name} shows an address"),
            Shared::Gone => format!("{name} shows none"),
            Shared::Failing => format!("{name} failed (SERVFAIL)"),
            Shared::Unheard(why) => format!("{name} {}", why.words()),
        });
    each.collect::<Vec<_>>().join(", ")
}
