//! Proxies are used as the environment asks, told apart when they fail, and never see the key.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use clerk_audit::facts::api::{ApiAnswer, ApiBase, ApiVerdict};
use clerk_audit::facts::http::{Fault, Phase, ProxyFault, TlsFault};
use clerk_audit::gather::net::{Lookup, ProxySettings, Request};

use crate::certs::Authority;
use crate::server::{Server, ask, ask_within, instance, key, read_head, request};

/// What a proxy does with the request to connect.
#[derive(Clone, Copy)]
enum Doing {
    ConnectTo(SocketAddr),
    Answer(&'static str),
    Close,
    Silence,
}

/// A proxy on this machine that writes down what it can read.
struct Proxy {
    port: u16,
    seen: Arc<Mutex<String>>,
}

impl Proxy {
    fn start(doing: Doing) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(String::new()));
        let written = seen.clone();
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                serve(stream, doing, &written);
            }
        });
        Self { port, seen }
    }

    fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }

    fn name(&self) -> Option<String> {
        Some(format!("127.0.0.1:{}", self.port))
    }
}

fn serve(mut client: TcpStream, doing: Doing, seen: &Arc<Mutex<String>>) {
    let head = read_head(&mut client);
    seen.lock().unwrap().push_str(&head);
    match doing {
        Doing::ConnectTo(target) => {
            let mut server = TcpStream::connect(target).unwrap();
            client
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .unwrap();
            let (mut from_server, mut to_client) =
                (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || io::copy(&mut from_server, &mut to_client));
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                seen.lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&buffer[..length]));
                if server.write_all(&buffer[..length]).is_err() {
                    return;
                }
            }
        }
        Doing::Answer(text) => drop(client.write_all(text.as_bytes())),
        Doing::Close => {}
        Doing::Silence => drop(read_head(&mut client)),
    }
}

fn settings(variables: &[(&str, String)]) -> ProxySettings {
    ProxySettings::from_env(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| value.clone())
    })
}

/// A request to Clerk's own host, through the variables given. No name is looked up but by `lookup`.
fn to_clerk(variables: &[(&str, String)]) -> Request {
    let mut request = Request::new(ApiBase::default(), key());
    request.settings.proxy = settings(variables);
    request.settings.lookup = Lookup::with(|_| Err(io::Error::other("no such name")));
    request
}

fn through(proxy: &Proxy) -> Request {
    to_clerk(&[("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port))])
}

fn failure(answer: ApiAnswer) -> (Option<String>, ProxyFault) {
    assert_eq!(answer.verdict(), ApiVerdict::Unknown);
    match answer {
        ApiAnswer::Fault(Fault::ProxyFailure { proxy, fault }) => (proxy, fault),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_proxy_connects_and_sees_neither_question_nor_key() {
    let authority = Authority::new();
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let server = Server::start_tls(
            authority.server("api.clerk.com"),
            vec![instance("production")],
        );
        let proxy = Proxy::start(Doing::ConnectTo(server.address()));
        let login = format!("http://me:pass@127.0.0.1:{}", proxy.port);
        let mut request = to_clerk(&[(variable, login)]);
        request.settings.ca_file = authority.file();
        let answer = ask(&request);
        assert!(matches!(answer, ApiAnswer::Ok { .. }), "{answer:?}");
        server.was_asked(1);
        let seen = proxy.seen();
        assert!(
            seen.starts_with("CONNECT api.clerk.com:443 HTTP/1.1\r\n"),
            "{seen}"
        );
        assert!(
            seen.to_lowercase()
                .contains("proxy-authorization: basic bwu6cgfzcw=="),
            "{seen}"
        );
        assert!(
            !seen.contains("/v1/instance")
                && !seen.contains("Bearer")
                && !seen.contains(key().expose())
        );
    }
}

#[test]
fn a_proxy_that_inspects_gets_the_key_only_when_its_authority_is_trusted() {
    let authority = Authority::new();
    let server = Server::start_tls(
        authority.server("api.clerk.com"),
        vec![instance("production")],
    );
    let proxy = Proxy::start(Doing::ConnectTo(server.address()));
    let answer = ask(&through(&proxy));
    assert!(
        matches!(
            &answer,
            ApiAnswer::Fault(Fault::TlsFailure {
                fault: TlsFault::UnknownIssuer,
                ..
            })
        ),
        "{answer:?}"
    );
    assert!(answer.explain().fix.contains("--ca-file"));
    server.was_asked(0);
}

#[test]
fn a_proxy_that_wants_a_login_is_told_from_one_that_declines() {
    let wants = Proxy::start(Doing::Answer(
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
    ));
    assert_eq!(
        failure(ask(&through(&wants))),
        (wants.name(), ProxyFault::Login)
    );
    for answer in [
        "HTTP/1.1 403 Forbidden\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\n\r\n",
        "hello\r\n\r\n",
    ] {
        let declines = Proxy::start(Doing::Answer(answer));
        assert_eq!(
            failure(ask(&through(&declines))),
            (declines.name(), ProxyFault::Declined)
        );
    }
}

#[test]
fn a_proxy_that_breaks_off_is_said_so() {
    let proxy = Proxy::start(Doing::Close);
    assert_eq!(
        failure(ask(&through(&proxy))),
        (proxy.name(), ProxyFault::Lost)
    );
}

#[test]
fn a_proxy_that_does_not_listen_is_told_from_clerk_refusing() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let request = to_clerk(&[("HTTPS_PROXY", format!("127.0.0.1:{port}"))]);
    let expected = (Some(format!("127.0.0.1:{port}")), ProxyFault::Unreachable);
    assert_eq!(failure(ask(&request)), expected);
}

#[test]
fn a_proxy_without_an_address_is_told_from_clerk_without_one() {
    let request = to_clerk(&[("HTTPS_PROXY", "http://proxy.invalid:3128".to_owned())]);
    assert_eq!(
        failure(ask(&request)),
        (Some("proxy.invalid:3128".to_owned()), ProxyFault::Dns)
    );
}

#[test]
fn a_proxy_that_says_nothing_ends_with_the_budget() {
    let proxy = Proxy::start(Doing::Silence);
    let answer = ask_within(&mut through(&proxy), Duration::from_millis(700));
    assert_eq!(
        answer,
        ApiAnswer::Fault(Fault::TimedOut {
            host: "api.clerk.com".to_owned(),
            after_ms: 700,
            phase: Phase::Connecting
        })
    );
}

#[test]
fn a_proxy_over_tls_must_prove_who_it_is() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server("127.0.0.1"), vec![instance("production")]);
    let request = to_clerk(&[(
        "HTTPS_PROXY",
        format!("https://127.0.0.1:{}", server.port()),
    )]);
    let expected = (
        Some(format!("127.0.0.1:{}", server.port())),
        ProxyFault::Tls(TlsFault::UnknownIssuer),
    );
    assert_eq!(failure(ask(&request)), expected);
    server.was_asked(0);
}

#[test]
fn a_host_that_no_proxy_names_is_asked_directly() {
    let authority = Authority::new();
    for except in [".clerk.com", "example.com, api.clerk.com", "*"] {
        let server = Server::start_tls(
            authority.server("api.clerk.com"),
            vec![instance("production")],
        );
        let proxy = Proxy::start(Doing::Close);
        let mut request = to_clerk(&[
            ("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port)),
            ("NO_PROXY", except.to_owned()),
        ]);
        let address = server.address();
        request.settings.lookup = Lookup::with(move |_| Ok(vec![address]));
        request.settings.ca_file = authority.file();
        let answer = ask(&request);
        assert!(matches!(answer, ApiAnswer::Ok { .. }), "{answer:?}");
        server.was_asked(1);
        assert_eq!(proxy.seen(), "");
    }
}

#[test]
fn this_machine_is_asked_directly_whatever_the_proxy() {
    let server = Server::start(vec![instance("production")]);
    let proxy = Proxy::start(Doing::Close);
    let mut request = request(&server.http());
    request.settings.proxy = settings(&[
        ("HTTP_PROXY", format!("http://127.0.0.1:{}", proxy.port)),
        ("ALL_PROXY", format!("http://127.0.0.1:{}", proxy.port)),
    ]);
    assert!(matches!(ask(&request), ApiAnswer::Ok { .. }));
    server.was_asked(1);
    assert_eq!(proxy.seen(), "");
}

#[test]
fn a_variable_that_holds_no_proxy_is_said_so_and_nothing_is_sent() {
    for odd in ["socks5://127.0.0.1:1080", "http://:pass@:1", "nonsense://x"] {
        let request = to_clerk(&[("HTTPS_PROXY", odd.to_owned())]);
        assert_eq!(failure(ask(&request)), (None, ProxyFault::Address), "{odd}");
    }
}
