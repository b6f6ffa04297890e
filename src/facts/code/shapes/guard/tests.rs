use std::sync::Arc;

use super::super::{What, read};
use super::*;
use crate::facts::code::module::Module;

fn guards(path: &str, text: &str) -> Vec<Guard> {
    let module = Module::read(path, &Arc::from(text)).unwrap();
    let shapes = read(path, &module).shapes.into_iter();
    shapes
        .filter_map(|shape| match shape.what {
            What::Guard(guard) => Some(guard),
            _ => None,
        })
        .collect()
}

fn parties(text: &str) -> Option<Parties> {
    guards("middleware.ts", text)
        .into_iter()
        .find_map(|guard| match guard {
            Guard::Verifies { parties, .. } => Some(parties),
            _ => None,
        })
}

fn cors(text: &str) -> Option<Allowed> {
    guards("server.ts", text)
        .into_iter()
        .find_map(|guard| match guard {
            Guard::Cors { allowed, .. } => Some(allowed),
            _ => None,
        })
}

fn redirect(path: &str, text: &str) -> Option<(String, Way)> {
    guards(path, text)
        .into_iter()
        .find_map(|guard| match guard {
            Guard::Redirect { from, way, .. } => Some((from, way)),
            _ => None,
        })
}

#[test]
fn who_names_no_origin_takes_sessions_of_all() {
    let next = "import { clerkMiddleware } from '@clerk/nextjs/server'\n";
    for (rest, said) in [
        ("export default clerkMiddleware()", false),
        ("export default clerkMiddleware({ debug: true })", false),
        ("export default clerkMiddleware(async () => {})", false),
        (
            "import { handler } from './h'\nexport default clerkMiddleware(handler)",
            false,
        ),
        (
            "export default clerkMiddleware(h, { authorizedParties: [] })",
            false,
        ),
        (
            "const o = { signInUrl: '/in' }\nexport default clerkMiddleware(h, o)",
            false,
        ),
        (
            "export default clerkMiddleware(h, { authorizedParties: origins })",
            true,
        ),
        ("export default clerkMiddleware(h, { ...shared })", true),
        (
            "import { options } from './o'\nexport default clerkMiddleware(options)",
            true,
        ),
        ("export default clerkMiddleware(h, (req) => ({}))", true),
    ] {
        let text = format!("{next}{rest}");
        assert_eq!(
            parties(&text),
            Some(if said {
                Parties::Said
            } else {
                Parties::Missing
            }),
            "{rest}"
        );
    }
    for (text, said) in [
        (
            "import { clerkMiddleware } from '@clerk/express'\napp.use(clerkMiddleware(() => options))",
            true,
        ),
        (
            "import { verifyToken } from '@clerk/backend'\nverifyToken(t, { secretKey })",
            false,
        ),
        (
            "import { clerkPlugin } from '@clerk/fastify'\nfastify.register(clerkPlugin)",
            false,
        ),
        (
            "import { clerkClient } from './clerk'\nclerkClient.authenticateRequest(req, { jwtKey })",
            false,
        ),
        (
            "import { clerkClient } from './clerk'\nclerkClient.authenticateRequest(req, { authorizedParties: ['https://a.b'] })",
            true,
        ),
    ] {
        assert_eq!(
            parties(text),
            Some(if said {
                Parties::Said
            } else {
                Parties::Missing
            }),
            "{text}"
        );
    }
    assert_eq!(
        parties("import { clerkPlugin } from '@clerk/vue'\napp.use(clerkPlugin, {})"),
        None
    );
    assert_eq!(
        parties("import { verifyToken } from './jwt'\nverifyToken(clerk)"),
        None
    );
}

#[test]
fn a_list_of_origins_is_read_through_names_and_conditions() {
    let text = "const LIVE = 'https://acme.shop'\nconst list = process.env.NODE_ENV === 'production' ? [LIVE] : ['http://localhost:3000', process.env.X]\nclerkMiddleware({ authorizedParties: list })";
    let list = guards("middleware.ts", text)
        .into_iter()
        .find_map(|guard| match guard {
            Guard::AuthorizedParties { entries, whole } => Some((entries, whole)),
            _ => None,
        });
    let (entries, whole) = list.unwrap();
    assert!(!whole);
    let read: Vec<_> = entries
        .iter()
        .map(|one| (one.origin.as_str(), one.at.line, one.conditional))
        .collect();
    assert_eq!(
        read,
        [
            ("https://acme.shop", 1, true),
            ("http://localhost:3000", 2, true)
        ]
    );
}

#[test]
fn every_origin_with_credentials_is_seen() {
    use Allowed::{Reflected, Star};
    for (text, allowed) in [
        (
            "import cors from 'cors'\napp.use(cors({ origin: true, credentials: true }))",
            Reflected,
        ),
        (
            "const cors = require('cors')\nconst o = { origin: (origin, done) => done(null, true), credentials: true }\napp.use(cors(o))",
            Reflected,
        ),
        (
            "import cors from 'cors'\ncors({ origin: /.*/, credentials: true })",
            Reflected,
        ),
        ("import cors from 'cors'\ncors({ credentials: true })", Star),
        (
            "import { cors } from 'hono/cors'\napp.use(cors({ origin: (origin) => origin, credentials: true }))",
            Reflected,
        ),
        (
            "import cors from '@fastify/cors'\nfastify.register(cors, { origin: '*', credentials: true })",
            Star,
        ),
        (
            "app.enableCors({ origin: true, credentials: true })",
            Reflected,
        ),
        (
            "new Server(http, { cors: { origin: '*', credentials: true } })",
            Star,
        ),
        (
            "function f(req, res) { res.setHeader('Access-Control-Allow-Origin', req.headers.origin); res.setHeader('Access-Control-Allow-Credentials', 'true') }",
            Reflected,
        ),
        (
            "function f(req) { const origin = req.headers.get('origin') ?? '*'; return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' } }",
            Reflected,
        ),
        (
            "export default { headers: [{ key: 'Access-Control-Allow-Origin', value: '*' }, { key: 'Access-Control-Allow-Credentials', value: 'true' }] }",
            Star,
        ),
    ] {
        assert_eq!(cors(text), Some(allowed), "{text}");
    }
}

#[test]
fn a_list_of_origins_and_answers_without_credentials_are_fine() {
    for text in [
        "import cors from 'cors'\napp.use(cors())",
        "import cors from 'cors'\napp.use(cors({ origin: '*' }))",
        "import cors from 'cors'\napp.use(cors({ origin: process.env.URL, credentials: true }))",
        "import cors from 'cors'\napp.use(cors({ origin: ['https://acme.shop'], credentials: true }))",
        "import cors from 'cors'\napp.use(cors({ ...shared, credentials: true }))",
        "import cors from 'cors'\nif (process.env.NODE_ENV !== 'production') app.use(cors({ origin: true, credentials: true }))",
        "import cors from 'cors'\ncors({ origin: isDev ? true : list, credentials: true })",
        "import cors from 'cors'\ncors({ origin: (o, done) => { if (list.includes(o)) done(null, true) }, credentials: true })",
        "import cors from 'cors'\ncors({ origin: (o, done) => { if (!o || list.includes(o)) return done(null, true); done(new Error('no')) }, credentials: true })",
        "import { cors } from 'hono/cors'\ncors({ origin: (o) => o.endsWith('.acme.shop') ? o : null, credentials: true })",
        "import { cors } from './own'\ncors({ origin: true, credentials: true })",
        "function f(req, res) { const origin = req.headers.origin; if (list.includes(origin)) { res.setHeader('Access-Control-Allow-Origin', origin) } res.setHeader('Access-Control-Allow-Credentials', 'true') }",
        "function f(req, res) { const origin = req.headers.origin; if (isAllowed(origin)) { res.setHeader('Access-Control-Allow-Origin', origin); res.setHeader('Access-Control-Allow-Credentials', 'true') } }",
        "const h = { 'Access-Control-Allow-Origin': '*' }",
    ] {
        assert_eq!(cors(text), None, "{text}");
    }
    let of_vite = "export default { server: { cors: { origin: true, credentials: true } } }";
    assert_eq!(guards("vite.config.ts", of_vite), []);
}

#[test]
fn a_redirect_to_the_visitors_own_address_is_seen() {
    use Way::{Answer, Framework, Script};
    for (text, from, way) in [
        (
            "export function GET(request) { const { searchParams } = new URL(request.url); const next = searchParams.get('redirect_url') ?? '/'; return NextResponse.redirect(new URL(next, request.url)) }",
            "searchParams.get(\"redirect_url\")",
            Answer,
        ),
        (
            "app.get('/', (req, res) => res.redirect(req.query.returnTo))",
            "req.query.returnTo",
            Answer,
        ),
        (
            "app.get('/', (req, res) => { const { returnTo } = req.query; res.redirect(302, returnTo) })",
            "req.query.returnTo",
            Answer,
        ),
        (
            "app.get('/', (c) => c.redirect(c.req.query('return_to')))",
            "c.req.query(\"return_to\")",
            Answer,
        ),
        (
            "import { redirect } from 'next/navigation'\nexport default async function Page({ searchParams }) { const { redirect_url } = await searchParams; redirect(redirect_url) }",
            "searchParams.redirect_url",
            Framework,
        ),
        (
            "import { redirect } from 'next/navigation'\nexport default async function Page(props) { redirect((await props.searchParams).redirectUrl || '/') }",
            "props.searchParams.redirectUrl",
            Framework,
        ),
        (
            "import { useRouter, useSearchParams } from 'next/navigation'\nfunction F() { const router = useRouter(); const q = useSearchParams(); const to = q.get('redirect_url'); return () => router.push(to) }",
            "q.get(\"redirect_url\")",
            Script,
        ),
        (
            "function f() { window.location.href = new URLSearchParams(window.location.search).get('returnTo') }",
            "new URLSearchParams().get(\"returnTo\")",
            Script,
        ),
    ] {
        assert_eq!(
            redirect("app/a/route.ts", text),
            Some((from.to_owned(), way)),
            "{text}"
        );
    }
}

#[test]
fn a_redirect_that_somebody_looked_at_is_left_alone() {
    for text in [
        "app.get('/', (req, res) => res.redirect(safe(req.query.returnTo)))",
        "app.get('/', (req, res) => { const to = req.query.returnTo; if (!to.startsWith('/') || to.startsWith('//')) return res.end(); res.redirect(to) })",
        "app.get('/', (req, res) => { const to = req.query.returnTo; if (!LIST.includes(to)) return res.end(); res.redirect(to) })",
        "app.get('/', (req, res) => { const to = req.query.returnTo; assertLocal(to); res.redirect(to) })",
        "app.get('/', (req, res) => { let to = req.query.returnTo; if (isBad()) to = '/'; res.redirect(to) })",
        "app.get('/', (req, res) => { const to = new URL(req.query.returnTo, base); if (to.origin !== base.origin) return; res.redirect(to) })",
        "app.get('/', (req, res) => res.redirect(`/orders/${req.query.returnTo}`))",
        "app.get('/', (req, res) => res.redirect(req.query.returnTo === 'a' ? '/a' : '/b'))",
        "import { redirect } from 'next/navigation'\nfunction a(redirectTo) { redirect(redirectTo) }\nfunction b() { const redirectTo = searchParams.get('x') }",
        "function F({ redirectUrl }) { return <SignIn forceRedirectUrl={redirectUrl} /> }",
        "import { useNavigate, useSearchParams } from 'react-router'\nfunction F() { const [searchParams] = useSearchParams(); useNavigate()(searchParams.get('returnTo')) }",
    ] {
        assert_eq!(redirect("app/a/page.tsx", text), None, "{text}");
    }
}

#[test]
fn settings_of_proxies_and_satellites_are_read() {
    let text = "import { ClerkProvider } from '@clerk/nextjs'\nconst PROXY = '/__clerk'\nexport default () => <ClerkProvider proxyUrl={PROXY} isSatellite domain={process.env.NEXT_PUBLIC_DOMAIN} signInUrl=\"/in\" {...rest} />";
    let found = guards("app/layout.tsx", text);
    let settings = Settings {
        of: "<ClerkProvider>".to_owned(),
        proxy_url: Setting::Text("/__clerk".to_owned()),
        domain: Setting::Variable("NEXT_PUBLIC_DOMAIN".to_owned()),
        is_satellite: Setting::Flag(true),
        sign_in_url: Setting::Text("/in".to_owned()),
        is_open: true,
    };
    assert!(found.contains(&Guard::Settings(settings)), "{found:?}");
}

#[test]
fn test_credentials_count_only_outside_of_tests() {
    let code = "if (code === '424242') return ok()";
    assert_eq!(guards("lib/verify.ts", code).len(), 1);
    for path in [
        "e2e/verify.ts",
        "lib/verify.test.ts",
        "src/testSupport/a.ts",
        "__tests__/a.ts",
        "cypress/a.ts",
    ] {
        assert_eq!(guards(path, code), [], "{path}");
    }
    assert_eq!(guards("lib/color.ts", "const color = '#424242'"), []);
    assert_eq!(
        guards(
            "lib/a.ts",
            "if (process.env.NODE_ENV === 'test' && code === '424242') ok()"
        ),
        []
    );
    let fallback = "const userId = session.userId ?? 'demo-user'";
    assert!(matches!(
        guards("lib/a.ts", fallback).as_slice(),
        [Guard::FallbackUser { .. }]
    ));
    assert_eq!(guards("lib/a.ts", "log(`of ${userId ?? 'test-user'}`)"), []);
    assert_eq!(
        guards("lib/a.ts", "const userId = session.userId ?? 'anonymous'"),
        []
    );
}

#[test]
fn only_headers_of_the_answer_tell_who_the_user_is() {
    let sends = |text: &str| {
        guards("middleware.ts", text)
            .iter()
            .any(|guard| matches!(guard, Guard::SendsUser { .. }))
    };
    for text in [
        "function f() { const response = NextResponse.next(); response.headers.set('x-user-id', userId); return response }",
        "const f = (req, res) => res.setHeader('X-User-Id', req.auth.userId)",
        "const f = () => NextResponse.json(data, { headers: { 'x-user-id': userId } })",
    ] {
        assert!(sends(text), "{text}");
    }
    for text in [
        "function f(req) { const headers = new Headers(req.headers); headers.set('x-user-id', userId); return NextResponse.next({ request: { headers } }) }",
        "fetch(url, { headers: { 'x-user-id': userId } })",
        "function f() { const response = NextResponse.next(); response.headers.set('x-user-id', '') }",
        "const id = req.headers.get('x-user-id')",
    ] {
        assert!(!sends(text), "{text}");
    }
}

#[test]
fn a_token_of_clerk_is_verified_whole_or_not() {
    let half = |text: &str| {
        guards("lib/token.ts", text)
            .into_iter()
            .find_map(|guard| match guard {
                Guard::HalfVerified { missing, .. } => Some(missing),
                _ => None,
            })
    };
    let jose = "import { createRemoteJWKSet, jwtVerify } from 'jose'\nconst keys = createRemoteJWKSet(new URL('https://clerk.acme.shop/.well-known/jwks.json'))\n";
    assert_eq!(
        half(&format!("{jose}jwtVerify(t, keys)")),
        Some(vec!["the issuer", "the azp claim"])
    );
    assert_eq!(
        half(&format!("{jose}jwtVerify(t, keys, {{ issuer }})")),
        Some(vec!["the azp claim"])
    );
    assert_eq!(
        half(&format!(
            "{jose}const {{ payload }} = await jwtVerify(t, keys, {{ issuer }}); if (payload.azp !== origin) no()"
        )),
        None
    );
    let pem = "import jwt from 'jsonwebtoken'\njwt.verify(t, process.env.CLERK_JWT_KEY)";
    assert_eq!(half(pem), Some(vec!["the issuer", "the azp claim"]));
    assert_eq!(
        half(
            "import jwt from 'jsonwebtoken'\nconst clerk = 1\njwt.verify(t, process.env.OWN_SECRET)"
        ),
        None
    );
}

#[test]
fn hand_written_proxies_are_told_from_policies() {
    let passes = |text: &str| {
        guards("next.config.ts", text)
            .iter()
            .any(|guard| matches!(guard, Guard::PassesOn { .. }))
    };
    assert!(passes(
        "export default { rewrites: () => [{ source: '/c', destination: 'https://frontend-api.clerk.dev/:path*' }] }"
    ));
    assert!(passes("fetch(`https://frontend-api.clerk.dev${path}`)"));
    assert!(!passes("const csp = ['https://frontend-api.clerk.dev']"));
    assert!(!passes(
        "const csp = \"connect-src 'self' https://frontend-api.clerk.dev\""
    ));
}
