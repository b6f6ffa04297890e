//! Questions to DNS resolvers: the only place that names hickory.
//!
//! Every question goes to each of two resolvers, so that one with an old answer is not believed alone.
//! Nothing is cached or completed with search domains, and a CNAME is an answer, not something to follow.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::xfer::{DnsHandle, FirstAnswer};
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::{DnsRequestOptions, Message, Query, ResponseCode};
use hickory_resolver::proto::rr::{self, Name, RData, RecordType};
use hickory_resolver::{NameServerPool, PoolContext, TlsConfig, system_conf};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, timeout_at};

use super::Net;
use crate::facts::live::dns::reply::plain_name;
use crate::facts::live::dns::{Book, Caa, Data, Kind, Question, Record, Reply, Unheard};

/// A resolver that has not answered by then will not.
const PATIENCE: Duration = Duration::from_secs(3);

/// Questions to one resolver at the same time.
const IN_FLIGHT: usize = 24;

/// Who is asked in the second place: the answer of this machine's resolver may be its own alone.
const PUBLIC: [Ipv4Addr; 2] = [Ipv4Addr::new(1, 1, 1, 1), Ipv4Addr::new(8, 8, 8, 8)];

/// No name has more records that matter.
const MOST_RECORDS: usize = 100;

/// No text that matters is longer.
const LONGEST_TEXT: usize = 4096;

/// The same where this machine asks over IPv6 alone.
const PUBLIC_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111),
    Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888),
];

/// A resolver that was silent so often, and said nothing yet, is not waited for again.
const MOST_SILENCES: usize = 8;

const SILENCE: Reply = Reply::Unheard(Unheard::TimedOut);

type Pool = NameServerPool<TokioRuntimeProvider>;

/// Two resolvers that check each other.
pub struct Resolvers {
    all: Vec<Resolver>,
    until: Instant,
}

struct Resolver {
    name: String,
    pool: Pool,
    places: Arc<Semaphore>,
    /// It answered none of the questions of a round, and is not waited for again.
    deaf: Cell<bool>,
    hearing: Rc<Hearing>,
}

/// What a resolver said so far.
#[derive(Default)]
struct Hearing {
    heard: Cell<bool>,
    silences: Cell<usize>,
}

impl Hearing {
    fn note(&self, reply: &Reply) {
        if *reply == SILENCE {
            self.silences.set(self.silences.get() + 1);
        } else {
            self.heard.set(true);
        }
    }

    fn is_deaf(&self) -> bool {
        !self.heard.get() && self.silences.get() >= MOST_SILENCES
    }
}

impl Resolvers {
    /// Those that are given; else those of this machine, and public ones; on a machine without any, only
    /// public ones. `None` where this machine has no means to ask.
    pub async fn open(net: &Net, given: &[SocketAddr]) -> Option<Self> {
        let servers = match given {
            [] => usual().await,
            given => {
                let names = ["the first --resolver", "the second --resolver"];
                let one = |(name, address): (&str, &SocketAddr)| {
                    (name.to_owned(), vec![server(*address)])
                };
                names.into_iter().zip(given).map(one).collect()
            }
        };
        let mut all = Vec::new();
        for (name, servers) in servers {
            let mut options = ResolverOpts::default();
            options.timeout = PATIENCE;
            let context = Arc::new(PoolContext::new(options, TlsConfig::new().ok()?));
            let pool = Pool::from_config(servers, context, TokioRuntimeProvider::default());
            all.push(Resolver {
                name,
                pool,
                places: Arc::new(Semaphore::new(IN_FLIGHT)),
                deaf: Cell::new(false),
                hearing: Rc::default(),
            });
        }
        let until = Instant::now() + net.left();
        Some(Self { all, until })
    }

    /// The resolvers in words, in their order.
    pub fn names(&self) -> Vec<String> {
        self.all.iter().map(|one| one.name.clone()).collect()
    }

    /// Asks each of them every question, and writes the answers down.
    pub async fn ask(&self, questions: impl IntoIterator<Item = Question>, book: &mut Book) {
        let mut asked = JoinSet::new();
        let mut replies = Vec::new();
        for (number, question) in questions.into_iter().enumerate() {
            for (resolver, one) in self.all.iter().enumerate() {
                if one.deaf.get() {
                    continue;
                }
                let (pool, places) = (one.pool.clone(), one.places.clone());
                let (question, until) = (question.clone(), self.until);
                let hearing = one.hearing.clone();
                asked.spawn_local(async move {
                    let reply = in_turn(&pool, &places, &hearing, &question, until).await;
                    hearing.note(&reply);
                    (number, resolver, reply)
                });
            }
            let silent = vec![SILENCE; self.all.len()];
            replies.push((question, silent));
        }
        while let Some(done) = asked.join_next().await {
            let Ok((number, resolver, reply)) = done else {
                continue;
            };
            let place = replies.get_mut(number);
            if let Some(place) = place.and_then(|(_, replies)| replies.get_mut(resolver)) {
                *place = reply;
            }
        }
        for (resolver, one) in self.all.iter().enumerate() {
            let mut said = replies
                .iter()
                .filter_map(|(_, replies)| replies.get(resolver));
            one.deaf.set(said.all(|reply| *reply == SILENCE));
        }
        for (question, replies) in replies {
            book.enter(question, replies);
        }
    }
}

/// The resolvers of this machine, and public ones.
async fn usual() -> Vec<(String, Vec<NameServerConfig>)> {
    let config = spawn_blocking(system_conf::read_system_conf).await;
    let own = match config {
        Ok(Ok((config, _))) => config.name_servers().to_vec(),
        // A container may have none.
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    opinions(own)
}

/// The resolvers of this machine together are one opinion, public ones the other; where they are the public
/// ones, each of them is one.
fn opinions(own: Vec<NameServerConfig>) -> Vec<(String, Vec<NameServerConfig>)> {
    let public = |address: IpAddr| server(SocketAddr::from((address, 53)));
    if own.is_empty() {
        let one = |address: Ipv4Addr| (format!("{address}"), vec![public(address.into())]);
        return PUBLIC.map(one).to_vec();
    }
    // A router on the link says nothing of what lies behind it.
    let reaches_v6 = own
        .iter()
        .all(|one| matches!(one.ip, IpAddr::V6(ip) if !ip.is_unicast_link_local()));
    let known = if reaches_v6 {
        PUBLIC_V6.map(IpAddr::V6)
    } else {
        PUBLIC.map(IpAddr::V4)
    };
    let is_own = |address: &IpAddr| own.iter().any(|server| server.ip == *address);
    let others: Vec<IpAddr> = known.into_iter().filter(|one| !is_own(one)).collect();
    if others.is_empty() {
        let each = own.into_iter().filter(|one| known.contains(&one.ip));
        let each = each.map(|one| (format!("the resolver {}", one.ip), vec![one]));
        return each.take(known.len()).collect();
    }
    let mut all = vec![("the resolver of this machine".to_owned(), own)];
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(ToString::to_string).collect();
        let servers = others.into_iter().map(public).collect();
        all.push((
            format!("the public resolver {}", names.join(" or ")),
            servers,
        ));
    }
    all
}

/// A resolver, over UDP, and over TCP where an answer is cut off.
fn server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.to_vec())
}

/// Asks when it is this question's turn, and once more where the resolver says that it failed.
async fn in_turn(
    pool: &Pool,
    places: &Semaphore,
    hearing: &Hearing,
    question: &Question,
    until: Instant,
) -> Reply {
    let Ok(Ok(_place)) = timeout_at(until, places.acquire()).await else {
        return SILENCE;
    };
    if hearing.is_deaf() {
        return SILENCE;
    }
    let until = until.min(Instant::now() + PATIENCE);
    let first = timeout_at(until, ask(pool, question)).await;
    match first {
        Err(_) => SILENCE,
        Ok(Reply::Unheard(why @ (Unheard::ServerFailure | Unheard::NotDns))) => {
            let second = timeout_at(until, ask(pool, question)).await;
            second.unwrap_or(Reply::Unheard(why))
        }
        Ok(reply) => reply,
    }
}

async fn ask(pool: &Pool, question: &Question) -> Reply {
    let Ok(mut name) = Name::from_ascii(&question.name) else {
        return Reply::NoSuchName;
    };
    name.set_fqdn(true);
    let query = Query::query(name, record_type(question.kind));
    let mut options = DnsRequestOptions::default();
    options.use_edns = true;
    match pool.lookup(query, options).first_answer().await {
        Ok(answer) => read(&answer),
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => match none.response_code {
            ResponseCode::NXDomain => Reply::NoSuchName,
            _ => Reply::NoRecord,
        },
        Err(error) => Reply::Unheard(unheard(&error)),
    }
}

fn record_type(kind: Kind) -> RecordType {
    match kind {
        Kind::A => RecordType::A,
        Kind::Aaaa => RecordType::AAAA,
        Kind::Cname => RecordType::CNAME,
        Kind::Txt => RecordType::TXT,
        Kind::Caa => RecordType::CAA,
    }
}

fn unheard(error: &NetError) -> Unheard {
    match error {
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused)) => Unheard::Refused,
        NetError::Dns(_) => Unheard::ServerFailure,
        NetError::Timeout | NetError::Busy => Unheard::TimedOut,
        NetError::Io(_) | NetError::NoConnections => Unheard::Unreachable,
        _ => Unheard::NotDns,
    }
}

fn read(answer: &Message) -> Reply {
    let records: Vec<Record> = answer
        .answers
        .iter()
        .take(MOST_RECORDS)
        .filter_map(record)
        .collect();
    match (records.is_empty(), answer.metadata.response_code) {
        (false, _) => Reply::Records(records),
        (true, ResponseCode::NXDomain) => Reply::NoSuchName,
        (true, _) => Reply::NoRecord,
    }
}

fn record(record: &rr::Record) -> Option<Record> {
    let plain = |name: &Name| plain_name(&name.to_ascii());
    let data = match &record.data {
        RData::A(address) => Data::Address(IpAddr::V4(address.0)),
        RData::AAAA(address) => Data::Address(IpAddr::V6(address.0)),
        RData::CNAME(target) => Data::Alias(plain(&target.0)),
        RData::TXT(text) => Data::Text(lossy(&text.txt_data.concat())),
        RData::CAA(caa) => Data::Caa(Caa {
            critical: caa.issuer_critical,
            tag: caa.tag.to_ascii_lowercase(),
            value: lossy(&caa.value),
        }),
        _ => return None,
    };
    Some(Record {
        owner: plain(&record.name),
        data,
    })
}

fn lossy(bytes: &[u8]) -> String {
    let part = bytes.get(..LONGEST_TEXT).unwrap_or(bytes);
    String::from_utf8_lossy(part).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(own: &[&str]) -> Vec<String> {
        let own = own
            .iter()
            .map(|ip| server(SocketAddr::new(ip.parse().unwrap(), 53)));
        opinions(own.collect())
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn there_are_two_opinions_whatever_this_machine_uses() {
        for own in [
            &[][..],
            &["192.0.2.1"],
            &["1.1.1.1"],
            &["1.1.1.1", "8.8.8.8"],
            &["2001:db8::1"],
            &["2606:4700:4700::1111", "2001:4860:4860::8888"],
        ] {
            assert_eq!(names(own).len(), 2, "{own:?}");
        }
        assert!(names(&["2001:db8::1"])[1].contains("2606:4700:4700::1111"));
        assert!(names(&["fe80::1"])[1].contains("1.1.1.1"));
    }
}
