//! Answers that are spoilt on their way.

use std::io::{self, Write};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::Shared;
use super::http::{Answer, Connection, Request, wait_for_the_end};
use super::scenario::Fault;

/// What becomes of the connection.
pub enum After {
    /// It serves the next request.
    Keep,
    /// It is closed in order.
    Close,
    /// It is closed without a word.
    Break,
    /// It is reset.
    Reset,
}

const HUGE: usize = 64 * 1024 * 1024;

/// Sends an answer, spoilt or not.
pub fn send(
    stream: &mut impl Connection,
    request: &Request,
    mut answer: Answer,
    fault: Option<Fault>,
    shared: &Shared,
) -> After {
    let method = request.method.as_str();
    match fault {
        None => {}
        Some(Fault::Reset) => return After::Reset,
        Some(Fault::Close) => return After::Break,
        Some(Fault::Silence) => {
            wait_for_the_end(stream.wire(), shared);
            return After::Break;
        }
        Some(Fault::Garbage) => {
            let _ = stream.write_all(b"\x00\x01SSH-2.0-nothing\x1b[2J\r\n\xff\xfe\r\n\r\n");
            return After::Close;
        }
        Some(Fault::Endless) => {
            let head = answer.head("connection: close\r\n");
            let _ = forever(stream, &head, &[b' '; 16 * 1024], shared);
            return After::Break;
        }
        Some(Fault::EndlessChunks) => {
            let head = answer.head("transfer-encoding: chunked\r\n");
            let chunk = format!("2000\r\n{}\r\n", " ".repeat(0x2000));
            let _ = forever(stream, &head, chunk.as_bytes(), shared);
            return After::Break;
        }
        Some(Fault::SlowBody) => {
            let _ = slowly(stream, &answer, shared);
            return After::Break;
        }
        Some(Fault::HugeBody) => {
            let _ = huge(stream, &answer, shared);
            return After::Break;
        }
        Some(Fault::GzipBomb) => {
            answer.set("content-encoding", "gzip");
            let _ = bomb(stream, &answer);
            return After::Break;
        }
        Some(Fault::Truncated) => {
            let length = answer.body.len() + 1000;
            let mut bytes = answer.head(&format!("content-length: {length}\r\n"));
            bytes.extend_from_slice(&answer.body);
            let _ = stream.write_all(&bytes);
            let _ = stream.flush();
            return After::Break;
        }
        Some(Fault::HugeHeader) => answer.set("x-huge", "h".repeat(1024 * 1024)),
        Some(Fault::Escapes) => escape(&mut answer),
        Some(Fault::WrongType) => {
            let is_html = answer
                .header("content-type")
                .is_some_and(|kind| kind.starts_with("text/html"));
            let kind = ["text/html; charset=utf-8", "application/octet-stream"];
            answer.set("content-type", kind[usize::from(is_html)]);
        }
        Some(Fault::Loop) => {
            let scheme = if request.tls { "https" } else { "http" };
            let host = request.header("host").unwrap_or_default();
            answer =
                Answer::new(302).with("location", format!("{scheme}://{host}{}", request.target()));
        }
        Some(Fault::RedirectAway) => {
            answer = Answer::new(302).with("location", "https://evil.example/");
        }
    }
    let sent = stream.write_all(&answer.bytes(method));
    if sent.and_then(|()| stream.flush()).is_ok() {
        After::Keep
    } else {
        After::Break
    }
}

fn forever(stream: &mut impl Write, head: &[u8], again: &[u8], shared: &Shared) -> io::Result<()> {
    stream.write_all(head)?;
    while !shared.stopped.load(Ordering::Relaxed) {
        stream.write_all(again)?;
    }
    Ok(())
}

fn slowly(stream: &mut impl Write, answer: &Answer, shared: &Shared) -> io::Result<()> {
    stream.write_all(&answer.head(&format!("content-length: {}\r\n", answer.body.len())))?;
    for byte in &answer.body {
        if shared.stopped.load(Ordering::Relaxed) {
            break;
        }
        stream.write_all(&[*byte])?;
        stream.flush()?;
        thread::sleep(Duration::from_millis(150));
    }
    Ok(())
}

fn huge(stream: &mut impl Write, answer: &Answer, shared: &Shared) -> io::Result<()> {
    stream.write_all(&answer.head(&format!("content-length: {HUGE}\r\n")))?;
    let block = [b' '; 64 * 1024];
    for _ in 0..HUGE / block.len() {
        if shared.stopped.load(Ordering::Relaxed) {
            break;
        }
        stream.write_all(&block)?;
    }
    stream.flush()
}

/// Zeros, compressed by hand (RFC 1951): one block of fixed Huffman codes that repeats the byte before 258
/// times, again and again. Eight such codes are 13 bytes, so the stream repeats as well.
fn bomb(stream: &mut impl Write, answer: &Answer) -> io::Result<()> {
    const EIGHTS: usize = 520_224;
    let one = deflated(8);
    let two = deflated(16);
    let body = 10 + one.len() + 13 * (EIGHTS - 1) + 8;
    stream.write_all(&answer.head(&format!("content-length: {body}\r\n")))?;
    stream.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])?;
    stream.write_all(&one[..2])?;
    let block = two[2..15].repeat(1024);
    let mut left = 13 * (EIGHTS - 1);
    while left > 0 {
        let length = left.min(block.len());
        stream.write_all(&block[..length])?;
        left -= length;
    }
    stream.write_all(&one[2..])?;
    // The checksum and the number of 1 + 258 × 8 × 520,224 zeros.
    stream.write_all(&0x95c7_eead_u32.to_le_bytes())?;
    stream.write_all(&1_073_742_337_u32.to_le_bytes())?;
    stream.flush()
}

/// A zero, so many times "258 bytes from one byte before", and the end.
fn deflated(repeats: usize) -> Vec<u8> {
    // BFINAL, BTYPE 01 (its low bit first), the literal 0 (00110000).
    let mut bits = vec![1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    for _ in 0..repeats {
        // Length code 285 (11000101), distance code 0 (00000).
        bits.extend([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    }
    // Code 256, the end.
    bits.extend([0; 7]);
    let byte = |eight: &[u8]| {
        (0..)
            .zip(eight)
            .fold(0, |byte, (at, bit)| byte | (bit << at))
    };
    bits.chunks(8).map(byte).collect()
}

const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";

/// In headers only what HTTP lets pass: the escape of ISO 6429's second set, and a change of direction.
fn escape(answer: &mut Answer) {
    let kind = answer.header("content-type").unwrap_or_default().to_owned();
    for name in ["server", "cf-ray", "x-clerk-auth-reason", "location"] {
        if name == "server" || answer.header(name).is_some() {
            let value = answer.header(name).unwrap_or_default().to_owned();
            answer.set(name, format!("{value}\u{9b}31m\u{202e}owned"));
        }
    }
    answer.body = match serde_json::from_slice::<Value>(&answer.body) {
        Ok(mut value) if kind.contains("json") => {
            poison(&mut value);
            value.to_string().into_bytes()
        }
        _ => [HOSTILE.as_bytes(), &answer.body].concat(),
    };
}

fn poison(value: &mut Value) {
    match value {
        Value::String(text) => text.push_str(HOSTILE),
        Value::Array(items) => items.iter_mut().for_each(poison),
        Value::Object(fields) => fields.values_mut().for_each(poison),
        _ => {}
    }
}
