//! The page is whole, honest and usable: well-formed whatever a project is called, loads nothing, can be
//! read in both themes, and does in a real browser what its controls say.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may stop where it stands"
)]

#[path = "html/browser.rs"]
mod browser;
#[path = "html/dom.rs"]
mod dom;
#[path = "routes/maps.rs"]
#[allow(dead_code, reason = "shared with the tests of the map")]
mod maps;
#[path = "formats/reports.rs"]
#[allow(dead_code, reason = "shared with the tests of every format")]
mod reports;

use std::collections::BTreeSet;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clerk_audit::model::routes::RouteMap;
use clerk_audit::model::{Acknowledgement, Decision, Finding, Mark, Outcome, Place, Report};
use clerk_audit::report::{HTML, Options, Style};
use proptest::prelude::*;
use ring::digest::{SHA256, digest};

use browser::Browser;
use dom::{Element, Page};

fn render(report: &Report) -> String {
    let mut bytes = Vec::new();
    (HTML.render)(report, &Style::PLAIN, &Options::default(), &mut bytes).expect("memory");
    String::from_utf8(bytes).expect("UTF-8")
}

/// A report with everything in it.
fn whole() -> Report {
    let mut report = reports::every_outcome();
    report.apps[0].map = Some(maps::every_verdict());
    report.attestations = reports::attestations();
    report
}

fn all() -> Vec<Report> {
    let mut all = reports::grid();
    for map in [maps::long_paths(), maps::hostile(), maps::large(60)] {
        let mut report = whole();
        report.apps[0].map = Some(map);
        all.push(report);
    }
    all.extend([
        whole(),
        called("\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}"),
    ]);
    all
}

/// A report in which everything that a project could choose has this text.
fn called(text: &str) -> Report {
    let text = text.to_owned();
    let mut report = whole();
    (report.directory, report.online_why) = (text.clone(), text.clone());
    report.notes = vec![text.clone()];
    for attestation in &mut report.attestations {
        if let Some(voucher) = &mut attestation.voucher {
            (voucher.by, voucher.note) = (text.clone(), text.clone());
        }
    }
    let app = &mut report.apps[0];
    (app.path, app.name) = (text.clone(), Some(text.clone()));
    (app.environment, app.framework_version) = (text.clone(), Some(text.clone()));
    app.clerk_packages = vec![(text.clone(), Some(text.clone()))];
    for variable in &mut app.variables {
        (variable.name, variable.value) = (text.clone(), text.clone());
        (variable.origin, variable.shadowed) = (text.clone(), vec![text.clone()]);
    }
    for check in &mut app.checks {
        match &mut check.outcome {
            Outcome::Fail(found) | Outcome::Warn(found) => {
                found.iter_mut().for_each(|finding| rename(finding, &text));
            }
            Outcome::NotApplicable(why) | Outcome::Skipped(why) => why.clone_from(&text),
            Outcome::Broken { why, hint, marks } => {
                (*why, *hint) = (text.clone(), text.clone());
                marks.iter_mut().for_each(|mark| relabel(mark, &text));
            }
            Outcome::Pass | Outcome::Acknowledged => {}
        }
        for one in &mut check.acknowledged {
            rename(&mut one.finding, &text);
            if let Acknowledgement::Ignored { reason, place, .. } = &mut one.by {
                reason.clone_from(&text);
                *place = Place::file(text.clone());
            }
        }
    }
    app.map
        .as_mut()
        .into_iter()
        .for_each(|map| reroute(map, &text));
    report
}

fn rename(finding: &mut Finding, text: &str) {
    (finding.message, finding.hint) = (text.to_owned(), text.to_owned());
    finding.verify = Some(text.to_owned());
    finding
        .marks
        .iter_mut()
        .for_each(|mark| relabel(mark, text));
}

fn relabel(mark: &mut Mark, text: &str) {
    mark.label = text.to_owned();
    if let Place::Span {
        file,
        excerpt: Some(excerpt),
        ..
    } = &mut mark.place
    {
        *file = text.to_owned();
        excerpt.text = text.to_owned();
        (excerpt.start, excerpt.end) = (0, text.len());
    }
}

fn reroute(map: &mut RouteMap, text: &str) {
    map.notes = vec![text.to_owned()];
    for route in &mut map.routes {
        (route.pattern, route.file) = (text.to_owned(), text.to_owned());
        route.urls = vec![text.to_owned()];
        for answer in &mut route.methods {
            answer.method = text.to_owned();
            answer.middleware.why = text.to_owned();
            answer.resource.why = text.to_owned();
            for step in &mut answer.trace {
                (step.text, step.place.file) = (text.to_owned(), text.to_owned());
            }
            for work in &mut answer.sensitive {
                work.what = text.to_owned();
            }
        }
    }
}

// ---- The page as it is written --------------------------------------------------------------------

#[test]
fn the_page_of_every_report_is_well_formed() {
    for report in all() {
        let page = Page::parse(&render(&report));
        assert_eq!(page.faults, Vec::<String>::new());
        let ids: Vec<_> = page
            .elements
            .iter()
            .filter_map(|one| one.get("id"))
            .collect();
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "an id stands twice");
        for link in page.named("a") {
            let href = link.get("href").expect("a link leads somewhere");
            let Some(id) = href.strip_prefix('#') else {
                continue;
            };
            assert!(ids.contains(&id), "{href} leads nowhere");
        }
        for label in page
            .elements
            .iter()
            .filter_map(|one| one.get("aria-labelledby"))
        {
            assert!(ids.contains(&label), "nothing is called {label}");
        }
    }
}

#[test]
fn headings_go_down_step_by_step() {
    for report in all() {
        let page = Page::parse(&render(&report));
        let mut before = 0;
        for heading in page.elements.iter().filter_map(|one| level(&one.name)) {
            assert!(heading <= before + 1, "h{heading} after h{before}");
            before = heading;
        }
        assert_eq!(page.named("h1").count(), 1);
    }
}

fn level(name: &str) -> Option<u32> {
    name.strip_prefix('h').and_then(|rest| rest.parse().ok())
}

#[test]
fn a_screen_reader_finds_its_way() {
    let page = Page::parse(&render(&whole()));
    for landmark in ["header", "nav", "main", "footer"] {
        assert_eq!(page.named(landmark).count(), 1, "{landmark}");
    }
    assert!(page.named("th").all(|cell| cell.get("scope").is_some()));
    let is_labelled = |input: &Element| {
        let mut around = input.around.iter().map(|at| &page.elements[*at]);
        around.any(|one| one.name == "label" && !one.text.trim().is_empty())
    };
    assert!(page.named("input").all(is_labelled));
    assert!(
        page.named("output")
            .all(|one| one.get("aria-live") == Some("polite"))
    );
    let first = page.named("a").next().and_then(|link| link.get("href"));
    assert_eq!(first, Some("#main"), "the first link skips what repeats");
}

#[test]
fn nothing_is_loaded_and_nothing_but_our_script_runs() {
    for report in all() {
        let html = render(&report);
        let page = Page::parse(&html);
        for element in &page.elements {
            for (name, value) in &element.attributes {
                let is_link = element.name == "a" && element.get("rel") == Some("noreferrer");
                let leads =
                    ["src", "href", "action", "srcset", "data", "poster"].contains(&name.as_str());
                let stays = value.starts_with('#') || value == "data:,";
                assert!(!leads || stays || is_link, "{name}={value}");
                assert!(!name.starts_with("on") && name != "style", "{name}={value}");
            }
        }
        let mut metas = page.named("meta");
        let policy = metas.find_map(|meta| meta.get("http-equiv").and(meta.get("content")));
        let policy = policy.expect("a policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        for (name, source) in [("style", "style-src"), ("script", "script-src")] {
            let parts: Vec<_> = page.named(name).collect();
            assert_eq!(parts.len(), 1, "one {name}");
            let hash = STANDARD.encode(digest(&SHA256, parts[0].text.as_bytes()));
            assert!(
                policy.contains(&format!("{source} 'sha256-{hash}'")),
                "{policy}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_project_is_called_the_page_has_the_same_elements(
        text in "[<>\"'&/a-z=\\-!\\[\\]\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}\u{202e}é鍵 ]{1,24}",
    ) {
        let shape = |report: &Report| -> Vec<(String, Vec<String>)> {
            let page = Page::parse(&render(report));
            assert_eq!(page.faults, Vec::<String>::new());
            let names = |one: &Element| one.attributes.keys().cloned().collect();
            page.elements.iter().map(|one| (one.name.clone(), names(one))).collect()
        };
        let html = render(&called(&text));
        let unseen = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c));
        prop_assert!(!html.contains(unseen));
        // A slash is a level of the tree, and a name like another is one branch with it.
        let plain: String = text.chars().map(|c| if c == '/' { '/' } else { 'x' }).collect();
        prop_assert_eq!(shape(&called(&text)), shape(&called(&plain)));
    }
}

#[test]
fn the_page_is_written_bit_by_bit() {
    struct Pieces {
        largest: usize,
        all: usize,
    }
    impl io::Write for Pieces {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.largest = self.largest.max(bytes.len());
            self.all += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let findings = vec![reports::dev_key(); 20_000];
    let checks = vec![reports::check(reports::DEV_KEY, Outcome::Fail(findings))];
    let report = reports::report(
        vec![reports::app(".", "acme", checks)],
        Decision::NotReady,
        1,
    );
    let mut pieces = Pieces { largest: 0, all: 0 };
    (HTML.render)(&report, &Style::PLAIN, &Options::default(), &mut pieces).expect("memory");
    assert!(
        pieces.all > 10_000_000 && pieces.largest <= 1 << 16,
        "{}",
        pieces.largest
    );
}

#[test]
fn a_small_report() {
    let html = render(&whole());
    let without = |html: String, tag: &str| {
        let (before, rest) = html.split_once(&format!("<{tag}>")).expect("a beginning");
        let (_, after) = rest.split_once(&format!("</{tag}>")).expect("an end");
        format!("{before}<{tag}></{tag}>{after}")
    };
    let html = without(without(html, "style"), "script");
    let lines = html
        .lines()
        .filter(|line| !line.contains("Content-Security-Policy"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

// ---- Colours ----------------------------------------------------------------------------------------

/// The lightness of a colour `#rrggbb` as WCAG 2.2 counts it.
fn luminance(color: [f64; 3]) -> f64 {
    let [r, g, b] = color.map(|part| match part / 255.0 {
        low if low <= 0.04045 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_can_be_read_in_both_themes() {
    let html = render(&whole());
    for theme in [0, 1] {
        let color = |name: &str| -> [f64; 3] {
            let (_, rest) = html
                .split_once(&format!("--{name}: light-dark("))
                .expect(name);
            let pair = rest.split(')').next().expect("a pair");
            let hex = pair.split(", ").nth(theme).expect("two colours");
            [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")))
        };
        for surface in ["page", "card", "sunk"] {
            for ink in [
                "text", "soft", "link", "fail", "warn", "pass", "error", "calm",
            ] {
                let ratio = contrast(color(ink), color(surface));
                assert!(
                    ratio >= 4.5,
                    "{ink} on {surface} in theme {theme}: {ratio:.2}"
                );
            }
        }
        // A label: its colour on a breath of the same.
        for ink in ["warn", "pass", "error", "calm", "link"] {
            let (ink_color, card) = (color(ink), color("card"));
            let tint = [0, 1, 2].map(|at| 0.11 * ink_color[at] + 0.89 * card[at]);
            let ratio = contrast(ink_color, tint);
            assert!(
                ratio >= 4.5,
                "{ink} as a label in theme {theme}: {ratio:.2}"
            );
        }
    }
}

// ---- In a browser ---------------------------------------------------------------------------------

/// The things of a class that the reader sees, by what they are.
fn seen(page: &Page, class: &str) -> Vec<String> {
    let things = page.with_class(class).filter(|one| !page.is_off(one));
    things
        .filter_map(|one| one.get("data-is").map(str::to_owned))
        .collect()
}

fn state(page: &Page) -> Vec<String> {
    page.named("output").map(|one| one.text.clone()).collect()
}

#[test]
fn in_a_browser_lists_are_narrowed_and_searched() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let html = render(&whole());

    let page = browser.open(&html, "");
    assert_eq!(seen(&page, "check").len(), 9);
    assert_eq!(state(&page), ["9 checks", "12 routes"]);
    assert!(page.named("form").all(|form| form.get("hidden").is_none()));

    let page = browser.open(&html, "#checks=fail&routes-1=stopped");
    assert_eq!(seen(&page, "check"), ["fail", "fail"]);
    assert!(seen(&page, "route").iter().all(|is| is == "stopped"));
    assert_eq!(state(&page)[0], "Showing 2 of 9 checks");
    let groups: Vec<_> = page
        .with_class("group")
        .filter(|group| !page.is_off(group))
        .collect();
    assert_eq!(groups.len(), 1, "groups without one of them are not shown");

    let page = browser.open(&html, "#checks=problems");
    assert_eq!(seen(&page, "check"), ["fail", "fail", "warn", "error"]);

    let page = browser.open(&html, "#checks-text=ORDERS+matcher&routes-1-text=db.order");
    assert_eq!(seen(&page, "check"), ["warn"]);
    assert_eq!(seen(&page, "route"), ["reached"]);
    let findings: Vec<_> = page
        .with_class("finding")
        .filter(|one| !page.is_off(one))
        .collect();
    assert_eq!(
        findings.len(),
        1,
        "of the findings, the one that the words are about"
    );
    assert!(findings[0].text.contains("/api/orders"));
}

#[test]
fn in_a_browser_an_anchor_opens_what_folds_around_it() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let html = render(&reports::all_good());
    let open = |page: &Page| {
        page.with_class("group")
            .filter(|one| one.get("open").is_some())
            .count()
    };
    assert_eq!(open(&browser.open(&html, "")), 0);
    assert_eq!(open(&browser.open(&html, "#app-1-env-key-missing")), 1);
}

#[test]
fn in_a_browser_no_name_of_a_project_becomes_an_element() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let html = render(&called(
        "\"'><script>alert(1)</script><img src=x onerror=alert(1)><!--",
    ));
    let page = browser.open(&html, "");
    assert_eq!(
        (page.named("script").count(), page.named("img").count()),
        (1, 0)
    );
    assert_eq!(seen(&page, "check").len(), 9);
}
