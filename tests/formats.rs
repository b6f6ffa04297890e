//! Every format shows every outcome and every kind of place, of one app and of several, to a pipe and to a
//! terminal; and nothing in a project can make it lie or leak.

use std::time::Duration;

use clerk_audit::model::{
    AppKind, AppReport, CheckResult, Decision, Excerpt, Finding, Group, Mark, Meta, Outcome, Place,
    Report, Role, Secret, Severity,
};
use clerk_audit::report::{ALL, Options, Style, explain, json};
use proptest::prelude::*;

const TERMINAL: Style = Style {
    color: true,
    unicode: true,
    width: Some(80),
};

// ---- The checks of these tests --------------------------------------------------------------------

const fn meta(
    id: &'static str,
    group: Group,
    pass: &'static str,
    fail: &'static str,
    why: &'static str,
) -> Meta {
    Meta {
        id,
        group,
        severity: Severity::Error,
        pass,
        fail,
        why,
        docs: "# Page\n\nIt says `what` to do, **now**:\n\n- read it\n- do it\n\n```env .env.local\nKEY=value\n```\n",
    }
}

const MISSING: Meta = meta(
    "env/key-missing",
    Group::Env,
    "Both keys of the Clerk instance are set",
    "A key of the Clerk instance is missing",
    "without its keys the app answers every request with an error",
);
const DEV_KEY: Meta = meta(
    "env/dev-key-in-production",
    Group::Env,
    "Production uses a production key",
    "Production would start with a development key",
    "a development instance is limited to 100 users and is not meant for real ones",
);
const PAIR: Meta = meta(
    "env/keys-of-two-instances",
    Group::Env,
    "Both keys belong to the same instance",
    "The two keys belong to different instances",
    "sessions signed by one instance are refused by the other",
);
const SIGNING: Meta = meta(
    "webhooks/secret-missing",
    Group::Webhooks,
    "The webhook signing secret is set",
    "The webhook signing secret is missing",
    "every delivery would be refused",
);
const IGNORED: Meta = meta(
    "git/env-file-not-ignored",
    Group::Git,
    "Files with secrets are ignored by git",
    "A file with secrets is not ignored by git",
    "the next commit could publish the secret key",
);
const MATCHER: Meta = meta(
    "middleware/matcher-misses-route",
    Group::Middleware,
    "Every route that asks for a session is covered by the matcher",
    "A route asks for a session and is not covered by the matcher",
    "auth() throws where clerkMiddleware() did not run",
);
const EXPORT: Meta = meta(
    "middleware/not-exported",
    Group::Middleware,
    "The middleware is exported where the framework looks for it",
    "The framework does not find the middleware",
    "requests would pass without meeting Clerk",
);
const INSTANCE: Meta = meta(
    "clerk/instance-not-production",
    Group::Clerk,
    "Clerk says that this is a production instance",
    "Clerk says that this is not a production instance",
    "a development instance is not meant for real users",
);
const DOMAIN: Meta = meta(
    "clerk/domain-not-verified",
    Group::Clerk,
    "The domain of the instance answers",
    "The domain of the instance does not answer",
    "nobody could sign in",
);

// ---- Reports --------------------------------------------------------------------------------------

fn span(file: &str, line: u32, text: &str, marked: &str) -> Place {
    let start = text.find(marked).expect("the marked part is in the line");
    Place::Span {
        file: file.to_owned(),
        line,
        column: u32::try_from(text[..start].chars().count() + 1).expect("short"),
        excerpt: Some(Excerpt {
            text: text.to_owned(),
            start,
            end: start + marked.len(),
        }),
    }
}

fn check(meta: Meta, outcome: Outcome) -> CheckResult {
    CheckResult { meta, outcome }
}

fn app(path: &str, name: &str, checks: Vec<CheckResult>) -> AppReport {
    AppReport {
        path: path.to_owned(),
        name: Some(name.to_owned()),
        kind: AppKind::App,
        framework: "next",
        framework_name: "Next.js",
        framework_version: Some("16.2.0".to_owned()),
        clerk_packages: vec![("@clerk/nextjs".to_owned(), Some("7.9.17".to_owned()))],
        environment: ".env files".to_owned(),
        checks,
    }
}

fn report(apps: Vec<AppReport>, decision: Decision, exit_code: u8) -> Report {
    Report {
        version: "0.1.0",
        target: "production",
        online: true,
        online_why: "CLERK_SECRET_KEY".to_owned(),
        directory: "acme".to_owned(),
        apps,
        notes: vec![],
        decision,
        exit_code,
    }
}

fn dev_key() -> Finding {
    let ours = "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=pk_test_…x7Qd";
    let shadowed = "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=pk_live_…mY2x";
    Finding::error("Production would start with the pk_test_ key of happy-lion-12")
        .at(
            span(".env.production", 3, ours, "pk_test_…x7Qd"),
            "development instance \"happy-lion-12\"",
        )
        .see(
            span(".env", 119, shadowed, "pk_live_…mY2x"),
            "shadowed by the line above",
        )
        .fix("put the pk_live_ key in .env.production, or delete line 3")
        .verify("grep -n CLERK_PUBLISHABLE_KEY .env*")
}

fn route(path: &str) -> Finding {
    Finding::warning(format!("{path} calls auth() and the matcher leaves it out"))
        .at(
            span(
                "src/proxy.ts",
                12,
                "\tmatcher: ['/((?!api).*)', '/trpc'],",
                "'/((?!api).*)'",
            ),
            "does not match",
        )
        .see(
            span(
                "src/proxy.ts",
                12,
                "\tmatcher: ['/((?!api).*)', '/trpc'],",
                "'/trpc'",
            ),
            "nor does this",
        )
        .see(Place::file(format!("app{path}/route.ts")), "the route")
        .fix("add '/(api|trpc)(.*)' to the matcher")
}

/// One app with every outcome, and every kind of place.
fn every_outcome() -> Report {
    let undecided = Outcome::Broken {
        why: "The middleware is built by a function that could not be followed".to_owned(),
        hint: "export clerkMiddleware() itself".to_owned(),
        marks: vec![Mark {
            place: span(
                "src/proxy.ts",
                4,
                "export default compose(...chain);",
                "compose(...chain)",
            ),
            label: "its result depends on a value that is known only when the app runs".to_owned(),
            role: Role::Primary,
        }],
    };
    let pair = Finding::error("The keys belong to happy-lion-12 and to clerk.acme.shop")
        .at(
            Place::Variable {
                name: "CLERK_SECRET_KEY".to_owned(),
                origin: "process environment".to_owned(),
            },
            "a production key",
        )
        .see(
            Place::Url {
                url: "https://api.clerk.com/v1/instance".to_owned(),
            },
            "says which instance it is",
        )
        .fix("take both keys from the same instance of the Clerk dashboard");
    let secret = "webhooks are received in app/api/hooks/route.ts and no secret is set";
    let checks = vec![
        check(MISSING, Outcome::Pass),
        check(DEV_KEY, Outcome::judged(vec![dev_key()])),
        check(PAIR, Outcome::judged(vec![pair])),
        check(
            SIGNING,
            Outcome::NotApplicable("The app receives no webhooks".to_owned()),
        ),
        check(IGNORED, Outcome::Pass),
        check(
            MATCHER,
            Outcome::judged(vec![route("/api/cart"), route("/api/orders")]),
        ),
        check(EXPORT, undecided),
        check(INSTANCE, Outcome::Pass),
        check(
            DOMAIN,
            Outcome::Skipped("The instance has no domain yet".to_owned()),
        ),
    ];
    let mut report = report(vec![app(".", "acme-shop", checks)], Decision::NotReady, 1);
    report.notes = vec![format!("src/legacy.js does not parse: {secret}")];
    report
}

fn all_good() -> Report {
    let checks = vec![check(MISSING, Outcome::Pass), check(IGNORED, Outcome::Pass)];
    report(vec![app(".", "acme-shop", checks)], Decision::Ready, 0)
}

fn several_apps() -> Report {
    let web = vec![check(MISSING, Outcome::Pass), check(DEV_KEY, Outcome::Pass)];
    let missing = Finding::error("CLERK_SECRET_KEY is not set for production")
        .at(Place::file("apps/admin/.env.production"), "does not exist")
        .fix("set CLERK_SECRET_KEY where the app is deployed");
    let admin = vec![
        check(MISSING, Outcome::judged(vec![missing])),
        check(DEV_KEY, Outcome::Skipped("No key is known".to_owned())),
    ];
    let mut library = app("packages/auth", "@acme/auth", vec![]);
    library.kind = AppKind::Library;
    let apps = vec![
        app("apps/admin", "@acme/admin", admin),
        app("apps/web", "@acme/web", web),
        library,
    ];
    let mut report = report(apps, Decision::NotReady, 1);
    (report.online, report.online_why) = (false, "--offline".to_owned());
    report
}

fn nothing_to_audit() -> Report {
    let mut report = report(vec![], Decision::Incomplete, 3);
    report.notes = vec!["no package.json with a Clerk package was found".to_owned()];
    report
}

/// Escape sequences, line breaks, reordered text, wide characters and a line of 5 kB.
fn hostile() -> Report {
    let evil = "\u{1b}[2J\u{1b}[1;1HREADY\r\nPASS \u{202e}gnp.exe\u{200b}";
    let long = format!("{}\t鍵=\u{1b}値値値;{}", "a".repeat(2500), "b".repeat(2500));
    let finding = Finding::error(format!("Bad {evil}"))
        .at(
            span(&format!("src/{evil}.ts"), 1, &long, "値値値"),
            format!("here {evil}"),
        )
        .see(Place::file(evil), evil)
        .see(
            Place::Variable {
                name: evil.to_owned(),
                origin: evil.to_owned(),
            },
            evil,
        )
        .see(
            Place::Url {
                url: evil.to_owned(),
            },
            "",
        )
        .fix(evil)
        .verify(evil);
    let broken = Outcome::Broken {
        why: evil.to_owned(),
        hint: evil.to_owned(),
        marks: vec![],
    };
    let checks = vec![
        check(MISSING, Outcome::judged(vec![finding])),
        check(PAIR, Outcome::Skipped(evil.to_owned())),
        check(EXPORT, Outcome::NotApplicable(evil.to_owned())),
        check(DOMAIN, broken),
    ];
    let mut app = app(evil, evil, checks);
    app.framework_version = Some(evil.to_owned());
    app.environment = evil.to_owned();
    app.clerk_packages = vec![(evil.to_owned(), None)];
    let mut report = report(vec![app], Decision::NotReady, 1);
    report.directory = evil.to_owned();
    report.online_why = evil.to_owned();
    report.notes = vec![evil.to_owned()];
    report
}

/// A finding may have an excerpt whose range is wrong; that must not stop the audit.
fn odd_ranges() -> Report {
    let place = |text: &str, start, end| Place::Span {
        file: "a.ts".to_owned(),
        line: u32::MAX,
        column: 1,
        excerpt: Some(Excerpt {
            text: text.to_owned(),
            start,
            end,
        }),
    };
    let finding = Finding::warning("Odd")
        .at(place("é値", 1, 3), "inside characters")
        .at(place("short", 40, 90), "past the end")
        .at(place("short", 3, 1), "backwards")
        .at(place("", 0, 0), "an empty line");
    let checks = vec![check(MISSING, Outcome::judged(vec![finding]))];
    report(vec![app(".", "odd", checks)], Decision::Ready, 0)
}

fn grid() -> Vec<Report> {
    vec![
        every_outcome(),
        all_good(),
        several_apps(),
        nothing_to_audit(),
        hostile(),
        odd_ranges(),
    ]
}

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

/// Colours as words, so that a snapshot can be read: `<red bold>FAIL</>`.
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
                let bad = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c));
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
            assert!(text.is_ascii(), "{text}");
        }
    }
}

#[test]
fn every_finding_is_a_line_that_begins_with_its_status() {
    let text = human(&every_outcome(), Style::PLAIN);
    let lines = |status: &str| text.lines().filter(|l| l.starts_with(status)).count();
    assert_eq!((lines("FAIL "), lines("WARN "), lines("PASS ")), (2, 2, 3));
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
        (every_outcome(), "NOT READY  3 errors"),
        (all_good(), "READY  2 checks: 2 pass"),
        (nothing_to_audit(), "INCOMPLETE  nothing to audit"),
    ] {
        let words = words.replace("3 errors", "2 errors, 2 warnings");
        let line = render("human", &report, Style::PLAIN, quiet);
        assert!(line.starts_with(&words), "{line}");
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
