//! Whatever bytes servers send, the program ends in time, does not panic, and prints nothing that a terminal
//! would obey.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use crate::project::finish;
use crate::rig::{self, HOOK, in_time, project};
use crate::secrets::is_odd;

const SECONDS: u64 = 2;

fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "content-type",
            "content-encoding",
            "content-length",
            "transfer-encoding",
            "location",
            "date",
            "retry-after",
            "set-cookie",
            "content-security-policy",
            "strict-transport-security",
            "x-clerk-auth-status",
            "x-clerk-auth-reason",
            "x-clerk-redirect-to",
            "access-control-allow-origin",
            "server",
        ])
        .prop_map(str::to_owned),
        "[a-z-]{1,12}",
    ];
    let value = prop_oneof![
        prop::sample::select(vec![
            "application/json",
            "text/html; charset=utf-8",
            "gzip",
            "chunked",
            "0",
            "18446744073709551616",
            "-1",
            "https://evil.example/\u{1b}[2J",
            "//",
            "https://clerk.acme.shop/v1/client/handshake?redirect_url=%00",
            "Thu, 99 Foo 99999999999 99:99:99 GMT",
            "signed-out",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..80),
    ];
    (name, value)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let json = prop::sample::select(vec![
        "{}",
        "[]",
        "null",
        "{\"data\":[null,1,{}],\"total_count\":-1}",
        "{\"object\":\"instance\",\"id\":\"\\u001b[2J\",\"environment_type\":\"production\",\"allowed_origins\":[null,\"\\u202e\"]}",
        "{\"errors\":[{\"message\":\"\\u001b]0;x\\u0007\",\"long_message\":\"\\u009b31m\",\"code\":\"\\n\"}],\"clerk_trace_id\":\"\\u0000\"}",
        "{\"auth_config\":{\"test_mode\":1},\"display_config\":[],\"user_settings\":{\"attributes\":{\"\\u202e\":null}}}",
        "{\"keys\":[{\"kid\":\"\\u001b[2J\",\"n\":\"!\",\"e\":\"\"}]}",
        "{\"page\":null,\"status\":{\"indicator\":\"\\u001b\",\"description\":\"\\u001b[31m\"}}",
        "<html><script src=\"\u{1b}[2J.js\"></script><script src=//evil.example data-clerk-publishable-key=pk_live_\u{1b}></script>",
    ]);
    prop_oneof![
        json.prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..600),
        (0..5000_usize).prop_map(|depth| "[".repeat(depth).into_bytes()),
    ]
}

/// An answer, framed well or not, or no HTTP at all.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let status = prop_oneof![
        prop::sample::select(vec![200_u16, 200, 307, 401, 404, 429, 503]),
        100..1000_u16
    ];
    let headers = prop::collection::vec(header(), 0..8);
    let http = (status, headers, body(), -20..20_i64, any::<bool>()).prop_map(
        |(status, headers, body, off, framed)| {
            let mut bytes = format!("HTTP/1.1 {status} \r\n").into_bytes();
            for (name, value) in headers {
                bytes.extend_from_slice(name.as_bytes());
                bytes.extend_from_slice(b": ");
                bytes.extend(value);
                bytes.extend_from_slice(b"\r\n");
            }
            if framed {
                let length = i64::try_from(body.len()).unwrap() + off.max(0) / 10;
                bytes.extend(format!("content-length: {length}\r\n").into_bytes());
            }
            bytes.extend_from_slice(b"\r\n");
            bytes.extend(body);
            bytes
        },
    );
    prop_oneof![4 => http, 1 => prop::collection::vec(any::<u8>(), 0..300)]
}

/// A server that gives these answers in turn.
fn server(answers: Vec<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let next = AtomicUsize::new(0);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let at = next.fetch_add(1, Ordering::Relaxed) % answers.len();
            let bytes = answers[at].clone();
            thread::spawn(move || {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(SECONDS)));
                let mut request = Vec::new();
                let mut chunk = [0; 4096];
                while !request.windows(4).any(|four| four == b"\r\n\r\n") {
                    match stream.read(&mut chunk) {
                        Ok(0) | Err(_) => return,
                        Ok(length) => request.extend_from_slice(&chunk[..length]),
                    }
                }
                let _ = stream.write_all(&bytes);
            });
        }
    });
    address
}

/// A resolver that answers with the question's id, and then anything.
fn resolver(bytes: Vec<u8>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut packet = [0; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut packet) {
            // Half of it as asked, so that some of it is read.
            let mut reply = packet[..length.min(bytes.len() / 2 + 2)].to_vec();
            if let Some(flags) = reply.get_mut(2) {
                *flags |= 0x80;
            }
            reply.extend_from_slice(&bytes);
            let _ = socket.send_to(&reply, from);
        }
    });
    address
}

fn runs_to_its_end(answers: Vec<Vec<u8>>, dns: Vec<u8>) {
    let here = format!("http://{}", server(answers));
    let resolver = resolver(dns).to_string();
    let project = project();
    let mut command = rig::command(&project, &["--timeout", &SECONDS.to_string()]);
    for option in ["--bapi-url", "--fapi-url", "--status-url", "--url"] {
        command.args([option, here.as_str()]);
    }
    command.args(["--webhook-url", HOOK, "--send-signed-test"]);
    command.args(["--resolver", resolver.as_str()]);
    // What would go elsewhere goes nowhere.
    command.args(["--connect-to", "::127.0.0.1:9"]);
    let done = finish(&mut command, b"");
    assert!(
        matches!(done.code, 0 | 1 | 3),
        "{}\n{}",
        done.code,
        done.err
    );
    assert_eq!(in_time(SECONDS, done.took), Ok(()));
    assert!(!done.err.contains("panicked"), "{}", done.err);
    let report = std::fs::read_to_string(project.outside().join("report.json")).unwrap();
    for text in [&done.out, &done.err, &report] {
        let odd = text
            .chars()
            .find(|c| (c.is_control() && *c != '\n') || is_odd(*c));
        assert!(odd.is_none(), "{odd:?} in {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_servers_send_the_program_ends_in_time_and_prints_nothing_to_obey(
        answers in prop::collection::vec(answer(), 1..6),
        dns in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let _busy = crate::speed::busy();
        runs_to_its_end(answers, dns);
    }
}
