//! `domain/dmarc-missing`

use super::{about, asked, settled};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::dns::Kind;
use crate::facts::live::dns::dmarc::{self, Policy};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "domain/dmarc-missing",
        group: Group::Domain,
        severity: Severity::Warning,
        pass: "The domain says what becomes of mail that is not its own",
        fail: "The domain has no DMARC policy that counts",
        why: "large mail providers put mail of domains without DMARC aside, sign-in codes too",
        docs: include_str!("dmarc_missing.md"),
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
    let domain = &answers.zone.domain;
    let mut bad = Vec::new();
    let mut unheard = Vec::new();
    for (resolver, name) in answers.resolvers.iter().enumerate() {
        match dmarc::policy(&answers.book, resolver, domain) {
            // A policy that one of them shows is there.
            Policy::There => return Verdict::Judged(Vec::new()),
            Policy::Unheard(why) => {
                unheard.push(format!("_dmarc.{domain}: {name} {}", why.words()))
            }
            policy => bad.push(policy),
        }
    }
    let findings = bad.first().map(|policy| {
        let finding = match policy {
            Policy::Several => Finding::warning(format!(
                "_dmarc.{domain} has several DMARC policies, and receivers then follow none"
            ))
            .fix("keep one of them"),
            _ => Finding::warning(format!("_dmarc.{domain} has no DMARC policy")).fix(format!(
                "give _dmarc.{domain} a TXT record; `v=DMARC1; p=none` is a beginning that turns no mail away"
            )),
        };
        about(facts, finding, &format!("_dmarc.{domain}"), Kind::Txt)
    });
    settled(findings.into_iter().collect(), unheard)
}
