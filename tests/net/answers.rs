//! Every answer of a server has its own meaning.

use clerk_audit::facts::api::{ApiAnswer, ApiVerdict, ClerkError, NotTheApi};

use crate::server::{Act, Server, answer, ask_server, clerk_error, instance, json, key};

/// Asks a server with one answer; it must be asked exactly once.
fn after(act: Act) -> ApiAnswer {
    let server = Server::start(vec![act]);
    let answer = ask_server(&server);
    server.was_asked(1);
    answer
}

fn error(code: &str) -> ClerkError {
    ClerkError {
        code: Some(code.to_owned()),
        message: Some("The long message.".to_owned()),
        trace_id: Some("trace1".to_owned()),
    }
}

fn saw(answer: ApiAnswer) -> NotTheApi {
    assert_eq!(answer.verdict(), ApiVerdict::Bad);
    match answer {
        ApiAnswer::NotTheApi { saw, .. } => saw,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_accepted_key_tells_its_instance() {
    for environment in ["production", "development"] {
        let answer = after(instance(environment));
        assert_eq!(
            answer,
            ApiAnswer::Ok {
                environment: Some(environment.into()),
                instance: Some("ins_2abc".into())
            }
        );
        assert_eq!(answer.verdict(), ApiVerdict::Good);
    }
}

#[test]
fn a_refused_key_is_the_projects_fault_in_clerks_words() {
    let answer = after(clerk_error("401 Unauthorized", "clerk_key_invalid"));
    assert_eq!(answer, ApiAnswer::Unauthorized(error("clerk_key_invalid")));
    assert_eq!(answer.verdict(), ApiVerdict::Bad);
    let words = answer.explain().what;
    assert!(
        words.contains("clerk_key_invalid") && words.contains("trace1"),
        "{words}"
    );
}

#[test]
fn a_401_page_is_not_clerks_refusal() {
    let html = answer(
        "401 Unauthorized",
        "text/html; charset=utf-8",
        "",
        "<h1>Sign in</h1>",
    );
    assert_eq!(
        saw(after(html)),
        NotTheApi::OtherContent(Some("text/html".into()))
    );
}

#[test]
fn a_key_that_may_not_is_told_from_a_key_that_is_wrong() {
    let answer = after(clerk_error("403 Forbidden", "authorization_invalid"));
    assert_eq!(answer, ApiAnswer::Forbidden(error("authorization_invalid")));
    assert_eq!(answer.verdict(), ApiVerdict::Unknown);
}

#[test]
fn a_404_points_at_the_address() {
    for act in [
        clerk_error("404 Not Found", "resource_not_found"),
        answer("404 Not Found", "text/html", "", "<p>"),
    ] {
        let answer = after(act);
        assert!(matches!(answer, ApiAnswer::NotFound { .. }), "{answer:?}");
        assert_eq!(answer.verdict(), ApiVerdict::Bad);
        assert!(answer.explain().fix.contains("CLERK_API_URL"));
    }
}

#[test]
fn a_rejected_question_keeps_its_status_and_code() {
    for (line, status, verdict) in [
        ("400 Bad Request", 400, ApiVerdict::Unknown),
        ("402 Payment Required", 402, ApiVerdict::Unknown),
        ("410 Gone", 410, ApiVerdict::Unknown),
        ("422 Unprocessable Entity", 422, ApiVerdict::Bad),
    ] {
        let answer = after(clerk_error(line, "some_code"));
        assert_eq!(
            answer,
            ApiAnswer::Rejected {
                status,
                error: error("some_code")
            }
        );
        assert_eq!(answer.verdict(), verdict);
    }
}

#[test]
fn a_fault_of_clerk_says_nothing_about_the_project() {
    let answer = after(clerk_error(
        "500 Internal Server Error",
        "internal_clerk_error",
    ));
    assert_eq!(
        answer,
        ApiAnswer::ServerError {
            status: 500,
            trace_id: Some("trace1".into())
        }
    );
    assert_eq!(answer.verdict(), ApiVerdict::Unknown);
}

#[test]
fn a_status_that_the_api_does_not_give_is_said_so() {
    let answer = after(answer("418 I'm a teapot", "text/plain", "", ""));
    assert_eq!(answer, ApiAnswer::Unexpected { status: 418 });
}

#[test]
fn a_redirect_is_not_followed_and_the_other_host_hears_nothing() {
    let other = Server::start(vec![instance("production")]);
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let to = format!(
            "Location: http://localhost:{}/v1/instance\r\n",
            other.port()
        );
        let answer = after(answer(status, "text/html", &to, ""));
        assert!(
            matches!(&answer, ApiAnswer::Redirected { to_host: Some(to), .. } if to == "localhost"),
            "{answer:?}"
        );
        assert_eq!(answer.verdict(), ApiVerdict::Bad);
    }
    other.was_asked(0);
}

#[test]
fn a_web_page_is_not_a_pass() {
    let html = answer("200 OK", "text/html", "", "<!doctype html>");
    assert_eq!(
        saw(after(html)),
        NotTheApi::OtherContent(Some("text/html".into()))
    );
}

#[test]
fn broken_json_is_not_a_pass() {
    assert_eq!(saw(after(json("200 OK", ""))), NotTheApi::BrokenJson);
    assert_eq!(
        saw(after(json("200 OK", r#"{"object":"instance","id":"ins"#))),
        NotTheApi::BrokenJson
    );
}

#[test]
fn a_server_that_sends_the_key_back_does_not_get_it_shown() {
    let echo = key().expose().to_owned();
    let body = echo.rsplit('_').next().unwrap().to_owned();
    for text in [echo, body] {
        let errors = format!(
            r#"{{"errors":[{{"long_message":"No key {text}\u001b[31m","code":"{text}"}}],"clerk_trace_id":"{text}"}}"#
        );
        // `ask` holds that the key is in nothing that can be shown.
        let answer = after(json("401 Unauthorized", &errors));
        assert_eq!(
            answer,
            ApiAnswer::Unauthorized(ClerkError {
                code: None,
                message: Some("No key …[31m".to_owned()),
                trace_id: None,
            })
        );
        after(json(
            "200 OK",
            &format!(r#"{{"object":"instance","id":"{text}","environment_type":"{text}"}}"#),
        ));
        after(crate::server::answer(
            "302 Found",
            &text,
            &format!("Location: https://{text}.example/\r\n"),
            "",
        ));
        after(crate::server::answer("200 OK", &text, "", ""));
    }
}
