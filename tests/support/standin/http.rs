//! HTTP/1.1 as a server speaks it: requests read whole, several on a connection, one thread each.

use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::server::{Accepted, Acceptor};
use rustls::{ServerConnection, StreamOwned};

use super::faults::{self, After};
use super::scenario::TlsFault;
use super::{Raw, Shared, tls};

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path without the query, as it was sent.
    pub path: String,
    /// The query without its question mark.
    pub query: String,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Every byte of it.
    pub raw: Vec<u8>,
    /// The `Host` header without the port, in lower case.
    pub host: String,
    /// The name that the client asked for in its TLS handshake.
    pub sni: String,
    /// Whether it came over TLS.
    pub tls: bool,
    /// Whence it came.
    pub peer: Option<IpAddr>,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter of the query, as it was sent.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.split('&');
        pairs.find_map(|pair| match pair.split_once('=') {
            Some((n, value)) if n == name => Some(value),
            _ => None,
        })
    }

    /// Path and query.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    /// Whether nothing can be changed by it.
    pub fn only_reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}

/// An answer before it is sent.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers beside `Date` and `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Seconds by which its `Date` is wrong.
    pub skew: i64,
}

impl Answer {
    /// One without a body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            skew: 0,
        }
    }

    /// One with a body of a type.
    pub fn of(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut answer = Self::new(status).with("content-type", kind);
        answer.body = body.into();
        answer
    }

    /// JSON.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::of(status, "application/json", body.to_string())
    }

    /// HTML.
    pub fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::of(status, "text/html; charset=utf-8", body)
    }

    /// With a header set.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a header.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.unset(name);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Takes a header away.
    pub fn unset(&mut self, name: &str) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Status line and headers, with an empty line at the end.
    pub fn head(&self, framing: &str) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        if self.header("date").is_none() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            let then = i64::try_from(now.as_secs()).unwrap() + self.skew;
            head += &format!("date: {}\r\n", http_date(then));
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        (head + framing + "\r\n").into_bytes()
    }

    /// All of it. An answer to `HEAD` has the length of a body that is not there.
    pub fn bytes(&self, method: &str) -> Vec<u8> {
        if matches!(self.status, 204 | 304) {
            return self.head("");
        }
        let mut bytes = self.head(&format!("content-length: {}\r\n", self.body.len()));
        if method != "HEAD" {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Answer",
    }
}

/// Seconds since 1970 as HTTP writes a time.
pub fn http_date(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days to a civil date, by Howard Hinnant's algorithm; March is the first month of its year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year + era * 400 + i64::from(month >= 10);
    let months = [
        "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
    ];
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        weekdays[usize::try_from(days.rem_euclid(7)).unwrap()],
        months[usize::try_from(month).unwrap()],
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}

/// A connection whose last bytes stay unread in the system until more are wanted: closed like that, it is
/// reset instead of ended.
pub struct Wire {
    stream: TcpStream,
    unread: usize,
    seen: Vec<u8>,
    writes_down: bool,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            unread: 0,
            seen: Vec::new(),
            writes_down: true,
        }
    }

    /// Takes what is unread, so that the connection can be closed in order.
    pub fn settle(&mut self) {
        let mut bytes = vec![0; self.unread];
        let _ = self.stream.read_exact(&mut bytes);
        self.unread = 0;
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.settle();
        let length = self.stream.peek(buffer)?;
        self.unread = length;
        if self.writes_down {
            self.seen.extend_from_slice(&buffer[..length]);
        }
        Ok(length)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// What an answer is written to, with TLS or without.
pub trait Connection: Read + Write {
    /// The connection below.
    fn wire(&mut self) -> &mut Wire;
    /// Says that nothing more comes.
    fn goodbye(&mut self) {}
}

impl Connection for Wire {
    fn wire(&mut self) -> &mut Wire {
        self
    }
}

impl Connection for StreamOwned<ServerConnection, Wire> {
    fn wire(&mut self) -> &mut Wire {
        &mut self.sock
    }

    fn goodbye(&mut self) {
        self.conn.send_close_notify();
        let _ = self.flush();
    }
}

/// Answers every connection to a listener until the stand-in is dropped.
pub fn listen(listener: TcpListener, shared: Arc<Shared>, secure: bool) {
    thread::spawn(move || {
        for stream in listener.incoming() {
            if shared.stopped.load(Ordering::Relaxed) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let shared = shared.clone();
            // Small stacks: hundreds of connections may be open.
            let builder = thread::Builder::new().stack_size(512 * 1024);
            shared.untold.fetch_add(1, Ordering::SeqCst);
            let serving = builder.spawn(move || {
                let peer = stream.peer_addr().ok().map(|address| address.ip());
                let wire = Wire::new(stream);
                if secure {
                    accept(wire, peer, &shared);
                } else {
                    let about = Request {
                        peer,
                        ..Request::default()
                    };
                    serve(wire, &about, &shared);
                }
                shared.untold.fetch_sub(1, Ordering::SeqCst);
            });
            serving.unwrap();
        }
    });
}

fn accept(mut wire: Wire, peer: Option<IpAddr>, shared: &Shared) {
    let mut sni = String::new();
    let connection = handshake(&mut wire, &mut sni, shared);
    let Some(connection) = connection else {
        // What a client sends without TLS is of interest most of all.
        let bytes = std::mem::take(&mut wire.seen);
        shared.write_down(Raw {
            host: None,
            sni,
            tls: true,
            bytes,
        });
        wire.settle();
        return;
    };
    wire.writes_down = false;
    wire.seen = Vec::new();
    let about = Request {
        sni,
        tls: true,
        peer,
        ..Request::default()
    };
    serve(StreamOwned::new(connection, wire), &about, shared);
}

fn handshake(wire: &mut Wire, sni: &mut String, shared: &Shared) -> Option<ServerConnection> {
    let accepted = hello(wire)?;
    *sni = accepted
        .client_hello()
        .server_name()
        .unwrap_or_default()
        .to_lowercase();
    match tls::rule(&shared.scenario, sni).and_then(|rule| rule.fault) {
        Some(TlsFault::Close) => return None,
        Some(TlsFault::HalfOpen) => {
            wait_for_the_end(wire, shared);
            return None;
        }
        Some(TlsFault::NotTls) => {
            let _ = wire.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
            return None;
        }
        // RFC 8446, 6: level fatal, description handshake_failure.
        Some(TlsFault::HandshakeFailure) => {
            let _ = wire.write_all(&[0x15, 3, 3, 0, 2, 2, 40]);
            return None;
        }
        _ => {}
    }
    let config = shared.authority.server(&shared.scenario, sni);
    let mut connection = accepted.into_connection(config).ok()?;
    while connection.is_handshaking() {
        connection.complete_io(wire).ok()?;
    }
    Some(connection)
}

fn hello(wire: &mut Wire) -> Option<Accepted> {
    let mut acceptor = Acceptor::default();
    loop {
        if acceptor.read_tls(wire).ok()? == 0 {
            return None;
        }
        if let Some(accepted) = acceptor.accept().ok()? {
            return Some(accepted);
        }
    }
}

/// Until the other side closes, or the stand-in is dropped.
pub fn wait_for_the_end(wire: &mut Wire, shared: &Shared) {
    let _ = wire
        .stream
        .set_read_timeout(Some(Duration::from_millis(100)));
    let mut buffer = [0; 4096];
    while !shared.stopped.load(Ordering::Relaxed) {
        match wire.read(&mut buffer) {
            Ok(0) => return,
            Err(e) if !matches!(e.kind(), io::ErrorKind::WouldBlock) => return,
            _ => {}
        }
    }
}

fn serve(mut stream: impl Connection, about: &Request, shared: &Shared) {
    let mut buffer = Vec::new();
    loop {
        let Some(request) = read_request(&mut stream, &mut buffer, about) else {
            if !buffer.is_empty() {
                shared.write_down(Raw {
                    host: None,
                    sni: about.sni.clone(),
                    tls: about.tls,
                    bytes: buffer,
                });
            }
            stream.wire().settle();
            return;
        };
        shared.note(&request);
        // Who waits for an answer says nothing more until it comes.
        shared.untold.fetch_sub(1, Ordering::SeqCst);
        let (answer, fault, delay) = shared.answer(&request);
        thread::sleep(delay);
        shared.untold.fetch_add(1, Ordering::SeqCst);
        let keeps = request
            .header("connection")
            .is_none_or(|value| !value.eq_ignore_ascii_case("close"));
        match faults::send(&mut stream, &request, answer, fault, shared) {
            After::Keep if keeps => {}
            After::Keep | After::Close => {
                stream.goodbye();
                stream.wire().settle();
                return;
            }
            After::Break => {
                stream.wire().settle();
                return;
            }
            After::Reset => return,
        }
    }
}

/// A request, or nothing if the other side closes before it is whole: then the buffer keeps what came.
fn read_request(stream: &mut impl Read, buffer: &mut Vec<u8>, about: &Request) -> Option<Request> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, buffer)?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let mut request = about.clone();
    request.method = first.next().unwrap_or_default().to_owned();
    let target = first.next().unwrap_or_default();
    // A client that takes us for a proxy names the host here as well.
    let target = target.split_once("://").map_or(target, |(_, rest)| {
        rest.find('/').map_or("/", |at| &rest[at..])
    });
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (request.path, request.query) = (path.to_owned(), query.to_owned());
    request.headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    request.host = host(request.header("host").unwrap_or_default());
    let length = request.header("content-length");
    let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
    while buffer.len() < end + length {
        more(stream, buffer)?;
    }
    request.body = buffer[end..end + length].to_vec();
    request.raw = buffer.drain(..end + length).collect();
    Some(request)
}

fn more(stream: &mut impl Read, buffer: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 8192];
    match stream.read(&mut chunk) {
        Ok(0) | Err(_) => None,
        Ok(length) => {
            buffer.extend_from_slice(&chunk[..length]);
            Some(())
        }
    }
}

fn host(header: &str) -> String {
    let bare = match header.rfind(']') {
        Some(end) => &header[..=end],
        None => header.split(':').next().unwrap_or_default(),
    };
    bare.trim_end_matches('.').to_lowercase()
}
