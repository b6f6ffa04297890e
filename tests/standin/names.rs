//! The two resolvers.

use std::time::Duration;

use crate::client::{Said, dig, dig_tcp, dig_within, parse, question, resolve};
use crate::support::standin::{Scenario, Standin};

const A: u16 = 1;
const CNAME: u16 = 5;
const TXT: u16 = 16;
const AAAA: u16 = 28;
const CAA: u16 = 257;

fn name(text: &str) -> Vec<u8> {
    let labels = text.split('.');
    let mut bytes: Vec<u8> = labels
        .flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat())
        .collect();
    bytes.push(0);
    bytes
}

fn with(rules: &str) -> Standin {
    Standin::start(&Scenario::from_toml(&format!("[live]\n{rules}")))
}

fn rule(rest: &str) -> String {
    format!("[[live.dns]]\nname = \"clerk.acme.shop\"\n{rest}\n")
}

#[test]
fn a_healthy_domain_has_its_records() {
    let standin = with("");
    let target = (CNAME, name("frontend-api.clerk.services"));
    let said = resolve(&standin, 1, "clerk.acme.shop", CNAME);
    assert_eq!(said.answers, std::slice::from_ref(&target).to_vec());
    let chased = resolve(&standin, 2, "Clerk.Acme.Shop", A);
    assert_eq!(chased.answers, [target, (A, vec![192, 0, 2, 20])]);
    assert_eq!(
        resolve(&standin, 1, "acme.shop", AAAA).answers[0].1.len(),
        16
    );
    let policy = resolve(&standin, 1, "_dmarc.acme.shop", TXT).answers;
    assert!(policy[0].1[1..].starts_with(b"v=DMARC1; p=reject;"));
    for label in ["accounts", "clk._domainkey", "clk2._domainkey", "clkmail"] {
        let said = resolve(&standin, 1, &format!("{label}.acme.shop"), CNAME);
        assert_eq!((said.code, said.answers.len()), (0, 1), "{label}");
    }
    let seen = standin.dns_seen();
    assert_eq!(
        (
            seen[1].resolver,
            seen[1].name.as_str(),
            seen[1].kind.as_str()
        ),
        (2, "clerk.acme.shop", "A")
    );
}

#[test]
fn what_is_not_there_is_told_with_a_soa() {
    let standin = with("");
    let none = Said {
        code: 3,
        truncated: false,
        answers: Vec::new(),
        authority: 1,
    };
    assert_eq!(resolve(&standin, 1, "nothing.acme.shop", A), none);
    assert_eq!(
        resolve(&standin, 1, "acme.shop", CAA),
        Said { code: 0, ..none }
    );
}

#[test]
fn a_scenario_changes_records_of_one_resolver_or_of_both() {
    let rules = rule("type = \"CNAME\"\nresolver = 2\ndata = []")
        + "[[live.dns]]\nname = \"acme.shop\"\ntype = \"CAA\"\ndata = ['0 issue \"letsencrypt.org\"']\n";
    let standin = with(&rules);
    assert_eq!(
        resolve(&standin, 1, "clerk.acme.shop", CNAME).answers.len(),
        1
    );
    let gone = resolve(&standin, 2, "clerk.acme.shop", CNAME);
    assert_eq!((gone.code, gone.answers.len()), (0, 0));
    assert_eq!(resolve(&standin, 2, "clerk.acme.shop", A).answers.len(), 0);
    let caa = &resolve(&standin, 1, "acme.shop", CAA).answers[0].1;
    assert_eq!(caa.as_slice(), b"\x00\x05issueletsencrypt.org");
}

#[test]
fn every_fault_is_what_it_says() {
    for (fault, code) in [("nxdomain", 3), ("servfail", 2), ("refused", 5)] {
        let standin = with(&rule(&format!("type = \"*\"\nfault = \"{fault}\"")));
        assert_eq!(resolve(&standin, 1, "clerk.acme.shop", A).code, code);
    }
    let standin = with(&rule("type = \"*\"\nfault = \"silence\""));
    let asked = question("clerk.acme.shop", A);
    let second = Duration::from_secs(1);
    assert_eq!(dig_within(second, &standin, 1, &asked), None);
    let standin = with(&rule("type = \"*\"\nfault = \"garbage\""));
    assert!(dig(&standin, 1, "clerk.acme.shop", A).len() < 20);
    let standin = with(&rule("type = \"CNAME\"\nfault = \"truncated\""));
    let cut = resolve(&standin, 1, "clerk.acme.shop", CNAME);
    assert!(cut.truncated && cut.answers.is_empty());
    let whole = parse(&dig_tcp(&standin, 1, "clerk.acme.shop", CNAME));
    assert!(!whole.truncated && whole.answers.len() == 1);
    let standin = with(&rule("type = \"*\"\nfault = \"loop\""));
    let there = resolve(&standin, 1, "clerk.acme.shop", A).answers;
    assert_eq!(
        there,
        [
            (CNAME, name("loop.clerk.acme.shop")),
            (CNAME, name("clerk.acme.shop"))
        ]
    );
    assert_eq!(
        resolve(&standin, 1, "loop.clerk.acme.shop", CNAME)
            .answers
            .len(),
        2
    );
}

#[test]
fn a_target_that_is_gone_leaves_its_cname_dangling() {
    let rules = "[[live.dns]]\nname = \"frontend-api.clerk.services\"\ntype = \"*\"\nfault = \"nxdomain\"\n";
    let standin = with(rules);
    let said = resolve(&standin, 1, "clerk.acme.shop", A);
    assert_eq!((said.code, said.answers.len()), (3, 1));
}

#[test]
fn an_answer_too_long_for_udp_is_cut_off() {
    let long = "x".repeat(900);
    let standin = with(&rule(&format!("type = \"TXT\"\ndata = [\"{long}\"]")));
    assert!(resolve(&standin, 1, "clerk.acme.shop", TXT).truncated);
    assert_eq!(
        parse(&dig_tcp(&standin, 1, "clerk.acme.shop", TXT))
            .answers
            .len(),
        1
    );
}
