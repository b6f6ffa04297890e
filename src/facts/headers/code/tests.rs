use super::*;
use crate::facts::code::testing::Files;
use crate::facts::headers::csp::HOLE;

/// What a file sets: `by name: value`, a hole as `?`, `~` before what is not sure.
fn of(path: &str, text: &str, role: Role) -> Vec<String> {
    let files = Files::new(&[(path, text)]);
    let found = files.with(|project| {
        let module = project.module(path).unwrap().unwrap();
        let mut found = Headers::default();
        read(project, path, &module, role, &mut found);
        found
    });
    let shown = |one: &Setting| {
        let sure = if one.sure { "" } else { "~" };
        let value = one.value.replace(HOLE, "?");
        format!("{sure}{} {:?}: {value}", one.by, one.name)
    };
    let mut all: Vec<String> = found
        .set
        .iter()
        .filter(|one| !one.replaced)
        .map(shown)
        .collect();
    all.extend(found.unclear);
    all
}

fn next(text: &str) -> Vec<String> {
    of("next.config.mjs", text, Role::NextConfig)
}

fn middleware(text: &str) -> Vec<String> {
    of("middleware.ts", text, Role::Middleware)
}

#[test]
fn next_config_is_read_through_plugins_helpers_and_lists() {
    let set = ["next.config Policy: default-src 'self'"];
    for text in [
        "export default { async headers() { return [{ source: '/(.*)', headers: [{ key: 'Content-Security-Policy', value: \"default-src 'self'\" }] }] } }",
        "const rules = () => [{ source: '/:path*', headers: all }]; const all = [{ key: 'content-security-policy', value: [\"default-src\", \"'self'\"].join(' ') }]; module.exports = withX({ headers: rules })",
        "const c = () => { const h = \"default-src 'self'\"; return { headers: async () => [{ source: '/((?!api).*)', headers: [{ key: 'Content-Security-Policy', value: h }] }] } }; export default c",
    ] {
        assert_eq!(next(text), set, "{text}");
    }
}

#[test]
fn the_last_rule_for_all_pages_wins_and_rules_for_some_do_not_count() {
    let rule = |source: &str, value: &str| {
        format!(
            "{{ source: '{source}', headers: [{{ key: 'X-Frame-Options', value: '{value}' }}] }}"
        )
    };
    let text = format!(
        "export default {{ headers: () => [{}, {}, {}] }}",
        rule("/(.*)", "DENY"),
        rule("/:path*", "SAMEORIGIN"),
        rule("/embed", "ALLOW"),
    );
    assert_eq!(next(&text), ["next.config FrameOptions: SAMEORIGIN"]);
}

#[test]
fn what_cannot_be_followed_is_said() {
    let unclear = ["next.config.mjs: headers() of next.config"];
    for text in [
        "export default { headers: async () => other() }",
        "export default { headers: async () => [{ source: '/(.*)', headers: other }] }",
    ] {
        assert_eq!(next(text), unclear, "{text}");
    }
    assert_eq!(
        middleware("for (const [key, value] of all) response.headers.set(key, value)"),
        ["middleware.ts: a header whose name is computed"]
    );
}

#[test]
fn a_middleware_sets_headers_in_several_ways() {
    for text in [
        "const r = NextResponse.next(); r.headers.set('X-Frame-Options', 'DENY')",
        "res.setHeader('x-frame-options', 'DENY')",
        "export default eventHandler((event) => setResponseHeader(event, 'X-Frame-Options', 'DENY'))",
        "setHeaders(event, { 'X-Frame-Options': 'DENY' })",
        "new Headers([['X-Frame-Options', 'DENY']])",
    ] {
        assert_eq!(
            middleware(text),
            ["the middleware FrameOptions: DENY"],
            "{text}"
        );
    }
}

#[test]
fn an_answer_of_its_own_is_not_surely_the_page_and_one_path_is_not_all() {
    let made = "new Response(body, { headers: { 'X-Frame-Options': 'DENY' } })";
    assert_eq!(middleware(made), ["~the middleware FrameOptions: DENY"]);
    for text in [
        "app.get('/file', (req, res) => { res.setHeader('X-Frame-Options', 'DENY') })",
        "import helmet from 'helmet'; app.use('/api', helmet())",
    ] {
        assert!(middleware(text).is_empty(), "{text}");
    }
}

#[test]
fn headers_of_the_request_are_never_seen_by_a_browser() {
    for text in [
        "requestHeaders.set('Content-Security-Policy', x)",
        "req.headers.set('Content-Security-Policy', x)",
        "const headers = new Headers(request.headers); headers.set('Content-Security-Policy', x)",
    ] {
        assert!(middleware(text).is_empty(), "{text}");
    }
    let answer = "const headers = new Headers(); headers.set('X-Frame-Options', 'DENY')";
    assert_eq!(middleware(answer), ["the middleware FrameOptions: DENY"]);
}

#[test]
fn a_branch_decides_whether_it_is_set() {
    let set = "res.headers.set('X-Frame-Options', 'DENY')";
    let surely = ["the middleware FrameOptions: DENY"];
    let perhaps = ["~the middleware FrameOptions: DENY"];
    let production = format!("if (process.env.NODE_ENV === 'production') {{ {set} }}");
    assert_eq!(middleware(&production), surely);
    let development = format!("const dev = process.env.NODE_ENV !== 'production'; if (dev) {set}");
    assert!(middleware(&development).is_empty());
    let other =
        format!("const dev = process.env.NODE_ENV !== 'production'; if (dev) f(); else {set}");
    assert_eq!(middleware(&other), surely);
    assert_eq!(
        middleware(&format!("if (path.startsWith('/x')) {{ {set} }}")),
        perhaps
    );
    assert_eq!(middleware(&format!("isOn && {set}")), perhaps);
}

#[test]
fn a_document_has_its_policy_in_a_meta_and_nowhere_else() {
    let text = "export default () => <head><meta httpEquiv=\"Content-Security-Policy\" content={`script-src ${x}`} /></head>; const y = { 'X-Frame-Options': 'DENY' }";
    assert_eq!(
        of("app/layout.tsx", text, Role::Document),
        ["the document MetaPolicy: script-src ?"]
    );
}

#[test]
fn helmet_sets_what_no_option_takes_away() {
    let server = |call: &str| {
        of(
            "src/index.ts",
            &format!(
                "import helmet from 'helmet'; import express from 'express'; const app = express(); {call}"
            ),
            Role::Server,
        )
    };
    let all = server("app.use(helmet())");
    assert_eq!(all.len(), 5, "{all:?}");
    assert!(
        all[0].contains("default-src 'self'; base-uri 'self'"),
        "{all:?}"
    );
    let without = server(
        "app.use(helmet({ contentSecurityPolicy: false, frameguard: false, hsts: { maxAge: 100 } }))",
    );
    assert_eq!(
        without,
        [
            "helmet() ContentTypeOptions: nosniff",
            "helmet() TransportSecurity: max-age=100",
            "helmet() Other: no-referrer",
        ]
    );
    let own = server(
        "app.use(helmet.contentSecurityPolicy({ useDefaults: false, directives: { scriptSrc: [\"'self'\", (req, res) => `'nonce-${res.n}'`], imgSrc: null } }))",
    );
    assert_eq!(own, ["helmet() Policy: script-src 'self' 'nonce-?'"]);
    let merged = server(
        "app.use(helmet({ contentSecurityPolicy: { directives: { 'script-src': ['x.test'] } } }))",
    );
    assert!(merged[0].ends_with("; script-src x.test") && merged[0].contains("default-src 'self'"));
    let reported = server("app.use(helmet({ contentSecurityPolicy: { reportOnly: true } }))");
    assert!(
        reported[0].starts_with("helmet() ReportOnly"),
        "{reported:?}"
    );
    assert!(server("app.use('/admin', helmet())").is_empty());
    assert!(
        server("app.get('/x', (req, res) => { res.setHeader('X-Frame-Options', 'DENY') })")
            .is_empty()
    );
    assert_eq!(
        server("app.use((req, res, next) => { res.setHeader('X-Frame-Options', 'DENY'); next() })"),
        ["the server FrameOptions: DENY"]
    );
    assert_eq!(server("app.use(helmet(options()))").len(), 1);
}

#[test]
fn fastify_and_hono_have_their_own_ways() {
    let fastify = "import helmet from '@fastify/helmet'; app.register(helmet, { contentSecurityPolicy: false })";
    assert_eq!(of("src/app.ts", fastify, Role::Server).len(), 4);
    let hono = "import { secureHeaders } from 'hono/secure-headers'; app.use('*', secureHeaders({ contentSecurityPolicy: { scriptSrc: [\"'self'\"] } }))";
    let all = of("src/app.ts", hono, Role::Server);
    assert_eq!(all[0], "secureHeaders() Policy: script-src 'self'");
    let plain = "import { secureHeaders } from 'hono/secure-headers'; app.use(secureHeaders())";
    let all = of("src/app.ts", plain, Role::Server);
    assert!(all.iter().all(|one| !one.contains("Policy")), "{all:?}");
}

#[test]
fn configs_of_other_frameworks_are_read() {
    let kit = "export default { kit: { csp: { mode: 'auto', directives: { 'script-src': ['self', 'https://x.test'] } } } }";
    assert_eq!(
        of("svelte.config.js", kit, Role::Config),
        ["kit.csp Policy: script-src 'self' https://x.test"]
    );
    let astro = "export default defineConfig({ security: { csp: { directives: [\"default-src 'self'\"], scriptDirective: { resources: ['https://x.test'] } } } })";
    assert_eq!(
        of("astro.config.mjs", astro, Role::Config),
        [
            "security.csp MetaPolicy: style-src 'self' 'sha256-…'; script-src https://x.test 'sha256-…'; default-src 'self'"
        ]
    );
    let nuxt = "export default defineNuxtConfig({ modules: ['@clerk/nuxt', 'nuxt-security'], security: { headers: { contentSecurityPolicy: { 'img-src': ['https://img.clerk.com'] } } } })";
    let all = of("nuxt.config.ts", nuxt, Role::Config);
    assert!(
        all[0].ends_with("; img-src https://img.clerk.com 'self' data:"),
        "{all:?}"
    );
    let rules = "export default defineNuxtConfig({ routeRules: { '/**': { headers: { 'X-Frame-Options': 'DENY' } }, '/a': { headers: { 'X-Frame-Options': 'NO' } } } })";
    assert_eq!(
        of("nuxt.config.ts", rules, Role::Config),
        ["routeRules FrameOptions: DENY"]
    );
}
