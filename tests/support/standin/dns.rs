//! Two resolvers, written by the RFCs (1035, 8659) and not by any library: it is one of those that is
//! under test.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::healthy::zone;
use super::scenario::{Dns, DnsFault, glob};
use super::{DnsSeen, Raw, Shared};

const A: u16 = 1;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const TXT: u16 = 16;
const AAAA: u16 = 28;
const CAA: u16 = 257;

/// Starts a resolver; `index` is 1 or 2.
pub fn start(index: usize, shared: &Arc<Shared>) -> SocketAddr {
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()) {
            break (udp, tcp);
        }
    };
    let address = udp.local_addr().unwrap();
    let udp = Arc::new(udp);
    let (of_udp, of_tcp) = (shared.clone(), shared.clone());
    thread::spawn(move || {
        let mut packet = [0; 4096];
        while let Ok((length, from)) = udp.recv_from(&mut packet) {
            if of_udp.stopped.load(Ordering::Relaxed) {
                return;
            }
            let (query, udp, shared) = (packet[..length].to_vec(), udp.clone(), of_udp.clone());
            thread::spawn(move || {
                if let Some(answer) = answer(index, &query, true, &shared) {
                    let _ = udp.send_to(&answer, from);
                }
            });
        }
    });
    thread::spawn(move || {
        for stream in tcp.incoming() {
            if of_tcp.stopped.load(Ordering::Relaxed) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let shared = of_tcp.clone();
            thread::spawn(move || over_tcp(index, stream, &shared));
        }
    });
    address
}

/// Messages over TCP have their length before them (RFC 1035, 4.2.2).
fn over_tcp(index: usize, mut stream: TcpStream, shared: &Shared) {
    let mut length = [0; 2];
    while stream.read_exact(&mut length).is_ok() {
        let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
        if stream.read_exact(&mut query).is_err() {
            return;
        }
        let Some(answer) = answer(index, &query, false, shared) else {
            continue;
        };
        let mut framed = u16::try_from(answer.len()).unwrap().to_be_bytes().to_vec();
        framed.extend_from_slice(&answer);
        if stream.write_all(&framed).is_err() {
            return;
        }
    }
}

/// A question as it came.
struct Question {
    id: [u8; 2],
    recursion: u8,
    /// In lower case, without the last dot.
    name: String,
    kind: u16,
    /// Name, type and class as they came: a resolver compares the case of the letters.
    bytes: Vec<u8>,
    /// The largest answer over UDP, if the client can have more than 512 bytes (RFC 6891).
    room: Option<u16>,
}

fn parse(packet: &[u8]) -> Option<Question> {
    let mut at = 12;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*packet.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        if length > 63 {
            return None;
        }
        labels.push(String::from_utf8_lossy(packet.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let rest = packet.get(at..)?;
    let kind = u16::from_be_bytes([*rest.first()?, *rest.get(1)?]);
    let room = match rest.get(4..9)? {
        [0, 0, 41, high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    };
    Some(Question {
        id: [packet[0], packet[1]],
        recursion: packet[2] & 1,
        name: labels.join("."),
        kind,
        bytes: packet[12..at + 4].to_vec(),
        room,
    })
}

/// An answer before it is written.
#[derive(Default)]
struct Reply {
    code: u8,
    records: Vec<(String, u16, Vec<u8>)>,
    truncated: bool,
    garbage: bool,
    silence: bool,
}

fn answer(index: usize, packet: &[u8], over_udp: bool, shared: &Shared) -> Option<Vec<u8>> {
    shared.write_down(Raw {
        host: Some(format!("dns-{index}")),
        sni: String::new(),
        tls: false,
        bytes: packet.to_vec(),
    });
    let question = parse(&padded(packet))?;
    shared.dns_seen.lock().unwrap().push(DnsSeen {
        resolver: index,
        name: question.name.clone(),
        kind: type_name(question.kind),
        at: Instant::now(),
    });
    thread::sleep(Duration::from_millis(shared.scenario.latency_ms));
    let mut reply = Reply::default();
    look_up(index, &question.name, question.kind, shared, &mut reply);
    if reply.silence {
        return None;
    }
    if reply.garbage {
        let mut bytes = question.id.to_vec();
        bytes.extend_from_slice(&[0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0, 0xff, 0xc0, 0xff]);
        return Some(bytes);
    }
    reply.truncated &= over_udp;
    let whole = write(&question, &reply);
    let room = usize::from(question.room.unwrap_or(512).max(512));
    if over_udp && whole.len() > room {
        reply.truncated = true;
        return Some(write(&question, &reply));
    }
    Some(whole)
}

/// A question may end with the packet; what may follow it is looked at all the same.
fn padded(packet: &[u8]) -> Vec<u8> {
    let mut packet = packet.to_vec();
    packet.extend([0xff; 5]);
    packet
}

/// Finds records, following CNAMEs as a resolver does.
fn look_up(index: usize, name: &str, kind: u16, shared: &Shared, reply: &mut Reply) {
    let mut name = name.to_owned();
    for _ in 0..9 {
        let found = match records(index, &name, kind, shared, reply) {
            Some(found) if !found.is_empty() => found,
            Some(_) if kind == CNAME => return,
            None => return,
            Some(_) => {
                let Some(alias) = records(index, &name, CNAME, shared, reply) else {
                    return;
                };
                let Some(target) = alias.first() else {
                    if !exists(&name, shared) {
                        reply.code = 3;
                    }
                    return;
                };
                let data = encode(CNAME, target);
                reply.records.push((name, CNAME, data));
                name = target.clone();
                continue;
            }
        };
        for data in &found {
            reply.records.push((name.clone(), kind, encode(kind, data)));
        }
        return;
    }
}

/// The records of a name, or nothing if a fault is put into the reply.
fn records(
    index: usize,
    name: &str,
    kind: u16,
    shared: &Shared,
    reply: &mut Reply,
) -> Option<Vec<String>> {
    let loops = name.strip_prefix("loop.").unwrap_or(name);
    let rule = shared.scenario.dns.iter().find(|rule| {
        let about_loop = rule.fault == Some(DnsFault::Loop) && glob(&rule.name, loops);
        (glob(&rule.name, name) || about_loop)
            && (rule.kind == "*" || rule.kind.eq_ignore_ascii_case(&type_name(kind)))
            && rule.resolver.is_none_or(|only| only == index)
    });
    let Some(Dns { fault, data, .. }) = rule else {
        return Some(zone::records(&shared.scenario, name, &type_name(kind)));
    };
    match fault {
        Some(DnsFault::Nxdomain) => reply.code = 3,
        Some(DnsFault::Servfail) => reply.code = 2,
        Some(DnsFault::Refused) => reply.code = 5,
        Some(DnsFault::Silence) => reply.silence = true,
        Some(DnsFault::Garbage) => reply.garbage = true,
        Some(DnsFault::Loop) => {
            let other = match name.strip_prefix("loop.") {
                Some(first) => first.to_owned(),
                None => format!("loop.{name}"),
            };
            let records = &mut reply.records;
            records.push((name.to_owned(), CNAME, encode(CNAME, &other)));
            records.push((other.clone(), CNAME, encode(CNAME, name)));
            return None;
        }
        Some(DnsFault::Truncated) => {
            reply.truncated = true;
            let healthy = || zone::records(&shared.scenario, name, &type_name(kind));
            return Some(data.clone().unwrap_or_else(healthy));
        }
        None => return Some(data.clone().unwrap_or_default()),
    }
    None
}

/// Whether there is anything by that name, of whatever type: in the zone, or in the scenario.
fn exists(name: &str, shared: &Shared) -> bool {
    zone::exists(&shared.scenario, name)
        || shared
            .scenario
            .dns
            .iter()
            .any(|rule| glob(&rule.name, name) && rule.fault != Some(DnsFault::Nxdomain))
}

fn write(question: &Question, reply: &Reply) -> Vec<u8> {
    let empty: &[(String, u16, Vec<u8>)] = &[];
    let records = if reply.truncated {
        empty
    } else {
        &reply.records
    };
    let found = records.iter().any(|(_, kind, _)| *kind == question.kind);
    let negative = !found && !reply.truncated && matches!(reply.code, 0 | 3);
    let mut bytes = question.id.to_vec();
    bytes.push(0x80 | question.recursion | if reply.truncated { 2 } else { 0 });
    bytes.push(0x80 | reply.code);
    let extra = u16::from(question.room.is_some());
    for count in [
        1,
        u16::try_from(records.len()).unwrap(),
        u16::from(negative),
        extra,
    ] {
        bytes.extend_from_slice(&count.to_be_bytes());
    }
    bytes.extend_from_slice(&question.bytes);
    for (name, kind, data) in records {
        record(&mut bytes, name, *kind, data);
    }
    if negative {
        // RFC 2308: how long "there is none" may be remembered stands in the zone's SOA.
        let labels: Vec<&str> = question.name.split('.').collect();
        let zone = labels[labels.len().saturating_sub(2)..].join(".");
        let data = encode(
            SOA,
            &format!("ns1.{zone} hostmaster.{zone} 1 7200 900 1209600 60"),
        );
        record(&mut bytes, &zone, SOA, &data);
    }
    if extra == 1 {
        bytes.extend_from_slice(&[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    }
    bytes
}

fn record(bytes: &mut Vec<u8>, name: &str, kind: u16, data: &[u8]) {
    bytes.extend(encode_name(name));
    bytes.extend_from_slice(&kind.to_be_bytes());
    bytes.extend_from_slice(&[0, 1]);
    bytes.extend_from_slice(&3600_u32.to_be_bytes());
    bytes.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(data);
}

fn encode_name(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

/// A record's data out of its text form.
fn encode(kind: u16, text: &str) -> Vec<u8> {
    let wrong = |what: &str| panic!("{text:?} is no {what}");
    match kind {
        A => match text.parse::<Ipv4Addr>() {
            Ok(address) => address.octets().to_vec(),
            Err(_) => wrong("IPv4 address"),
        },
        AAAA => match text.parse::<Ipv6Addr>() {
            Ok(address) => address.octets().to_vec(),
            Err(_) => wrong("IPv6 address"),
        },
        TXT => {
            let strings = text.as_bytes().chunks(255);
            strings
                .flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part].concat())
                .collect()
        }
        SOA => {
            let parts: Vec<&str> = text.split(' ').collect();
            let mut bytes = [encode_name(parts[0]), encode_name(parts[1])].concat();
            for number in &parts[2..] {
                bytes.extend_from_slice(&number.parse::<u32>().unwrap().to_be_bytes());
            }
            bytes
        }
        CAA => {
            let parts: Vec<&str> = text.splitn(3, ' ').collect();
            let [flags, tag, value] = parts[..] else {
                return wrong("CAA record");
            };
            let mut bytes = vec![flags.parse().unwrap(), u8::try_from(tag.len()).unwrap()];
            bytes.extend_from_slice(tag.as_bytes());
            bytes.extend_from_slice(value.trim_matches('"').as_bytes());
            bytes
        }
        15 => {
            let (preference, host) = text.split_once(' ').unwrap();
            let preference: u16 = preference.parse().unwrap();
            [preference.to_be_bytes().to_vec(), encode_name(host)].concat()
        }
        _ => encode_name(text),
    }
}

fn type_name(kind: u16) -> String {
    let known = match kind {
        A => "A",
        2 => "NS",
        CNAME => "CNAME",
        SOA => "SOA",
        15 => "MX",
        TXT => "TXT",
        AAAA => "AAAA",
        65 => "HTTPS",
        CAA => "CAA",
        other => return format!("TYPE{other}"),
    };
    known.to_owned()
}
