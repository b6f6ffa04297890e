//! `routes/matcher-invalid`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::SettingEffect;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/matcher-invalid",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "Next.js reads config.matcher as it is written",
        fail: "Next.js does not read config.matcher as it is written",
        why: "Next.js takes it from the text, without running it, and what it cannot read it refuses or drops",
        docs: include_str!("matcher_invalid.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (_, middleware) = match super::middleware(facts) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let findings = middleware.faults.iter().map(|fault| {
        let (severity, label, fix) = match fault.effect {
            SettingEffect::StopsBuild => (
                Severity::Error,
                "the build stops",
                "write config.matcher out as strings in a list, each beginning with a slash",
            ),
            SettingEffect::Dropped => (
                Severity::Warning,
                "the middleware runs on every path",
                "write `export const config = { matcher: [\"…\"] }` with the strings written out",
            ),
            SettingEffect::NeverMatches => (
                Severity::Error,
                "this entry matches nothing",
                "end it with `(.*)` or `:path*`, or update Next.js",
            ),
            SettingEffect::LeavesOutOthers => (
                Severity::Warning,
                "the middleware does not run there",
                r"write each backslash twice: `\\.` and `\\w`, as in '/((?!.+\\.[\\w]+$|_next).*)'",
            ),
        };
        Finding::new(severity, fault.why.clone())
            .at(super::place(&fault.place), label)
            .fix(fix)
    });
    Verdict::Judged(findings.collect())
}
