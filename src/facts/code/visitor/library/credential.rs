//! What asks for something other than a session: signatures, keys, shared secrets.

use super::super::run::{Eval, Run};
use super::super::value::{By, ObjectKind, Opaque, Origin, Value};
use crate::model::routes::CodePlace;

/// Whether a header, cookie or field of this name is where a secret is sent.
pub(in super::super) fn is_claim_name(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "authorization",
        "api-key",
        "apikey",
        "api_key",
        "token",
        "secret",
        "signature",
        "svix-",
        "x-key",
        "webhook",
        "x-cron",
        "password",
        "bearer",
        "credential",
    ];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// What the visitor sends under a name.
pub(in super::super) fn claim(name: &str) -> Value {
    let origin = if is_claim_name(name) {
        Origin::Claim
    } else {
        Origin::Visitor
    };
    Opaque {
        trail: Some(name.into()),
        ..Opaque::of(origin)
    }
    .into()
}

/// What these packages give under a name.
pub(super) fn import(source: &str, name: &str) -> Option<Value> {
    Some(match (source, name) {
        ("svix" | "standardwebhooks" | "@octokit/webhooks", "Webhook" | "Webhooks") => {
            Value::native("Webhook", |_, _| {
                Ok(Value::of_kind(ObjectKind::Webhook, []))
            })
        }
        ("crypto" | "node:crypto", "timingSafeEqual") => Value::native("timingSafeEqual", same),
        ("crypto" | "node:crypto", "default" | "*") => {
            let digest = |trail: &'static str| {
                Value::from(Opaque {
                    truthy: true,
                    trail: Some(trail.into()),
                    package: Some("crypto".into()),
                    ..Opaque::of(Origin::Unknown)
                })
            };
            Value::object([
                ("timingSafeEqual", Value::native("timingSafeEqual", same)),
                ("createHmac", Value::native("createHmac", hmac)),
                ("createHash", digest("createHash")),
                ("randomUUID", digest("randomUUID")),
                ("randomBytes", digest("randomBytes")),
            ])
        }
        ("crypto" | "node:crypto", "createHmac") => Value::native("createHmac", hmac),
        ("jose", "jwtVerify" | "compactVerify") => Value::native("jwtVerify", never),
        ("jsonwebtoken", "verify") => Value::native("verify", never),
        (
            "@upstash/qstash/nextjs" | "@upstash/qstash/dist/nextjs",
            "verifySignatureAppRouter" | "verifySignature" | "verifySignatureEdge",
        )
        | ("inngest/next" | "inngest/express" | "inngest/hono" | "inngest/remix", "serve") => {
            Value::native("verifySignature", |_, _| {
                Ok(Value::native("verified", never))
            })
        }
        _ => return None,
    })
}

/// `timingSafeEqual`: against a secret it is false.
fn same(_run: &mut Run<'_>, call: super::super::value::Call<'_>) -> Eval<Value> {
    let text = format!(
        "{}() is false: the visitor does not know the secret",
        call.written
    );
    Ok(Value::Bool(false).decided(By::NoSecret, &call.place, text))
}

/// `createHmac(algorithm, secret)`: whatever is computed from it is as secret as the key.
fn hmac(_run: &mut Run<'_>, call: super::super::value::Call<'_>) -> Eval<Value> {
    Ok(Opaque {
        truthy: true,
        trail: Some(call.written.into()),
        ..Opaque::of(Origin::Secret)
    }
    .into())
}

/// A function that throws at whoever knows no secret.
fn never(run: &mut Run<'_>, call: super::super::value::Call<'_>) -> Eval<Value> {
    let why = format!(
        "{}() throws: the visitor cannot sign what it checks",
        call.written
    );
    super::refuse(run, &call.place, &why)
}

/// Wrappers that watch a handler and change nothing about who reaches it.
const TRANSPARENT: &[&str] = &[
    "withSentry",
    "withSentryAPI",
    "wrapApiHandlerWithSentry",
    "wrapRouteHandlerWithSentry",
    "withAxiom",
    "withAxiomRouteHandler",
    "withLogtail",
    "withBetterStack",
    "withHighlight",
    "withTracing",
    "withSpan",
    "withServerActionInstrumentation",
    "withAppRouterHighlight",
    "withPageRouterHighlight",
];

/// Calls of which the name says enough, in whatever package.
pub(in super::super) fn by_name(
    run: &mut Run<'_>,
    opaque: &Opaque,
    arguments: &[Value],
    place: &CodePlace,
    written: &str,
) -> Option<Eval<Value>> {
    let name = written
        .rsplit('.')
        .next()
        .unwrap_or(written)
        .trim_end_matches("()");
    // Only Stripe's client has these, also where it is kept in a variable that was empty at first.
    if matches!(name, "constructEvent" | "constructEventAsync") {
        let why = format!("{written}() throws: the visitor cannot sign a webhook");
        return Some(super::refuse(run, place, &why));
    }
    let package = opaque.package.as_deref().unwrap_or_default();
    match name {
        "verifyIdToken" | "verifySessionCookie" => {
            let why = format!("{written}() throws: the visitor has no such token");
            Some(super::refuse(run, place, &why))
        }
        "redirect" | "permanentRedirect" | "notFound" | "unauthorized" | "forbidden"
            if !written.contains("res.") && !matches!(package, "" | "global") =>
        {
            // A navigation library that wraps the framework's own: next-intl's `createNavigation`.
            Some(Err(
                run.stop(&format!("{written}() ends the request"), place)
            ))
        }
        "authenticateRequest" if package.starts_with("@clerk/") => {
            Some(Ok(authenticated(place, written)))
        }
        "verify" if package == "jsonwebtoken" => {
            let why = format!("{written}() throws: the visitor cannot sign what it checks");
            Some(super::refuse(run, place, &why))
        }
        "verify" if matches!(package, "svix" | "standardwebhooks" | "@upstash/qstash") => {
            let why = format!("{written}() throws: the visitor cannot sign a webhook");
            Some(super::refuse(run, place, &why))
        }
        _ if TRANSPARENT.contains(&name) => arguments
            .iter()
            .find(|one| matches!(one.bare(), Value::Function(_)))
            .map(|one| Ok(one.clone())),
        _ => None,
    }
}

/// The state that Clerk's backend SDK finds a request without a session in.
fn authenticated(place: &CodePlace, written: &str) -> Value {
    let text = |name: &str| format!("{name} of {written}() says that there is no session");
    let decided = |value: Value, name: &str| value.decided(By::SignedOut, place, text(name));
    Value::promise(Value::object([
        ("isSignedIn", decided(Value::Bool(false), "isSignedIn")),
        (
            "isAuthenticated",
            decided(Value::Bool(false), "isAuthenticated"),
        ),
        ("status", decided(Value::text("signed-out"), "status")),
        ("reason", Value::text("session-token-and-uat-missing")),
        ("headers", super::visitors()),
        (
            "toAuth",
            Value::native("toAuth", |_, call| {
                Ok(super::signed_out(&call.place, call.written))
            }),
        ),
    ]))
}
