//! E2: the Backend API.

use super::{Backend, Collected, Missing, clause};
use crate::facts::api::{ApiAnswer, read_answer, wait};
use crate::model::triage::{Evidence, Mark};

/// What the Backend API says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Api {
    /// It takes the key, of this instance.
    Works(Option<String>),
    /// It answers; without a key no more can be said.
    Alive,
    /// It refuses the key.
    Refused(String),
    /// It limits the instance, for so many seconds.
    Limited(Option<u64>),
    /// 5xx.
    Down(String),
    /// It does not answer.
    Away(String),
    /// Something else, which decides nothing.
    Odd(String),
}

pub(super) fn read(backend: &Backend) -> Api {
    let probe = &backend.probe;
    match (probe.answer(), probe.missing()) {
        (_, Some(Missing::Away | Missing::Name)) => Api::Away(probe.why()),
        (Some(answer), _) => {
            let Some(key) = &backend.key else {
                return match answer.status {
                    429 => Api::Limited(wait(answer)),
                    500..=599 => Api::Down(format!("HTTP {}", answer.status)),
                    // Who is asked without a key says so in JSON.
                    200 | 401 if answer.json().is_ok() => Api::Alive,
                    status => Api::Odd(format!(
                        "HTTP {status}, and not in the words of the Backend API"
                    )),
                };
            };
            meaning(&read_answer(&backend.host, answer, key))
        }
        (None, _) => Api::Odd(probe.why()),
    }
}

fn meaning(answer: &ApiAnswer) -> Api {
    let words = || clause(&answer.explain().what);
    match answer {
        ApiAnswer::Ok { instance, .. } => Api::Works(instance.clone()),
        ApiAnswer::Unauthorized(_) | ApiAnswer::BadKey(_) => Api::Refused(words()),
        ApiAnswer::RateLimited { retry_after } => Api::Limited(*retry_after),
        ApiAnswer::ServerError { .. } => Api::Down(words()),
        _ => Api::Odd(words()),
    }
}

impl Api {
    /// Whether somebody is there who answers as the Backend API does.
    pub(super) fn is_up(&self) -> bool {
        matches!(
            self,
            Api::Works(_) | Api::Alive | Api::Refused(_) | Api::Limited(_)
        )
    }

    fn says(&self) -> (Mark, String) {
        match self {
            Api::Works(Some(instance)) => (
                Mark::Good,
                format!("takes the secret key, of instance {instance}"),
            ),
            Api::Works(None) => (Mark::Good, "takes the secret key".to_owned()),
            Api::Alive => (
                Mark::Good,
                "answers; asked without a secret key, so more cannot be said".to_owned(),
            ),
            Api::Refused(words) | Api::Down(words) => (Mark::Bad, words.clone()),
            Api::Limited(Some(seconds)) => (
                Mark::Bad,
                format!("limits the instance (HTTP 429); wait {seconds} s"),
            ),
            Api::Limited(None) => (Mark::Bad, "limits the instance (HTTP 429)".to_owned()),
            Api::Away(words) => (Mark::Silent, words.clone()),
            Api::Odd(words) => (Mark::Odd, words.clone()),
        }
    }
}

pub(super) fn evidence(collected: &Collected, api: &Api, is_old: bool) -> Vec<Evidence> {
    let backend = &collected.backend;
    let subject = format!("Backend API {}", backend.host);
    let (mut mark, says) = api.says();
    if is_old {
        mark = Mark::Odd;
    }
    let mut all = vec![backend.probe.says("E2", subject, mark, says)];
    if let Some(why) = &collected.unsendable {
        all.push(Evidence {
            id: "E2",
            subject: "secret key".to_owned(),
            mark: Mark::Bad,
            says: why.clone(),
            at: None,
            took_ms: None,
        });
    }
    all
}
