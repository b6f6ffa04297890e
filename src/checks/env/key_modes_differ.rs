//! `env/key-modes-differ`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys;
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/key-modes-differ",
        group: Group::Env,
        severity: Severity::Error,
        pass: "Publishable and secret key are of the same kind of instance",
        fail: "Publishable and secret key are of different kinds of instance",
        why: "the browser signs in at one instance and the server asks another: users end in a redirect loop",
        docs: include_str!("key_modes_differ.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (Some(publishable), Some(secret)) =
        (facts.key(KeyRole::Publishable), facts.key(KeyRole::Secret))
    else {
        return Verdict::not_applicable("there are not two keys to compare");
    };
    let modes = (
        keys::publishable(publishable.value())
            .key()
            .map(|key| key.mode),
        keys::secret(secret.value()).key().map(|key| key.mode),
    );
    let (Some(public), Some(private)) = modes else {
        return Verdict::not_applicable("one of the keys could not be read; another check says so");
    };
    if public == private {
        return Verdict::Judged(Vec::new());
    }
    let (public_name, secret_name) = (&publishable.winner.name, &secret.winner.name);
    let message = format!(
        "{public_name} is of a {} instance, {secret_name} of a {} one",
        public.instance(),
        private.instance()
    );
    Verdict::of(Some(
        Finding::error(message)
            .at(
                publishable.winner.place(),
                format!("{} instance", public.instance()),
            )
            .see(
                secret.winner.place(),
                format!("{} instance", private.instance()),
            )
            .fix(
                "take both keys from the same instance: the API keys page shows them side by side",
            ),
    ))
}
