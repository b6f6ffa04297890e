//! `domain/certificate-expiring`

use super::certificate_invalid::{ABOUT_TO_END, at};
use super::{hosts, settled, with_key};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::certificates::{Certificate, Host, HostRole, Shown};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "domain/certificate-expiring",
        group: Group::Domain,
        severity: Severity::Warning,
        pass: "No certificate ends soon",
        fail: "A certificate ends soon and was not renewed",
        why: "certificates are renewed about 30 days ahead, so one with few days left was not",
        docs: include_str!("certificate_expiring.md"),
    },
    needs: &[Need::Certificates, Need::Env, Need::Shapes],
    scope: Scope::Apps,
    run,
};

/// Days left below which renewal should have happened.
const SOON: i64 = 14;

fn run(facts: &Facts) -> Verdict {
    let hosts = match hosts(facts) {
        Ok(hosts) => hosts,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    let mut unheard = Vec::new();
    let mut trusted = 0;
    for host in hosts {
        match &host.shown {
            Shown::Trusted(certificate) => {
                trusted += 1;
                findings.extend(ending(host, certificate).map(|finding| with_key(facts, finding)));
            }
            Shown::Silent(why) if host.role != HostRole::Portal || host.named => {
                unheard.push(format!("{}: {why}", host.name));
            }
            Shown::Silent(_) | Shown::NoAddress | Shown::Fault(..) => {}
        }
    }
    if trusted == 0 && unheard.is_empty() {
        return Verdict::not_applicable(
            "there is no valid certificate; domain/certificate-invalid says why",
        );
    }
    settled(findings, unheard)
}

fn ending(host: &Host, certificate: &Certificate) -> Option<Finding> {
    let days = certificate.days_left();
    if certificate.is_short_lived() || !(ABOUT_TO_END..SOON).contains(&days) {
        return None;
    }
    let issuer = match certificate.issuer.as_str() {
        "" => String::new(),
        issuer => format!(", issued by {issuer},"),
    };
    let message = format!(
        "the certificate of {}{issuer} ends in {days} days",
        host.name
    );
    let fix = match host.role {
        HostRole::App => "find out why it was not renewed by itself",
        _ => {
            "look at the Clerk Dashboard under Domains, and whether CAA records of the domain stop the renewal"
        }
    };
    Some(at(host, Finding::warning(message).fix(fix)))
}
