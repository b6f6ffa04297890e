//! A server that answers each connection as a script says and writes down what it was sent.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use clerk_audit::facts::api::{ApiAnswer, ApiBase};
use clerk_audit::facts::http::{Fault, Phase};
use clerk_audit::gather::net::{Request, ask_instance};
use clerk_audit::model::Secret;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::patience::{best, holds, until};

/// A port at which nobody listens. One that was free a moment ago may be another test's now; this one the
/// system gives to nobody.
pub const CLOSED: u16 = 1;

/// What a server does with one connection.
pub enum Act {
    /// Reads the request and sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes whatever comes, and waits for the other side to close.
    Blurt(Vec<u8>),
    /// Reads the request and sends the first bytes at once, the others one by one with pauses.
    Drip(Vec<u8>, Vec<u8>),
    /// Reads the request and sends the head, then a body that never ends.
    Endless,
    /// Reads the request and says nothing.
    Silence,
    /// Reads the request and closes.
    Close,
    /// Breaks the connection off with a reset.
    Reset,
}

/// A server on this machine; it goes away after its last act.
pub struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn start(acts: Vec<Act>) -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST.into(), None, acts)
    }

    pub fn start_tls(config: ServerConfig, acts: Vec<Act>) -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST.into(), Some(Arc::new(config)), acts)
    }

    pub fn start_on(address: IpAddr, tls: Option<Arc<ServerConfig>>, acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let written = seen.clone();
        thread::spawn(move || {
            for act in acts {
                let (stream, _) = listener.accept().unwrap();
                match &tls {
                    None => perform(act, stream, &written),
                    Some(config) => {
                        let connection = ServerConnection::new(config.clone()).unwrap();
                        perform_tls(act, StreamOwned::new(connection, stream), &written);
                    }
                }
            }
        });
        Self { port, seen }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn https(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// What was sent to it, one text for each connection that sent something.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Asserts that it was asked `times` times, and only what may be asked.
    pub fn was_asked(&self, times: usize) {
        // Who gave up did not wait until the question was read.
        until("it is asked", || self.seen().len() >= times);
        let seen = self.seen();
        assert_eq!(seen.len(), times, "{seen:?}");
        for request in &seen {
            is_the_one_question(request);
        }
    }
}

fn perform(act: Act, mut stream: TcpStream, seen: &Mutex<Vec<String>>) {
    if matches!(act, Act::Reset) {
        // Closing with unread bytes makes the system send a reset instead of an orderly end.
        let mut buffer = [0; 4096];
        let length = stream.peek(&mut buffer).unwrap();
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        seen.lock().unwrap().push(text);
        return;
    }
    play(act, &mut stream, seen);
}

fn perform_tls(
    act: Act,
    mut stream: StreamOwned<ServerConnection, TcpStream>,
    seen: &Mutex<Vec<String>>,
) {
    play(act, &mut stream, seen);
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

fn play(act: Act, stream: &mut (impl Read + Write), seen: &Mutex<Vec<String>>) {
    if let Act::Blurt(bytes) = act {
        let _ = stream.write_all(&bytes);
        read_head(stream);
        return;
    }
    let request = read_head(stream);
    if request.is_empty() {
        return;
    }
    seen.lock().unwrap().push(request);
    match act {
        Act::Send(bytes) => drop(stream.write_all(&bytes)),
        Act::Drip(at_once, slowly) => {
            let mut sent = stream.write_all(&at_once);
            for byte in slowly {
                thread::sleep(Duration::from_millis(20));
                sent = sent.and_then(|()| stream.write_all(&[byte]));
            }
        }
        Act::Endless => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
            let mut sent = stream.write_all(head);
            while sent.is_ok() {
                sent = stream.write_all(&[b' '; 4096]);
            }
        }
        Act::Silence => drop(read_head(stream)),
        Act::Close | Act::Reset | Act::Blurt(_) => {}
    }
    let _ = stream.flush();
}

/// Everything up to the empty line, or up to the end.
pub fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Asserts method, path and headers: these and no others.
pub fn is_the_one_question(request: &str) {
    let mut lines = request.trim_end().split("\r\n");
    assert_eq!(lines.next(), Some("GET /v1/instance HTTP/1.1"));
    let mut headers: Vec<(String, &str)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    headers.sort();
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["accept", "authorization", "host", "user-agent"]);
    assert_eq!(headers[0].1, "application/json");
    assert_eq!(headers[1].1, format!("Bearer {}", key().expose()));
    assert_eq!(
        headers[3].1,
        concat!("clerk-audit/", env!("CARGO_PKG_VERSION"))
    );
}

/// An answer with a body.
pub fn answer(status: &str, content_type: &str, headers: &str, body: &str) -> Act {
    Act::Send(bytes(status, content_type, headers, body))
}

pub fn bytes(status: &str, content_type: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
        .into_bytes()
}

pub fn json(status: &str, body: &str) -> Act {
    answer(status, "application/json", "", body)
}

/// What Clerk answers to a key of this kind of instance.
pub fn instance(environment: &str) -> Act {
    json("200 OK", &instance_body(environment))
}

pub fn instance_body(environment: &str) -> String {
    format!(
        r#"{{"object":"instance","id":"ins_2abc","environment_type":"{environment}","allowed_origins":null,"workspace_id":null}}"#
    )
}

/// A Clerk error as its API description has it.
pub fn clerk_error(status: &str, code: &str) -> Act {
    let body = format!(
        r#"{{"errors":[{{"message":"short","long_message":"The long message.","code":"{code}","meta":{{}}}}],"clerk_trace_id":"trace1"}}"#
    );
    json(status, &body)
}

/// A key nobody has, built here so that no file holds one.
pub fn key() -> Secret {
    Secret::new(format!("sk_test_{}", "Zq8".repeat(14)))
}

pub fn request(base: &str) -> Request {
    Request::new(ApiBase::parse(base).unwrap(), key())
}

/// Asks, and holds that nothing that can be shown has the key in it.
pub fn ask(request: &Request) -> ApiAnswer {
    let answer = ask_instance(request);
    let shown = format!(
        "{request:?} {answer:?} {:?} {}",
        answer.explain(),
        serde_json::to_string(&answer).unwrap()
    );
    let body = "zq8".repeat(3);
    assert!(!shown.to_lowercase().contains(&body), "{shown}");
    answer
}

pub fn ask_server(server: &Server) -> ApiAnswer {
    ask(&request(&server.http()))
}

/// Asks with a small budget, and holds that it was kept and that the answer is right. Where the machine did
/// something else in between, that was too small to get so far: then with a larger one. `prepare` makes the
/// request and whatever it is answered by.
#[track_caller]
pub fn ask_within<W>(
    prepare: impl Fn() -> (Request, W),
    is_right: impl Fn(&ApiAnswer, Duration) -> bool,
) -> W {
    let mut budgets = [700, 2_100, 6_300].map(Duration::from_millis).into_iter();
    let mut world = None;
    best(|| {
        let budget = budgets.next().unwrap();
        let (mut request, made) = prepare();
        request.budget = budget;
        let start = Instant::now();
        let answer = ask(&request);
        let took = start.elapsed();
        world = Some(made);
        let is_kept = took < budget + budget * 3 / 4;
        holds(is_kept && is_right(&answer, budget), (took, answer))
    });
    world.unwrap()
}

/// The answer is that the time ran out while something went on, and of which host.
pub fn timed_out(answer: &ApiAnswer, budget: Duration, while_at: Phase) -> bool {
    let ApiAnswer::Fault(Fault::TimedOut {
        host,
        after_ms,
        phase,
    }) = answer
    else {
        return false;
    };
    !host.is_empty() && u128::from(*after_ms) == budget.as_millis() && *phase == while_at
}
