//! The key goes only to a server that proves who it is.

use std::path::PathBuf;
use std::process::Command;

use clerk_audit::facts::api::{ApiAnswer, ApiVerdict};
use clerk_audit::facts::http::{CaFileFault, Fault, TlsFault};
use rustls::ServerConfig;

use crate::certs::Authority;
use crate::server::{Act, Server, ask, instance, request};

/// Asks a TLS server at localhost while trusting `ca_file`.
fn at(config: ServerConfig, ca_file: Option<PathBuf>) -> (ApiAnswer, Server) {
    let server = Server::start_tls(config, vec![instance("production")]);
    let mut request = request(&server.https());
    request.settings.ca_file = ca_file;
    (ask(&request), server)
}

fn fault(answer: ApiAnswer) -> TlsFault {
    assert_eq!(answer.verdict(), ApiVerdict::Unknown);
    match answer {
        ApiAnswer::Fault(Fault::TlsFailure { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_vouched_for_by_the_given_authority_is_asked() {
    let authority = Authority::new();
    let (answer, server) = at(authority.server("localhost"), authority.file());
    assert!(matches!(answer, ApiAnswer::Ok { .. }), "{answer:?}");
    server.was_asked(1);
}

#[test]
fn a_server_nobody_vouches_for_gets_no_key() {
    let authority = Authority::new();
    // The other one has the same name, but not the same key.
    let other = Authority::new();
    for ca_file in [None, other.file()] {
        let (answer, server) = at(authority.server("localhost"), ca_file);
        assert!(answer.explain().fix.contains("--ca-file"));
        assert_eq!(fault(answer), TlsFault::UnknownIssuer);
        server.was_asked(0);
    }
}

#[test]
fn a_certificate_out_of_date_gets_no_key() {
    let authority = Authority::new();
    let (answer, server) = at(
        authority.server_between("localhost", 2020, 2021),
        authority.file(),
    );
    assert_eq!(fault(answer), TlsFault::Expired);
    server.was_asked(0);
    let (answer, server) = at(
        authority.server_between("localhost", 2190, 2200),
        authority.file(),
    );
    assert_eq!(fault(answer), TlsFault::NotYetValid);
    server.was_asked(0);
}

#[test]
fn a_certificate_for_another_name_gets_no_key() {
    let authority = Authority::new();
    let (answer, server) = at(authority.server("api.clerk.com"), authority.file());
    assert_eq!(fault(answer), TlsFault::WrongName);
    server.was_asked(0);
}

#[test]
fn a_server_without_tls_is_told_from_a_bad_certificate() {
    let plain = Act::Blurt(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    let server = Server::start(vec![plain]);
    assert_eq!(fault(ask(&request(&server.https()))), TlsFault::NotTls);
    server.was_asked(0);
}

#[test]
fn a_server_that_breaks_the_handshake_off_is_quoted() {
    let authority = Authority::new();
    let mut config = authority.server("localhost");
    config.alpn_protocols = vec![b"h2".to_vec()];
    let (answer, server) = at(config, authority.file());
    assert_eq!(
        fault(answer),
        TlsFault::BrokenOff("NoApplicationProtocol".to_owned())
    );
    server.was_asked(0);
}

#[test]
fn a_broken_authority_file_is_named_before_anything_is_sent() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.pem");
    std::fs::write(&text, "not a certificate").unwrap();
    for (path, expected) in [
        (text, Some(CaFileFault::NoCertificate)),
        (folder.path().join("missing.pem"), None),
        (folder.path().to_owned(), None),
    ] {
        let (answer, server) = at(authority.server("localhost"), Some(path.clone()));
        let ApiAnswer::Fault(Fault::CaFile { path: named, fault }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(named, path.to_string_lossy());
        match expected {
            Some(expected) => assert_eq!(fault, expected),
            None => assert!(matches!(fault, CaFileFault::Unreadable(_)), "{fault:?}"),
        }
        server.was_asked(0);
    }
}

/// Run by the next test in a process of its own, because the variables count for a whole process.
#[test]
#[ignore = "needs SSL_CERT_FILE to name no file"]
fn child_with_a_broken_trust_store() {
    assert_eq!(
        ask(&request("https://localhost:1")),
        ApiAnswer::Fault(Fault::NoTrustStore)
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_chosen_trust_store_that_is_empty_is_not_replaced_by_another() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "trust::child_with_a_broken_trust_store",
            "--ignored",
        ])
        .env("SSL_CERT_FILE", "/nonexistent/ca.pem")
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stdout)
    );
}
