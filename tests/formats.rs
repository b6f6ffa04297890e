//! Every format shows every outcome and every kind of place, of one app and of several, to a pipe and to a
//! terminal; and nothing in a project can make it lie or leak.

// Helpers of tests fail like the tests themselves.
#![allow(clippy::expect_used)]

#[path = "formats/machine.rs"]
mod machine;
#[path = "support/patience.rs"]
mod patience;
#[path = "formats/reports.rs"]
mod reports;
#[path = "formats/snapshots.rs"]
mod snapshots;
#[path = "formats/xsd.rs"]
mod xsd;

use std::time::Duration;

use clerk_audit::model::{Decision, Finding, Outcome, Report, Secret};
use clerk_audit::report::{ALL, Options, Style, attest, explain, json};
use proptest::prelude::*;

use reports::*;

const TERMINAL: Style = Style {
    color: true,
    unicode: true,
    width: Some(80),
};

// ---- Helpers --------------------------------------------------------------------------------------

fn render(format: &str, report: &Report, style: Style, options: Options) -> String {
    let format = ALL.iter().find(|f| f.name == format).expect("a format");
    let mut bytes = Vec::new();
    (format.render)(report, &style, &options, &mut bytes).expect("writing to memory");
    String::from_utf8(bytes).expect("UTF-8")
}

fn human(report: &Report, style: Style) -> String {
    render("human", report, style, Options::default())
}

fn styles() -> Vec<Style> {
    let mut styles = vec![];
    for (color, unicode) in [(false, false), (false, true), (true, false), (true, true)] {
        for width in [None, Some(40), Some(60), Some(80), Some(110)] {
            styles.push(Style {
                color,
                unicode,
                width,
            });
        }
    }
    styles
}

/// Colours as words, so that a snapshot can be read: `<red>FAIL</>`.
fn readable(text: &str) -> String {
    let names = [
        ("\u{1b}[1;31m", "<red>"),
        ("\u{1b}[32m", "<green>"),
        ("\u{1b}[33m", "<yellow>"),
        ("\u{1b}[34m", "<blue>"),
        ("\u{1b}[35m", "<magenta>"),
        ("\u{1b}[36m", "<cyan>"),
        ("\u{1b}[1m", "<bold>"),
        ("\u{1b}[2m", "<dim>"),
        ("\u{1b}[0m", "</>"),
    ];
    let mut text = text.to_owned();
    for (code, name) in names {
        text = text.replace(code, name);
    }
    text
}

fn uncolored(text: &str) -> String {
    let mut text = readable(text);
    for name in [
        "red", "green", "yellow", "blue", "magenta", "cyan", "bold", "dim",
    ] {
        text = text.replace(&format!("<{name}>"), "");
    }
    text.replace("</>", "")
}

// ---- Snapshots: read these as a user would --------------------------------------------------------

#[test]
fn human_plain() {
    insta::assert_snapshot!(human(&every_outcome(), Style::PLAIN));
}

#[test]
fn human_plain_on_a_terminal() {
    let style = Style {
        color: false,
        ..TERMINAL
    };
    insta::assert_snapshot!(human(&every_outcome(), style));
}

#[test]
fn human_terminal_of_80_columns() {
    insta::assert_snapshot!(uncolored(&human(&every_outcome(), TERMINAL)));
}

#[test]
fn human_colours() {
    insta::assert_snapshot!(readable(&human(&every_outcome(), TERMINAL)));
}

#[test]
fn human_terminal_of_60_columns() {
    let style = Style {
        width: Some(60),
        ..TERMINAL
    };
    insta::assert_snapshot!(uncolored(&human(&every_outcome(), style)));
}

#[test]
fn human_terminal_without_unicode() {
    let style = Style {
        unicode: false,
        ..TERMINAL
    };
    insta::assert_snapshot!(uncolored(&human(&every_outcome(), style)));
}

#[test]
fn human_verbose_lists_what_does_not_concern_the_app() {
    let options = Options {
        verbose: true,
        elapsed: Some(Duration::from_millis(412)),
        ..Options::default()
    };
    let text = render("human", &every_outcome(), TERMINAL, options);
    insta::assert_snapshot!(uncolored(&text));
}

#[test]
fn human_several_apps() {
    insta::assert_snapshot!(uncolored(&human(&several_apps(), TERMINAL)));
}

#[test]
fn human_several_apps_plain() {
    insta::assert_snapshot!(human(&several_apps(), Style::PLAIN));
}

#[test]
fn human_all_good_and_nothing_to_audit() {
    let good = uncolored(&human(&all_good(), TERMINAL));
    let none = human(&nothing_to_audit(), Style::PLAIN);
    insta::assert_snapshot!(format!("{good}\n--------\n\n{none}"));
}

#[test]
fn human_hostile_project() {
    insta::assert_snapshot!(uncolored(&human(&hostile(), TERMINAL)));
}

#[test]
fn json_every_outcome() {
    insta::assert_snapshot!(render(
        "json",
        &every_outcome(),
        Style::PLAIN,
        Options::default()
    ));
}

#[test]
fn json_hostile_project() {
    insta::assert_snapshot!(render("json", &hostile(), Style::PLAIN, Options::default()));
}

#[test]
fn explain_and_checks() {
    let mut bytes = Vec::new();
    explain::page(&DEV_KEY, &Style::PLAIN, &mut bytes).expect("memory");
    explain::list(&[MISSING, DEV_KEY, MATCHER], &Style::PLAIN, &mut bytes).expect("memory");
    explain::list_json(&[DEV_KEY], &mut bytes).expect("memory");
    insta::assert_snapshot!(String::from_utf8(bytes).expect("UTF-8"));
}

// ---- Promises -------------------------------------------------------------------------------------

#[test]
fn json_keeps_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(json::SCHEMA).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a valid schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for report in grid() {
        let text = render("json", &report, Style::PLAIN, Options::default());
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
        assert_eq!(document["schema"], json::VERSION);
    }
}

#[test]
fn the_schema_refuses_what_is_not_a_report() {
    let schema: serde_json::Value = serde_json::from_str(json::SCHEMA).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let text = render("json", &every_outcome(), Style::PLAIN, Options::default());
    let good: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for (at, value) in [
        ("/verdict", "maybe".into()),
        ("/apps/0/checks/0/outcome", "fail".into()),
        ("/apps/0/checks/0/reason", "why".into()),
        ("/apps/0/checks/1/findings/0/places/0/line", 0.into()),
        ("/apps/0/checks/1/findings", serde_json::json!([])),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(at).expect(at) = value;
        assert!(!validator.is_valid(&bad), "{at}");
    }
    let mut more = good.clone();
    more["apps"][0]["secret"] = "x".into();
    assert!(!validator.is_valid(&more));
}

#[test]
fn json_gives_names_back_as_they_are() {
    let report = hostile();
    let text = render("json", &report, Style::PLAIN, Options::default());
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["apps"][0]["path"], report.apps[0].path);
    assert_eq!(document["notes"][0], report.notes[0]);
}

#[test]
fn no_format_prints_a_control_or_an_invisible_character_of_the_project() {
    for format in ALL {
        for style in styles() {
            for verbose in [false, true] {
                let options = Options {
                    verbose,
                    ..Options::default()
                };
                let text = uncolored(&render(format.name, &hostile(), style, options));
                // Between the fields for an agent stands a tab, and nowhere else.
                let ours = if format.name == "agent" { "\n\t" } else { "\n" };
                let hidden = |c: char| c.is_control() || "\u{202e}\u{200b}".contains(c);
                let bad = |c: char| !ours.contains(c) && hidden(c);
                assert!(!text.contains(bad), "{} {style:?}\n{text}", format.name);
                assert!(!text.lines().any(|line| line.starts_with("PASS")), "{text}");
            }
        }
    }
}

#[test]
fn odd_ranges_are_shown_somehow() {
    for style in styles() {
        assert!(human(&odd_ranges(), style).contains("a.ts:4294967295:1"));
    }
}

#[test]
fn plain_output_is_ascii() {
    for report in [
        every_outcome(),
        all_good(),
        several_apps(),
        nothing_to_audit(),
    ] {
        for (unicode, width) in [(false, None), (true, None), (true, Some(80))] {
            let style = Style {
                color: false,
                unicode,
                width,
            };
            let text = human(&report, style);
            let bad = text.lines().find(|line| !line.is_ascii());
            assert_eq!(bad, None);
        }
    }
}

#[test]
fn every_finding_is_a_line_that_begins_with_its_status() {
    let text = human(&every_outcome(), Style::PLAIN);
    let lines = |status: &str| text.lines().filter(|l| l.starts_with(status)).count();
    // A group without news is one line, whatever its number of checks.
    assert_eq!((lines("FAIL "), lines("WARN "), lines("PASS ")), (2, 2, 1));
    assert_eq!((lines("SKIP "), lines("ERR "), lines("N/A ")), (1, 1, 1));
}

#[test]
fn nothing_but_names_and_commands_is_wider_than_the_terminal() {
    for width in [60, 80, 110] {
        let style = Style {
            width: Some(width),
            ..TERMINAL
        };
        for report in [
            every_outcome(),
            all_good(),
            several_apps(),
            nothing_to_audit(),
        ] {
            for line in uncolored(&human(&report, style)).lines() {
                let command = line.contains("= more") || line.contains("= verify");
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(command || columns <= width, "{columns} > {width}: {line}");
            }
        }
    }
}

#[test]
fn a_pipe_gets_a_sentence_on_one_line() {
    let text = human(&every_outcome(), Style::PLAIN);
    assert!(
        text.lines()
            .any(|line| line.starts_with("FAIL") && line.contains(&dev_key().message))
    );
}

#[test]
fn quiet_is_the_last_line_and_says_the_verdict_in_words() {
    let quiet = Options {
        quiet: true,
        ..Options::default()
    };
    for (report, words) in [
        (every_outcome(), "NOT READY  2 errors, 2 warnings"),
        (all_good(), "READY  2 checks: 2 pass"),
        (nothing_to_audit(), "INCOMPLETE  nothing to audit"),
    ] {
        let line = render("human", &report, Style::PLAIN, quiet);
        assert!(line.starts_with(words), "{line}");
        assert_eq!(line.lines().count(), 1);
        let whole = human(&report, Style::PLAIN);
        assert_eq!(whole.lines().last(), line.lines().last());
        assert!(
            line.trim_end()
                .ends_with(&format!("exit {}", report.exit_code))
        );
        let colored = render("human", &report, TERMINAL, quiet);
        assert_eq!(colored.lines().count(), 1);
    }
}

#[test]
fn ready_is_green_only_when_everything_was_judged() {
    let mut report = all_good();
    assert!(human(&report, TERMINAL).contains("\u{1b}[32mREADY\u{1b}[0m"));
    report.apps[0]
        .checks
        .push(check(DOMAIN, Outcome::Skipped("No domain".to_owned())));
    assert!(human(&report, TERMINAL).contains("\u{1b}[1mREADY\u{1b}[0m"));
}

#[test]
fn a_library_with_a_finding_is_not_folded_away() {
    let mut report = several_apps();
    report.apps[2].checks = report.apps[0].checks.clone();
    let text = human(&report, Style::PLAIN);
    assert_eq!(text.matches("CLERK_SECRET_KEY is not set").count(), 2);
    assert!(!text.contains("audited with the apps"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_format_prints_the_hidden_part_of_a_secret(
        kind in prop::sample::select(vec!["sk_live_", "sk_test_", "whsec_", "ak_", ""]),
        body in "[A-Za-z0-9]{24,60}",
    ) {
        let secret = Secret::new(format!("{kind}{body}"));
        let shown = secret.redacted();
        let line = format!("CLERK_SECRET_KEY={shown}");
        let finding = Finding::error(format!("The key {secret} leaks"))
            .at(span(".env", 1, &line, &shown), format!("{secret}"))
            .fix(format!("revoke {secret}"))
            .verify(format!("grep {shown} .env"));
        let broken = Outcome::Broken {
            why: format!("{secret:?} was refused"),
            hint: String::new(),
            marks: vec![],
        };
        let checks = vec![
            check(DEV_KEY, Outcome::judged(vec![finding])),
            check(INSTANCE, broken),
            check(DOMAIN, Outcome::Skipped(format!("{secret}"))),
        ];
        let mut report = report(vec![app(".", "acme", checks)], Decision::NotReady, 1);
        report.notes = vec![format!("{secret:?}")];
        let hidden = &body[..body.len() - 4];
        for format in ALL {
            for style in styles() {
                let text = render(format.name, &report, style, Options::default());
                for at in 0..=hidden.len() - 8 {
                    prop_assert!(!text.contains(&hidden[at..at + 8]));
                }
            }
        }
    }
}

// ---- What people attest --------------------------------------------------------------------------

#[test]
fn what_people_attest_stands_below_the_table_with_its_standing() {
    let mut with = report(vec![], Decision::Incomplete, 3);
    with.attestations = attestations();
    let narrow = Style {
        width: Some(60),
        ..TERMINAL
    };
    let pages = [
        human(&with, Style::PLAIN),
        readable(&human(&with, narrow)),
        render("json", &with, Style::PLAIN, Options::default()),
    ];
    insta::assert_snapshot!("attestations_in_a_report", pages.join("----\n"));
}

#[test]
fn the_list_of_what_people_attest_says_how_each_open_one_is_settled() {
    let mut plain = Vec::new();
    attest::list(&attestations(), &Style::PLAIN, &mut plain).expect("writing to memory");
    let mut machine = Vec::new();
    attest::list_json(&attestations(), &mut machine).expect("writing to memory");
    let pages = [plain, machine].map(|page| String::from_utf8(page).expect("UTF-8"));
    insta::assert_snapshot!("attestations_as_a_list", pages.join("----\n"));
}
