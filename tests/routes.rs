//! The route map as it is printed: every verdict in every format, for any width, from any project; and
//! the filters that narrow it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

#[path = "routes/filters.rs"]
mod filters;
#[path = "routes/maps.rs"]
mod maps;
#[path = "support/patience.rs"]
mod patience;

use std::time::Instant;

use clerk_audit::model::routes::RouteMap;
use clerk_audit::report::Style;
use clerk_audit::report::routes::{ALL, Options, json};
use unicode_width::UnicodeWidthStr;

use maps::*;
use patience::soon;

const TERMINAL: Style = Style {
    color: true,
    unicode: true,
    width: Some(80),
};

fn render(format: &str, maps: &[RouteMap], style: Style, why: bool) -> String {
    let all = maps.iter().map(|map| map.routes.len()).sum();
    let options = Options {
        version: "1.2.3",
        all,
        url: None,
        why,
    };
    render_as(format, maps, style, options)
}

fn render_as(format: &str, maps: &[RouteMap], style: Style, options: Options) -> String {
    let format = ALL.iter().find(|f| f.name == format).expect("a format");
    let mut bytes = Vec::new();
    (format.render)(maps, &style, &options, &mut bytes).expect("writing to memory");
    String::from_utf8(bytes).expect("UTF-8")
}

fn human(maps: &[RouteMap], style: Style) -> String {
    render("human", maps, style, false)
}

/// Without colours.
fn uncolored(text: &str) -> String {
    let mut plain = String::new();
    for (at, part) in text.split("\u{1b}[").enumerate() {
        plain.push_str(match at {
            0 => part,
            _ => part.split_once('m').expect("a colour").1,
        });
    }
    plain
}

fn wide(width: usize) -> Style {
    Style {
        width: Some(width),
        ..TERMINAL
    }
}

fn styles() -> Vec<Style> {
    let mut styles = vec![];
    for (color, unicode) in [(false, false), (true, false), (true, true)] {
        for width in [None, Some(40), Some(60), Some(80), Some(120)] {
            styles.push(Style {
                color,
                unicode,
                width,
            });
        }
    }
    styles
}

// ---- Snapshots: read these as a user would --------------------------------------------------------

#[test]
fn human_terminal_of_80_columns() {
    insta::assert_snapshot!(uncolored(&human(&[every_verdict()], TERMINAL)));
}

#[test]
fn human_terminal_of_60_columns() {
    insta::assert_snapshot!(uncolored(&human(&[every_verdict()], wide(60))));
}

#[test]
fn human_terminal_of_120_columns() {
    insta::assert_snapshot!(uncolored(&human(&[every_verdict()], wide(120))));
}

#[test]
fn human_plain() {
    insta::assert_snapshot!(human(&[every_verdict()], Style::PLAIN));
}

#[test]
fn human_several_apps_with_long_paths() {
    let mut empty = map("apps/docs", vec![]);
    empty.framework = String::new();
    let maps = [long_paths(), empty];
    insta::assert_snapshot!(uncolored(&human(&maps, TERMINAL)));
}

#[test]
fn human_story() {
    let told = render("human", &[every_verdict()], TERMINAL, true);
    insta::assert_snapshot!(uncolored(&told));
}

#[test]
fn human_story_of_one_url_in_60_columns() {
    let mut map = long_paths();
    map.routes.truncate(1);
    let options = Options {
        version: "1.2.3",
        all: 1,
        url: Some("/en/organizations/acme/billing/invoices/7"),
        why: true,
    };
    insta::assert_snapshot!(uncolored(&render_as("human", &[map], wide(60), options)));
}

#[test]
fn human_hostile_project() {
    insta::assert_snapshot!(uncolored(&human(&[hostile()], TERMINAL)));
}

#[test]
fn markdown_every_verdict() {
    insta::assert_snapshot!(render("markdown", &[every_verdict()], TERMINAL, false));
}

#[test]
fn markdown_story_of_a_hostile_project() {
    insta::assert_snapshot!(render(
        "markdown",
        &[hostile(), map("b", vec![])],
        TERMINAL,
        true
    ));
}

#[test]
fn json_every_verdict() {
    let mut map = every_verdict();
    map.routes.truncate(4);
    insta::assert_snapshot!(render("json", &[map], TERMINAL, false));
}

#[test]
fn nothing_to_show() {
    let mut shown = String::new();
    let empty = || vec![map(".", vec![])];
    for (maps, all, url) in [
        (vec![], 0, None),
        (empty(), 0, None),
        (empty(), 1, None),
        (empty(), 41, None),
        (empty(), 41, Some("/api/\u{1b}x")),
    ] {
        for format in ["human", "markdown"] {
            let options = Options {
                all,
                url,
                ..Options::default()
            };
            shown.push_str(&render_as(format, &maps, Style::PLAIN, options));
            shown.push_str("--------\n");
        }
    }
    insta::assert_snapshot!(shown);
}

// ---- Promises -------------------------------------------------------------------------------------

#[test]
fn json_keeps_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(json::SCHEMA).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a valid schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for maps in [
        vec![],
        vec![map(".", vec![])],
        vec![every_verdict(), long_paths()],
        vec![hostile()],
    ] {
        let text = render("json", &maps, Style::PLAIN, false);
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
fn the_schema_refuses_what_is_not_a_map() {
    let schema: serde_json::Value = serde_json::from_str(json::SCHEMA).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let text = render("json", &[every_verdict()], Style::PLAIN, false);
    let good: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(validator.is_valid(&good));
    for (at, value) in [
        ("/apps/0/routes/0/kind", "layout".into()),
        ("/apps/0/routes/0/methods/0/verdict", "public".into()),
        ("/apps/0/routes/0/methods/0/middleware/line", 0.into()),
        ("/apps/0/routes/0/methods/0/declared_public", "list".into()),
        ("/apps/0/counts/stopped", (-1).into()),
        ("/total", "many".into()),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(at).expect(at) = value;
        assert!(!validator.is_valid(&bad), "{at}");
    }
}

#[test]
fn json_gives_names_back_as_they_are() {
    let dirty = hostile();
    let text = render("json", std::slice::from_ref(&dirty), Style::PLAIN, false);
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let app = &document["apps"][0];
    assert_eq!(app["path"], dirty.app);
    assert_eq!(app["routes"][0]["file"], dirty.routes[0].file);
    assert_eq!(app["routes"][0]["pattern"], dirty.routes[0].pattern);
}

#[test]
fn no_format_prints_a_control_or_an_invisible_character_of_the_project() {
    for format in ALL {
        for style in styles() {
            for why in [false, true] {
                let text = uncolored(&render(format.name, &[hostile()], style, why));
                let bad = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c));
                assert!(!text.contains(bad), "{} {style:?}\n{text}", format.name);
                let forged = |line: &str| line.starts_with("STOPPED  /b");
                assert!(!text.lines().any(forged), "{text}");
            }
        }
    }
}

#[test]
fn a_table_of_markdown_has_six_cells_whatever_the_names() {
    for map in [every_verdict(), hostile(), long_paths()] {
        let text = render("markdown", &[map], TERMINAL, true);
        let rows: Vec<_> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert!(rows.len() > 2);
        for row in rows {
            assert_eq!(row.matches('|').count(), 7, "{row}");
        }
    }
}

#[test]
fn markdown_makes_no_link_mention_or_tag_of_a_name() {
    let text = render("markdown", &[hostile()], TERMINAL, true);
    for line in text.lines() {
        let parts = line.split('`').enumerate();
        let outside: String = parts
            .filter(|(at, _)| at % 2 == 0)
            .map(|(_, part)| part)
            .collect();
        for bad in ["@", "https://", "<img", "<b>", "](", "www."] {
            assert!(!outside.contains(bad), "{bad} in {line}");
        }
    }
}

#[test]
fn plain_output_is_ascii_but_for_names() {
    for why in [false, true] {
        let text = render("human", &[every_verdict()], Style::PLAIN, why);
        assert_eq!(text.lines().find(|line| !line.is_ascii()), None);
    }
}

#[test]
fn a_pipe_gets_each_answer_on_a_line_that_begins_with_its_verdict() {
    let text = human(&[every_verdict()], Style::PLAIN);
    let lines = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((lines("REACHED "), lines("UNDECIDED ")), (1, 1));
    assert_eq!((lines("CREDENTIAL "), lines("PUBLIC ")), (1, 3));
    assert_eq!(
        lines("STOPPED "),
        7,
        "six routes, and a method of one that is reached"
    );
}

#[test]
fn methods_with_the_same_answer_share_a_line() {
    let text = human(&[every_verdict()], Style::PLAIN);
    let orders: Vec<_> = text
        .lines()
        .filter(|line| line.contains(" /api/orders/[id] "))
        .collect();
    assert_eq!(orders.len(), 2, "{text}");
    assert!(orders[0].starts_with("REACHED") && orders[0].contains("DELETE"));
    assert!(orders[1].starts_with("STOPPED") && orders[1].contains("GET HEAD"));
}

#[test]
fn counts_come_first_and_say_how_many_were_left_out() {
    let text = human(&[every_verdict()], Style::PLAIN);
    let first = "12 routes: 6 stopped (2 by the middleware only), 3 public, 1 by another credential, 1 REACHED, 1 undecided\n";
    assert!(text.starts_with(first), "{text}");
    let mut map = every_verdict();
    map.routes.retain(|route| route.pattern == "/status");
    let options = Options {
        all: 12,
        ..Options::default()
    };
    let text = render_as("human", &[map], Style::PLAIN, options);
    assert!(text.starts_with("1 of 12 routes: 1 public\n"), "{text}");
}

#[test]
fn a_route_without_methods_is_shown_as_undecided() {
    let mut map = every_verdict();
    map.routes.truncate(1);
    map.routes[0].methods.clear();
    for (format, line) in [
        ("human", "\nUNDECIDED  /    page\n"),
        ("markdown", "\n| **UNDECIDED** | `/` |  | page |  |  |\n"),
    ] {
        let text = render(format, std::slice::from_ref(&map), Style::PLAIN, false);
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn only_a_name_is_wider_than_the_terminal() {
    for width in [60, 80, 120] {
        for why in [false, true] {
            for map in [every_verdict(), long_paths()] {
                let text = uncolored(&render("human", &[map], wide(width), why));
                for line in text.lines() {
                    // Alone, or after its number or what it is about.
                    let words: Vec<_> = line.split_whitespace().collect();
                    let long = words.iter().any(|word| word.width() > width / 2);
                    let name = long && words.len() <= 3;
                    assert!(name || line.width() <= width, "{width}: {line}");
                }
            }
        }
    }
}

#[test]
fn no_place_is_cut_or_broken() {
    for style in styles() {
        for why in [false, true] {
            let text = uncolored(&render("human", &[long_paths()], style, why));
            let deep = &long_paths().routes[0].file;
            assert!(text.contains(&format!("{deep}:31")), "{text}");
        }
    }
}

#[test]
fn ten_thousand_routes_are_rendered_in_a_moment() {
    let maps = [large(10_000)];
    for format in ALL {
        for why in [false, true] {
            let started = Instant::now();
            let text = render(format.name, &maps, TERMINAL, why);
            assert!(text.len() > 500_000);
            // Half a second, and a tenth of that in a release build; what is excluded is quadratic time.
            soon(10, started.elapsed(), format.name);
        }
    }
}
