//! Every way in which no HTTP answer comes about is told from the others.

use std::io;
use std::net::Ipv6Addr;

use clerk_audit::facts::api::{ApiAnswer, ApiBase, ApiVerdict, KeyFault};
use clerk_audit::facts::http::Fault;
use clerk_audit::gather::net::{Lookup, Request};
use clerk_audit::model::Secret;

use crate::server::{Act, CLOSED, Server, ask, ask_server, instance, key, request};

#[test]
fn a_closed_port_refuses() {
    let answer = ask(&request(&format!("http://127.0.0.1:{CLOSED}")));
    assert_eq!(
        answer,
        ApiAnswer::Fault(Fault::Refused {
            host: "127.0.0.1".into(),
            port: CLOSED
        })
    );
    assert_eq!(answer.verdict(), ApiVerdict::Unknown);
}

#[test]
fn a_name_without_an_address_is_told_from_a_refusal() {
    let mut request = Request::new(ApiBase::default(), key());
    let none: [fn(&str) -> io::Result<Vec<_>>; 2] = [
        // What getaddrinfo gives for an unknown name has no kind of its own in std.
        |_| {
            Err(io::Error::other(
                "failed to lookup address information: Name or service not known",
            ))
        },
        |_| Ok(Vec::new()),
    ];
    for look_up in none {
        request.settings.lookup = Lookup::with(look_up);
        assert_eq!(
            ask(&request),
            ApiAnswer::Fault(Fault::DnsFailure {
                host: "api.clerk.com".into()
            })
        );
    }
}

#[test]
fn the_systems_own_words_for_an_unknown_name_are_understood() {
    let mut request = Request::new(ApiBase::default(), key());
    // No name has a space in it, so no name server needs to be asked.
    request.settings.lookup = Lookup::with(|_| {
        std::net::ToSocketAddrs::to_socket_addrs(&("no such name.invalid", 443))
            .map(Iterator::collect)
    });
    assert_eq!(
        ask(&request),
        ApiAnswer::Fault(Fault::DnsFailure {
            host: "api.clerk.com".into()
        })
    );
}

#[test]
fn an_address_no_packet_can_go_to_is_unreachable() {
    let mut request = Request::new(ApiBase::default(), key());
    // Broadcast: refused by the system itself, whatever network the machine has.
    request.settings.lookup = Lookup::with(|_| Ok(vec!["255.255.255.255:443".parse().unwrap()]));
    let answer = ask(&request);
    assert!(
        matches!(answer, ApiAnswer::Fault(Fault::Unreachable { .. })),
        "{answer:?}"
    );
}

#[test]
fn localhost_is_this_machine_whatever_a_name_server_says() {
    let server = Server::start(vec![instance("production")]);
    let mut request = request(&format!("http://localhost:{}", server.port()));
    request.settings.lookup = Lookup::with(|name| panic!("asked for {name}"));
    assert!(matches!(ask(&request), ApiAnswer::Ok { .. }));
    server.was_asked(1);
}

#[test]
fn ipv6_works() {
    let server = Server::start_on(
        Ipv6Addr::LOCALHOST.into(),
        None,
        vec![instance("production")],
    );
    let answer = ask(&request(&format!("http://[::1]:{}", server.port())));
    assert!(matches!(answer, ApiAnswer::Ok { .. }), "{answer:?}");
    server.was_asked(1);
}

#[test]
fn what_is_not_http_is_said_so() {
    for garbage in [
        &b"SSH-2.0-OpenSSH_9.9\r\n\r\n"[..],
        &[0xff; 600],
        b"HTTP/9.9 200 OK\r\n\r\n",
    ] {
        let server = Server::start(vec![Act::Send(garbage.to_vec())]);
        assert_eq!(
            ask_server(&server),
            ApiAnswer::Fault(Fault::NotHttp {
                host: "127.0.0.1".into()
            })
        );
        server.was_asked(1);
    }
}

#[test]
fn a_body_that_is_not_framed_as_announced_is_not_http() {
    let chunks = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n";
    let server = Server::start(vec![Act::Send(chunks.to_vec())]);
    assert_eq!(
        ask_server(&server),
        ApiAnswer::Fault(Fault::NotHttp {
            host: "127.0.0.1".into()
        })
    );
}

#[test]
fn a_key_that_no_header_can_carry_is_not_sent() {
    let server = Server::start(vec![instance("production")]);
    let mut request = request(&server.http());
    for (value, fault) in [
        (format!("{}\n", key().expose()), KeyFault::Character),
        (format!("\"{}\"", key().expose()), KeyFault::Character),
        (format!("{}é", key().expose()), KeyFault::Character),
        (
            format!("{}\r\nX-Other: 1", key().expose()),
            KeyFault::Character,
        ),
        (String::new(), KeyFault::Empty),
    ] {
        request.key = Secret::new(value);
        let answer = ask(&request);
        assert_eq!(answer, ApiAnswer::BadKey(fault));
        assert_eq!(answer.verdict(), ApiVerdict::Bad);
    }
    server.was_asked(0);
}
