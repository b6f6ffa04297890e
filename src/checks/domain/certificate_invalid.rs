//! `domain/certificate-invalid`

use super::{Proxied, hosts, proxied, settled, with_key};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::http::TlsFault;
use crate::facts::live::certificates::{Certificate, Doubt, Host, HostRole, Shown};
use crate::facts::live::dns::reply::is_name;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "domain/certificate-invalid",
        group: Group::Domain,
        severity: Severity::Error,
        pass: "The hosts of the app and of Clerk show certificates that browsers trust",
        fail: "A host shows no certificate that browsers trust",
        why: "browsers refuse to talk to such a host, so nobody can sign in",
        docs: include_str!("certificate_invalid.md"),
    },
    needs: &[Need::Certificates, Need::Env, Need::Shapes],
    scope: Scope::Apps,
    run,
};

/// Certificates are renewed about 30 days ahead, so renewal has failed long ago.
pub(super) const ABOUT_TO_END: i64 = 3;

const DEPLOY: &str = "open the Clerk Dashboard, Domains, and choose \"Deploy certificates\"; until then production is not live";

const HINT: &str = "Check the network and the clock of this machine; if a gateway inspects encrypted traffic, pass the certificate of its authority with --ca-file.";

fn run(facts: &Facts) -> Verdict {
    let hosts = match hosts(facts) {
        Ok(hosts) => hosts,
        Err(verdict) => return verdict,
    };
    let proxied = proxied(facts);
    let mut findings = Vec::new();
    let mut unheard = Vec::new();
    for host in hosts {
        let lower = |finding| match host.role {
            HostRole::Frontend => proxied.lower(finding),
            _ => finding,
        };
        match &host.shown {
            Shown::Trusted(certificate) => findings.extend(ending(host, certificate).map(lower)),
            Shown::Fault(fault, doubt) => match judge(host, fault, *doubt) {
                Ok(finding) => findings.extend(finding.map(lower)),
                Err(why) => unheard.push(why),
            },
            // The domain may have no Account Portal.
            Shown::NoAddress | Shown::Silent(_) if host.role == HostRole::Portal && !host.named => {
            }
            // Behind a proxy the name needs no address.
            Shown::NoAddress if host.role == HostRole::Frontend && proxied == Proxied::Perhaps => {}
            Shown::NoAddress => unheard.push(format!(
                "{} has no address; domain/record-missing looks for its record",
                host.name
            )),
            Shown::Silent(why) => unheard.push(format!("{}: {why}", host.name)),
        }
    }
    let findings = findings.into_iter().map(|finding| with_key(facts, finding));
    match settled(findings.collect(), unheard) {
        Verdict::Undecided { why, marks, .. } => Verdict::Undecided {
            why,
            hint: HINT.to_owned(),
            marks,
        },
        verdict => verdict,
    }
}

fn ending(host: &Host, certificate: &Certificate) -> Option<Finding> {
    let days = certificate.days_left();
    if certificate.is_short_lived() || days >= ABOUT_TO_END {
        return None;
    }
    let message = format!(
        "the certificate of {} ends {}, and was not renewed",
        host.name,
        match days {
            1 => "in 1 day".to_owned(),
            2.. => format!("in {days} days"),
            _ => "today".to_owned(),
        }
    );
    let fix = match host.role {
        HostRole::App => "renew it now, and find out why that did not happen by itself",
        _ => "look at the Clerk Dashboard under Domains, and at the CAA records of the domain",
    };
    Some(at(host, Finding::error(message).fix(fix)))
}

/// A finding, if it is the host's fault; why that cannot be told, if it may be this machine's.
fn judge(host: &Host, fault: &TlsFault, doubt: Doubt) -> Result<Option<Finding>, String> {
    if doubt.everywhere == Some(true) {
        return Err(format!(
            "{}: {}, and so it is at status.clerk.com: the clock or the network of this machine is to blame",
            host.name,
            fault.words()
        ));
    }
    // By rule alone nobody knows whether the name is the Account Portal's.
    if host.role == HostRole::Portal && !host.named && doubt.pointed != Some(true) {
        return Ok(None);
    }
    // A gateway may inspect hosts that it does not know and pass over status.clerk.com, and Clerk itself
    // has its certificates from public authorities.
    if *fault == TlsFault::UnknownIssuer
        && host.role != HostRole::App
        && doubt.pointed == Some(true)
    {
        return Err(format!(
            "{}: {}, though its record leads to Clerk: a gateway between may inspect encrypted traffic",
            host.name,
            fault.words()
        ));
    }
    let sure = doubt.everywhere == Some(false);
    let finding = if host.shown.is_broken_off() && host.role != HostRole::App {
        not_deployed(host, fault, doubt, sure)
    } else {
        let message = format!(
            "{}, {}, cannot be trusted: {}",
            host.name,
            host.role.words(),
            fault.words()
        );
        Finding::new(severity(sure), message).fix(fix(host.role, fault))
    };
    Ok(Some(at(host, finding)))
}

/// Clerk's hosts break the handshake off for a name whose certificate was not deployed.
fn not_deployed(host: &Host, fault: &TlsFault, doubt: Doubt, sure: bool) -> Finding {
    let words = fault.words();
    let name = &host.name;
    match doubt.pointed {
        Some(true) => Finding::new(
            severity(sure),
            format!("certificates are not deployed yet: the record of {name} is right, and {words}"),
        )
        .fix(DEPLOY),
        Some(false) => Finding::warning(format!(
            "{name} offers no secure connection ({words}), and its record does not lead to Clerk"
        ))
        .fix("correct the record first; domain/record-missing and domain/record-hidden say how"),
        None => Finding::warning(format!(
            "{name} offers no secure connection ({words}), and no resolver could be asked where its record leads"
        ))
        .fix(DEPLOY),
    }
}

/// Where nothing tells whether it is this machine's fault, it may be.
fn severity(sure: bool) -> Severity {
    if sure {
        Severity::Error
    } else {
        Severity::Warning
    }
}

fn fix(role: HostRole, fault: &TlsFault) -> &'static str {
    match (role, fault) {
        (HostRole::App, TlsFault::UnknownIssuer) => {
            "install a certificate of a public authority, with the whole chain of intermediate certificates; if a gateway here inspects encrypted traffic, pass the certificate of its authority with --ca-file"
        }
        (HostRole::App, _) => "install a certificate that is valid now and names this host",
        _ => {
            "look at the Clerk Dashboard under Domains, and whether a proxy of yours stands before the host"
        }
    }
}

/// At the host, with a command to see it.
pub(super) fn at(host: &Host, finding: Finding) -> Finding {
    let name = &host.name;
    let finding = finding.at(
        Place::Url {
            url: format!("https://{name}"),
        },
        "",
    );
    if !is_name(name) {
        return finding;
    }
    finding.verify(format!(
        "openssl s_client -connect {name}:443 -servername {name} </dev/null | openssl x509 -noout -subject -issuer -dates"
    ))
}
