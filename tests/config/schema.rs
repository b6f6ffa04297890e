//! The schema and the reader agree.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Result, anyhow, bail};
use clerk_audit::checks::{self, attestations};
use clerk_audit::config::{self, Config, FILE_NAME, Names, Origin, SCHEMA};
use clerk_audit::model::{Group, Site};
use clerk_audit::plan;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{finish, program, support};

const NAMES: Names = Names {
    check: |id| known(checks::ALL.iter().any(|check| check.meta.id == id)),
    checks: |id| {
        let group = id.strip_suffix("/*");
        let check = checks::ALL.iter().any(|check| check.meta.id == id);
        known(check || Group::ALL.iter().any(|known| group == Some(known.id())))
    },
    statement: |id| known(attestations::find(id).is_some()),
    pattern: |_| Ok(()),
    site: |url| url.parse::<Site>().map(drop).map_err(|e| anyhow!(e)),
    hook: |url| plan::hook(url).map(drop),
};

fn known(is: bool) -> Result<()> {
    if is { Ok(()) } else { bail!("unknown") }
}

/// Reads a config of the audited directory.
pub(crate) fn read(text: &str) -> Result<Config> {
    let origin = Origin {
        name: FILE_NAME.to_owned(),
        ..Origin::default()
    };
    config::parse(text, &origin, &NAMES)
}

fn schema() -> Json {
    serde_json::from_str(SCHEMA).unwrap()
}

/// As editors see TOML: a day is a text.
fn json(value: &toml::Value) -> Json {
    match value {
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::Array(all) => all.iter().map(json).collect(),
        toml::Value::Table(all) => {
            let all = all.iter().map(|(key, value)| (key.clone(), json(value)));
            Json::Object(all.collect())
        }
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(is) => json!(is),
    }
}

/// Asserts that both take a text, or both refuse it.
fn agree(validator: &jsonschema::Validator, text: &str) -> bool {
    let value: toml::Value = toml::Value::Table(text.parse::<toml::Table>().unwrap());
    let errors: Vec<String> = validator
        .iter_errors(&json(&value))
        .map(|e| e.to_string())
        .collect();
    let parsed = read(text);
    assert_eq!(
        errors.is_empty(),
        parsed.is_ok(),
        "{text}\n{errors:?}\n{:?}",
        parsed.err()
    );
    errors.is_empty()
}

#[test]
fn the_ids_in_the_schema_are_those_of_the_program() {
    let mut wanted = schema();
    let ids: Vec<&str> = checks::ALL.iter().map(|check| check.meta.id).collect();
    let groups: Vec<String> = Group::ALL
        .iter()
        .map(|group| format!("{}/*", group.id()))
        .collect();
    let statements: Vec<&str> = attestations::ALL.iter().map(|one| one.id).collect();
    wanted["$defs"]["check"] = json!({ "enum": ids });
    wanted["$defs"]["group"] = json!({ "enum": groups });
    wanted["$defs"]["statement"] = json!({ "enum": statements });
    if std::env::var_os("UPDATE").is_some() {
        let path = support::root().join("src/config/schema/clerk-audit.v1.json");
        fs::write(path, serde_json::to_string_pretty(&wanted).unwrap() + "\n").unwrap();
    } else {
        assert!(
            wanted == schema(),
            "the schema is stale; UPDATE=1 cargo test --test config"
        );
    }
}

#[test]
fn every_key_of_the_reader_is_in_the_schema_and_no_other() {
    let schema = schema();
    for (path, table) in [
        ("", ""),
        ("/properties/routes", "[routes]\n"),
        ("/properties/environment", "[environment]\n"),
        ("/properties/network", "[network]\n"),
        ("/properties/ignore/items", "[[ignore]]\n"),
        ("/properties/attest/additionalProperties", "[attest.dns]\n"),
    ] {
        // The reader lists what it knows.
        let error = format!(
            "{:#}",
            read(&format!("{table}zzzzzzzzzzzzzz = 1\n")).unwrap_err()
        );
        let list = error
            .split("there are ")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap();
        let reader: BTreeSet<&str> = list.split(", ").collect();
        let keys = schema.pointer(&format!("{path}/properties")).unwrap();
        let keys: BTreeSet<&str> = keys
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(reader, keys, "{table}");
        for (key, about) in schema
            .pointer(&format!("{path}/properties"))
            .unwrap()
            .as_object()
            .unwrap()
        {
            assert!(
                about["description"].is_string(),
                "{path} {key} has no description"
            );
        }
    }
}

const GOOD: &[&str] = &[
    "",
    "target = \"preview\"\nfail-on = \"never\"\nstrict = false\nwebhooks = \"required\"\n",
    "skip = [\"routes/reached\"]\n[checks]\n\"git/secret-tracked\" = \"warning\"\n",
    "[routes]\npublic = []\nprotected = [\"/dashboard(.*)\", \"subscribe\"]\n",
    "[environment]\nfiles = [\".env.production\", \"a/b\"]\nprocess = true\n",
    "[network]\noffline = true\nsample = 0\nrate = 10000\ntimeout = 300\n",
    "[network]\nurl = \"auto\"\nwebhook-url = \"/api/hook\"\n",
    "[network]\nurl = \"http://localhost:3000/\"\nwebhook-url = \"https://acme.shop/hook?x=1\"\n",
    "[[ignore]]\ncheck = \"routes/*\"\npath = \"app/**\"\nreason = \"x\"\nuntil = 2027-05-31\n",
    "[attest]\nuptime-monitor = { by = \"A\", date = 2026-11-21, until = \"2027-05-31\" }\n",
    "[attest]\nuptime-monitor = { by = \"A\", date = 2026-11-21, applies = false, note = \"x\" }\n",
];

const BAD: &[&str] = &[
    "webhook = \"none\"\n",
    "target = 1\n",
    "fail-on = \"warn\"\n",
    "skip = [\"routes/*\"]\n",
    "checks = []\n",
    "[checks]\n\"git/secret-tracked\" = \"warn\"\n",
    "[routes]\npublic = [\" \"]\n",
    "[environment]\nfiles = []\n",
    "[environment]\nfiles = [\"/a\"]\n",
    "[environment]\nfiles = [\"\"]\n",
    "[network]\nurl = \"acme.shop\"\n",
    "[network]\nurl = \"https://a:b@acme.shop\"\n",
    "[network]\nurl = \"https://acme.shop/path\"\n",
    "[network]\nwebhook-url = \"//acme.shop\"\n",
    "[network]\ntimeout = 301\n",
    "[network]\nrate = 0\n",
    "[network]\nsample = -1\n",
    "[network]\nsample = 1.5\n",
    "[[ignore]]\ncheck = \"routes/nothing\"\nreason = \"x\"\n",
    "[[ignore]]\ncheck = \"routes/reached\"\nreason = \"\"\n",
    "[[ignore]]\ncheck = \"routes/reached\"\nreason = \"x\"\npath = \"a***\"\n",
    "[[ignore]]\ncheck = \"routes/reached\"\nreason = \"x\"\npath = \"\"\n",
    "[[ignore]]\nreason = \"x\"\n",
    "[ignore]\ncheck = \"routes/reached\"\nreason = \"x\"\n",
    "[attest]\nuptime-monitor = { by = \"A\", date = 2026-11-21 }\n",
    "[attest]\nuptime-monitor = { by = \" \", date = 2026-11-21, until = 2027-01-01 }\n",
    "[attest]\nuptime-monitor = { by = \"A\", date = 2026-11-21, applies = false }\n",
    "[attest]\nuptime-monitor = { by = \"A\", date = 2026-11-21T10:00:00Z, until = 2027-01-01 }\n",
    "[attest]\nnothing = { by = \"A\", date = 2026-11-21, until = 2027-01-01 }\n",
];

#[test]
fn the_schema_and_the_reader_take_and_refuse_the_same() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for text in GOOD {
        assert!(agree(&validator, text), "{text}");
    }
    for text in BAD {
        assert!(!agree(&validator, text), "{text}");
    }
}

#[test]
fn the_schema_command_prints_what_is_committed() {
    for (name, file) in [
        ("config", "src/config/schema/clerk-audit.v1.json"),
        ("report", "src/report/schema/clerk-audit-report.v1.json"),
        ("routes", "src/report/schema/clerk-audit-routes.v1.json"),
        ("triage", "src/report/schema/clerk-audit-triage.v1.json"),
        ("rotation", "src/report/schema/clerk-audit-rotation.v1.json"),
    ] {
        let done = finish(program().args(["schema", name]), b"").exits(0);
        assert_eq!(
            done.out,
            fs::read_to_string(support::root().join(file)).unwrap()
        );
    }
    let done = finish(program().arg("schema"), b"").exits(0);
    assert_eq!(done.out, SCHEMA);
}

/// The TOML of a section of the README.
fn example(readme: &str) -> &str {
    let section = readme.split("### clerk-audit.toml").nth(1).unwrap();
    let block = section.split("```toml\n").nth(1).unwrap();
    block.split("```").next().unwrap()
}

#[test]
fn the_example_of_the_readme_is_read_and_shows_every_key() {
    let readme = fs::read_to_string(support::root().join("README.md")).unwrap();
    let text = example(&readme);
    let validator = jsonschema::validator_for(&schema()).unwrap();
    assert!(agree(&validator, text));
    for key in schema()["properties"].as_object().unwrap().keys() {
        assert!(text.contains(key.as_str()), "{key} is not in the example");
    }
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("true"),
        Just("0"),
        Just("1"),
        Just("301"),
        Just("-1"),
        Just("1.5"),
        Just("\"\""),
        Just("\"auto\""),
        Just("\"none\""),
        Just("\"error\""),
        Just("\"/a(.*)\""),
        Just("\"a.env\""),
        Just("\"routes/reached\""),
        Just("\"https://acme.shop\""),
        Just("2027-05-31"),
        Just("[]"),
        Just("[\"/a\"]"),
        Just("[\"routes/reached\"]"),
        Just("{}"),
        Just("{ a = 1 }"),
    ]
    .prop_map(str::to_owned)
}

fn line() -> impl Strategy<Value = (String, String)> {
    let key = prop_oneof![
        Just("target"),
        Just("fail-on"),
        Just("strict"),
        Just("webhooks"),
        Just("skip"),
        Just("checks"),
        Just("routes"),
        Just("routes.public"),
        Just("routes.protected"),
        Just("environment.files"),
        Just("environment.process"),
        Just("network.url"),
        Just("network.timeout"),
        Just("network.sample"),
        Just("network.webhook-url"),
        Just("ignore"),
        Just("attest"),
        Just("other"),
    ];
    (key.prop_map(str::to_owned), value())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_key_with_any_value_is_judged_alike((key, value) in line()) {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        agree(&validator, &format!("{key} = {value}\n"));
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,80}") {
        let _ = read(&text);
        let _ = read(&format!("skip = [\"{text}\"]\n"));
    }
}
