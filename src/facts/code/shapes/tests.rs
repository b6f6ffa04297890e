use std::sync::Arc;

use super::*;

fn read_as(path: &str, text: &str) -> FileShapes {
    let module = Module::read(path, &Arc::from(text)).unwrap();
    read(path, &module)
}

fn whats(path: &str, text: &str) -> Vec<What> {
    let shapes = read_as(path, text).shapes.into_iter();
    shapes.map(|shape| shape.what).collect()
}

fn bypasses(body: &str) -> Vec<Bypass> {
    let text = format!(
        "import {{ Webhook }} from 'svix'\nexport async function POST(req) {{\n{body}\nif (e.type === 'user.created') save(e)\n}}"
    );
    let whats = whats("app/api/webhooks/route.ts", &text).into_iter();
    whats
        .filter_map(|what| match what {
            What::Bypass(way) => Some(way),
            _ => None,
        })
        .collect()
}

fn unawaited(text: &str) -> Vec<Unawaited> {
    let text = format!(
        "import {{ auth, clerkMiddleware, currentUser }} from '@clerk/nextjs/server'\n{text}"
    );
    let whats = whats("app/page.tsx", &text).into_iter();
    whats
        .filter_map(|what| match what {
            What::Unawaited { used, .. } => Some(used),
            _ => None,
        })
        .collect()
}

#[test]
fn a_promise_that_is_used_as_its_result_is_seen() {
    for (text, used) in [
        (
            "async function f() { const { userId } = auth() }",
            Unawaited::Destructured,
        ),
        (
            "async function f() { return auth().userId }",
            Unawaited::Read,
        ),
        ("async function f() { auth().protect() }", Unawaited::Read),
        (
            "async function f() { const user = currentUser(); return user.id }",
            Unawaited::Read,
        ),
        ("async function f() { auth.protect() }", Unawaited::Dropped),
        (
            "export default clerkMiddleware((auth, req) => { if (req) auth.protect() })",
            Unawaited::Dropped,
        ),
    ] {
        assert_eq!(unawaited(text), [used], "{text}");
    }
}

#[test]
fn a_promise_that_is_awaited_somewhere_is_left_alone() {
    for text in [
        "async function f() { const { userId } = await auth() }",
        "async function f() { return (await auth()).userId }",
        "async function f() { const a = auth(); return (await a).userId }",
        "async function f() { const [a, u] = await Promise.all([auth(), currentUser()]) }",
        "async function f() { return auth().then((a) => a.userId) }",
        "const f = () => auth.protect()",
        "export default clerkMiddleware(async (auth) => { await auth.protect() })",
        "function f(auth) { auth.protect(); return auth().userId }",
        "const context = () => ({ auth: auth() })",
        "export default withOther((auth) => { auth.protect() })",
    ] {
        assert_eq!(unawaited(text), [], "{text}");
    }
}

#[test]
fn a_way_around_a_verification_is_seen() {
    const V: &str = "e = new Webhook(secret).verify(t, h)";
    for (body, way) in [
        (format!("if (secret) {{ {V} }}"), Bypass::WithoutSecret),
        (format!("if (secret && t) {{ {V} }}"), Bypass::WithoutSecret),
        (
            format!("if (!secret) {{ e = JSON.parse(t) }} else {{ {V} }}"),
            Bypass::WithoutSecret,
        ),
        (
            format!("if (process.env.NODE_ENV !== 'production') {{ {V} }}"),
            Bypass::InProduction,
        ),
        (
            format!("try {{ {V} }} catch (x) {{ console.error(x) }}"),
            Bypass::Caught,
        ),
        (
            "const e = secret ? new Webhook(secret).verify(t, h) : JSON.parse(t)".to_owned(),
            Bypass::WithoutSecret,
        ),
    ] {
        assert_eq!(bypasses(&body), [way], "{body}");
    }
}

#[test]
fn a_verification_that_nothing_gets_past_is_left_alone() {
    const V: &str = "e = new Webhook(secret).verify(t, h)";
    for body in [
        V.to_owned(),
        format!("if (secret) {{ {V} }} else {{ return new Response(null, {{ status: 500 }}) }}"),
        format!(
            "if (process.env.NODE_ENV === 'production') {{ {V} }} else {{ e = JSON.parse(t) }}"
        ),
        format!(
            "if (process.env.NODE_ENV === 'development') {{ e = JSON.parse(t) }} else {{ {V} }}"
        ),
        format!("try {{ {V} }} catch (x) {{ return new Response(null, {{ status: 400 }}) }}"),
        format!("try {{ {V} }} catch (x) {{ res.status(400).end() }}"),
        format!("try {{ {V} }} catch (x) {{ if (x) {{ throw x }} console.log(x) }}"),
        format!("if (t) {{ {V} }}"),
    ] {
        assert_eq!(bypasses(&body), [], "{body}");
    }
}

#[test]
fn a_switch_is_known_by_its_name_and_by_what_hangs_on_it() {
    let switches = |condition: &str| {
        let text = format!(
            "const env = process.env\nexport function middleware(request) {{ if ({condition}) return next() }}"
        );
        let whats = whats("middleware.ts", &text).into_iter();
        whats
            .filter_map(|what| match what {
                What::EnvSwitch { name, .. } | What::HeaderSwitch { name } => Some(name),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    for (condition, name) in [
        ("process.env.BYPASS_AUTH", "BYPASS_AUTH"),
        (
            "process.env.CLERK_EMERGENCY_BYPASS === 'true'",
            "CLERK_EMERGENCY_BYPASS",
        ),
        ("process.env['AUTH_DISABLED'] == '1'", "AUTH_DISABLED"),
        ("env.SKIP_AUTH && request.url", "SKIP_AUTH"),
        ("request.headers.get('x-skip-auth')", "x-skip-auth"),
        (
            "request.headers['x-auth-bypass'] === 'yes'",
            "x-auth-bypass",
        ),
    ] {
        assert_eq!(switches(condition), [name], "{condition}");
    }
    for condition in [
        "process.env.NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED",
        "process.env.NEXT_PUBLIC_CLERK_KEYLESS_DISABLED",
        "process.env.SKIP_ENV_VALIDATION",
        "process.env.VERCEL_AUTOMATION_BYPASS_SECRET",
        "process.env.NODE_ENV === 'development' && process.env.BYPASS_AUTH",
        "isDevelopment && process.env.BYPASS_AUTH",
        "request.headers.get('x-vercel-protection-bypass')",
        "request.headers.get('x-auth-bypass') === process.env.E2E_SECRET",
    ] {
        assert_eq!(switches(condition), [] as [&str; 0], "{condition}");
    }
    assert_eq!(
        whats(
            "env.ts",
            "export const env = createEnv({ runtimeEnv: { SKIP_AUTH: process.env.SKIP_AUTH } })"
        ),
        []
    );
}

#[test]
fn events_of_other_senders_are_none_of_clerks() {
    let events = |text: &str| whats("a.ts", text).contains(&What::Event);
    assert!(events("switch (e.type) { case 'user.created': f() }"));
    assert!(events(
        "if (e.type === 'organizationMembership.deleted') f()"
    ));
    assert!(events("on({ 'user.updated': f })"));
    assert!(!events("track('user.created')"));
    assert!(!events("switch (e.type) { case 'customer.created': f() }"));
}

#[test]
fn only_what_runs_on_a_server_is_asked_for_metadata() {
    let text = "if (user.unsafeMetadata.role === 'admin') f()";
    assert_eq!(whats("components/a.tsx", text), []);
    assert_eq!(
        whats("app/api/x/route.ts", &format!("'use client'\n{text}")),
        []
    );
    assert!(matches!(
        whats("app/api/x/route.ts", text).as_slice(),
        [What::UnsafeMetadata { grants: true, .. }]
    ));
}

#[test]
fn a_hostile_file_is_read_in_linear_time() {
    let text = format!(
        "import {{ auth }} from '@clerk/nextjs/server'\nfunction f() {{ {} }}",
        "const a = auth(); a.b; if (process.env.SKIP_AUTH) c;".repeat(2_000)
    );
    let shapes = read_as("a.ts", &text).shapes;
    assert!(shapes.len() <= MOST);
    let deep = format!(
        "if ({}process.env.SKIP_AUTH{}) f()",
        "!(".repeat(200),
        ")".repeat(200)
    );
    read_as("a.ts", &deep);
}
