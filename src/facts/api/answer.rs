//! What may come back when the Backend API is asked for the instance of a secret key.

use serde::Serialize;

use super::base::ApiBase;
use crate::facts::http::Fault;

/// What came back, every fault told apart. Every text in it is already fit to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ApiAnswer {
    /// The key is accepted.
    Ok {
        /// `production` or `development`.
        environment: Option<String>,
        /// `ins_…`.
        instance: Option<String>,
    },
    /// 401 in Clerk's own words: the key is refused.
    Unauthorized(ClerkError),
    /// 403 in Clerk's own words: the key is valid, but may not do this.
    Forbidden(ClerkError),
    /// 404: there is no such endpoint, or the host is the wrong one.
    NotFound {
        /// Who answered.
        host: String,
        /// What Clerk said, where it was Clerk.
        error: ClerkError,
    },
    /// 400, 402, 410 or 422 in Clerk's own words.
    Rejected {
        /// The HTTP status.
        status: u16,
        /// What Clerk said.
        error: ClerkError,
    },
    /// 429: too many requests to the instance.
    RateLimited {
        /// How many seconds Clerk asks to wait.
        retry_after: Option<u64>,
    },
    /// 5xx: the service, or the edge in front of it, has a fault.
    ServerError {
        /// The HTTP status.
        status: u16,
        /// What Clerk's support asks for.
        trace_id: Option<String>,
    },
    /// Something answered in HTTP, and it is not the Backend API.
    NotTheApi {
        /// Who answered.
        host: String,
        /// The HTTP status.
        status: u16,
        /// How it shows.
        saw: NotTheApi,
    },
    /// A redirect. It was not followed: the key stays with the host it was meant for.
    Redirected {
        /// Who answered.
        host: String,
        /// The HTTP status.
        status: u16,
        /// Where it points, where that is another host.
        to_host: Option<String>,
    },
    /// A status none of the above covers.
    Unexpected {
        /// The HTTP status.
        status: u16,
    },
    /// The key cannot be put into a request. Nothing was sent.
    BadKey(KeyFault),
    /// No answer came.
    Fault(Fault),
}

/// What Clerk said (`ClerkErrors` in its API description; every field may be missing).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClerkError {
    /// `clerk_key_invalid`.
    pub code: Option<String>,
    /// One sentence.
    pub message: Option<String>,
    /// What Clerk's support asks for.
    pub trace_id: Option<String>,
}

/// How it shows that an answer is not one of the Backend API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum NotTheApi {
    /// The answer does not say it is JSON. The media type it names instead.
    OtherContent(Option<String>),
    /// It says it is JSON and is not.
    BrokenJson,
    /// JSON, but neither an instance nor a Clerk error.
    OtherJson,
    /// More than an answer of this endpoint ever holds.
    TooLarge,
}

/// Why a key cannot be put into a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum KeyFault {
    /// There is nothing in it.
    Empty,
    /// A character that no bearer token has (RFC 6750 section 2.1): a space, a quote, a line break …
    Character,
}

/// What an answer means for the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ApiVerdict {
    /// The key works.
    Good,
    /// The key or the address the project uses is wrong.
    Bad,
    /// The network, the machine or Clerk is in the way: this says nothing about the project.
    Unknown,
}

impl ApiAnswer {
    /// Whether the project is judged, and how.
    pub fn verdict(&self) -> ApiVerdict {
        match self {
            ApiAnswer::Ok { .. } => ApiVerdict::Good,
            ApiAnswer::Unauthorized(_) | ApiAnswer::BadKey(_) => ApiVerdict::Bad,
            ApiAnswer::NotFound { host, .. } => wrong_answerer(host),
            ApiAnswer::Rejected { status, error } => rejected(*status, error),
            ApiAnswer::NotTheApi { host, .. }
            | ApiAnswer::Fault(Fault::NotHttp { host })
            | ApiAnswer::Redirected { host, .. } => wrong_answerer(host),
            _ => ApiVerdict::Unknown,
        }
    }
}

/// 422 and `instance_key_required` (400) are about what the project sent; the others are about Clerk's
/// plan, the kind of instance or this program's own request (clerk-docs `data/api_errors.json`).
fn rejected(status: u16, error: &ClerkError) -> ApiVerdict {
    let ours = error.code.as_deref() == Some("form_param_unknown");
    if (status == 422 && !ours) || error.code.as_deref() == Some("instance_key_required") {
        ApiVerdict::Bad
    } else {
        ApiVerdict::Unknown
    }
}

/// When Clerk's own host does not answer like the Backend API, its edge or a gateway on the way did:
/// the project is not to blame. When another host does not, `CLERK_API_URL` points to the wrong place.
fn wrong_answerer(host: &str) -> ApiVerdict {
    if ApiBase::is_official(host) {
        ApiVerdict::Unknown
    } else {
        ApiVerdict::Bad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blames_the_project_for_its_key_and_its_address_only() {
        let told = |answer: ApiAnswer| answer.verdict();
        let error = ClerkError::default;
        assert_eq!(told(ApiAnswer::Unauthorized(error())), ApiVerdict::Bad);
        assert_eq!(told(ApiAnswer::Forbidden(error())), ApiVerdict::Unknown);
        assert_eq!(told(ApiAnswer::BadKey(KeyFault::Empty)), ApiVerdict::Bad);
        assert_eq!(
            told(ApiAnswer::RateLimited { retry_after: None }),
            ApiVerdict::Unknown
        );
        assert_eq!(
            told(ApiAnswer::ServerError {
                status: 500,
                trace_id: None
            }),
            ApiVerdict::Unknown
        );
        assert_eq!(
            told(ApiAnswer::Fault(Fault::DnsFailure {
                host: String::new()
            })),
            ApiVerdict::Unknown
        );
        for (status, verdict) in [
            (400, ApiVerdict::Unknown),
            (402, ApiVerdict::Unknown),
            (422, ApiVerdict::Bad),
        ] {
            assert_eq!(
                told(ApiAnswer::Rejected {
                    status,
                    error: error()
                }),
                verdict
            );
        }
    }

    #[test]
    fn blames_the_address_only_where_the_project_chose_it() {
        let html = |host: &str| ApiAnswer::NotTheApi {
            host: host.to_owned(),
            status: 200,
            saw: NotTheApi::OtherContent(Some("text/html".to_owned())),
        };
        assert_eq!(html("dashboard.clerk.com").verdict(), ApiVerdict::Bad);
        assert_eq!(html("api.clerk.com").verdict(), ApiVerdict::Unknown);
    }
}
