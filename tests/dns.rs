//! What a question to a resolver promises, held against resolvers on this machine: every way in which one
//! can answer is told apart, and none of them makes the program wait, guess or break.

#![allow(
    clippy::unwrap_used,
    reason = "the helpers are test code too, and clippy does not know"
)]

mod support;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use clerk_audit::checks;
use clerk_audit::facts::live::dns::{Book, Data, Kind, Question, Reply, Unheard};
use clerk_audit::gather::net::{self, Net, Resolvers, Settings};
use support::patience::{best, holds};
use support::standin::{Scenario, Standin};

const BUDGET: Duration = Duration::from_secs(10);

/// Asks resolvers one round of questions after the other.
fn rounds(resolvers: &[SocketAddr], budget: Duration, rounds: &[&[(&str, Kind)]]) -> Book {
    let asked = net::run(|| async {
        let net = Net::new(Settings::default(), budget);
        let resolvers = Resolvers::open(&net, resolvers).await.unwrap();
        let mut book = Book::default();
        for round in rounds {
            let questions = round.iter().map(|(name, kind)| Question::new(*name, *kind));
            resolvers.ask(questions, &mut book).await;
        }
        book
    });
    asked.unwrap()
}

/// Asks the first resolver of a stand-in one question.
fn ask(live: &str, name: &str, kind: Kind) -> Reply {
    let standin = Standin::start(&Scenario::from_toml(live));
    let book = rounds(&standin.resolvers(), BUDGET, &[&[(name, kind)]]);
    book.reply(0, name, kind).unwrap().clone()
}

/// The answer about `clerk.acme.shop` where it is spoilt so.
fn spoilt(fault: &str, kind: Kind) -> Reply {
    let live = format!(
        "[live]\n[[live.dns]]\nname = \"clerk.acme.shop\"\ntype = \"*\"\nfault = \"{fault}\""
    );
    ask(&live, "clerk.acme.shop", kind)
}

#[test]
fn a_cname_is_the_answer_and_is_not_followed() {
    let reply = ask("[live]", "Clerk.ACME.shop.", Kind::Cname);
    assert_eq!(
        reply.alias("clerk.acme.shop"),
        Some("frontend-api.clerk.services")
    );
    assert_eq!(reply.addresses().count(), 0);
}

#[test]
fn addresses_come_with_the_names_on_the_way() {
    let reply = ask("[live]", "clerk.acme.shop", Kind::A);
    assert_eq!(
        reply.chain("clerk.acme.shop"),
        ["frontend-api.clerk.services"]
    );
    assert_eq!(
        reply
            .addresses()
            .map(|one| one.to_string())
            .collect::<Vec<_>>(),
        ["192.0.2.20"]
    );
    let reply = ask("[live]", "frontend-api.clerk.services", Kind::Aaaa);
    assert_eq!(
        reply
            .addresses()
            .map(|one| one.to_string())
            .collect::<Vec<_>>(),
        ["2001:db8::20"]
    );
}

#[test]
fn caa_records_are_read_with_flag_tag_and_value() {
    let live = "[live]\n[[live.dns]]\nname = \"acme.shop\"\ntype = \"CAA\"\ndata = ['128 Issue \"pki.goog; a=b\"', '0 weird \"\"']";
    let reply = ask(live, "acme.shop", Kind::Caa);
    let caa: Vec<(bool, String, String)> = reply
        .records()
        .iter()
        .filter_map(|record| match &record.data {
            Data::Caa(caa) => Some((caa.critical, caa.tag.clone(), caa.value.clone())),
            _ => None,
        })
        .collect();
    let wanted = [(true, "issue", "pki.goog; a=b"), (false, "weird", "")];
    assert_eq!(
        caa,
        wanted.map(|(critical, tag, value)| (critical, tag.to_owned(), value.to_owned()))
    );
}

#[test]
fn a_name_that_is_not_there_is_told_from_one_without_such_a_record() {
    assert_eq!(
        ask("[live]", "nothing.acme.shop", Kind::Txt),
        Reply::NoSuchName
    );
    assert_eq!(ask("[live]", "www.acme.shop", Kind::Cname), Reply::NoRecord);
    assert_eq!(spoilt("nxdomain", Kind::Cname), Reply::NoSuchName);
}

#[test]
fn every_fault_of_a_resolver_is_told_from_the_others() {
    for (fault, why) in [
        ("servfail", Unheard::ServerFailure),
        ("refused", Unheard::Refused),
        ("garbage", Unheard::NotDns),
    ] {
        for kind in [Kind::Cname, Kind::A, Kind::Caa] {
            assert_eq!(spoilt(fault, kind), Reply::Unheard(why), "{fault}");
        }
    }
}

#[test]
fn a_resolver_that_says_nothing_is_waited_for_three_seconds_and_once() {
    let live =
        "[live]\n[[live.dns]]\nname = \"*\"\ntype = \"*\"\nresolver = 1\nfault = \"silence\"";
    let standin = Standin::start(&Scenario::from_toml(live));
    let names: Vec<String> = (0..12)
        .map(|number| format!("n{number}.acme.shop"))
        .collect();
    let first: Vec<(&str, Kind)> = names.iter().map(|name| (name.as_str(), Kind::A)).collect();
    let second = [("clerk.acme.shop", Kind::Cname)];
    best(|| {
        let started = Instant::now();
        let book = rounds(&standin.resolvers(), BUDGET, &[&first, &second, &second]);
        let took = started.elapsed();
        let said = |resolver| {
            book.reply(resolver, "clerk.acme.shop", Kind::Cname)
                .unwrap()
                .clone()
        };
        assert_eq!(said(0), Reply::Unheard(Unheard::TimedOut));
        assert!(took > Duration::from_millis(2500), "{took:?}");
        let other = said(1).alias("clerk.acme.shop").is_some();
        holds(other && took < Duration::from_secs(5), took)
    });
}

#[test]
fn the_time_of_the_plan_ends_every_wait() {
    let live = "[live]\n[[live.dns]]\nname = \"*\"\ntype = \"*\"\nfault = \"silence\"";
    let standin = Standin::start(&Scenario::from_toml(live));
    best(|| {
        let started = Instant::now();
        rounds(
            &standin.resolvers(),
            Duration::from_millis(300),
            &[&[("a.acme.shop", Kind::A)]],
        );
        let took = started.elapsed();
        holds(took < Duration::from_secs(2), took)
    });
}

#[test]
fn an_answer_that_is_cut_off_is_asked_for_over_tcp() {
    let reply = spoilt("truncated", Kind::Cname);
    assert_eq!(
        reply.alias("clerk.acme.shop"),
        Some("frontend-api.clerk.services")
    );
    let long = "x".repeat(3000);
    let live = format!(
        "[live]\n[[live.dns]]\nname = \"_dmarc.acme.shop\"\ntype = \"TXT\"\ndata = [\"{long}\"]"
    );
    let reply = ask(&live, "_dmarc.acme.shop", Kind::Txt);
    assert_eq!(reply.texts().collect::<Vec<_>>(), [long]);
}

#[test]
fn a_circle_of_names_ends() {
    for kind in [Kind::Cname, Kind::A] {
        let reply = spoilt("loop", kind);
        assert_eq!(reply.alias("clerk.acme.shop"), Some("loop.clerk.acme.shop"));
        assert!(reply.chain("clerk.acme.shop").len() <= 16);
    }
}

#[test]
fn each_resolver_is_asked_itself_and_nothing_is_added_to_a_name() {
    let standin = Standin::start(&Scenario::healthy());
    rounds(
        &standin.resolvers(),
        BUDGET,
        &[&[("nothing.acme.shop", Kind::Txt)]],
    );
    let mut asked: Vec<(usize, String, String)> = standin
        .dns_seen()
        .into_iter()
        .map(|seen| (seen.resolver, seen.name, seen.kind))
        .collect();
    asked.sort();
    // A packet that is not answered at once is sent again.
    asked.dedup();
    let one = |resolver| (resolver, "nothing.acme.shop".to_owned(), "TXT".to_owned());
    assert_eq!(asked, [one(1), one(2)]);
}

#[test]
fn a_resolver_that_is_not_there_is_no_answer() {
    // A port that the system gives to nobody: one that was free a moment ago may be another test's now.
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    let book = rounds(
        &[nobody],
        Duration::from_secs(1),
        &[&[("acme.shop", Kind::A)]],
    );
    assert!(
        book.reply(0, "acme.shop", Kind::A)
            .unwrap()
            .unheard()
            .is_some()
    );
}

#[test]
fn a_name_that_cannot_be_asked_for_is_none() {
    let long = "a".repeat(70) + ".shop";
    for odd in [long.as_str(), "a..b", &"a.".repeat(200)] {
        assert_eq!(ask("[live]", odd, Kind::A), Reply::NoSuchName, "{odd}");
    }
}

/// A resolver that answers a question, given with its id, by whatever bytes, over UDP and over TCP.
fn resolver(answer: impl Fn(&[u8], bool) -> Vec<u8> + Send + Sync + Clone + 'static) -> SocketAddr {
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()) {
            break (udp, tcp);
        }
    };
    let address = udp.local_addr().unwrap();
    let over_tcp = answer.clone();
    thread::spawn(move || {
        let mut packet = [0; 2048];
        while let Ok((length, from)) = udp.recv_from(&mut packet) {
            let _ = udp.send_to(&answer(&packet[..length], true), from);
        }
    });
    thread::spawn(move || {
        for mut stream in tcp.incoming().flatten() {
            let mut length = [0; 2];
            let _ = stream.read_exact(&mut length);
            let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
            let _ = stream.read_exact(&mut query);
            let answer = over_tcp(&query, false);
            let length = u16::try_from(answer.len()).unwrap_or(u16::MAX);
            let _ = stream.write_all(&length.to_be_bytes());
            let _ = stream.write_all(&answer);
        }
    });
    address
}

/// An answer with these records after the question; each is a type and its data, of the name asked for.
fn answered(query: &[u8], flags: [u8; 2], records: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let end = 12 + query[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
    let count = u16::try_from(records.len()).unwrap().to_be_bytes();
    let mut bytes = [
        &query[..2],
        &flags,
        &[0, 1],
        &count,
        &[0, 0, 0, 0],
        &query[12..end],
    ]
    .concat();
    for (kind, data) in records {
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        bytes.extend(
            [
                &[0xc0, 12],
                &kind.to_be_bytes()[..],
                &[0, 1, 0, 0, 0, 60],
                &length,
                data,
            ]
            .concat(),
        );
    }
    bytes
}

#[test]
fn names_and_texts_with_control_characters_cannot_write_on_the_terminal() {
    let evil = resolver(|query, _| {
        let name = b"\x0aa\x1b[31m\n\x00.z\x04evil\x00".to_vec();
        let text = b"\x0cv=\x1b]0;x\x07DMA\xff".to_vec();
        answered(query, [0x81, 0x80], &[(5, name), (16, text)])
    });
    let questions = [
        ("clerk.acme.shop", Kind::Cname),
        ("_dmarc.acme.shop", Kind::Txt),
    ];
    let book = rounds(&[evil], BUDGET, &[&questions]);
    let reply = book.reply(0, "clerk.acme.shop", Kind::Cname).unwrap();
    let alias = reply.alias("clerk.acme.shop").unwrap();
    assert!(!alias.chars().any(char::is_control), "{alias:?}");
    assert!(
        book.reply(0, "_dmarc.acme.shop", Kind::Txt)
            .unwrap()
            .texts()
            .next()
            .is_some()
    );
}

#[test]
fn a_text_without_end_is_cut_and_a_thousand_records_are_not_all_kept() {
    let huge = resolver(|query, over_udp| {
        if over_udp {
            return answered(query, [0x83, 0x80], &[]);
        }
        let text: Vec<u8> = std::iter::repeat_n([vec![255], vec![b'x'; 255]].concat(), 100)
            .flatten()
            .collect();
        let mut records = vec![(16, text)];
        records.extend(std::iter::repeat_n((16, vec![1, b'y']), 1000));
        answered(query, [0x81, 0x80], &records)
    });
    let book = rounds(&[huge], BUDGET, &[&[("acme.shop", Kind::Txt)]]);
    let reply = book.reply(0, "acme.shop", Kind::Txt).unwrap();
    assert_eq!(reply.records().len(), 100);
    assert_eq!(reply.texts().next().unwrap().len(), 4096);
}

#[test]
fn no_bytes_of_a_resolver_make_the_program_break_or_believe() {
    let mut state = 1_u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let noises: Vec<Vec<u8>> = (0..40)
        .map(|length| (0..length * 7).map(|_| noise()).collect())
        .collect();
    for (number, noise) in noises.into_iter().enumerate() {
        let evil = resolver(move |query, _| match number % 3 {
            0 => [&query[..2], &noise].concat(),
            1 => answered(
                query,
                [0x81, 0x80],
                &[(5, noise.clone()), (257, noise.clone())],
            ),
            _ => [answered(query, [0x81, 0x80], &[]), noise.clone()].concat(),
        });
        let questions = [("clerk.acme.shop", Kind::Cname), ("acme.shop", Kind::Caa)];
        let book = rounds(&[evil], Duration::from_millis(150), &[&questions]);
        assert!(book.reply(0, "clerk.acme.shop", Kind::Cname).is_some());
    }
}

#[test]
fn an_answer_to_another_question_is_not_believed() {
    let evil = resolver(|query, _| {
        let mut other = query.to_vec();
        other[13] = b'x';
        answered(&other, [0x81, 0x80], &[(1, vec![192, 0, 2, 66])])
    });
    let book = rounds(
        &[evil],
        Duration::from_millis(300),
        &[&[("clerk.acme.shop", Kind::A)]],
    );
    assert_eq!(
        book.reply(0, "clerk.acme.shop", Kind::A)
            .unwrap()
            .addresses()
            .count(),
        0
    );
}

#[test]
fn a_healthy_domain_is_asked_little_and_quickly_and_gets_no_key() {
    let project = tempfile::tempdir().unwrap();
    let fixture = support::root().join("fixtures/checks/domain/record_missing/pass-healthy");
    support::copy_project(&fixture, project.path());
    let all = checks::ALL.iter().map(|check| check.meta.id);
    let domain: Vec<&str> = all.filter(|id| id.starts_with("domain/")).collect();
    best(|| {
        let standin = Standin::start(&Scenario::from_toml("[live]\nlatency_ms = 100"));
        let started = Instant::now();
        let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
            .arg(project.path())
            .args(["--only", &domain.join(","), "--url", "https://acme.shop"])
            .args(standin.args())
            .env_clear()
            .output()
            .unwrap();
        let took = started.elapsed();
        // A packet that is not answered at once is sent again: what is counted is the questions.
        let asked: BTreeSet<(usize, String, String)> = standin
            .dns_seen()
            .into_iter()
            .map(|seen| (seen.resolver, seen.name, seen.kind))
            .collect();
        assert!(asked.len() <= 2 * 24, "{asked:?}");
        assert_eq!(standin.violations(), Vec::<String>::new());
        let keys = ["sk_live", "pk_live"].map(|name| support::key(name).unwrap());
        assert_eq!(standin.leaks(&keys), Vec::<String>::new());
        let is_ready = done.status.code() == Some(0);
        let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        holds(is_ready && took < Duration::from_secs(3), (took, said))
    });
}
