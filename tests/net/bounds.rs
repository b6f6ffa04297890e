//! Whatever a server does, time and size are bounded.

use std::thread;
use std::time::{Duration, Instant};

use clerk_audit::facts::api::{ApiAnswer, ApiBase, NotTheApi};
use clerk_audit::facts::http::{Fault, Phase};
use clerk_audit::gather::net::{Lookup, Request};

use crate::patience::{best, holds};
use crate::server::{
    Act, Server, answer, ask, ask_server, ask_within, bytes, instance_body, request, timed_out,
};

/// Holds that asking ends with the budget, and while what was going on.
#[track_caller]
fn ends<W>(phase: Phase, prepare: impl Fn() -> (Request, W)) -> W {
    ask_within(prepare, |answer, budget| timed_out(answer, budget, phase))
}

/// A server that does this, and the question to it.
fn serving(act: Act) -> (Request, Server) {
    let server = Server::start(vec![act]);
    (request(&server.http()), server)
}

#[test]
fn a_server_that_says_nothing_ends_with_the_budget() {
    let server = ends(Phase::Waiting, || serving(Act::Silence));
    server.was_asked(1);
}

#[test]
fn a_server_that_drips_its_headers_ends_with_the_budget() {
    ends(Phase::Waiting, || {
        // A byte in 20 ms: more of them than there is time for.
        let headers = format!("X-A: {}\r\n", "b".repeat(500));
        let whole = bytes("200 OK", "application/json", &headers, "{}");
        serving(Act::Drip(Vec::new(), whole))
    });
}

#[test]
fn a_server_that_drips_its_body_ends_with_the_budget() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    ends(Phase::Reading, || {
        serving(Act::Drip(head.to_vec(), vec![b' '; 500]))
    });
}

#[test]
fn a_host_that_does_not_answer_the_handshake_ends_with_the_budget() {
    ends(Phase::Connecting, || {
        // The system takes the connection, but nobody answers the TLS handshake.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        (request(&format!("https://localhost:{port}")), listener)
    });
}

#[test]
fn a_name_server_that_does_not_answer_ends_with_the_budget() {
    ends(Phase::Resolving, || {
        let mut request = Request::new(ApiBase::default(), crate::server::key());
        request.settings.lookup = Lookup::with(|_| {
            thread::sleep(Duration::from_secs(15));
            Ok(Vec::new())
        });
        (request, ())
    });
}

#[test]
#[cfg(unix)]
fn a_certificate_file_that_does_not_end_ends_with_the_budget() {
    ends(Phase::TrustStore, || {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let mut request = request("https://localhost:1");
        request.settings.ca_file = Some(pipe);
        (request, folder)
    });
}

#[test]
fn a_body_without_an_end_is_cut_off() {
    let server = Server::start(vec![Act::Endless]);
    let answer = ask_server(&server);
    assert!(
        matches!(
            answer,
            ApiAnswer::NotTheApi {
                saw: NotTheApi::TooLarge,
                ..
            }
        ),
        "{answer:?}"
    );
}

#[test]
fn headers_without_an_end_are_cut_off() {
    let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
    head.extend(b"X-A: b\r\n".repeat(200_000));
    let server = Server::start(vec![Act::Send(head)]);
    let answer = ask_server(&server);
    assert!(
        matches!(answer, ApiAnswer::Fault(Fault::NotHttp { .. })),
        "{answer:?}"
    );
}

#[test]
fn a_body_of_the_largest_size_is_read_and_one_byte_more_is_not() {
    let act = |size| {
        let instance = instance_body("production");
        let padding = " ".repeat(size - instance.len());
        answer("200 OK", "application/json", "", &(instance + &padding))
    };
    let fits = Server::start(vec![act(64 * 1024)]);
    assert!(matches!(ask_server(&fits), ApiAnswer::Ok { .. }));
    let larger = Server::start(vec![act(64 * 1024 + 1)]);
    assert!(matches!(
        ask_server(&larger),
        ApiAnswer::NotTheApi {
            saw: NotTheApi::TooLarge,
            ..
        }
    ));
}

#[test]
fn no_time_at_all_is_no_answer() {
    best(|| {
        let (mut request, _server) = serving(Act::Silence);
        request.budget = Duration::ZERO;
        let start = Instant::now();
        let answer = ask(&request);
        let took = start.elapsed();
        let none = matches!(
            answer,
            ApiAnswer::Fault(Fault::TimedOut { after_ms: 0, .. })
        );
        holds(none && took < Duration::from_millis(500), (took, answer))
    });
}

#[test]
fn all_the_time_of_the_world_is_not_too_much() {
    let server = Server::start(vec![answer("500 Error", "text/html", "", "")]);
    let mut request = request(&server.http());
    request.budget = Duration::MAX;
    assert!(matches!(ask(&request), ApiAnswer::ServerError { .. }));
}
