//! One second try, where it can help, and never longer than the budget.

use std::time::{Duration, Instant};

use clerk_audit::facts::api::ApiAnswer;
use clerk_audit::facts::http::{Fault, Phase};

use crate::server::{
    Act, Server, answer, ask, ask_server, ask_within, clerk_error, instance, request,
};

fn limited(retry_after: &str) -> Act {
    answer(
        "429 Too Many Requests",
        "application/json",
        &format!("Retry-After: {retry_after}\r\n"),
        "{}",
    )
}

fn is_ok(answer: &ApiAnswer) -> bool {
    matches!(answer, ApiAnswer::Ok { .. })
}

#[test]
fn a_gateway_fault_is_tried_once_more() {
    for status in ["502 Bad Gateway", "503 Service Unavailable"] {
        let server = Server::start(vec![clerk_error(status, "x"), instance("production")]);
        assert!(is_ok(&ask_server(&server)));
        server.was_asked(2);
    }
}

#[test]
fn a_gateway_fault_is_not_tried_a_third_time() {
    let fault = || clerk_error("503 Service Unavailable", "service_unavailable");
    let server = Server::start(vec![fault(), fault(), instance("production")]);
    assert!(matches!(
        ask_server(&server),
        ApiAnswer::ServerError { status: 503, .. }
    ));
    server.was_asked(2);
}

#[test]
fn a_reset_connection_is_tried_once_more() {
    for broken in [Act::Reset, Act::Close] {
        let server = Server::start(vec![broken, instance("production")]);
        assert!(is_ok(&ask_server(&server)));
        server.was_asked(2);
    }
}

#[test]
fn a_connection_reset_twice_is_lost() {
    let server = Server::start(vec![Act::Reset, Act::Reset, instance("production")]);
    let lost = ApiAnswer::Fault(Fault::ConnectionLost {
        host: "127.0.0.1".into(),
        phase: Phase::Waiting,
    });
    assert_eq!(ask_server(&server), lost);
    server.was_asked(2);
}

#[test]
fn a_connection_reset_in_the_tls_handshake_is_lost_while_connecting() {
    let server = Server::start(vec![Act::Reset, Act::Reset]);
    let lost = ApiAnswer::Fault(Fault::ConnectionLost {
        host: "localhost".into(),
        phase: Phase::Connecting,
    });
    assert_eq!(ask(&request(&server.https())), lost);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn an_answer_cut_off_in_the_middle_is_tried_once_more() {
    let cut = || {
        Act::Send(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                .to_vec(),
        )
    };
    let server = Server::start(vec![cut(), cut()]);
    let lost = ApiAnswer::Fault(Fault::ConnectionLost {
        host: "127.0.0.1".into(),
        phase: Phase::Reading,
    });
    assert_eq!(ask_server(&server), lost);
    server.was_asked(2);
}

#[test]
fn a_limit_is_waited_for_where_the_wait_fits() {
    let server = Server::start(vec![limited("1"), instance("production")]);
    let start = Instant::now();
    assert!(is_ok(&ask_server(&server)));
    assert!(start.elapsed() >= Duration::from_secs(1));
    server.was_asked(2);
}

#[test]
fn a_limit_given_as_a_date_in_the_past_is_over() {
    let server = Server::start(vec![
        limited("Sun, 06 Nov 1994 08:49:37 GMT"),
        instance("production"),
    ]);
    assert!(is_ok(&ask_server(&server)));
    server.was_asked(2);
}

#[test]
fn a_limit_is_not_waited_for_where_the_wait_does_not_fit() {
    for (header, retry_after) in [
        ("3600", Some(3600)),
        ("18446744073709551615", Some(u64::MAX)),
        ("99999999999999999999", None),
        ("soon", None),
    ] {
        let prepare = || {
            let server = Server::start(vec![limited(header), instance("production")]);
            (request(&server.http()), server)
        };
        let limited = ApiAnswer::RateLimited { retry_after };
        ask_within(prepare, |answer, _| *answer == limited).was_asked(1);
    }
}

#[test]
fn a_second_try_that_runs_out_of_time_leaves_the_first_answer() {
    let prepare = || {
        let fault = clerk_error("503 Service Unavailable", "service_unavailable");
        let server = Server::start(vec![fault, Act::Silence]);
        (request(&server.http()), server)
    };
    let server = ask_within(prepare, |answer, _| {
        matches!(answer, ApiAnswer::ServerError { status: 503, .. })
    });
    server.was_asked(2);
}

#[test]
fn a_judged_answer_is_not_tried_again() {
    let server = Server::start(vec![
        clerk_error("401 Unauthorized", "clerk_key_invalid"),
        instance("production"),
    ]);
    assert!(matches!(ask_server(&server), ApiAnswer::Unauthorized(_)));
    server.was_asked(1);
}
