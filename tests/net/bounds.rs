//! Whatever a server does, time and size are bounded.

use std::thread;
use std::time::Duration;

use clerk_audit::facts::api::{ApiAnswer, ApiBase, NotTheApi};
use clerk_audit::facts::http::{Fault, Phase};
use clerk_audit::gather::net::Lookup;

use crate::server::{
    Act, Server, answer, ask, ask_server, ask_within, bytes, instance_body, request,
};

const BUDGET: Duration = Duration::from_millis(700);

fn timed_out(host: &str, phase: Phase) -> ApiAnswer {
    ApiAnswer::Fault(Fault::TimedOut {
        host: host.to_owned(),
        after_ms: 700,
        phase,
    })
}

#[test]
fn a_server_that_says_nothing_ends_with_the_budget() {
    let server = Server::start(vec![Act::Silence]);
    assert_eq!(
        ask_within(&mut request(&server.http()), BUDGET),
        timed_out("127.0.0.1", Phase::Waiting)
    );
    server.was_asked(1);
}

#[test]
fn a_server_that_drips_its_headers_ends_with_the_budget() {
    let whole = bytes(
        "200 OK",
        "application/json",
        "",
        &instance_body("production"),
    );
    let server = Server::start(vec![Act::Drip(Vec::new(), whole)]);
    assert_eq!(
        ask_within(&mut request(&server.http()), BUDGET),
        timed_out("127.0.0.1", Phase::Waiting)
    );
}

#[test]
fn a_server_that_drips_its_body_ends_with_the_budget() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".to_vec();
    let server = Server::start(vec![Act::Drip(head, vec![b' '; 200])]);
    assert_eq!(
        ask_within(&mut request(&server.http()), BUDGET),
        timed_out("127.0.0.1", Phase::Reading)
    );
}

#[test]
fn a_host_that_does_not_answer_the_handshake_ends_with_the_budget() {
    // The system takes the connection, but nobody answers the TLS handshake.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = format!("https://localhost:{port}");
    assert_eq!(
        ask_within(&mut request(&tls), BUDGET),
        timed_out("localhost", Phase::Connecting)
    );
}

#[test]
fn a_name_server_that_does_not_answer_ends_with_the_budget() {
    let mut request =
        clerk_audit::gather::net::Request::new(ApiBase::default(), crate::server::key());
    request.settings.lookup = Lookup::with(|_| {
        thread::sleep(Duration::from_secs(5));
        Ok(Vec::new())
    });
    assert_eq!(
        ask_within(&mut request, BUDGET),
        timed_out("api.clerk.com", Phase::Resolving)
    );
}

#[test]
#[cfg(unix)]
fn a_certificate_file_that_does_not_end_ends_with_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut request = request("https://localhost:1");
    request.settings.ca_file = Some(pipe);
    assert_eq!(
        ask_within(&mut request, BUDGET),
        timed_out("localhost", Phase::TrustStore)
    );
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
    let server = Server::start(vec![Act::Silence]);
    let answer = ask_within(&mut request(&server.http()), Duration::ZERO);
    assert!(
        matches!(
            answer,
            ApiAnswer::Fault(Fault::TimedOut { after_ms: 0, .. })
        ),
        "{answer:?}"
    );
}

#[test]
fn all_the_time_of_the_world_is_not_too_much() {
    let server = Server::start(vec![answer("500 Error", "text/html", "", "")]);
    let mut request = request(&server.http());
    request.budget = Duration::MAX;
    assert!(matches!(ask(&request), ApiAnswer::ServerError { .. }));
}
