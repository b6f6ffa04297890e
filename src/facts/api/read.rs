//! From an HTTP answer to its meaning.

use serde_json::Value;
use url::Url;

use super::answer::{ApiAnswer, ClerkError, KeyFault, NotTheApi};
use super::date::retry_after;
use super::screen::Screen;
use crate::facts::http::{Answer, NotJson};
use crate::model::Secret;

/// Whether a key can be sent at all. A bearer token has only the characters of RFC 6750 section 2.1,
/// which also are the ones no quote, space or line break of a badly copied `.env` line is among.
pub fn key_fault(key: &Secret) -> Option<KeyFault> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    if key.is_empty() {
        Some(KeyFault::Empty)
    } else if !key.expose().bytes().all(token) {
        Some(KeyFault::Character)
    } else {
        None
    }
}

/// What the answer of `host` to `GET /v1/instance` means. `key` is what was sent, to keep it out of every
/// text.
pub fn read_answer(host: &str, answer: &Answer, key: &Secret) -> ApiAnswer {
    let screen = Screen::new(key);
    let status = answer.status;
    match status {
        301..=303 | 307 | 308 => ApiAnswer::Redirected {
            host: host.to_owned(),
            status,
            to_host: answer
                .header("location")
                .and_then(|to| other_host(to, host, &screen)),
        },
        429 => ApiAnswer::RateLimited {
            retry_after: wait(answer),
        },
        500..=599 => ApiAnswer::ServerError {
            status,
            trace_id: clerk_error(answer, answer.json().ok().as_ref(), &screen).trace_id,
        },
        404 => ApiAnswer::NotFound {
            host: host.to_owned(),
            error: clerk_error(answer, answer.json().ok().as_ref(), &screen),
        },
        200..=299 => instance(host, answer, &screen),
        400..=403 | 410 | 422 => refusal(host, answer, &screen),
        _ => ApiAnswer::Unexpected { status },
    }
}

/// A 2xx answer is a pass only when it is an instance: `object` and `id` are what every one has. A
/// stand-in on this machine, which a test put there, may answer with any JSON.
fn instance(host: &str, answer: &Answer, screen: &Screen) -> ApiAnswer {
    let value = match answer.json() {
        Ok(value) => value,
        Err(saw) => return not_the_api(host, answer, saw.into(), screen),
    };
    let text = |field: &str| value.get(field).and_then(Value::as_str);
    let is_instance = text("object") == Some("instance") && text("id").is_some();
    if !is_instance && !is_loopback(host) {
        return not_the_api(host, answer, NotTheApi::OtherJson, screen);
    }
    ApiAnswer::Ok {
        environment: text("environment_type").and_then(|word| screen.token(word)),
        instance: text("id").and_then(|id| screen.token(id)),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.trim_matches(['[', ']']);
    name == "localhost"
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// A 4xx answer says something about the key only when it is Clerk who says it.
fn refusal(host: &str, answer: &Answer, screen: &Screen) -> ApiAnswer {
    let value = match answer.json() {
        Ok(value) => value,
        Err(saw) => return not_the_api(host, answer, saw.into(), screen),
    };
    let first = value.get("errors").and_then(|errors| errors.get(0));
    if first.is_none_or(|error| !error.is_object()) {
        return not_the_api(host, answer, NotTheApi::OtherJson, screen);
    }
    let error = clerk_error(answer, Some(&value), screen);
    match answer.status {
        401 => ApiAnswer::Unauthorized(error),
        403 => ApiAnswer::Forbidden(error),
        status => ApiAnswer::Rejected { status, error },
    }
}

fn not_the_api(host: &str, answer: &Answer, saw: NotTheApi, screen: &Screen) -> ApiAnswer {
    let saw = match saw {
        NotTheApi::OtherContent(media_type) => {
            NotTheApi::OtherContent(media_type.and_then(|name| screen.token(&name)))
        }
        other => other,
    };
    ApiAnswer::NotTheApi {
        host: host.to_owned(),
        status: answer.status,
        saw,
    }
}

impl From<NotJson> for NotTheApi {
    fn from(saw: NotJson) -> Self {
        match saw {
            NotJson::OtherContent(media_type) => NotTheApi::OtherContent(media_type),
            NotJson::Compressed => NotTheApi::OtherContent(None),
            NotJson::Broken => NotTheApi::BrokenJson,
            NotJson::TooLarge => NotTheApi::TooLarge,
        }
    }
}

/// How many seconds the answer asks to wait.
pub fn wait(answer: &Answer) -> Option<u64> {
    retry_after(answer.header("retry-after")?, answer.at)
}

/// The first error, the long message before the short one.
pub fn clerk_error(answer: &Answer, body: Option<&Value>, screen: &Screen) -> ClerkError {
    let first = body.and_then(|value| value.get("errors")?.get(0));
    let text = |field: &str| first.and_then(|error| error.get(field)?.as_str());
    let trace_id = body.and_then(|value| value.get("clerk_trace_id")?.as_str());
    ClerkError {
        code: text("code").and_then(|code| screen.token(code)),
        message: text("long_message")
            .or_else(|| text("message"))
            .map(|message| screen.sentence(message))
            .filter(|message| !message.is_empty()),
        trace_id: trace_id
            .or_else(|| answer.header("cf-ray"))
            .and_then(|id| screen.token(id)),
    }
}

/// The host a redirect points to, where it is another one.
fn other_host(location: &str, host: &str, screen: &Screen) -> Option<String> {
    let url = Url::parse(location).ok()?;
    let to = url.host_str().filter(|to| *to != host)?;
    screen.token(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Secret {
        Secret::new(format!("sk_live_{}", "Qx7".repeat(10)))
    }

    fn read(status: u16, content_type: &str, body: &str) -> ApiAnswer {
        let answer = Answer {
            status,
            headers: vec![
                ("content-type".to_owned(), content_type.to_owned()),
                ("cf-ray".to_owned(), "8f2-FRA".to_owned()),
            ],
            body: body.as_bytes().to_vec(),
            whole: true,
            ..Answer::default()
        };
        read_answer("api.clerk.com", &answer, &key())
    }

    fn saw(status: u16, content_type: &str, body: &str) -> NotTheApi {
        match read(status, content_type, body) {
            ApiAnswer::NotTheApi { saw, .. } => saw,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_an_instance_and_ignores_what_it_does_not_know() {
        let body = r#"{"object":"instance","id":"ins_2a","environment_type":"production","allowed_origins":7,"new":[]}"#;
        assert_eq!(
            read(200, "application/json; charset=utf-8", body),
            ApiAnswer::Ok {
                environment: Some("production".into()),
                instance: Some("ins_2a".into())
            }
        );
    }

    #[test]
    fn passes_nothing_that_is_not_an_instance() {
        for body in [
            "{}",
            "[]",
            "null",
            "7",
            r#"{"object":"user","id":"user_1"}"#,
            r#"{"object":"instance"}"#,
        ] {
            assert_eq!(
                saw(200, "application/json", body),
                NotTheApi::OtherJson,
                "{body}"
            );
        }
        for body in ["", "{", "{\"object\":\"ins", "<html>", &"[".repeat(60_000)] {
            assert_eq!(saw(200, "application/json", body), NotTheApi::BrokenJson);
        }
        assert_eq!(
            saw(200, "text/html", "<p>"),
            NotTheApi::OtherContent(Some("text/html".into()))
        );
        assert_eq!(saw(204, "a b", ""), NotTheApi::OtherContent(None));
    }

    #[test]
    fn believes_a_refusal_only_from_clerk() {
        let body = r#"{"errors":[{"message":"Invalid","long_message":"It is invalid.","code":"clerk_key_invalid"}],"clerk_trace_id":"abc"}"#;
        assert_eq!(
            read(401, "application/json", body),
            ApiAnswer::Unauthorized(ClerkError {
                code: Some("clerk_key_invalid".into()),
                message: Some("It is invalid.".into()),
                trace_id: Some("abc".into()),
            })
        );
        assert_eq!(
            saw(401, "text/html", "<p>"),
            NotTheApi::OtherContent(Some("text/html".into()))
        );
        assert_eq!(
            saw(403, "application/json", r#"{"errors":["no"]}"#),
            NotTheApi::OtherJson
        );
    }

    #[test]
    fn falls_back_to_the_edge_for_a_trace_id() {
        assert_eq!(
            read(503, "text/html", ""),
            ApiAnswer::ServerError {
                status: 503,
                trace_id: Some("8f2-FRA".into())
            }
        );
    }

    #[test]
    fn shows_no_key_that_the_server_sends_back() {
        let secret = "Qx7".repeat(10);
        for field in ["code", "message", "long_message"] {
            let body =
                format!(r#"{{"errors":[{{"{field}":"{secret}"}}],"clerk_trace_id":"{secret}"}}"#);
            let shown = format!("{:?}", read(401, "application/json", &body));
            assert!(!shown.contains(&secret), "{shown}");
        }
        let body =
            format!(r#"{{"object":"instance","id":"{secret}","environment_type":"{secret}"}}"#);
        assert!(!format!("{:?}", read(200, "application/json", &body)).contains(&secret));
        assert!(
            !format!("{:?}", read(200, &secret, ""))
                .to_lowercase()
                .contains(&secret.to_lowercase())
        );
    }

    #[test]
    fn sends_only_what_a_bearer_token_can_be() {
        assert_eq!(key_fault(&key()), None);
        assert_eq!(key_fault(&Secret::new("")), Some(KeyFault::Empty));
        for odd in [
            "sk_live_a\n",
            "\"sk_live_a\"",
            "sk_live_a b",
            "sk_live_ä",
            " sk_live_a",
        ] {
            assert_eq!(
                key_fault(&Secret::new(odd)),
                Some(KeyFault::Character),
                "{odd:?}"
            );
        }
    }
}
