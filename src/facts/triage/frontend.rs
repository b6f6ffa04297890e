//! E3: the Frontend API; E5: the certificates of the hosts that were asked.

use serde_json::Value;

use super::control;
use super::{Collected, Frontend, Missing, Probe, RowKind, not_asked, why_not};
use crate::facts::api::{Screen, clerk_error};
use crate::model::Known;
use crate::model::triage::{Evidence, Mark};

/// What the Frontend API says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) health: Health,
    /// Whether it says that it is in maintenance.
    pub(super) maintenance: bool,
    /// The ids of its signing keys: of an instance that is its id (clerk/javascript
    /// `packages/backend/src/tokens/keys.ts`).
    pub(super) kids: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Health {
    /// 200.
    Well,
    /// 5xx.
    Sick(String),
    /// It does not answer.
    Away(String),
    /// Its name has no address.
    NoName(String),
    /// No trustworthy connection.
    NoTls(String),
    /// The host belongs to no instance.
    Unbound,
    /// 429.
    Limited,
    /// Something else, which decides nothing.
    Odd(String),
}

pub(super) fn read(frontend: &Frontend) -> Front {
    let environment = frontend.environment.as_ref().and_then(Probe::answer);
    let environment = environment.and_then(|answer| answer.json().ok());
    let maintenance = environment
        .as_ref()
        .and_then(|value| value.get("maintenance_mode")?.as_bool());
    Front {
        health: health(&frontend.health),
        maintenance: maintenance.unwrap_or(false),
        kids: kids(&frontend.jwks),
    }
}

fn health(probe: &Probe) -> Health {
    let Some(answer) = probe.answer() else {
        return match probe.missing() {
            Some(Missing::Name) => Health::NoName(probe.why()),
            Some(Missing::Tls) => Health::NoTls(probe.why()),
            Some(Missing::Away) => Health::Away(probe.why()),
            _ => Health::Odd(probe.why()),
        };
    };
    let body = answer.json().ok();
    match answer.status {
        200 if body.is_some() => Health::Well,
        429 => Health::Limited,
        500..=599 => Health::Sick(format!("HTTP {}", answer.status)),
        status => {
            let error = clerk_error(answer, body.as_ref(), &Screen::default());
            match error.code.as_deref() {
                Some("host_invalid") => Health::Unbound,
                Some(code) => Health::Odd(format!("HTTP {status}, {code}")),
                None => Health::Odd(format!(
                    "HTTP {status}, and not in the words of a Frontend API"
                )),
            }
        }
    }
}

/// So many keys are read; an instance has one or two.
const MOST_KEYS: usize = 16;

/// The ids of the keys of a key set.
pub fn kids(probe: &Probe) -> Vec<String> {
    let body = probe.answer().and_then(|answer| answer.json().ok());
    let keys = body.as_ref().and_then(|body| body.get("keys")?.as_array());
    let kids = keys.into_iter().flatten().take(MOST_KEYS);
    let kids = kids.filter_map(|key| key.get("kid").and_then(Value::as_str));
    kids.filter_map(|kid| Screen::default().token(kid))
        .collect()
}

pub(super) fn evidence(known: &Known<Frontend>, front: Option<&Front>) -> Vec<Evidence> {
    let (Known::Yes(frontend), Some(front)) = (known, front) else {
        return vec![not_asked("E3", "Frontend API", why_not(known))];
    };
    let subject = format!("Frontend API {}", frontend.host);
    let (mark, says) = match &front.health {
        Health::Well => (Mark::Good, "is healthy".to_owned()),
        Health::Sick(words) => (Mark::Bad, format!("has a fault ({words})")),
        Health::Away(words) => (Mark::Silent, words.clone()),
        Health::NoName(words) | Health::NoTls(words) => (Mark::Bad, words.clone()),
        Health::Unbound => (
            Mark::Bad,
            "Clerk knows no instance under this host (host_invalid)".to_owned(),
        ),
        Health::Limited => (Mark::Bad, "limits this address (HTTP 429)".to_owned()),
        Health::Odd(words) => (Mark::Odd, words.clone()),
    };
    let mut all = vec![frontend.health.says("E3", subject, mark, says)];
    if let (true, Known::Yes(probe)) = (front.maintenance, &frontend.environment) {
        all.push(probe.says(
            "E3",
            "maintenance mode",
            Mark::Bad,
            "Clerk has this instance in maintenance",
        ));
    }
    all
}

/// Every host that was asked over TLS, with how its certificate was taken.
pub(super) fn certificates(collected: &Collected) -> Vec<Evidence> {
    let mut all = Vec::new();
    if let Known::Yes(frontend) = &collected.frontend {
        all.extend(certificate(&frontend.host, &frontend.health));
        if let Known::Yes((host, probe)) = &frontend.portal {
            all.extend(certificate(host, probe));
        }
    }
    if let Known::Yes(app) = &collected.app
        && app.site.is_tls()
        && let Some(row) = app.rows.iter().find(|row| row.kind == RowKind::Page)
    {
        all.extend(certificate(app.site.host(), &row.probe));
    }
    if all.is_empty() {
        all.push(not_asked(
            "E5",
            "certificates",
            "no host of yours was asked over TLS",
        ));
    }
    all
}

fn certificate(host: &str, probe: &Probe) -> Option<Evidence> {
    match (probe.answer(), probe.missing()) {
        (Some(answer), _) if !answer.certificate.is_empty() => {
            Some(probe.says("E5", host, Mark::Good, "its certificate is trusted"))
        }
        (_, Some(Missing::Tls)) => Some(probe.says("E5", host, Mark::Bad, probe.why())),
        _ => None,
    }
}

/// The hosts whose certificates are not to be trusted, with the reason; whether users cannot do without.
pub(super) fn untrusted(collected: &Collected) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    let mut add = |probe: &Probe, needed: bool| {
        let ours = control::shares_fault(&collected.control, probe);
        if probe.missing() == Some(Missing::Tls) && !ours {
            all.push((probe.why(), needed));
        }
    };
    if let Known::Yes(frontend) = &collected.frontend {
        add(&frontend.health, true);
        if let Known::Yes((_, probe)) = &frontend.portal {
            add(probe, false);
        }
    }
    if let Known::Yes(app) = &collected.app
        && let Some(row) = app.rows.iter().find(|row| row.kind == RowKind::Page)
    {
        add(&row.probe, true);
    }
    all
}
