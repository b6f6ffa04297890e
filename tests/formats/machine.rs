//! What programs read keeps the schemas that others published, whatever a project puts into it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Instant;

use clerk_audit::model::{Decision, Finding, Mark, Outcome, Place, Report, Role, Severity};
use clerk_audit::report::{Options, Style};
use proptest::prelude::*;
use serde_json::Value;

use crate::patience::soon;
use crate::render;
use crate::reports::*;
use crate::xsd;

const JUNIT: &str = include_str!("../../fixtures/contract/reports/junit-4.xsd");
static SARIF: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    schema(include_str!(
        "../../fixtures/contract/reports/sarif-schema-2.1.0.json"
    ))
});
static GITLAB: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    schema(include_str!(
        "../../fixtures/contract/reports/gitlab-code-quality.schema.json"
    ))
});

fn schema(text: &str) -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(text).expect("JSON");
    // The published pattern of a language has a bracket too many, which is no regular expression. We
    // write no language.
    for at in ["run", "toolComponent"] {
        let at = format!("/definitions/{at}/properties/language");
        if let Some(language) = schema.pointer_mut(&at).and_then(Value::as_object_mut) {
            language.remove("pattern").expect("the fault");
        }
    }
    let formats = jsonschema::options().should_validate_formats(true);
    formats.build(&schema).expect("a schema")
}

fn machine(format: &str, report: &Report) -> String {
    render(format, report, Style::PLAIN, Options::default())
}

fn json(format: &str, report: &Report) -> Value {
    serde_json::from_str(&machine(format, report)).expect("JSON")
}

/// What is wrong with the three formats of a report.
fn violations(report: &Report) -> Vec<String> {
    let mut wrong = xsd::violations(JUNIT, &machine("junit", report));
    for (format, schema) in [("sarif", &*SARIF), ("gitlab", &*GITLAB)] {
        let document = json(format, report);
        wrong.extend(
            schema
                .iter_errors(&document)
                .map(|e| format!("{format}: {e}")),
        );
    }
    let mut seen = BTreeSet::new();
    for issue in json("gitlab", report).as_array().expect("a list") {
        if !seen.insert(issue["fingerprint"].to_string()) {
            wrong.push(format!("twice {}", issue["fingerprint"]));
        }
    }
    wrong
}

#[test]
fn every_report_keeps_the_published_schemas() {
    for report in grid() {
        assert_eq!(violations(&report), Vec::<String>::new());
    }
}

/// SARIF wants each location of a notification once.
#[test]
fn a_place_that_is_named_twice_keeps_the_schemas() {
    let mark = |role| Mark {
        place: Place::file("app/page.tsx"),
        label: "here".to_owned(),
        role,
    };
    let broken = Outcome::Broken {
        why: "it cannot be read".to_owned(),
        hint: String::new(),
        marks: vec![
            mark(Role::Primary),
            mark(Role::Related),
            mark(Role::Related),
        ],
    };
    let apps = vec![app(".", "acme", vec![check(PAIR, broken)])];
    let report = report(apps, Decision::Incomplete, 3);
    assert_eq!(violations(&report), Vec::<String>::new());
}

#[test]
fn every_check_of_the_program_has_a_place_in_every_schema() {
    let all = clerk_audit::checks::ALL.iter();
    let checks = all.map(|one| check(one.meta, Outcome::judged(vec![dev_key()])));
    let report = report(
        vec![app(".", "acme", checks.collect())],
        Decision::NotReady,
        1,
    );
    assert_eq!(violations(&report), Vec::<String>::new());
    let own: Value = serde_json::from_str(clerk_audit::report::json::SCHEMA).expect("JSON");
    let own = jsonschema::validator_for(&own).expect("a schema");
    let wrong: Vec<String> = own
        .iter_errors(&json("json", &report))
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_schemas_refuse_what_is_not_a_report() {
    let mut sarif = json("sarif", &every_outcome());
    sarif["runs"][0]["results"][0]["level"] = "bad".into();
    assert!(!SARIF.is_valid(&sarif));
    let mut gitlab = json("gitlab", &every_outcome());
    gitlab[0]["location"]["lines"]["begin"] = 0.into();
    assert!(!GITLAB.is_valid(&gitlab));
    for bad in [
        "<testsuites><testsuite name=\"a\"/></testsuites>",
        "<testsuites><testsuite name=\"a\" tests=\"1\"><testcase name=\"a\"><failure/><error/></testcase></testsuite></testsuites>",
        "<testsuites color=\"red\"/>",
        "<testsuites>text</testsuites>",
        "<testsuites>\u{1}</testsuites>",
    ] {
        assert!(!xsd::violations(JUNIT, bad).is_empty(), "{bad}");
    }
}

#[test]
#[allow(clippy::print_stderr, reason = "a test that cannot run says why")]
fn xmllint_agrees_where_there_is_one() {
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/contract/reports/junit-4.xsd"
    );
    for report in grid() {
        let started = Command::new("xmllint")
            .args(["--noout", "--schema", schema, "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut child) = started else {
            eprintln!("skipped: there is no xmllint on this machine");
            return;
        };
        let mut input = child.stdin.take().expect("a pipe");
        input
            .write_all(machine("junit", &report).as_bytes())
            .expect("it reads");
        drop(input);
        let done = child.wait_with_output().expect("it ends");
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
}

#[test]
fn github_takes_every_result_of_sarif() {
    for mut report in grid() {
        report.prefix = "apps/shop".to_owned();
        let document = json("sarif", &report);
        let run = &document["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        let ids: BTreeSet<_> = rules.iter().map(|rule| rule["id"].as_str()).collect();
        assert_eq!(ids.len(), rules.len(), "each rule once");
        for rule in rules {
            assert!(rule["help"]["text"].is_string() && rule["help"]["markdown"].is_string());
            let tags = rule["properties"]["tags"].as_array().expect("tags");
            let security = tags.contains(&"security".into());
            assert_eq!(
                rule["properties"]["security-severity"].is_string(),
                security
            );
        }
        for result in run["results"].as_array().expect("results") {
            let index = result["ruleIndex"].as_u64().expect("a number");
            assert_eq!(
                rules[usize::try_from(index).expect("small")]["id"],
                result["ruleId"]
            );
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().expect("a path");
            assert!(uri.starts_with("apps/shop/") && uri.is_ascii(), "{uri}");
            assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
            assert!(place["region"]["startLine"].as_u64() >= Some(1));
        }
    }
}

#[test]
fn what_was_not_judged_is_a_notification() {
    let document = json("sarif", &every_outcome());
    let invocation = &document["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let execution = &invocation["toolExecutionNotifications"];
    assert_eq!(execution[0]["associatedRule"]["id"], EXPORT.id);
    assert_eq!(execution[1]["descriptor"]["id"], "note");
    let configuration = &invocation["toolConfigurationNotifications"];
    assert_eq!(configuration[0]["associatedRule"]["id"], DOMAIN.id);
    let kinds: Vec<_> = json("sarif", &every_outcome())["runs"][0]["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|result| {
            result["suppressions"][0]["kind"]
                .as_str()
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(kinds, ["inSource", "external"]);
}

#[test]
fn junit_is_green_exactly_where_the_audit_is() {
    for mut report in grid() {
        for decision in [Decision::Ready, Decision::NotReady, Decision::Incomplete] {
            report.decision = decision;
            // The engine gives no other: findings at the gate make it not ready.
            let gates: &[_] = match decision {
                Decision::NotReady => &[None, Some(Severity::Error), Some(Severity::Warning)],
                _ => &[None],
            };
            for gate in gates {
                report.gate = *gate;
                let text = machine("junit", &report);
                let document = roxmltree::Document::parse(&text).expect("XML");
                let count = |name: &str| {
                    let named = document.descendants().filter(|n| n.has_tag_name(name));
                    named.count().to_string()
                };
                let root = document.root_element();
                assert_eq!(root.attribute("tests"), Some(&*count("testcase")));
                assert_eq!(root.attribute("failures"), Some(&*count("failure")));
                assert_eq!(root.attribute("errors"), Some(&*count("error")));
                let broken = report.tally().error > 0;
                let red = text.contains("<failure") || text.contains("<error");
                assert_eq!(red, decision != Decision::Ready || broken, "{text}");
            }
        }
    }
}

#[test]
fn a_warning_fails_a_case_only_where_it_fails_the_audit() {
    let mut report = every_outcome();
    let failures = |report: &Report| machine("junit", report).matches("<failure").count();
    assert_eq!(failures(&report), 2 + 1);
    report.gate = Some(Severity::Warning);
    assert_eq!(failures(&report), 3 + 1);
    report.gate = None;
    assert_eq!(failures(&report), 1);
}

#[test]
fn a_hundred_thousand_findings_are_written_as_they_come() {
    let finding = |at: u32| {
        Finding::error(format!("fault {at}"))
            .at(span("src/a.ts", at + 1, "const a = 1;", "a"), "here")
            .fix("mend it")
    };
    let all = check(MATCHER, Outcome::Fail((0..100_000).map(finding).collect()));
    let report = report(vec![app(".", "big", vec![all])], Decision::NotReady, 1);
    for format in ["json", "sarif", "junit", "gitlab"] {
        let started = Instant::now();
        let text = machine(format, &report);
        // Slow builds on busy machines take their time: what is measured is that it is not quadratic.
        soon(60, started.elapsed(), format);
        assert!(text.contains("fault 99999"), "{format}");
    }
}

/// Whatever can be in a string: escapes, markup, what XML has no character for, other planes.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x1f<>&'\"\\]\\[`{}%:/\\\\.\u{fffe}\u{ffff}\u{202e}\u{10ffff} a-z]{0,24}",
        Just("]]><!--&#0;".to_owned()),
        Just("../../../etc/passwd".to_owned()),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        (text(), any::<u32>(), any::<u32>()).prop_map(|(file, line, column)| Place::Span {
            file,
            line,
            column,
            excerpt: None
        }),
        text().prop_map(|file| Place::File { file }),
        (text(), text()).prop_map(|(name, origin)| Place::Variable { name, origin }),
        text().prop_map(|url| Place::Url { url }),
    ]
}

fn finding() -> impl Strategy<Value = Finding> {
    let marks = prop::collection::vec((place(), text(), any::<bool>()), 0..4);
    (text(), text(), prop::option::of(text()), marks).prop_map(|(message, hint, verify, marks)| {
        let mut finding = Finding::error(message).fix(hint);
        finding.verify = verify;
        for (place, label, primary) in marks {
            finding = finding.at(place, label);
            let role = if primary {
                Role::Primary
            } else {
                Role::Related
            };
            finding.marks.last_mut().expect("just added").role = role;
        }
        finding
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_of_a_project_breaks_a_format(
        found in prop::collection::vec(finding(), 1..3),
        words in prop::collection::vec(text(), 8),
    ) {
        let word = |at: usize| words[at].clone();
        let broken = Outcome::Broken { why: word(0), hint: word(1), marks: found[0].marks.clone() };
        let checks = vec![
            check(MISSING, Outcome::Fail(found)),
            check(DEV_KEY, broken),
            check(PAIR, Outcome::Skipped(word(2))),
            check(SIGNING, Outcome::NotApplicable(word(3))),
        ];
        let mut report = report(vec![app(&word(4), &word(5), checks)], Decision::NotReady, 1);
        report.notes = vec![word(6)];
        report.prefix = word(7).replace('.', "");
        prop_assert_eq!(violations(&report), Vec::<String>::new());
    }
}
