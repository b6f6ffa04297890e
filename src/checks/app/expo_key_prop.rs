//! `app/expo-key-prop`

use super::{clerk_major, shells};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::shell::{Provider, Shell};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/expo-key-prop",
        group: Group::App,
        severity: Severity::Error,
        pass: "ClerkProvider of the Expo app has its key and a place for the session",
        fail: "ClerkProvider of the Expo app lacks its key or a place for the session",
        why: "the app does not start on a phone, or forgets who is signed in when it is closed",
        docs: include_str!("expo_key_prop.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

const PACKAGES: [&str; 2] = ["@clerk/expo", "@clerk/clerk-expo"];

fn run(facts: &Facts) -> Verdict {
    let providers: Vec<(&Provider, Place)> = shells(facts)
        .filter_map(|(file, shape, shell)| match shell {
            Shell::Provider(one) if PACKAGES.contains(&one.package.as_str()) => {
                Some((one, file.place(shape)))
            }
            _ => None,
        })
        .collect();
    if providers.is_empty() {
        return Verdict::not_applicable("no ClerkProvider of @clerk/expo was seen");
    }
    let judged = providers.into_iter().filter(|(one, _)| !one.spread);
    let findings = judged.flat_map(|(one, place)| {
        let key = (!has(one, "publishableKey")).then(|| no_key(facts, one, place.clone()));
        let cache = (!has(one, "tokenCache")).then(|| no_cache(one, place));
        key.into_iter().chain(cache)
    });
    Verdict::Judged(findings.collect())
}

fn has(provider: &Provider, prop: &str) -> bool {
    provider.props.iter().any(|name| name == prop)
}

/// Since @clerk/expo 3 the provider reads no variable; before, it read one that a release build does not
/// have (packages/upgrade/src/versions/core-3/changes/expo-publishable-key-required.md).
fn no_key(facts: &Facts, provider: &Provider, place: Place) -> Finding {
    let reads_none = provider.package == "@clerk/expo"
        && clerk_major(facts, "@clerk/expo").is_some_and(|major| major >= 3);
    let finding = if reads_none {
        Finding::error(
            "ClerkProvider has no publishableKey, and this version reads it from nowhere else",
        )
    } else {
        Finding::warning(
            "ClerkProvider has no publishableKey, and what it reads instead is missing in release builds",
        )
    };
    finding
        .at(place, "no publishableKey")
        .fix("write `publishableKey={process.env.EXPO_PUBLIC_CLERK_PUBLISHABLE_KEY!}`")
}

/// `MemoryTokenCache` is what the provider takes on iOS and Android where it is given none.
fn no_cache(provider: &Provider, place: Place) -> Finding {
    let package = &provider.package;
    Finding::warning("ClerkProvider has no tokenCache, so that the session is kept in memory only")
        .at(place, "no tokenCache")
        .fix(format!("write `tokenCache={{tokenCache}}` with `import {{ tokenCache }} from '{package}/token-cache'`"))
}
