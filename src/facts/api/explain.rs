//! Every answer in its own words: one true sentence, and what to do about it.

use super::answer::{ApiAnswer, ClerkError, KeyFault, NotTheApi};
use super::base::ApiBase;
use crate::facts::http::{Explained, Fault};

const NEW_KEY: &str = "Copy the secret key again from the Clerk Dashboard (API keys) and set CLERK_SECRET_KEY to \
                       it, without quotes, spaces or line breaks.";
const CHECK_ADDRESS: &str = "Check CLERK_API_URL; without it, https://api.clerk.com is asked.";
const CHECK_STATUS: &str = "Look at https://status.clerk.com and try again later.";
const ASK_SUPPORT: &str = "Ask Clerk's support, with the code and the trace id.";

impl ApiAnswer {
    /// The answer in words.
    pub fn explain(&self) -> Explained {
        Explained {
            what: self.what(),
            fix: self.fix().to_owned(),
        }
    }

    fn what(&self) -> String {
        match self {
            ApiAnswer::Ok {
                environment,
                instance,
            } => accepted(environment, instance),
            ApiAnswer::Unauthorized(error) => {
                format!("Clerk refuses the secret key (HTTP 401{}).", said(error))
            }
            ApiAnswer::Forbidden(error) => {
                format!(
                    "Clerk knows the secret key, but does not let it read the instance (HTTP 403{}).",
                    said(error)
                )
            }
            ApiAnswer::NotFound { host, error } => {
                format!("{host} knows no /v1/instance (HTTP 404{}).", said(error))
            }
            ApiAnswer::Rejected { status, error } => {
                format!(
                    "Clerk rejects the question for the instance (HTTP {status}{}).",
                    said(error)
                )
            }
            ApiAnswer::RateLimited { retry_after } => limited(*retry_after),
            ApiAnswer::ServerError { status, trace_id } => {
                let error = ClerkError {
                    trace_id: trace_id.clone(),
                    ..ClerkError::default()
                };
                format!(
                    "The Backend API, or the edge in front of it, has a fault (HTTP {status}{}).",
                    said(&error)
                )
            }
            ApiAnswer::NotTheApi { host, status, saw } => {
                format!(
                    "{host} does not answer like the Backend API: {} (HTTP {status}).",
                    seen(saw)
                )
            }
            ApiAnswer::Redirected {
                host,
                status,
                to_host,
            } => redirected(host, *status, to_host),
            ApiAnswer::Unexpected { status } => {
                format!("The answer is one that the Backend API does not give (HTTP {status}).")
            }
            ApiAnswer::BadKey(fault) => bad_key(*fault).to_owned(),
            ApiAnswer::Fault(fault) => fault.explain().what,
        }
    }

    fn fix(&self) -> &'static str {
        match self {
            ApiAnswer::Fault(Fault::NotHttp { host }) => in_between(host),
            ApiAnswer::Fault(fault) => fault.fix(),
            ApiAnswer::Ok { .. } => "",
            ApiAnswer::Unauthorized(_) | ApiAnswer::BadKey(_) => NEW_KEY,
            ApiAnswer::Forbidden(_) | ApiAnswer::Rejected { .. } => ASK_SUPPORT,
            ApiAnswer::NotFound { .. } => CHECK_ADDRESS,
            ApiAnswer::RateLimited { .. } => "Try again later.",
            ApiAnswer::ServerError { .. } | ApiAnswer::Unexpected { .. } => CHECK_STATUS,
            ApiAnswer::NotTheApi { host, .. } | ApiAnswer::Redirected { host, .. } => {
                in_between(host)
            }
        }
    }
}

fn accepted(environment: &Option<String>, instance: &Option<String>) -> String {
    let of = environment
        .as_ref()
        .map(|kind| format!(" of a {kind} instance"))
        .unwrap_or_default();
    let id = instance
        .as_ref()
        .map(|id| format!(" ({id})"))
        .unwrap_or_default();
    format!("Clerk accepts the secret key{of}{id}.")
}

/// What follows the status: code, message and trace id, as far as Clerk gave them.
fn said(error: &ClerkError) -> String {
    let code = error.code.as_ref().map(|code| format!(", {code}"));
    let message = error
        .message
        .as_ref()
        .map(|message| format!(", “{message}”"));
    let trace_id = error.trace_id.as_ref().map(|id| format!(", trace id {id}"));
    [code, message, trace_id].into_iter().flatten().collect()
}

fn limited(retry_after: Option<u64>) -> String {
    match retry_after {
        Some(wait) => format!(
            "Clerk limits the requests to this instance and asks to wait {wait} s (HTTP 429)."
        ),
        None => "Clerk limits the requests to this instance (HTTP 429).".to_owned(),
    }
}

fn seen(saw: &NotTheApi) -> String {
    match saw {
        NotTheApi::OtherContent(Some(media_type)) => {
            format!("it sends {media_type} instead of JSON")
        }
        NotTheApi::OtherContent(None) => "it does not send JSON".to_owned(),
        NotTheApi::BrokenJson => "its JSON is broken or incomplete".to_owned(),
        NotTheApi::OtherJson => "its JSON is neither an instance nor an error of Clerk".to_owned(),
        NotTheApi::TooLarge => "the answer is far too large".to_owned(),
    }
}

fn redirected(host: &str, status: u16, to_host: &Option<String>) -> String {
    let to = to_host
        .as_ref()
        .map(|to| format!(" to {to}"))
        .unwrap_or_default();
    format!(
        "{host} redirects the request{to} (HTTP {status}); it was not followed, so that the key stays with its host."
    )
}

/// The advice where somebody else than the Backend API answered.
fn in_between(host: &str) -> &'static str {
    if ApiBase::is_official(host) {
        "Something between this machine and Clerk's API answers in its place: check proxies and gateways, and try again."
    } else {
        CHECK_ADDRESS
    }
}

fn bad_key(fault: KeyFault) -> &'static str {
    match fault {
        KeyFault::Empty => "The secret key is empty; nothing was sent.",
        KeyFault::Character => {
            "The secret key holds a character that no key has (a space, a quote, a line break, a letter \
             outside ASCII); nothing was sent."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::http::{CaFileFault, Phase, ProxyFault, TlsFault};

    fn one_of_each() -> Vec<ApiAnswer> {
        let host = || "api.clerk.com".to_owned();
        let error = ClerkError::default;
        vec![
            ApiAnswer::Unauthorized(error()),
            ApiAnswer::Forbidden(error()),
            ApiAnswer::NotFound {
                host: host(),
                error: error(),
            },
            ApiAnswer::Rejected {
                status: 422,
                error: error(),
            },
            ApiAnswer::RateLimited { retry_after: None },
            ApiAnswer::ServerError {
                status: 500,
                trace_id: None,
            },
            ApiAnswer::NotTheApi {
                host: host(),
                status: 200,
                saw: NotTheApi::BrokenJson,
            },
            ApiAnswer::Fault(Fault::NotHttp { host: host() }),
            ApiAnswer::Redirected {
                host: host(),
                status: 302,
                to_host: None,
            },
            ApiAnswer::Unexpected { status: 418 },
            ApiAnswer::BadKey(KeyFault::Empty),
            ApiAnswer::BadKey(KeyFault::Character),
            ApiAnswer::Fault(Fault::CaFile {
                path: "ca.pem".into(),
                fault: CaFileFault::Invalid,
            }),
            ApiAnswer::Fault(Fault::NoTrustStore),
            ApiAnswer::Fault(Fault::DnsFailure { host: host() }),
            ApiAnswer::Fault(Fault::Refused {
                host: host(),
                port: 443,
            }),
            ApiAnswer::Fault(Fault::Unreachable {
                host: host(),
                detail: "no route".into(),
            }),
            ApiAnswer::Fault(Fault::TlsFailure {
                host: host(),
                fault: TlsFault::Expired,
            }),
            ApiAnswer::Fault(Fault::TlsFailure {
                host: host(),
                fault: TlsFault::UnknownIssuer,
            }),
            ApiAnswer::Fault(Fault::TimedOut {
                host: "api.clerk.com".into(),
                after_ms: 1500,
                phase: Phase::Connecting,
            }),
            ApiAnswer::Fault(Fault::ConnectionLost {
                host: host(),
                phase: Phase::Waiting,
            }),
            ApiAnswer::Fault(Fault::ProxyFailure {
                proxy: None,
                fault: ProxyFault::Login,
            }),
            ApiAnswer::Fault(Fault::ProxyFailure {
                proxy: None,
                fault: ProxyFault::Declined,
            }),
            ApiAnswer::Fault(Fault::LocalFailure {
                detail: "too many open files".into(),
            }),
        ]
    }

    #[test]
    fn has_a_sentence_of_its_own_and_advice_for_every_fault() {
        let mut seen = std::collections::BTreeSet::new();
        for answer in one_of_each() {
            let Explained { what, fix } = answer.explain();
            assert!(
                what.ends_with('.') && !fix.is_empty(),
                "{answer:?}: {what} / {fix}"
            );
            assert!(seen.insert(what.clone()), "said twice: {what}");
        }
    }

    #[test]
    fn shows_the_code_and_the_trace_id_that_support_asks_for() {
        let error = ClerkError {
            code: Some("clerk_key_invalid".into()),
            message: Some("It is invalid.".into()),
            trace_id: Some("abc".into()),
        };
        assert_eq!(
            ApiAnswer::Unauthorized(error).explain().what,
            "Clerk refuses the secret key (HTTP 401, clerk_key_invalid, “It is invalid.”, trace id abc)."
        );
    }

    #[test]
    fn names_the_instance_that_answered() {
        let answer = ApiAnswer::Ok {
            environment: Some("production".into()),
            instance: Some("ins_2a".into()),
        };
        assert_eq!(
            answer.explain().what,
            "Clerk accepts the secret key of a production instance (ins_2a)."
        );
        assert_eq!(
            ApiAnswer::Fault(Fault::TimedOut {
                host: "api.clerk.com".into(),
                after_ms: 700,
                phase: Phase::Waiting
            })
            .explain()
            .what,
            "No answer from api.clerk.com within 0.7 s: the time ran out while waiting for the answer."
        );
    }
}
