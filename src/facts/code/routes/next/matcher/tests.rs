use super::*;
use crate::facts::code::testing::Files;

const NEWEST: Option<(u32, u32, u32)> = Some((16, 3, 1));

fn of_version(text: &str, version: Option<(u32, u32, u32)>) -> MatcherSetting {
    let files = Files::new(&[("middleware.ts", text)]);
    files.with(|project| matcher_setting(project, "middleware.ts", version))
}

fn of(matcher: &str) -> MatcherSetting {
    of_version(
        &format!("export const config = {{ matcher: {matcher} }}"),
        NEWEST,
    )
}

fn sources(setting: &MatcherSetting) -> Vec<&str> {
    match setting {
        MatcherSetting::Static(all) => all.iter().map(|one| one.source.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

fn not_static(setting: MatcherSetting) -> (String, u32, u32, bool) {
    match setting {
        MatcherSetting::NotStatic {
            why,
            at,
            stops_build,
        } => (why, at.line, at.column, stops_build),
        other => panic!("{other:?}"),
    }
}

fn invalid(setting: MatcherSetting) -> String {
    match setting {
        MatcherSetting::Invalid { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn literals_are_read_as_they_stand() {
    assert_eq!(sources(&of("'/a'")), ["/a"]);
    assert_eq!(
        sources(&of("['/a', \"/b\", `/c\\\\.x`]")),
        ["/a", "/b", "/c\\.x"]
    );
    assert_eq!(sources(&of("[]")), Vec::<&str>::new());
    let typed = "import type { X } from 'x';\nexport const a = f(), config: X = { runtime: 'nodejs', 'matcher': ['/a'], n: -0x1 && 1 }";
    assert!(matches!(
        of_version(typed, NEWEST),
        MatcherSetting::NotStatic { .. }
    ));
    let typed = typed.replace("-0x1 && 1", "1");
    assert_eq!(sources(&of_version(&typed, NEWEST)), ["/a"]);
}

#[test]
fn conditions_and_locale_are_read() {
    let setting = of(
        "[{ source: '/a', locale: false, has: [{ type: 'host', value: 'x.y' }], missing: [{ type: 'header', key: 'purpose', value: 'prefetch' }, { type: 'cookie', key: 'c' }] }]",
    );
    let condition = |kind, key: Option<&str>, value: Option<&str>| MatcherCondition {
        kind,
        key: key.map(str::to_owned),
        value: value.map(str::to_owned),
    };
    let expected = MatcherSource {
        source: "/a".to_owned(),
        has: vec![condition(ConditionKind::Host, None, Some("x.y"))],
        missing: vec![
            condition(ConditionKind::Header, Some("purpose"), Some("prefetch")),
            condition(ConditionKind::Cookie, Some("c"), None),
        ],
        locale: false,
    };
    assert_eq!(setting, MatcherSetting::Static(vec![expected]));
}

#[test]
fn without_a_matcher_it_runs_on_every_path() {
    for text in [
        "",
        "export default f",
        "export const config = {}",
        "export const config = { matcher: undefined }",
        "export const config = undefined",
        "const config = { matcher: '/a' }",
        "export const { config } = x, config2 = { matcher: '/a' }; export type config2 = 1",
    ] {
        let setting = of_version(text, NEWEST);
        let seen = matches!(setting, MatcherSetting::None) || text.contains("{ config }");
        assert!(seen, "{text}: {setting:?}");
    }
}

#[test]
fn what_would_have_to_be_computed_is_named_with_its_place() {
    for (matcher, part) in [
        ("paths", "the variable `paths` at `config.matcher`"),
        ("['/a', path]", "the variable `path` at `config.matcher[1]`"),
        ("[...paths]", "a spread `...` at `config.matcher`"),
        ("`/${x}`", "a template with expressions at `config.matcher`"),
        ("'/a' + b", "an operation at `config.matcher`"),
        ("f()", "a call at `config.matcher`"),
        ("('/a')", "a value in brackets at `config.matcher`"),
        (
            "[{ source, has: [] }]",
            "`source` without a value written out at `config.matcher[0].source`",
        ),
        ("[{ ...x }]", "a spread `...` at `config.matcher[0]`"),
        (
            "[{ ['source']: '/a' }]",
            "a key that is not a plain name at `config.matcher[0]`",
        ),
        ("String.raw`/a`", "an expression at `config.matcher`"),
    ] {
        let (why, line, _, stops_build) = not_static(of(matcher));
        assert_eq!(
            (why.as_str(), line, stops_build),
            (part, 1, true),
            "{matcher}"
        );
    }
    let (_, line, column, _) = not_static(of_version(
        "export const config = {\n  matcher: [\n    paths,\n  ],\n}",
        NEWEST,
    ));
    assert_eq!((line, column), (3, 5));
}

#[test]
fn another_setting_that_is_computed_takes_the_matcher_with_it() {
    let text = "export const config = { matcher: '/a', regions: REGIONS }";
    let (why, ..) = not_static(of_version(text, NEWEST));
    assert_eq!(why, "the variable `REGIONS` at `config.regions`");
}

#[test]
fn before_15_4_such_a_config_was_dropped_and_the_build_went_on() {
    let text = "export const config = { matcher: paths }";
    assert!(!not_static(of_version(text, Some((14, 2, 35)))).3);
    assert!(not_static(of_version(text, Some((15, 5, 23)))).3);
}

#[test]
fn types_around_a_value_depend_on_the_version() {
    let satisfies = "export const config = { matcher: ['/a'] } satisfies X";
    assert_eq!(sources(&of_version(satisfies, Some((15, 0, 0)))), ["/a"]);
    not_static(of_version(satisfies, Some((14, 2, 35))));
    for cast in [
        "{ matcher: ['/a'] } as const",
        "{ matcher: ['/a'] as string[] }",
        "<X>{ matcher: ['/a'] }",
    ] {
        let text = format!("export const config = {cast}");
        assert_eq!(sources(&of_version(&text, NEWEST)), ["/a"], "{cast}");
        assert_eq!(sources(&of_version(&text, None)), ["/a"], "{cast}");
        not_static(of_version(&text, Some((16, 2, 0))));
        not_static(of_version(&text, Some((15, 5, 23))));
    }
}

#[test]
fn a_single_object_was_valid_until_14() {
    let text = "export const config = { matcher: { source: '/a' } }";
    assert_eq!(sources(&of_version(text, Some((14, 2, 35)))), ["/a"]);
    assert!(invalid(of_version(text, NEWEST)).contains("in a list"));
}

#[test]
fn a_config_that_is_no_object_or_an_empty_matcher_was_none_until_14() {
    for text in [
        "export const config = null",
        "export const config = ['/a']",
        "export const config = { matcher: null }",
        "export const config = { matcher: '' }",
    ] {
        let until = of_version(text, Some((14, 2, 35)));
        assert_eq!(until, MatcherSetting::None, "{text}");
        invalid(of_version(text, NEWEST));
    }
}

#[test]
fn what_the_schema_refuses_is_invalid() {
    for (matcher, part) in [
        ("'a'", "does not begin"),
        ("''", "does not begin"),
        ("['/a', 'b']", "does not begin"),
        ("1", "string or a list"),
        ("null", "string or a list"),
        ("true", "string or a list"),
        ("[1]", "an element"),
        ("['/a', ,]", "an element"),
        ("[['/a']]", "an element"),
        ("[{}]", "needs a `source`"),
        ("[{ source: 1 }]", "must be a string"),
        (
            "[{ source: '/a', basePath: false }]",
            "no property `basePath`",
        ),
        ("[{ source: '/a', locale: true }]", "`locale`"),
        ("[{ source: '/a', has: {} }]", "lists"),
        (
            "[{ source: '/a', has: [{ type: 'ip', key: 'x' }] }]",
            "`type`",
        ),
        ("[{ source: '/a', has: ['x'] }]", "`type`"),
        ("[{ source: '/a', has: [{ type: 'header' }] }]", "`key`"),
        ("[{ source: '/a', has: [{ type: 'host' }] }]", "`value`"),
        (
            "[{ source: '/a', has: [{ type: 'host', key: 'x', value: 'y' }] }]",
            "no property `key`",
        ),
        (
            "[{ source: '/a', has: [{ type: 'query', key: 'x', value: 1 }] }]",
            "`value` must be",
        ),
    ] {
        let why = invalid(of(matcher));
        assert!(why.contains(part), "{matcher}: {why}");
    }
    let long = format!("'/{}'", "a".repeat(4096));
    assert!(invalid(of(&long)).contains("4096"));
}

#[test]
fn other_forms_of_export_are_not_seen_by_next() {
    for text in [
        "const config = { matcher: '/a' }\nexport { config }",
        "const x = { matcher: '/a' }\nexport { x as config }",
        "\nexport let config = { matcher: '/a' }",
        "\nexport { config } from './other'",
        "\nexports.config = { matcher: '/a' }",
    ] {
        match of_version(text, NEWEST) {
            MatcherSetting::Unseen { at } => assert_eq!(at.line, 2, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn broken_code_is_said_to_be_broken() {
    assert!(matches!(of("[["), MatcherSetting::Unreadable(_)));
    let deep = "[".repeat(5_000);
    assert!(matches!(of(&deep), MatcherSetting::Unreadable(_)));
}
