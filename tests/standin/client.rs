//! Clients that send what they are told to: HTTP with and without TLS, and DNS.

use std::io::{self, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::standin::Standin;

pub type Tls = StreamOwned<ClientConnection, TcpStream>;

const PATIENCE: Duration = Duration::from_secs(20);

/// An answer as a client reads it.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
}

/// What every client of a stand-in trusts.
pub fn trust(standin: &Standin) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(standin.ca_file()).unwrap())
        .unwrap();
    Arc::new(
        ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}

pub fn tcp(address: std::net::SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A connection over TLS for a name, once the handshake is done.
pub fn connect(standin: &Standin, trust: &Arc<ClientConfig>, name: &str) -> io::Result<Tls> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(trust.clone(), name).unwrap();
    let mut stream = StreamOwned::new(connection, tcp(standin.https()));
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// Sends a request and reads its answer, over a connection that is kept.
pub fn exchange(stream: &mut (impl Read + Write), request: &str) -> io::Result<Got> {
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    read_answer(stream, request.starts_with("HEAD"))
}

pub fn read_answer(stream: &mut impl Read, is_head: bool) -> io::Result<Got> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap();
    let status = first.split(' ').nth(1).and_then(|text| text.parse().ok());
    let status = status.ok_or(io::ErrorKind::InvalidData)?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; if is_head { 0 } else { length }];
    stream.read_exact(&mut body)?;
    Ok(Got {
        status,
        headers,
        body,
    })
}

/// A request for an address, with more header lines.
pub fn request(
    method: &str,
    host: &str,
    target: &str,
    more: &[(&str, &str)],
    body: &str,
) -> String {
    let mut text =
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: clerk-audit/0\r\n");
    for (name, value) in more {
        text += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        text += &format!("Content-Length: {}\r\n", body.len());
    }
    text + "\r\n" + body
}

/// One request over a connection of its own.
pub fn ask(
    standin: &Standin,
    method: &str,
    host: &str,
    target: &str,
    more: &[(&str, &str)],
    body: &str,
) -> io::Result<Got> {
    let mut stream = connect(standin, &trust(standin), host)?;
    exchange(&mut stream, &request(method, host, target, more, body))
}

/// A plain GET that has to be answered.
pub fn get(standin: &Standin, host: &str, target: &str, more: &[(&str, &str)]) -> Got {
    ask(standin, "GET", host, target, more, "").unwrap()
}

/// An answer of a resolver: its code, whether it is cut off, and its records as type and data.
#[derive(Debug, PartialEq)]
pub struct Said {
    pub code: u8,
    pub truncated: bool,
    pub answers: Vec<(u16, Vec<u8>)>,
    pub authority: usize,
}

pub fn question(name: &str, kind: u16) -> Vec<u8> {
    let mut bytes = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes.extend_from_slice(&kind.to_be_bytes());
    bytes.extend_from_slice(&[0, 1]);
    bytes
}

/// Asks over UDP.
pub fn dig(standin: &Standin, resolver: usize, name: &str, kind: u16) -> Vec<u8> {
    let answer = dig_within(PATIENCE, standin, resolver, &question(name, kind));
    answer.unwrap()
}

/// Asks over UDP; nothing if there is no answer by then.
pub fn dig_within(
    patience: Duration,
    standin: &Standin,
    resolver: usize,
    question: &[u8],
) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    let to = standin.resolvers()[resolver - 1];
    socket.send_to(question, to).unwrap();
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer).ok()?;
    Some(buffer[..length].to_vec())
}

pub fn dig_tcp(standin: &Standin, resolver: usize, name: &str, kind: u16) -> Vec<u8> {
    let mut stream = tcp(standin.resolvers()[resolver - 1]);
    let question = question(name, kind);
    let length = u16::try_from(question.len()).unwrap().to_be_bytes();
    stream
        .write_all(&[&length[..], &question].concat())
        .unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer).unwrap();
    answer
}

/// Asks over UDP and reads the answer.
pub fn resolve(standin: &Standin, resolver: usize, name: &str, kind: u16) -> Said {
    parse(&dig(standin, resolver, name, kind))
}

pub fn parse(bytes: &[u8]) -> Said {
    assert_eq!(bytes[..2], [0x12, 0x34]);
    assert_eq!(bytes[2] & 0x80, 0x80, "an answer");
    let number = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    let skip_name = |mut at: usize| {
        while bytes[at] != 0 {
            at += 1 + usize::from(bytes[at]);
        }
        at + 1
    };
    let mut at = skip_name(12) + 4;
    let mut answers = Vec::new();
    for _ in 0..number(6) {
        at = skip_name(at);
        let length = usize::from(number(at + 8));
        answers.push((number(at), bytes[at + 10..at + 10 + length].to_vec()));
        at += 10 + length;
    }
    Said {
        code: bytes[3] & 15,
        truncated: bytes[2] & 2 == 2,
        answers,
        authority: usize::from(number(8)),
    }
}
