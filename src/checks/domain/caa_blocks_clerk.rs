//! `domain/caa-blocks-clerk`

use std::collections::BTreeSet;

use super::{Proxied, about, asked, proxied, settled, shown};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::dns::caa::{AUTHORITIES, Permission, permission};
use crate::facts::live::dns::{Answers, Kind, Role, Seen, Wanted};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "domain/caa-blocks-clerk",
        group: Group::Domain,
        severity: Severity::Error,
        pass: "The domain lets Clerk's certificate authorities issue",
        fail: "The domain keeps Clerk's certificate authorities out",
        why: "the next renewal fails, and with the certificate every sign-in",
        docs: include_str!("caa_blocks_clerk.md"),
    },
    needs: &[Need::Dns, Need::Env, Need::Shapes],
    scope: Scope::Apps,
    run,
};

/// Values that are shown of one name.
const SHOWN: usize = 5;

fn run(facts: &Facts) -> Verdict {
    let answers = match asked(facts) {
        Ok(answers) => answers,
        Err(verdict) => return verdict,
    };
    let proxied = proxied(facts);
    let hosts: Vec<&Wanted> = answers
        .zone
        .wanted
        .iter()
        .filter(|record| is_certified(answers, record, proxied))
        .collect();
    if hosts.is_empty() {
        return Verdict::not_applicable("Clerk needs no certificate for the domain");
    }
    let mut findings = Vec::new();
    let mut unheard = Vec::new();
    let mut named = BTreeSet::new();
    let known: BTreeSet<&str> = answers.zone.certified().collect();
    let (hosts, left): (Vec<&Wanted>, Vec<&Wanted>) = hosts
        .into_iter()
        .partition(|host| known.contains(host.name.as_str()));
    let left = left.len() + answers.zone.left_out;
    if left > 0 {
        unheard.push(format!("{left} more hosts than are asked about"));
    }
    for host in hosts {
        let said: Vec<Permission> = (0..answers.resolvers.len())
            .map(|resolver| permission(&answers.book, resolver, &host.name))
            .collect();
        match finding(&said) {
            Ok(Some((at, finding))) => {
                if named.insert(at.clone()) {
                    let finding = match host.role {
                        Role::Frontend => proxied.lower(finding),
                        _ => finding,
                    };
                    findings.push(about(facts, finding, &at, Kind::Caa));
                }
            }
            Ok(None) => {}
            Err(why) => unheard.push(format!(
                "the CAA records for {}: a resolver {why}",
                host.name
            )),
        }
    }
    settled(findings, unheard)
}

/// Clerk gets a certificate for the Frontend API, and for other hosts whose record leads to it.
fn is_certified(answers: &Answers, record: &Wanted, proxied: Proxied) -> bool {
    match record.role {
        Role::Mail => false,
        Role::Frontend => proxied != Proxied::Yes,
        Role::Portal => answers.seen(record).contains(&Seen::Right),
    }
}

/// The name at which the fault stands, and the fault; an error where no resolver could say.
fn finding(said: &[Permission]) -> Result<Option<(String, Finding)>, &'static str> {
    let heard: Vec<&Permission> = said
        .iter()
        .filter(|one| !matches!(one, Permission::Unheard(_)))
        .collect();
    if heard.is_empty() {
        let unheard = said.iter().find_map(|one| match one {
            Permission::Unheard(why) => Some(why.words()),
            _ => None,
        });
        return Err(unheard.unwrap_or("did not answer in time"));
    }
    let closed = |one: &&&Permission| matches!(one, Permission::Closed { .. });
    let everywhere = heard.iter().filter(closed).count() == heard.len() && heard.len() > 1;
    let worst = heard
        .iter()
        .find(|one| matches!(one, Permission::Closed { .. }));
    let worst = worst.or(heard
        .iter()
        .find(|one| matches!(one, Permission::Narrow { .. })));
    Ok(match worst {
        Some(Permission::Closed { at, allowed }) => {
            let message = format!(
                "the CAA records of {at} allow {}, and so none of Clerk's authorities",
                list(allowed)
            );
            let finding = if everywhere {
                Finding::error(message)
            } else {
                Finding::warning(format!("{message}; one resolver alone says so"))
            };
            Some((at.clone(), finding.fix(fix(at))))
        }
        Some(Permission::Narrow { at, allowed, why }) => {
            let message = format!(
                "the CAA records of {at} allow {}: {}",
                list(allowed),
                shown(why)
            );
            Some((at.clone(), Finding::warning(message).fix(fix(at))))
        }
        _ => None,
    })
}

fn list(allowed: &[String]) -> String {
    let shown: Vec<String> = allowed
        .iter()
        .take(SHOWN)
        .map(|value| shown(value))
        .filter(|value| !value.is_empty() && value != ";")
        .collect();
    if shown.is_empty() {
        "nobody".to_owned()
    } else {
        shown.join(", ")
    }
}

fn fix(at: &str) -> String {
    let [first, second] = AUTHORITIES;
    format!(
        "remove the CAA records of {at}, or add `0 issue \"{first}\"` and `0 issue \"{second}\"`, neither bound to an account"
    )
}
