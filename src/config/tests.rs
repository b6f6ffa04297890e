use anyhow::{Result, bail};

use super::*;

fn named(known: &'static [&'static str], name: &str) -> Result<()> {
    match known.contains(&name) {
        true => Ok(()),
        false => bail!("there is no {name}"),
    }
}

const NAMES: Names = Names {
    check: |id| named(&["a/b", "a/c"], id),
    checks: |id| named(&["a/b", "a/c", "a/*"], id),
    statement: |id| named(&["dns", "owner"], id),
    pattern: |pattern| match pattern.contains("((") {
        true => bail!("{pattern} is no pattern"),
        false => Ok(()),
    },
    site: |url| named(&["https://acme.shop"], url),
    hook: |url| named(&["/hook"], url),
};

fn at(name: &str, above: &str, below: &str) -> Origin {
    Origin {
        name: name.to_owned(),
        above: above.to_owned(),
        below: below.to_owned(),
    }
}

fn read(text: &str) -> Result<Config> {
    parse(text, &at(FILE_NAME, "", ""), &NAMES)
}

#[test]
fn an_attestation_is_a_table_or_a_line() {
    let config = read(
        "[attest]\ndns = { by = \"Ada\", date = 2026-11-21, until = \"2027-05-31\" }\n\n\
         [attest.owner]\nby = \"Bo\"\ndate = 2026-11-01\napplies = false\nnote = \"a prototype\"\n",
    )
    .unwrap();
    let dns = &config.vouchers["dns"];
    assert_eq!((dns.by.as_str(), dns.applies), ("Ada", true));
    assert_eq!(dns.until.unwrap().to_string(), "2027-05-31");
    assert!(!config.vouchers["owner"].applies);
}

#[test]
fn declares_that_there_are_no_webhooks() {
    let webhooks = |text: &str| read(text).unwrap().webhooks;
    assert_eq!(
        webhooks("\u{feff}webhooks = \"none\"\r\n"),
        Some(Declared::None)
    );
    assert_eq!(webhooks(""), None);
}

#[test]
fn a_check_is_off_by_skip_or_by_checks_and_weighs_what_checks_says() {
    let config =
        read("skip = [\"a/b\"]\n[checks]\n\"a/b\" = \"off\"\n\"a/c\" = \"error\"\n").unwrap();
    assert!(config.skip.contains("a/b") && config.skip.len() == 1);
    assert_eq!(config.severities["a/c"], Severity::Error);
}

#[test]
fn what_is_nearer_wins_and_lists_add_up() {
    let outer = read(
        "strict = true\nwebhooks = \"none\"\nskip = [\"a/b\"]\n[checks]\n\"a/c\" = \"warning\"\n\
         [routes]\npublic = [\"/x\", \"/y\"]\nprotected = [\"/z\"]\n[network]\ntimeout = 5\nrate = 7\n",
    );
    let own = read(
        "webhooks = \"required\"\n[checks]\n\"a/b\" = \"error\"\n\"a/c\" = \"off\"\n\
         [routes]\nprotected = [\"/x\"]\n[network]\nrate = 9\n",
    );
    let both = own.unwrap().over(outer.unwrap());
    assert_eq!(
        (both.strict, both.webhooks),
        (Some(true), Some(Declared::Required))
    );
    assert_eq!(
        both.severities,
        BTreeMap::from([("a/b".to_owned(), Severity::Error)])
    );
    assert_eq!(both.skip, BTreeSet::from(["a/c".to_owned()]));
    assert_eq!(both.routes.public, ["/y"]);
    assert_eq!(both.routes.protected, ["/x", "/z"]);
    assert_eq!(
        (both.network.rate, both.network.timeout),
        (Some(9), Some(5))
    );
}

#[test]
fn an_ignore_sees_paths_from_the_folder_of_its_file() {
    let text = "\n[[ignore]]\ncheck = \"a/*\"\npath = \"src/**\"\nreason = \" known \"\nuntil = 2027-05-31\n";
    let ignore = |origin: Origin| parse(text, &origin, &NAMES).unwrap().ignores.remove(0);
    let here = ignore(at(FILE_NAME, "", ""));
    assert_eq!((here.line, here.reason.as_str()), (2, "known"));
    assert_eq!(here.until, "2027-05-31".parse().ok());
    assert!(here.names("a/b") && !here.names("ab/b"));
    assert!(
        here.covers(Some("src/x.ts")) && !here.covers(Some("lib/src/x.ts")) && !here.covers(None)
    );
    let app = ignore(at("apps/web/clerk-audit.toml", "", "apps/web"));
    assert!(app.covers(Some("apps/web/src/x.ts")) && !app.covers(Some("src/x.ts")));
    let above = ignore(at("../clerk-audit.toml", "src", ""));
    assert!(above.covers(Some("x.ts")) && !above.covers(Some("../lib/x.ts")));
    assert!(above.covers(Some("../src/x.ts")));
}

#[test]
fn env_files_are_found_from_the_folder_of_the_file() {
    let text = "[environment]\nfiles = [\"./.env.production\", \"conf/x.env\"]\n";
    let files = |origin| {
        let files = parse(text, &origin, &NAMES).unwrap().environment.files;
        files.into_iter().map(|file| file.path).collect::<Vec<_>>()
    };
    assert_eq!(files(at("", "", "")), [".env.production", "conf/x.env"]);
    let above = files(at("", "apps/web", ""));
    assert_eq!(above, ["../../.env.production", "../../conf/x.env"]);
}
