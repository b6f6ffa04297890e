//! Every answer in its own words: one true sentence, and what to do about it.

use super::answer::{
    ApiAnswer, CaFileFault, ClerkError, KeyFault, NotTheApi, Phase, ProxyFault, TlsFault,
};
use super::base::ApiBase;

/// What happened, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// One true sentence.
    pub what: String,
    /// What to do; empty where there is nothing to do.
    pub fix: String,
}

const NEW_KEY: &str = "Copy the secret key again from the Clerk Dashboard (API keys) and set CLERK_SECRET_KEY to \
                       it, without quotes, spaces or line breaks.";
const CHECK_ADDRESS: &str = "Check CLERK_API_URL; without it, https://api.clerk.com is asked.";
const CHECK_NETWORK: &str =
    "Check the network of this machine, its firewall and its proxy settings, and try again.";
const CHECK_STATUS: &str = "Look at https://status.clerk.com and try again later.";
const ASK_SUPPORT: &str = "Ask Clerk's support, with the code and the trace id.";
const TRUST_GATEWAY: &str = "If a gateway of your network inspects encrypted traffic, pass the certificate of its \
                             authority with --ca-file.";

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
            ApiAnswer::Ok { environment, instance } => accepted(environment, instance),
            ApiAnswer::Unauthorized(error) => format!("Clerk refuses the secret key (HTTP 401{}).", said(error)),
            ApiAnswer::Forbidden(error) => {
                format!("Clerk knows the secret key, but does not let it read the instance (HTTP 403{}).", said(error))
            }
            ApiAnswer::NotFound { host, error } => format!("{host} knows no /v1/instance (HTTP 404{}).", said(error)),
            ApiAnswer::Rejected { status, error } => {
                format!("Clerk rejects the question for the instance (HTTP {status}{}).", said(error))
            }
            ApiAnswer::RateLimited { retry_after } => limited(*retry_after),
            ApiAnswer::ServerError { status, trace_id } => {
                let error = ClerkError { trace_id: trace_id.clone(), ..ClerkError::default() };
                format!("The Backend API, or the edge in front of it, has a fault (HTTP {status}{}).", said(&error))
            }
            ApiAnswer::NotTheApi { host, status, saw } => {
                format!("{host} does not answer like the Backend API: {} (HTTP {status}).", seen(saw))
            }
            ApiAnswer::NotHttp { host } => format!("{host} answers with something that is not HTTP."),
            ApiAnswer::Redirected { host, status, to_host } => redirected(host, *status, to_host),
            ApiAnswer::Unexpected { status } => {
                format!("The answer is one that the Backend API does not give (HTTP {status}).")
            }
            ApiAnswer::BadKey(fault) => bad_key(*fault).to_owned(),
            ApiAnswer::CaFile { path, fault } => {
                format!("The file of certificate authorities {path} {}; nothing was sent.", ca_file(fault))
            }
            ApiAnswer::NoTrustStore => {
                "SSL_CERT_FILE or SSL_CERT_DIR is set, and no certificate was found there; nothing was sent.".to_owned()
            }
            ApiAnswer::DnsFailure { host } => format!("No address could be found for the name {host}."),
            ApiAnswer::Refused { host, port } => format!("{host} refuses connections on port {port}."),
            ApiAnswer::Unreachable { host, detail } => format!("{host} cannot be reached: {detail}."),
            ApiAnswer::TlsFailure { host, fault } => {
                format!("No secure connection to {host}: {}; the key was not sent.", tls(fault))
            }
            ApiAnswer::TimedOut { after_ms, phase } => {
                format!("No answer within {}: the time ran out while {}.", seconds(*after_ms), doing(*phase))
            }
            ApiAnswer::ConnectionLost { host, phase } => {
                format!("The connection to {host} broke while {}.", doing(*phase))
            }
            ApiAnswer::ProxyFailure { proxy, fault } => {
                let name = proxy.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
                format!("The proxy{name} {}; the key was not sent.", proxy_fault(fault))
            }
            ApiAnswer::LocalFailure { detail } => format!("This machine could not even try: {detail}."),
        }
    }

    fn fix(&self) -> &'static str {
        match self {
            ApiAnswer::Ok { .. } => "",
            ApiAnswer::Unauthorized(_) | ApiAnswer::BadKey(_) => NEW_KEY,
            ApiAnswer::Forbidden(_) | ApiAnswer::Rejected { .. } => ASK_SUPPORT,
            ApiAnswer::NotFound { .. } => CHECK_ADDRESS,
            ApiAnswer::RateLimited { .. } | ApiAnswer::LocalFailure { .. } => "Try again later.",
            ApiAnswer::ServerError { .. } | ApiAnswer::Unexpected { .. } => CHECK_STATUS,
            ApiAnswer::NotTheApi { host, .. }
            | ApiAnswer::NotHttp { host }
            | ApiAnswer::Redirected { host, .. } => in_between(host),
            ApiAnswer::CaFile { .. } => {
                "Give a file with PEM certificates (-----BEGIN CERTIFICATE-----) of certificate authorities."
            }
            ApiAnswer::NoTrustStore => "Correct these variables or remove them.",
            ApiAnswer::DnsFailure { .. }
            | ApiAnswer::Refused { .. }
            | ApiAnswer::Unreachable { .. }
            | ApiAnswer::TimedOut { .. }
            | ApiAnswer::ConnectionLost { .. } => CHECK_NETWORK,
            ApiAnswer::TlsFailure { fault, .. } => tls_fix(fault),
            ApiAnswer::ProxyFailure { fault, .. } => proxy_fix(fault),
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

fn ca_file(fault: &CaFileFault) -> String {
    match fault {
        CaFileFault::Unreadable(detail) => format!("cannot be read ({detail})"),
        CaFileFault::TooLarge => "is larger than any bundle of certificates".to_owned(),
        CaFileFault::NoCertificate => "holds no PEM certificate".to_owned(),
        CaFileFault::Invalid => "holds no certificate that can be read".to_owned(),
    }
}

fn tls(fault: &TlsFault) -> String {
    match fault {
        TlsFault::Expired => "its certificate has expired".to_owned(),
        TlsFault::NotYetValid => "its certificate is not valid yet".to_owned(),
        TlsFault::UnknownIssuer => {
            "nobody this machine trusts has signed its certificate".to_owned()
        }
        TlsFault::WrongName => "its certificate is for another name".to_owned(),
        TlsFault::Revoked => "its certificate was withdrawn".to_owned(),
        TlsFault::NotTls => "it does not speak TLS on this port".to_owned(),
        TlsFault::BrokenOff(alert) => format!("it broke the TLS handshake off ({alert})"),
        TlsFault::Other(detail) => detail.clone(),
    }
}

fn tls_fix(fault: &TlsFault) -> &'static str {
    match fault {
        TlsFault::Expired | TlsFault::NotYetValid => {
            "Check the clock of this machine, then the gateway that answers in Clerk's place."
        }
        TlsFault::NotTls => {
            "Check the port and the scheme in CLERK_API_URL, and gateways on the way."
        }
        _ => TRUST_GATEWAY,
    }
}

fn doing(phase: Phase) -> &'static str {
    match phase {
        Phase::TrustStore => "the trusted certificate authorities were read",
        Phase::Resolving => "the host name was looked up",
        Phase::Connecting => "connecting",
        Phase::Waiting => "waiting for the answer",
        Phase::Reading => "reading the answer",
    }
}

fn seconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

fn proxy_fault(fault: &ProxyFault) -> String {
    match fault {
        ProxyFault::Address => "is not given as the address of an HTTP proxy".to_owned(),
        ProxyFault::Dns => "has a name without an address".to_owned(),
        ProxyFault::Unreachable => "cannot be reached".to_owned(),
        ProxyFault::Login => {
            "wants a user name and a password, or other ones (HTTP 407)".to_owned()
        }
        ProxyFault::Declined => "declines to connect to Clerk".to_owned(),
        ProxyFault::Lost => "broke the connection off".to_owned(),
        ProxyFault::Tls(fault) => format!("offers no secure connection: {}", tls(fault)),
    }
}

fn proxy_fix(fault: &ProxyFault) -> &'static str {
    match fault {
        ProxyFault::Login => {
            "Put the user name and the password into HTTPS_PROXY: http://user:password@host:port."
        }
        ProxyFault::Declined => {
            "Have api.clerk.com allowed on the proxy, or add .clerk.com to NO_PROXY."
        }
        ProxyFault::Tls(fault) => tls_fix(fault),
        ProxyFault::Address | ProxyFault::Dns | ProxyFault::Unreachable | ProxyFault::Lost => {
            "Correct HTTPS_PROXY or ALL_PROXY, or add .clerk.com to NO_PROXY."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ApiAnswer::NotHttp { host: host() },
            ApiAnswer::Redirected {
                host: host(),
                status: 302,
                to_host: None,
            },
            ApiAnswer::Unexpected { status: 418 },
            ApiAnswer::BadKey(KeyFault::Empty),
            ApiAnswer::BadKey(KeyFault::Character),
            ApiAnswer::CaFile {
                path: "ca.pem".into(),
                fault: CaFileFault::Invalid,
            },
            ApiAnswer::NoTrustStore,
            ApiAnswer::DnsFailure { host: host() },
            ApiAnswer::Refused {
                host: host(),
                port: 443,
            },
            ApiAnswer::Unreachable {
                host: host(),
                detail: "no route".into(),
            },
            ApiAnswer::TlsFailure {
                host: host(),
                fault: TlsFault::Expired,
            },
            ApiAnswer::TlsFailure {
                host: host(),
                fault: TlsFault::UnknownIssuer,
            },
            ApiAnswer::TimedOut {
                after_ms: 1500,
                phase: Phase::Connecting,
            },
            ApiAnswer::ConnectionLost {
                host: host(),
                phase: Phase::Waiting,
            },
            ApiAnswer::ProxyFailure {
                proxy: None,
                fault: ProxyFault::Login,
            },
            ApiAnswer::ProxyFailure {
                proxy: None,
                fault: ProxyFault::Declined,
            },
            ApiAnswer::LocalFailure {
                detail: "too many open files".into(),
            },
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
            ApiAnswer::TimedOut {
                after_ms: 700,
                phase: Phase::Waiting
            }
            .explain()
            .what,
            "No answer within 0.7 s: the time ran out while waiting for the answer."
        );
    }
}
