//! The test seams lead where they say, are announced, and what is typed wrongly is said clearly.

use std::fmt::Write as _;

use crate::project::{Project, finish};
use crate::rig::{EVERYTHING, Run, USUAL, project, scenario};
use crate::speed::busy;
use crate::support::standin::scenario::Role;
use crate::support::standin::{Scenario, Seen, Standin};

const BANNER: &str = "a test seam is active";

/// A check that asks nobody, so that no option sends anything.
fn without_network(project: &Project, args: &[&str]) -> String {
    let mut command = project.command(&["--only", "env/secret-key-missing"]);
    command.args(args);
    let done = finish(&mut command, b"");
    assert_eq!(done.code, 0, "{}\n{}", done.out, done.err);
    done.out
}

#[test]
fn an_active_seam_is_announced_by_its_name_and_none_is_not() {
    let project = project();
    let plain = without_network(&project, &[]);
    assert!(!plain.contains(BANNER), "{plain}");
    let here = "http://127.0.0.1:9";
    for (option, value) in [
        ("--bapi-url", here),
        ("--fapi-url", here),
        ("--status-url", here),
        ("--resolver", "127.0.0.1:9"),
        ("--connect-to", ":443:127.0.0.1:9"),
    ] {
        let said = without_network(&project, &[option, value]);
        assert!(said.contains(&format!("{option}: {BANNER}")), "{said}");
        let offline = without_network(&project, &[option, value, "--offline"]);
        assert!(!offline.contains(BANNER), "{offline}");
    }
    let both = without_network(&project, &["--bapi-url", here, "--resolver", "127.0.0.1:9"]);
    assert!(
        both.contains(&format!("--bapi-url, --resolver: {BANNER}")),
        "{both}"
    );
    // Options that lead nowhere else are no seams.
    let others = [
        "--url",
        "https://acme.shop",
        "--timeout",
        "3",
        "--ca-file",
        "x.pem",
    ];
    assert!(!without_network(&project, &others).contains(BANNER));
}

fn to(run: &Run, role: Role) -> Vec<&Seen> {
    run.seen.iter().filter(|seen| seen.role == role).collect()
}

/// With a seam, what went to the real host goes to the seam, and nothing to the host any more.
#[test]
fn each_address_of_a_seam_is_asked_in_place_of_the_host() {
    let _busy = busy();
    let usual = Run::of(&Scenario::healthy(), USUAL);
    for (option, role, name) in [
        ("--bapi-url", Role::Bapi, "bapi"),
        ("--fapi-url", Role::Fapi, "fapi"),
        ("--status-url", Role::Status, "status"),
    ] {
        let standin = Standin::start(&scenario(&format!("loopback = \"{name}\"\n")));
        let here = format!("http://{}", standin.http());
        let run = Run::against(&standin, &[&EVERYTHING[..], &[option, &here]].concat());
        let asked = to(&run, role);
        let elsewhere = asked.iter().find(|seen| seen.host != "127.0.0.1");
        assert!(elsewhere.is_none(), "{option}: {elsewhere:?}");
        assert_eq!(
            asked.is_empty(),
            to(&usual, role).is_empty(),
            "{option} leads nowhere"
        );
        assert!(
            run.done.out.contains(&format!("{option}, ")),
            "{}",
            run.done.out
        );
        assert!(run.leaks.is_empty() && run.violations.is_empty());
    }
}

#[test]
fn the_resolver_that_is_named_is_asked_and_no_other() {
    let _busy = busy();
    let (one, other) = (
        Standin::start(&Scenario::healthy()),
        Standin::start(&Scenario::healthy()),
    );
    let address = other.resolvers()[0].to_string();
    let args = one.args();
    let led = args.iter().position(|arg| arg == "--resolver").unwrap();
    let project = project();
    let mut command = crate::rig::command(&project, &["--resolver", &address]);
    command.args(&args[..led]);
    let run = Run::made_by(&one, &project, &mut command);
    let usual = Run::of(&Scenario::healthy(), USUAL);
    assert!(run.dns.is_empty(), "{:?}", run.dns);
    assert_eq!(other.dns_seen().is_empty(), usual.dns.is_empty());
}

#[test]
fn what_is_typed_wrongly_is_said_clearly_and_nothing_is_sent() {
    let project = project();
    let mut page = String::new();
    for args in [
        &["--url", "acme.shop"][..],
        &["--url", "https://me:hunter2@acme.shop"],
        &["--url", "https://acme.shop/path"],
        &["--url", "https://acme.shop/?a=b"],
        &["--url", "ftp://acme.shop"],
        &["--url", ""],
        &["--rate", "0"],
        &["--rate", "many"],
        &["--sample", "-1"],
        &["--webhook-url", "foo"],
        &["--webhook-url", "//acme.shop/hook"],
        &["--webhook-url", "https://me:hunter2@acme.shop/hook"],
        &["--send-signed-test"],
        &["--timeout", "0"],
        &["--bapi-url", "https://evil.example"],
        &["--bapi-url", "nonsense"],
        &["--fapi-url", "clerk.acme.shop"],
        &["--status-url", "https://status.clerk.com/api"],
        &["--resolver", "1.1.1.1"],
        &["--resolver", "dns.example:53"],
        &["--connect-to", "acme.shop:443"],
        &["--connect-to", "acme.shop:443:example.com:443"],
    ] {
        let done = finish(&mut project.command(args), b"");
        assert_eq!(done.code, 2, "{args:?}: {}", done.err);
        assert!(done.out.is_empty(), "{args:?}: {}", done.out);
        let _ = writeln!(page, "$ clerk-audit {}\n{}", args.join(" "), done.err);
    }
    crate::snapshot("usage_errors", &page);
}
