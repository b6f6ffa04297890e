//! Certificates, and handshakes that fail.

use std::io::Read;
use std::time::Duration;

use crate::client::{connect, trust};
use crate::support::patience::until;
use crate::support::standin::{Scenario, Standin};

fn refused(fault: &str) -> String {
    let scenario =
        format!("[live]\n[[live.tls]]\nhost = \"clerk.acme.shop\"\nfault = \"{fault}\"\n");
    let standin = Standin::start(&Scenario::from_toml(&scenario));
    let trust = trust(&standin);
    assert!(
        connect(&standin, &trust, "acme.shop").is_ok(),
        "the others are well"
    );
    let error = connect(&standin, &trust, "clerk.acme.shop")
        .unwrap_err()
        .to_string();
    // What the client sent is kept, by the name that it asked for.
    let kept = || !standin.raw_to(|host| host == "clerk.acme.shop").is_empty();
    until("what was sent is written down", kept);
    error
}

#[test]
fn every_certificate_fault_is_what_it_says() {
    assert!(refused("expired").contains("certificate expired"));
    assert!(refused("not-yet").contains("not valid yet"));
    assert!(refused("wrong-name").contains("not valid for name"));
    assert!(refused("unknown-ca").contains("UnknownIssuer"));
    assert!(
        refused("handshake-failure")
            .to_lowercase()
            .contains("handshake")
    );
}

#[test]
fn what_does_not_speak_tls_does_not() {
    assert!(
        refused("not-tls").contains("corrupt message"),
        "{}",
        refused("not-tls")
    );
    refused("close");
}

#[test]
fn a_half_open_handshake_is_never_answered() {
    let scenario = "[live]\n[[live.tls]]\nhost = \"*\"\nfault = \"half-open\"\n";
    let standin = Standin::start(&Scenario::from_toml(scenario));
    let mut stream = std::net::TcpStream::connect(standin.https()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let name = rustls::pki_types::ServerName::try_from("acme.shop").unwrap();
    let mut client = rustls::ClientConnection::new(trust(&standin), name).unwrap();
    client.write_tls(&mut stream).unwrap();
    let error = stream.read(&mut [0; 16]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn a_certificate_has_the_days_and_the_issuer_that_the_scenario_names() {
    let scenario = "[live]\n[[live.tls]]\nhost = \"clerk.acme.shop\"\ndays = 10\nissuer = \"Google Trust Services\"\n";
    let standin = Standin::start(&Scenario::from_toml(scenario));
    let trust = trust(&standin);
    let chain = |name: &str| {
        let stream = connect(&standin, &trust, name).unwrap();
        let chain = stream.conn.peer_certificates().unwrap();
        assert_eq!(chain.len(), 2, "leaf and intermediate");
        chain
            .iter()
            .flat_map(|der| der.to_vec())
            .collect::<Vec<u8>>()
    };
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(has(&chain("clerk.acme.shop"), "Google Trust Services"));
    let default = chain("acme.shop");
    assert!(has(&default, "Let's Encrypt") && !has(&default, "Google Trust"));
}
