//! From answers of the Frontend API to what they mean.
//!
//! Sources: clerk/openapi-specs `fapi/2026-05-12.yml`, clerk-docs `data/api_errors.json`.

use serde_json::Value;
use url::Url;

use super::{Cross, Health, Issuer, Portal, ProxyHealth, Script};
use crate::facts::api::{ClerkError, Screen, clerk_error};
use crate::facts::http::{Answer, Exchange, Fault, TlsFault};
use crate::model::Known;

/// What only browsers that a development instance knows are told.
pub const DEVELOPMENT: &str =
    "the Frontend API of a development instance tells this only to browsers that it knows";

/// The JSON of an answer, or why there is none.
pub fn json(host: &str, path: &str, exchange: &Exchange) -> Known<Value> {
    let answer = match exchange {
        Ok(answer) => answer,
        Err(fault) => return Known::Failed(fault.explain().what),
    };
    match (answer.status, answer.json()) {
        (200, Ok(value)) => Known::Yes(value),
        (200, Err(_)) => Known::Failed(format!(
            "{host} answers {path} with something that is not whole JSON"
        )),
        _ => unusable(host, path, answer),
    }
}

/// The same with a reading of it.
pub fn shaped<T>(
    host: &str,
    path: &str,
    exchange: &Exchange,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Known<T> {
    match json(host, path, exchange) {
        Known::Yes(value) => read(&value).map_or_else(
            || {
                Known::Failed(format!(
                    "{host} answers {path} with JSON that is not the Frontend API's"
                ))
            },
            Known::Yes,
        ),
        Known::NotAsked(why) => Known::NotAsked(why),
        Known::Failed(why) => Known::Failed(why),
    }
}

/// Why an answer other than 200 says nothing.
fn unusable<T>(host: &str, path: &str, answer: &Answer) -> Known<T> {
    let error = said(answer);
    let code = error.code.as_deref().unwrap_or_default();
    if answer.status == 401 && code == "dev_browser_unauthenticated" {
        return Known::NotAsked(DEVELOPMENT.to_owned());
    }
    if answer.status == 429 {
        return Known::NotAsked(format!(
            "rate limited: {host} takes no more requests for a while (HTTP 429)"
        ));
    }
    let told: String = [
        error.code.map(|code| format!(", {code}")),
        error.trace_id.map(|id| format!(", trace id {id}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    Known::Failed(format!(
        "{host} answers {path} with HTTP {}{told}",
        answer.status
    ))
}

fn said(answer: &Answer) -> ClerkError {
    clerk_error(answer, answer.json().ok().as_ref(), &Screen::default())
}

/// What `GET /v1/health` means. `online` says that another host of Clerk's answered at the same time: only
/// then a missing address or a bad certificate is not this machine's own trouble. `proxied` says that a proxy
/// of the project's own was asked, whose name does not lead to Clerk.
pub fn health(host: &str, exchange: &Exchange, online: bool, proxied: bool) -> Known<Health> {
    let answer = match exchange {
        Ok(answer) => answer,
        Err(fault) => return unreached(host, fault, online, proxied),
    };
    let broken = |what: String, fix: &str| broken(what, fix, true);
    let json = answer.json().ok();
    let word = json.as_ref().and_then(|body| body.get("status")?.as_str());
    match (answer.status, word) {
        (200, Some("healthy")) => Known::Yes(Health::Healthy {
            took_ms: answer.took_ms,
        }),
        (400, _) if said(answer).code.as_deref() == Some("host_invalid") => broken(
            format!("{host} leads to Clerk and is bound to no instance there"),
            match proxied {
                true => {
                    "have the proxy send Clerk-Proxy-Url with its own address, and check that address in the Clerk dashboard"
                }
                false => {
                    "check the domain in the Clerk dashboard, and that this is its publishable key"
                }
            },
        ),
        (503, _) => broken(
            format!("{host} is not healthy (HTTP 503)"),
            "look at https://status.clerk.com and at what stands before the host, and try again",
        ),
        (200 | 404, _) if json.is_none() && answer.whole => broken(
            format!(
                "something else than Clerk's Frontend API answers at {host} (HTTP {})",
                answer.status
            ),
            match proxied {
                true => "have the proxy pass /v1 on to Clerk",
                false => "point the name at Clerk as the domains page of the Clerk dashboard says",
            },
        ),
        _ => unusable(host, "/v1/health", answer),
    }
}

fn broken(what: String, fix: &str, surely: bool) -> Known<Health> {
    Known::Yes(Health::Broken {
        what,
        fix: fix.to_owned(),
        surely,
    })
}

fn unreached(host: &str, fault: &Fault, online: bool, proxied: bool) -> Known<Health> {
    match fault {
        // The resolver of the system does not tell a name that is missing from one that it did not find in
        // time. Two resolvers do: domain/record-missing.
        Fault::DnsFailure { .. } if online => broken(
            format!("this machine finds no address of {host}"),
            match proxied {
                true => {
                    "check the record of the app's own host, and ask again from another network"
                }
                false => {
                    "check that the record which the domains page of the Clerk dashboard names is there, and ask again from another network"
                }
            },
            false,
        ),
        // A gateway that looks into some connections and not into others shows certificates of its own.
        Fault::TlsFailure {
            fault: TlsFault::UnknownIssuer | TlsFault::Other(_),
            ..
        } => Known::Failed(fault.explain().what),
        Fault::TlsFailure { fault, .. } if online => {
            let fix = match fault {
                _ if proxied => "repair the certificate of the app's own host",
                TlsFault::BrokenOff(_) | TlsFault::WrongName => {
                    "deploy the certificates on the domains page of the Clerk dashboard, once its records are verified"
                }
                _ => "check what answers there: at Cloudflare the record has to be “DNS only”",
            };
            broken(
                format!(
                    "no secure connection to {host} can be made: {}",
                    fault.words()
                ),
                fix,
                true,
            )
        }
        _ => Known::Failed(fault.explain().what),
    }
}

/// Whether a fault could be this machine's own as well as that of the host.
pub fn is_ambiguous(exchange: &Exchange) -> bool {
    matches!(
        exchange,
        Err(Fault::DnsFailure { .. } | Fault::TlsFailure { .. })
    )
}

/// Reads `openid-configuration` and `oauth-authorization-server`.
pub fn issuer(body: &Value) -> Option<Issuer> {
    let fields = body.as_object()?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    Some(Issuer {
        issuer: text("issuer").and_then(address),
        registers_clients: text("registration_endpoint").is_some(),
    })
}

/// An address without query and credentials, fit to show.
fn address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let path = url.path().trim_end_matches('/');
    Screen::default().token(&format!("{}{path}", url.origin().ascii_serialization()))
}

/// Reads `GET /v1/account_portal`.
pub fn portal(body: &Value) -> Option<Portal> {
    let flag = |name: &str| body.get(name).and_then(Value::as_bool);
    body.is_object().then(|| Portal {
        allowed: flag("allowed"),
        enabled: flag("enabled"),
    })
}

/// What `GET /v1/account_portal` means: Clerk's 404 says that there is none.
pub fn portal_of(host: &str, exchange: &Exchange) -> Known<Portal> {
    let none = |answer: &Answer| {
        answer.status == 404 && answer.json().is_ok() && said(answer).code.is_some()
    };
    if exchange.as_ref().is_ok_and(none) {
        return Known::NotAsked("the instance has no Account Portal".to_owned());
    }
    shaped(host, "/v1/account_portal", exchange, portal)
}

/// What the last answer to `HEAD …/clerk.browser.js` means.
pub fn script(host: &str, exchange: &Exchange, redirects: u8) -> Known<Script> {
    let answer = match exchange {
        Ok(answer) => answer,
        Err(fault) => return Known::Failed(fault.explain().what),
    };
    let elsewhere = answer.is_redirect().then(|| answer.header("location"));
    match answer.status {
        200 | 404 => {}
        _ if elsewhere.is_some() => {}
        _ => return unusable(host, "the script of clerk-js", answer),
    }
    let screen = Screen::default();
    let to = elsewhere.flatten().and_then(|to| Url::parse(to).ok());
    Known::Yes(Script {
        status: answer.status,
        media_type: answer.media_type().and_then(|name| screen.token(&name)),
        redirects,
        elsewhere: to.and_then(|to| screen.token(to.host_str()?)),
    })
}

/// What `GET /v1/proxy-health` through a proxy means.
pub fn proxy(host: &str, exchange: &Exchange) -> Known<ProxyHealth> {
    let answer = match exchange {
        Ok(answer) => answer,
        Err(fault) => return Known::Failed(fault.explain().what),
    };
    let screen = Screen::default();
    let json = answer.json().ok();
    let text = |name: &str| json.as_ref().and_then(|body| body.get(name)?.as_str());
    let error = said(answer);
    match (answer.status, text("status")) {
        (200, Some("healthy")) => Known::Yes(ProxyHealth::Healthy {
            forwarded_for: text("x_forwarded_for").map(|from| screen.sentence(from)),
        }),
        (_, Some("unhealthy")) => Known::Yes(ProxyHealth::Unhealthy {
            status: answer.status,
            code: None,
            message: text("message").map(|words| screen.sentence(words)),
        }),
        (400 | 401 | 403 | 422, _) if error.code.is_some() => Known::Yes(ProxyHealth::Unhealthy {
            status: answer.status,
            code: error.code,
            message: error.message,
        }),
        (200 | 404 | 405, _) if json.is_none() && answer.whole => {
            Known::Yes(ProxyHealth::NotClerk {
                status: answer.status,
            })
        }
        _ => unusable(host, "/v1/proxy-health", answer),
    }
}

/// What became of a request with an `Origin`.
pub fn cross(host: &str, origin: &str, exchange: &Exchange) -> Known<Cross> {
    let answer = match exchange {
        Ok(answer) => answer,
        Err(fault) => return Known::Failed(fault.explain().what),
    };
    let error = said(answer);
    match (answer.status, &error.code) {
        (200, _) | (400 | 403, Some(_)) => Known::Yes(Cross {
            status: answer.status,
            code: error.code,
            allowed: answer.header("access-control-allow-origin") == Some(origin),
        }),
        _ => unusable(host, "/v1/environment", answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "clerk.acme.shop";

    fn answer(status: u16, media_type: &str, body: &str) -> Answer {
        Answer {
            status,
            headers: vec![("content-type".to_owned(), media_type.to_owned())],
            body: body.as_bytes().to_vec(),
            whole: true,
            took_ms: 90,
            ..Answer::default()
        }
    }

    fn api(status: u16, body: &str) -> Exchange {
        Ok(answer(status, "application/json", body))
    }

    fn error(status: u16, code: &str) -> Exchange {
        api(status, &format!(r#"{{"errors":[{{"code":"{code}"}}]}}"#))
    }

    fn is_broken(health: &Known<Health>) -> bool {
        matches!(health, Known::Yes(Health::Broken { .. }))
    }

    #[test]
    fn is_healthy_only_in_clerks_own_words() {
        let good = health(HOST, &api(200, r#"{"status":"healthy"}"#), true, false);
        assert_eq!(good, Known::Yes(Health::Healthy { took_ms: 90 }));
        assert!(is_broken(&health(
            HOST,
            &error(400, "host_invalid"),
            true,
            false
        )));
        assert!(is_broken(&health(HOST, &api(503, "{}"), true, false)));
        let page = Ok(answer(200, "text/html", "<p>parked"));
        assert!(is_broken(&health(HOST, &page, true, false)));
        for unclear in [
            api(200, r#"{"status":"new"}"#),
            api(500, "{}"),
            Ok(answer(403, "text/html", "<p>challenge")),
            error(400, "other"),
        ] {
            assert!(
                matches!(health(HOST, &unclear, true, false), Known::Failed(_)),
                "{unclear:?}"
            );
        }
    }

    #[test]
    fn blames_no_host_for_a_machine_without_a_network() {
        let host = || HOST.to_owned();
        let tls = TlsFault::Expired;
        for (fault, sure) in [
            (Fault::DnsFailure { host: host() }, false),
            (
                Fault::TlsFailure {
                    host: host(),
                    fault: tls,
                },
                true,
            ),
        ] {
            let exchange = Err(fault);
            assert!(is_ambiguous(&exchange));
            assert!(matches!(
                health(HOST, &exchange, true, false),
                Known::Yes(Health::Broken { surely, .. }) if surely == sure
            ));
            assert!(matches!(
                health(HOST, &exchange, false, false),
                Known::Failed(_)
            ));
        }
        let refused = Err(Fault::Refused {
            host: host(),
            port: 443,
        });
        assert!(matches!(
            health(HOST, &refused, true, false),
            Known::Failed(_)
        ));
    }

    #[test]
    fn never_sends_the_name_of_a_proxy_to_clerk() {
        let tls = Fault::TlsFailure {
            host: "acme.shop".to_owned(),
            fault: TlsFault::WrongName,
        };
        for exchange in [
            Ok(answer(404, "text/html", "<p>")),
            error(400, "host_invalid"),
            Err(tls),
            Err(Fault::DnsFailure {
                host: "acme.shop".to_owned(),
            }),
        ] {
            let Known::Yes(Health::Broken { fix, .. }) = health("acme.shop", &exchange, true, true)
            else {
                panic!("not broken: {exchange:?}");
            };
            assert!(fix.contains("proxy") || fix.contains("own host"), "{fix}");
        }
    }

    #[test]
    fn takes_clerks_404_for_no_account_portal() {
        let none = portal_of(HOST, &error(404, "resource_not_found"));
        assert!(matches!(none, Known::NotAsked(_)), "{none:?}");
        let page = portal_of(HOST, &Ok(answer(404, "text/html", "<p>")));
        assert!(matches!(page, Known::Failed(_)), "{page:?}");
    }

    #[test]
    fn tells_what_was_not_answered_from_what_cannot_be() {
        let read = |exchange: &Exchange| json(HOST, "/v1/environment", exchange);
        assert!(matches!(
            read(&error(401, "dev_browser_unauthenticated")),
            Known::NotAsked(_)
        ));
        assert!(matches!(read(&api(429, "{}")), Known::NotAsked(_)));
        for failed in [
            api(500, "{}"),
            api(200, "{"),
            Ok(answer(200, "text/html", "{}")),
            error(401, "other"),
            Ok(Answer {
                whole: false,
                ..answer(200, "application/json", "{}")
            }),
        ] {
            assert!(matches!(read(&failed), Known::Failed(_)), "{failed:?}");
        }
    }

    #[test]
    fn reads_the_issuer_without_what_is_not_to_be_shown() {
        let read = |text: &str| {
            issuer(&serde_json::json!({ "issuer": text }))
                .unwrap()
                .issuer
        };
        assert_eq!(
            read("https://clerk.acme.shop/").as_deref(),
            Some("https://clerk.acme.shop")
        );
        assert_eq!(
            read("https://u:p@acme.shop/__clerk?x=1").as_deref(),
            Some("https://acme.shop/__clerk")
        );
        assert_eq!(read("no address"), None);
        assert_eq!(issuer(&serde_json::json!([])), None);
    }

    #[test]
    fn knows_what_clerk_says_of_a_proxy() {
        let read = |exchange: Exchange| proxy("acme.shop", &exchange);
        let healthy = read(api(
            200,
            r#"{"status":"healthy","x_forwarded_for":"203.0.113.7, 10.0.0.1"}"#,
        ));
        assert_eq!(
            healthy,
            Known::Yes(ProxyHealth::Healthy {
                forwarded_for: Some("203.0.113.7, 10.0.0.1".to_owned())
            })
        );
        let missing = read(error(400, "proxy_request_missing_secret_key"));
        assert!(matches!(missing, Known::Yes(ProxyHealth::Unhealthy { .. })));
        let page = read(Ok(answer(404, "text/html", "<p>")));
        assert_eq!(page, Known::Yes(ProxyHealth::NotClerk { status: 404 }));
        assert!(matches!(read(api(502, "")), Known::Failed(_)));
        assert!(matches!(read(api(429, "{}")), Known::NotAsked(_)));
    }

    #[test]
    fn sees_whether_an_origin_may_read_the_answer() {
        let origin = "https://acme.shop";
        let mut good = answer(200, "application/json", "{}");
        let allow = ("access-control-allow-origin", origin);
        good.headers.push((allow.0.to_owned(), allow.1.to_owned()));
        let seen = cross(HOST, origin, &Ok(good.clone()));
        assert!(matches!(seen, Known::Yes(Cross { allowed: true, .. })));
        let other = cross(HOST, "https://evil.example", &Ok(good));
        assert!(matches!(other, Known::Yes(Cross { allowed: false, .. })));
        let refused = cross(HOST, origin, &error(400, "origin_invalid"));
        assert_eq!(
            refused,
            Known::Yes(Cross {
                status: 400,
                code: Some("origin_invalid".to_owned()),
                allowed: false
            })
        );
        assert!(matches!(
            cross(HOST, origin, &Ok(answer(403, "text/html", ""))),
            Known::Failed(_)
        ));
    }

    #[test]
    fn takes_a_script_as_far_as_it_came() {
        let good = script(HOST, &Ok(answer(200, "text/javascript", "")), 1);
        assert!(matches!(
            good,
            Known::Yes(Script {
                status: 200,
                redirects: 1,
                ..
            })
        ));
        let mut away = answer(307, "text/html", "");
        let location = "https://cdn.example/x.js".to_owned();
        away.headers.push(("location".to_owned(), location));
        let Known::Yes(away) = script(HOST, &Ok(away), 0) else {
            panic!("not read");
        };
        assert_eq!(away.elsewhere.as_deref(), Some("cdn.example"));
        assert!(matches!(script(HOST, &api(500, ""), 0), Known::Failed(_)));
    }
}
