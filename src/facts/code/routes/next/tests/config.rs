use super::*;

fn config(files: &[(&str, &str)]) -> NextConfig {
    let config = of(files).config;
    // What is asked of the routes holds for the config alone too.
    let again = Files::new(files).with(|project| super::super::config::read(project, ""));
    assert_eq!(config, again);
    config
}

fn one(text: &str) -> NextConfig {
    config(&[("next.config.js", text)])
}

fn unreadable(config: &NextConfig) -> Vec<(u32, &str)> {
    let all = config.unreadable.iter();
    all.map(|one| (one.line, one.what.as_str())).collect()
}

fn rewrites(config: &NextConfig) -> Vec<(&str, Option<&str>)> {
    let rules = config.rewrites.iter().map(|rewrite| &rewrite.rule);
    rules
        .map(|rule| (rule.source.as_str(), rule.destination.as_deref()))
        .collect()
}

#[test]
fn urls_carry_the_base_path_and_the_trailing_slash() {
    let found = of(&[
        (
            "next.config.mjs",
            "export default { basePath: '/docs', trailingSlash: true }",
        ),
        ("app/page.tsx", ""),
        ("app/a/[id]/page.tsx", ""),
        ("app/robots.ts", ""),
        ("app/api/route.ts", "export const GET = 1"),
    ]);
    let urls: Vec<&str> = found
        .routes
        .iter()
        .map(|route| route.urls[0].as_str())
        .collect();
    assert_eq!(
        urls,
        ["/docs/", "/docs/a/x1/", "/docs/api/", "/docs/robots.txt"]
    );
    let found = of(&[
        ("next.config.mjs", "export default { basePath: '/docs' }"),
        ("app/page.tsx", ""),
    ]);
    assert_eq!(found.routes[0].urls, ["/docs"]);
}

#[test]
fn no_config_means_the_defaults() {
    assert_eq!(config(&[]), NextConfig::default());
    assert_eq!(one("module.exports = {}"), NextConfig::default());
    assert_eq!(
        one("module.exports = withX({ reactStrictMode: true })"),
        NextConfig::default()
    );
}

#[test]
fn settings_are_found_through_plugins_functions_variables_and_conditions() {
    for text in [
        "module.exports = { basePath: '/b' }",
        "const c = { basePath: '/b' }; module.exports = withA(withB(c, {}))",
        "const p = '/b'; const c = {}; c.basePath = p; export default c",
        "const withM = m(); export default withM()({ basePath: '/b' })",
        "export default async (phase, { defaultConfig }) => { const c = { ...defaultConfig, basePath: '/b' }; return c }",
        "function make() { return { basePath: `/b` } } export default make",
        "let c = { basePath: '/b' }; if (x) { c = withX(c) } export default c",
        "const base = { basePath: '/b' }; module.exports = Object.assign({}, base)",
        "const c = { basePath: '/b' }; export { c as default }",
        "const make = () => ({ basePath: '/b' }); module.exports = make; module.exports = withX(module.exports, {})",
        "module.exports = (async () => { { return { basePath: '/b' } } })()",
    ] {
        assert_eq!(one(text).base_path, "/b", "{text}");
    }
    let nested = "const c = {}; if (x) { const redirects = () => [{ source: '/a', destination: '/b' }]; c.redirects = redirects } export default c";
    assert!(one(nested).redirects[0].rule.conditional);
}

#[test]
fn settings_are_found_in_other_modules_of_the_project() {
    for (text, other) in [
        (
            "import { base } from './base'; export default { ...base }",
            "export const base = { basePath: '/b' }",
        ),
        (
            "import base from './base'; export default withX(base)",
            "export default { basePath: '/b' }",
        ),
        (
            "const base = require('./base'); module.exports = base",
            "module.exports = { basePath: '/b' }",
        ),
        (
            "const { base } = require('./base'); module.exports = base",
            "module.exports = { base: { basePath: '/b' } }",
        ),
        (
            "export { default } from './base'",
            "const c = { basePath: '/b' }; export default c",
        ),
        (
            "import { p } from './base'; export default { basePath: p }",
            "export const p = '/b'",
        ),
        (
            "import { withB } from './base'; export default withB({})",
            "export const withB = (c) => ({ ...c, basePath: '/b' })",
        ),
    ] {
        let config = config(&[("next.config.ts", text), ("base.ts", other)]);
        assert_eq!(config.base_path, "/b", "{text}");
    }
}

#[test]
fn what_would_have_to_be_computed_is_named_with_its_line() {
    for (text, what) in [
        (
            "module.exports = {\n basePath: process.env.BASE }",
            "`basePath`",
        ),
        (
            "module.exports = {\n basePath: x ? '/a' : '' }",
            "`basePath`",
        ),
        (
            "module.exports = {\n ...(x && { basePath: '/a' }) }",
            "`basePath`",
        ),
        (
            "const c = { basePath: '/a' };\nc.basePath = '/b'; module.exports = c",
            "`basePath`",
        ),
        (
            "let p = '/a'; p = f(); module.exports = {\n basePath: p }",
            "`basePath`",
        ),
        (
            "module.exports = {\n trailingSlash: !dev }",
            "`trailingSlash`",
        ),
        ("module.exports = {\n i18n }", "`i18n`"),
        (
            "module.exports = {\n rewrites: makeRewrites }",
            "`rewrites`",
        ),
        (
            "module.exports = { rewrites: async () =>\n load() }",
            "`rewrites`",
        ),
        (
            "module.exports = { rewrites: () => [\n { source: a, destination: '/b' }] }",
            "an element of `rewrites`",
        ),
        (
            "module.exports = { redirects: () => [\n ...more ] }",
            "`redirects`",
        ),
        (
            "module.exports = { redirects: () => [\n { source: '/a', destination: `${host}/b` }] }",
            "the destination of \"/a\" in `redirects`",
        ),
    ] {
        let config = one(text);
        assert_eq!(unreadable(&config), [(2, what)], "{text}");
        assert_eq!(config.base_path, "", "{text}");
    }
    assert_eq!(
        unreadable(&one("module.exports = load()")),
        [(1, "the configuration as a whole")]
    );
    assert_eq!(one("module.exports = {{").unreadable.len(), 1);
}

#[test]
fn rewrites_and_redirects_are_read_with_their_conditions() {
    let config = one(
        "const more = [{ source: '/m', destination: '/n' }];
        module.exports = {
            async rewrites() {
                if (x) return [{ source: '/x', destination: `https://${host}/` }];
                return {
                    beforeFiles: [{ source: '/a', destination: '/b', has: [{ type: 'host', value: 'x' }] }],
                    afterFiles: [...more, dev && { source: '/d', destination: '/e' }].filter(Boolean),
                    fallback: [{ source: '/:p*', destination: 'https://o.example/:p*', basePath: false }],
                };
            },
            redirects: async () => [{ source: '/old', destination: '/new', permanent: true, missing: [] }],
        }",
    );
    assert_eq!(
        rewrites(&config),
        [
            ("/x", None),
            ("/a", Some("/b")),
            ("/m", Some("/n")),
            ("/d", Some("/e")),
            ("/:p*", Some("https://o.example/:p*")),
        ]
    );
    let stages: Vec<RewriteStage> = config.rewrites.iter().map(|one| one.stage).collect();
    assert_eq!(
        stages,
        [
            RewriteStage::AfterFiles,
            RewriteStage::BeforeFiles,
            RewriteStage::AfterFiles,
            RewriteStage::AfterFiles,
            RewriteStage::Fallback,
        ]
    );
    let conditional = config.rewrites.iter().map(|one| one.rule.conditional);
    assert_eq!(
        conditional.collect::<Vec<_>>(),
        [true, true, false, true, false]
    );
    assert!(config.rewrites[1].rule.base_path && !config.rewrites[4].rule.base_path);
    assert_eq!(
        config.redirects[0].rule.destination.as_deref(),
        Some("/new")
    );
    assert!(config.redirects[0].rule.conditional);
    assert_eq!(config.unreadable.len(), 1);
}

#[test]
fn languages_are_read() {
    let config = one(
        "const locales = ['en', 'de']; module.exports = { i18n: { locales, defaultLocale: 'en' } }",
    );
    let i18n = config.i18n.unwrap();
    assert_eq!(
        (i18n.locales.join(" "), i18n.default_locale),
        ("en de".to_owned(), "en".to_owned())
    );
}

#[test]
fn a_config_that_goes_in_circles_comes_to_an_end() {
    for text in [
        "const a = b, b = a; module.exports = a",
        "function f() { return f() } module.exports = f",
        "const f = () => [f(), f(), f(), f()].concat(f(), f()); module.exports = { rewrites: f }",
        "const a = { rewrites: () => a.rewrites }; module.exports = a",
        "const p = p; module.exports = { basePath: p }",
        "const x = () => [...x(), ...x]; module.exports = { redirects: x }",
        "import c from './next.config.js'; export default { ...c, ...c }; export * from './next.config.js'",
        "export { default } from './next.config.js'",
    ] {
        let _ = one(text);
    }
    let wide = format!(
        "const x0 = [1]; {} module.exports = {{ redirects: x40 }}",
        (1..=40)
            .map(|n| format!("const x{n} = [...x{}, ...x{}];", n - 1, n - 1))
            .collect::<String>()
    );
    let _ = one(&wide);
}
