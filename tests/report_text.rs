//! The formats `github`, `markdown` and `agent`: what a project is called or says never becomes a command,
//! markup or a line of its own; and no format slows down as a report grows.

// Helpers of tests fail like the tests themselves.
#![allow(clippy::expect_used)]

#[path = "formats/many.rs"]
mod many;
#[path = "support/patience.rs"]
mod patience;
// A part of the reports is for other tests.
#[allow(dead_code)]
#[path = "formats/reports.rs"]
mod reports;

use std::time::{Duration, Instant};

use clerk_audit::model::{
    Acknowledged, Acknowledgement, Decision, Finding, Mark, Outcome, Place, Report, Role,
};
use clerk_audit::report::{ALL, Options, Style, summary};
use proptest::prelude::*;

use patience::{best, holds};
use reports::*;

fn render_with(format: &str, report: &Report, style: Style, options: Options) -> String {
    let format = ALL.iter().find(|f| f.name == format).expect("a format");
    let mut bytes = Vec::new();
    (format.render)(report, &style, &options, &mut bytes).expect("writing to memory");
    String::from_utf8(bytes).expect("UTF-8")
}

fn render(format: &str, report: &Report) -> String {
    render_with(format, report, Style::PLAIN, Options::default())
}

// ---- Snapshots: read these as a user would --------------------------------------------------------

fn pages(format: &str) -> String {
    let mut attested = every_outcome();
    attested.attestations = attestations();
    let reports = [
        ("every outcome", attested),
        ("all good", all_good()),
        ("several apps", several_apps()),
        ("nothing to audit", nothing_to_audit()),
        ("hostile", hostile()),
        ("odd ranges", odd_ranges()),
    ];
    let pages = reports.map(|(name, report)| format!("==== {name}\n{}", render(format, &report)));
    pages.concat()
}

#[test]
fn github() {
    insta::assert_snapshot!(pages("github"));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(pages("markdown"));
}

#[test]
fn agent() {
    insta::assert_snapshot!(pages("agent"));
}

// ---- Promises -------------------------------------------------------------------------------------

#[test]
fn github_gets_the_ten_worst_and_is_told_how_many_there_are_besides() {
    let findings = |errors: usize, warnings: usize| {
        let warnings = (0..warnings).map(|at| Finding::warning(format!("Warning {at}")));
        let errors = (0..errors).map(|at| Finding::error(format!("Error {at}")));
        let first = check(MISSING, Outcome::judged(warnings.collect()));
        let second = check(DEV_KEY, Outcome::judged(errors.collect()));
        report(
            vec![app(".", "acme", vec![first, second])],
            Decision::NotReady,
            1,
        )
    };
    let count = |text: &str, sign: &str| text.lines().filter(|l| l.starts_with(sign)).count();
    for (errors, warnings, shown) in [
        (3, 20, (3, 7)),
        (14, 5, (10, 0)),
        (2, 3, (2, 3)),
        // A step that fails has an error: where no finding is one, it is the verdict.
        (0, 0, (1, 0)),
    ] {
        let text = render("github", &findings(errors, warnings));
        assert_eq!(
            (count(&text, "::error "), count(&text, "::warning ")),
            shown,
            "{text}"
        );
        let last = text.lines().last().expect("a line");
        let command = if errors > 0 { "notice" } else { "error" };
        let verdict = format!("::{command} title=clerk-audit%3A NOT READY::");
        assert!(last.starts_with(&verdict), "{last}");
        assert!(last.ends_with("exit 1"), "{last}");
        let more = (errors + warnings).saturating_sub(shown.0 + shown.1);
        assert_eq!(last.contains(" more: "), more > 0);
        assert_eq!(
            last.contains(&format!("::{more} finding")),
            more > 0,
            "{last}"
        );
    }
}

#[test]
fn why_it_matters_is_said_once_for_each_reason_and_a_finding_may_have_one_of_its_own() {
    const OWN: &str = "nothing answers there";
    let findings = vec![
        Finding::warning("First"),
        Finding::warning("Second").because(OWN),
        Finding::warning("Third"),
        Finding::warning("Fourth").because(OWN),
    ];
    let checks = vec![check(MISSING, Outcome::judged(findings))];
    let report = report(vec![app(".", "acme", checks)], Decision::Ready, 0);
    let colored = Style {
        color: true,
        ..Style::PLAIN
    };
    // A format that tells each finding apart says it with each.
    for (format, style, times) in [
        ("human", Style::PLAIN, 1),
        ("human", colored, 1),
        ("markdown", Style::PLAIN, 1),
        ("junit", Style::PLAIN, 1),
        ("github", Style::PLAIN, 2),
        ("json", Style::PLAIN, 2),
    ] {
        let text = render_with(format, &report, style, Options::default());
        for why in [MISSING.why, OWN] {
            assert_eq!(text.matches(why).count(), times, "{format}: {text}");
        }
    }
    let page = render("html", &report);
    let own = format!("<dd>{OWN}</dd>");
    assert_eq!(page.matches(&own).count(), 2, "{page}");
}

#[test]
fn quiet_is_the_verdict_alone() {
    let options = Options {
        quiet: true,
        ..Options::default()
    };
    for (format, lines) in [("github", 1), ("agent", 1), ("markdown", 3)] {
        let text = render_with(format, &every_outcome(), Style::PLAIN, options);
        assert_eq!(text.lines().count(), lines, "{text}");
        assert!(
            text.contains("NOT READY") && text.contains("exit 1"),
            "{text}"
        );
    }
}

#[test]
fn they_look_the_same_wherever_they_are_written_to() {
    let terminal = Style {
        color: true,
        unicode: true,
        width: Some(40),
    };
    for format in ["github", "markdown", "agent"] {
        for report in grid() {
            let there = render_with(format, &report, terminal, Options::default());
            assert_eq!(there, render(format, &report));
        }
    }
}

#[test]
fn the_last_line_for_an_agent_is_always_the_verdict_with_the_exit_code() {
    for report in grid() {
        let text = render("agent", &report);
        let last = text.lines().last().expect("a line");
        let word = last.split('\t').next();
        assert!(
            matches!(word, Some("READY" | "NOT READY" | "INCOMPLETE")),
            "{last}"
        );
        assert!(
            last.ends_with(&format!("exit {}", report.exit_code)),
            "{last}"
        );
    }
}

#[test]
fn what_an_agent_reads_of_ours_is_ascii() {
    for report in [
        every_outcome(),
        all_good(),
        several_apps(),
        nothing_to_audit(),
    ] {
        assert!(render("agent", &report).is_ascii());
    }
}

#[test]
fn a_summary_that_is_too_long_is_cut_between_lines_and_says_so() {
    let whole = render("markdown", &every_outcome());
    let all = summary::within(&every_outcome(), whole.len()).expect("it fits");
    assert_eq!(all, whole.as_bytes());
    for room in (0..whole.len()).step_by(7) {
        let Some(cut) = summary::within(&every_outcome(), room) else {
            assert!(room < 300, "{room}");
            continue;
        };
        let cut = String::from_utf8(cut).expect("UTF-8");
        assert!(cut.len() <= room, "{room}");
        let (kept, _) = cut
            .split_once("\nThe report is longer")
            .expect("a sentence");
        let kept = kept.trim_end().trim_end_matches("</details>").trim_end();
        assert!(whole.starts_with(kept), "{room}: {cut}");
        assert!(whole[kept.len()..].starts_with('\n'), "{room}: {cut}");
        assert_eq!(
            cut.matches("<details>").count(),
            cut.matches("</details>").count()
        );
    }
    let many = summary::within(&many::in_one_check(4_000), summary::LIMIT).expect("it fits");
    assert!((summary::LIMIT - 2000..=summary::LIMIT).contains(&many.len()));
}

// ---- Hostile projects -----------------------------------------------------------------------------

/// Text that would be something else if it were not made harmless.
fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "::error::x",
        "::stop-commands::x",
        "##[error]x",
        "\n",
        "\r\n",
        "\r",
        "\u{2028}",
        "%0A",
        "%",
        ",",
        ":",
        "=",
        "|",
        "`",
        "``",
        "```",
        "<script>",
        "<!--",
        "</details>",
        "</code>",
        "![x](http://x.y)",
        "[x]: y",
        "@all",
        "#1",
        "# ",
        "* ",
        "1. ",
        "- ",
        "> ",
        "---",
        "\t",
        "www.x.y",
        "WWW.x",
        "https://x.y",
        "a@b.c",
        "**",
        "__",
        "~~",
        "$x$",
        "\\",
        " ",
        "  ",
        "é",
        "word",
        "&lt;",
        "\u{1b}[2J",
        "\u{202e}",
        "READY",
    ]);
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn hostile_report(texts: &[String]) -> Report {
    let text = |at: usize| texts[at % texts.len()].clone();
    let place = |at: usize| Place::Span {
        file: text(at),
        line: 3,
        column: 5,
        excerpt: None,
    };
    let finding = Finding::error(text(0))
        .at(place(1), text(2))
        .see(Place::file(text(3)), text(4))
        .fix(text(5))
        .verify(text(6));
    let variable = Place::Variable {
        name: text(1),
        origin: text(2),
    };
    let other = Finding::warning(text(3)).at(variable, text(4));
    let nowhere = Finding::warning(text(6)).at(Place::Url { url: text(5) }, "");
    let broken = Outcome::Broken {
        why: text(4),
        hint: text(0),
        marks: vec![Mark {
            place: Place::file(text(2)),
            label: text(1),
            role: Role::Primary,
        }],
    };
    let mut known = check(INSTANCE, Outcome::Acknowledged);
    known.acknowledged = vec![Acknowledged {
        finding: finding.clone(),
        by: Acknowledgement::Ignored {
            reason: text(5),
            place: place(6),
            until: None,
        },
    }];
    let checks = vec![
        check(MISSING, Outcome::judged(vec![finding, other, nowhere])),
        check(PAIR, Outcome::Skipped(text(3))),
        check(DOMAIN, broken),
        known,
    ];
    let mut app = app(&text(0), &text(1), checks);
    app.framework_version = Some(text(2));
    app.clerk_packages = vec![(text(3), Some(text(4)))];
    let mut report = report(vec![app], Decision::NotReady, 1);
    report.directory = text(5);
    report.online_why = text(6);
    report.notes = vec![text(0)];
    report
}

/// A workflow command as the runner reads it: name, properties, data.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let rest = line.strip_prefix("::").expect("a command");
    let (head, data) = rest.split_once("::").expect("data");
    let (name, properties) = head.split_once(' ').expect("properties");
    let whole = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%25", "%")
    };
    let properties = properties.split(',').map(|pair| {
        let (key, value) = pair.split_once('=').expect("a value");
        let value = value.replace("%3A", ":").replace("%2C", ",");
        (key.to_owned(), whole(&value))
    });
    (name.to_owned(), properties.collect(), whole(data))
}

/// What is left of a line of Markdown without its code.
fn without_code(line: &str) -> String {
    let mut rest = line;
    let mut left = String::new();
    while let Some(at) = rest.find(['`', '<']) {
        left.push_str(&rest[..at]);
        let (open, close) = match rest[at..].starts_with('`') {
            true => ("`", "`"),
            false => ("<code>", "</code>"),
        };
        let inside = rest[at..]
            .strip_prefix(open)
            .expect("code and no other tag");
        let end = inside.find(close).expect("an end");
        rest = &inside[end + close.len()..];
    }
    left + rest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_project_never_starts_a_workflow_command(
        texts in prop::collection::vec(hostile_text(), 1..8),
    ) {
        let report = hostile_report(&texts);
        let text = render("github", &report);
        let names: Vec<String> = text.lines().map(|line| command(line).0).collect();
        prop_assert_eq!(names, ["error", "warning", "warning", "notice"]);
        prop_assert_eq!(text.matches('\n').count(), 4);
        let (_, properties, data) = command(text.lines().next().expect("a line"));
        let keys: Vec<&str> = properties.iter().map(|(key, _)| key.as_str()).collect();
        // What is no path of the repository is named in the message.
        prop_assert!(keys == ["file", "line", "endLine", "col", "title"] || keys == ["title"]);
        prop_assert_eq!(&properties.last().expect("a title").1, "env/key-missing");
        let plain = |text: &str| !text.contains(['\n', '\r', '\t', '\u{1b}', '\u{202e}', '\u{2028}']);
        prop_assert!(properties.iter().all(|(_, value)| plain(value)));
        if plain(&texts[0]) && !texts[0].contains("::") && !texts[0].contains("##") {
            prop_assert_eq!(data.lines().next().unwrap_or_default(), &texts[0]);
        }
    }

    #[test]
    fn a_project_never_commands_a_runner_that_reads_the_log(
        texts in prop::collection::vec(hostile_text(), 1..8),
        width in 40..100_usize,
    ) {
        let report = hostile_report(&texts);
        for format in ALL {
            for style in [Style::PLAIN, Style { color: true, unicode: true, width: Some(width) }] {
                let text = render_with(format.name, &report, style, Options::default());
                prop_assert!(!text.contains("##["), "{}: {text}", format.name);
                let commands = text.lines().filter(|line| line.trim_start().starts_with("::e"));
                let ours = if format.name == "github" { 1 } else { 0 };
                prop_assert_eq!(commands.count(), ours, "{}: {}", format.name, text);
            }
        }
    }

    #[test]
    fn a_project_never_adds_a_line_or_a_field_for_an_agent(
        texts in prop::collection::vec(hostile_text(), 1..8),
    ) {
        let text = render("agent", &hostile_report(&texts));
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        let words: Vec<&str> = lines.iter().map(|fields| fields[0]).collect();
        prop_assert_eq!(
            words,
            ["FAIL", "WARN", "WARN", "ERR", "SKIP", "ACK", "NOTE", "NOT READY"]
        );
        let unsafe_characters = ['\r', '\u{1b}', '\u{202e}', '\u{2028}'];
        prop_assert!(!text.contains(unsafe_characters), "{}", text);
        for fields in &lines[..lines.len() - 1] {
            prop_assert!((4..=6).contains(&fields.len()), "{:?}", fields);
            let named = |field: &&str| field.starts_with("fix: ") || field.starts_with("verify: ");
            prop_assert!(fields[4..].iter().all(named));
        }
    }

    #[test]
    fn a_project_never_writes_markup(texts in prop::collection::vec(hostile_text(), 1..8)) {
        let text = render("markdown", &hostile_report(&texts));
        let ours = ["<details><summary>1 finding ignored</summary>", "</details>"];
        for line in text.lines().filter(|line| !ours.contains(line)) {
            let left = without_code(line);
            let table = left.strip_prefix("| ").is_some();
            prop_assert!(!table || left.matches('|').count() == 9, "{}", line);
            let body = left.trim_start_matches(['#', ' ', '-']).replace("**", "");
            let body = if table { body.replace('|', "") } else { body };
            prop_assert!(!body.contains(['<', '[', ']', '*', '_', '#', '@', '~', '|', '\\', '&', '$', '!', '`']), "{}", line);
            prop_assert!(!body.to_lowercase().contains("www.") && !body.contains("://"), "{}", line);
            let starts = ["## clerk-audit: ", "### ", "- ", "  - ", "| ", "Target ", "1 error, "];
            prop_assert!(line.is_empty() || starts.iter().any(|s| line.starts_with(s)), "{}", line);
        }
        // However the project is called, there are as many lines as findings and places ask for.
        prop_assert_eq!(text.matches("\n### ").count(), 4);
        prop_assert_eq!(text.matches("\n|").count(), 4);
    }
}

// ---- Size -----------------------------------------------------------------------------------------

fn time(render: impl Fn()) -> Duration {
    let started = Instant::now();
    render();
    started.elapsed()
}

#[test]
fn no_format_takes_more_than_its_share_for_a_report_that_grows() {
    let shapes: [fn(usize) -> Report; 2] = [many::in_one_check, many::in_many_apps];
    let coloured = Style {
        color: true,
        unicode: true,
        width: Some(100),
    };
    for format in ALL {
        for shape in shapes {
            for style in [Style::PLAIN, coloured] {
                let render = |report: &Report| {
                    let mut out = std::io::sink();
                    let options = Options::default();
                    (format.render)(report, &style, &options, &mut out).expect("a sink");
                };
                let (few, many) = (shape(250), shape(4_000));
                best(|| {
                    // As many findings, in one report and in sixteen: what else the machine does meets both.
                    let apart = time(|| (0..16).for_each(|_| render(&few)));
                    let together = time(|| render(&many));
                    // Sixteen times as long, where it is quadratic.
                    let bound = apart.max(Duration::from_millis(16)) * 5;
                    let seen = format!("{}: {apart:?}, then {together:?}", format.name);
                    holds(together < bound, seen)
                });
            }
        }
    }
}
