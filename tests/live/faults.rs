//! The faults: what may go wrong around a deployment that is in order, each as a scenario of the stand-in.

use std::fmt::Write as _;

use crate::rig::USUAL;

/// A fault by its name.
pub struct Fault {
    /// What goes wrong.
    pub name: String,
    /// The stand-in's scenario without `[live]`.
    pub live: String,
    /// Seconds that the run may take; short where something is silent.
    pub seconds: u64,
}

/// Where something stays silent the run takes as long as it may: several times what all that is answered takes
/// on a busy machine.
const SHORT: u64 = 12;

fn fault(name: impl Into<String>, live: impl Into<String>) -> Fault {
    Fault {
        name: name.into(),
        live: live.into(),
        seconds: USUAL,
    }
}

fn silent(name: impl Into<String>, live: impl Into<String>) -> Fault {
    Fault {
        seconds: SHORT,
        ..fault(name, live)
    }
}

/// All of them, the healthy deployment first.
pub fn all() -> Vec<Fault> {
    let mut all = vec![fault("nothing: all is healthy", "")];
    all.extend(backend());
    all.extend(answers());
    all.extend(handshakes());
    all.extend(names());
    all.extend(surroundings());
    all.extend(deployments());
    all.extend(barriers());
    all.extend(surprises());
    all
}

/// A status with a code of Clerk's.
const STATUSES: &[(u16, &str)] = &[
    (401, "clerk_key_invalid"),
    (401, "could_not_authenticate_request"),
    (400, "api_version_invalid"),
    (400, "instance_key_required"),
    (402, "unsupported_subscription_plan_features"),
    (403, "authorization_invalid"),
    (403, "quota_exceeded"),
    (404, "resource_not_found"),
    (410, "operation_deprecated"),
    (422, "form_param_unknown"),
    (429, "too_many_requests"),
    (500, "internal_clerk_error"),
    (503, "service_unavailable"),
    (504, "gateway_timeout"),
];

fn refusal(status: u16, code: &str, headers: &str) -> String {
    let words = code.replace('_', " ");
    format!(
        "[[live.on]]\nhost = \"bapi\"\nstatus = {status}\n{headers}json = '{{\"errors\":[{{\"message\":\"{words}\",\"long_message\":\"{words}\",\"code\":\"{code}\"}}],\"clerk_trace_id\":\"5f3c8a1e9b7d4f20a6c4e2d81b0f9375\"}}'\n"
    )
}

/// What the Backend API says: to everything, and to everything but the instance itself.
fn backend() -> Vec<Fault> {
    const BUT: &str = "[[live.on]]\nhost = \"bapi\"\npath = \"/v1/instance\"\n";
    let mut all = Vec::new();
    for (status, code) in STATUSES {
        let live = refusal(*status, code, "");
        all.push(fault(format!("Backend API: {status} `{code}`"), &live));
        if !matches!(status, 401 | 422) {
            all.push(fault(
                format!("Backend API: {status} `{code}` to all but the instance"),
                format!("{BUT}{live}"),
            ));
        }
    }
    let limited = |seconds: u32, times: &str| {
        let headers = format!("{times}headers = {{ retry-after = \"{seconds}\" }}\n");
        refusal(429, "too_many_requests", &headers)
    };
    all.extend([
        fault(
            "Backend API: 429 once, `Retry-After: 1`",
            limited(1, "times = 1\n"),
        ),
        fault("Backend API: 429 always, `Retry-After: 1`", limited(1, "")),
        fault(
            "Backend API: 429 always, `Retry-After: 3600`",
            limited(3600, ""),
        ),
        fault(
            "Backend API: 503 once",
            "[[live.on]]\nhost = \"bapi\"\ntimes = 1\nstatus = 503\n",
        ),
    ]);
    all
}

/// Answers that are spoilt on their way, from each host.
fn answers() -> Vec<Fault> {
    let mut all = Vec::new();
    for (role, host) in [
        ("bapi", "Backend API"),
        ("fapi", "Frontend API"),
        ("site", "site"),
    ] {
        let on = |fault: &str| format!("[[live.on]]\nhost = \"{role}\"\nfault = \"{fault}\"\n");
        all.extend([
            silent(format!("{host}: silence"), on("silence")),
            silent(
                format!("{host}: one byte every 150 ms"),
                // What the webhook endpoint says is so short that it may or may not come in time.
                format!(
                    "[[live.on]]\nhost = \"{role}\"\npath = \"/api/webhooks/clerk\"\n{}",
                    on("slow-body")
                ),
            ),
        ]);
        for (kind, words) in [
            ("reset", "connections are reset"),
            ("close", "connections are closed"),
            ("huge-body", "a body of 64 MB"),
            ("endless", "a body without an end"),
            ("endless-chunks", "chunks without an end"),
            ("wrong-type", "another content type"),
            ("garbage", "no HTTP"),
            ("truncated", "the body ends early"),
            ("redirect-away", "redirects to another host"),
            ("loop", "redirects to itself"),
            ("gzip-bomb", "1 GB of zeros, compressed"),
            ("huge-header", "a header of 1 MB"),
            ("escapes", "terminal escapes in every text"),
        ] {
            all.push(fault(format!("{host}: {words}"), on(kind)));
        }
        all.push(fault(
            format!("{host}: 200 and an empty body to everything"),
            format!("[[live.on]]\nhost = \"{role}\"\nbody = \"\"\n"),
        ));
        if role != "bapi" {
            for status in [403, 429, 500, 503] {
                all.push(fault(
                    format!("{host}: {status} to everything"),
                    format!("[[live.on]]\nhost = \"{role}\"\nstatus = {status}\n"),
                ));
            }
        }
    }
    all
}

fn handshakes() -> Vec<Fault> {
    let mut all = Vec::new();
    for (name, host) in [("clerk.acme.shop", "Frontend API"), ("acme.shop", "site")] {
        let tls = |rest: &str| format!("[[live.tls]]\nhost = \"{name}\"\n{rest}\n");
        for (kind, words) in [
            ("expired", "the certificate has expired"),
            ("not-yet", "the certificate is not valid yet"),
            ("wrong-name", "the certificate is for another name"),
            ("unknown-ca", "the certificate is of an unknown authority"),
            ("handshake-failure", "the handshake is refused"),
            ("not-tls", "the server does not speak TLS"),
            ("close", "the handshake is broken off"),
        ] {
            let live = tls(&format!("fault = \"{kind}\""));
            all.push(fault(format!("TLS of the {host}: {words}"), live));
        }
        all.push(silent(
            format!("TLS of the {host}: the handshake stays open"),
            tls("fault = \"half-open\""),
        ));
        all.push(fault(
            format!("TLS of the {host}: 2 days left"),
            tls("days = 2"),
        ));
        all.push(fault(
            format!("TLS of the {host}: 10 days left"),
            tls("days = 10"),
        ));
    }
    all
}

fn names() -> Vec<Fault> {
    let dns =
        |name: &str, rest: &str| format!("[[live.dns]]\nname = \"{name}\"\ntype = \"*\"\n{rest}\n");
    let mut all = Vec::new();
    for (kind, words) in [
        ("nxdomain", "NXDOMAIN"),
        ("servfail", "SERVFAIL"),
        ("refused", "REFUSED"),
        ("truncated", "truncated over UDP"),
        ("garbage", "no DNS"),
        ("loop", "a CNAME to itself"),
        ("silence", "silence"),
    ] {
        let make = if kind == "silence" { silent } else { fault };
        let is = format!("fault = \"{kind}\"");
        all.extend([
            make(format!("DNS of every name: {words}"), dns("*", &is)),
            make(
                format!("DNS of clerk.acme.shop: {words}"),
                dns("clerk.acme.shop", &is),
            ),
            make(
                format!("DNS of clerk.acme.shop at the first resolver alone: {words}"),
                dns("clerk.acme.shop", &format!("resolver = 1\n{is}")),
            ),
        ]);
    }
    all
}

/// The clock, the status page, the account portal.
fn surroundings() -> Vec<Fault> {
    let mut all = Vec::new();
    for seconds in [10, 120, -120] {
        all.push(fault(
            format!("every clock is {seconds} s ahead"),
            format!("[[live.on]]\nhost = \"*\"\nskew_s = {seconds}\n"),
        ));
        all.push(fault(
            format!("the clock of the site is {seconds} s ahead"),
            format!("[[live.on]]\nhost = \"site\"\nskew_s = {seconds}\n"),
        ));
    }
    let mut page = String::new();
    for path in ["status", "summary"] {
        let _ = write!(
            page,
            "[[live.on]]\nhost = \"status\"\npath = \"/api/v2/{path}.json\"\nmerge = '{{\"status\":{{\"indicator\":\"major\",\"description\":\"Partial System Outage\"}}}}'\n"
        );
    }
    all.push(fault("status page: a major outage", page));
    for (rest, words) in [
        ("status = 503", "503"),
        ("fault = \"reset\"", "connections are reset"),
        ("fault = \"garbage\"", "no HTTP"),
    ] {
        all.push(fault(
            format!("status page: {words}"),
            format!("[[live.on]]\nhost = \"status\"\n{rest}\n"),
        ));
    }
    all.push(fault(
        "account portal: connections are reset",
        "[[live.on]]\nhost = \"portal\"\nfault = \"reset\"\n",
    ));
    all
}

/// Deployments that are not the one that was audited.
fn deployments() -> Vec<Fault> {
    let mut all = Vec::new();
    for key in [
        "wrong",
        "other-instance",
        "networkless",
        "bapi-down",
        "unreachable",
        "missing",
        "development",
        "old-sdk",
        "old-sdk-azp",
    ] {
        all.push(fault(
            format!("site: its key is `{key}`"),
            format!("deployed_key = \"{key}\"\n"),
        ));
    }
    all.push(fault("site: it has no protected route", "protected = []\n"));
    all.push(fault(
        "site: a protected route is open",
        "[[live.on]]\nhost = \"site\"\npath = \"/dashboard*\"\nstatus = 200\nbody = \"<!doctype html><h1>42 orders</h1>\"\n",
    ));
    for hook in [
        "accepts-anything",
        "no-replay-check",
        "no-future-check",
        "wrong-secret",
        "throws",
        "behind-auth",
        "parses-before",
        "ignores-data",
        "one-signature",
        "redirects",
        "missing",
        "chokes",
    ] {
        all.push(fault(
            format!("webhook endpoint: `{hook}`"),
            format!("webhook = \"{hook}\"\n"),
        ));
    }
    all
}

/// What answers in place of the site, as firewalls and hosts really do.
fn barriers() -> Vec<Fault> {
    const CHALLENGE: &str = "<!doctype html><html><head><script src='/challenge.js'></script></head><body></body></html>";
    let in_place = |words: &str, method: &str, status: u16, header: (&str, &str), body: &str| {
        let own =
            ["status", "reason", "message"].map(|name| format!("x-clerk-auth-{name} = \"\", "));
        let (name, value) = header;
        let headers = format!(
            "{}x-clerk-redirect-to = \"\", x-middleware-rewrite = \"\", content-type = \"text/html\", {name} = '{value}'",
            own.concat()
        );
        fault(
            format!("site: {words}"),
            format!(
                "[[live.on]]\nhost = \"site\"\n{method}status = {status}\nbody = \"{body}\"\nheaders = {{ {headers} }}\n"
            ),
        )
    };
    let all = |words: &str, status, header, body: &str| in_place(words, "", status, header, body);
    let to_posts = |words: &str, status, header, body: &str| {
        in_place(words, "method = \"POST\"\n", status, header, body)
    };
    let access = "https://acme.cloudflareaccess.com/cdn-cgi/access/login/acme.shop";
    vec![
        all(
            "Cloudflare challenges every request",
            403,
            ("cf-mitigated", "challenge"),
            CHALLENGE,
        ),
        all(
            "AWS WAF challenges every request",
            202,
            ("x-amzn-waf-action", "challenge"),
            CHALLENGE,
        ),
        all(
            "Imperva challenges every request",
            200,
            ("x-cdn", "Imperva"),
            "<html><body><iframe>Request unsuccessful. Incapsula incident ID: 893-1</iframe></body></html>",
        ),
        all(
            "a firewall refuses every request with a page",
            403,
            ("server", "AkamaiGHost"),
            "<html><head><title>Access Denied</title></head><body>You have no permission</body></html>",
        ),
        all(
            "Vercel's deployment protection",
            401,
            ("set-cookie", "_vercel_sso_nonce=abc; Path=/; Secure"),
            "<!doctype html><title>Authentication Required</title>",
        ),
        all(
            "a password of the web server",
            401,
            ("www-authenticate", "Basic realm=\"staging\""),
            "<html><h1>401 Authorization Required</h1></html>",
        ),
        all("Cloudflare Access", 302, ("location", access), ""),
        to_posts(
            "its firewall refuses posts",
            403,
            ("x-vercel-mitigated", "deny"),
            "Forbidden",
        ),
        to_posts(
            "its firewall challenges posts",
            202,
            ("x-amzn-waf-action", "challenge"),
            CHALLENGE,
        ),
    ]
}

/// Deployments that answer otherwise than one would think, and for which the app is not to blame, or otherwise
/// than it seems.
fn surprises() -> Vec<Fault> {
    const PAGE: &str = "<!doctype html><title>Acme</title><h1>One page for every path of Acme</h1>";
    const BARE: &str = "x-clerk-auth-status = \"\", x-clerk-auth-reason = \"\", x-clerk-redirect-to = \"\", x-middleware-rewrite = \"\"";
    const POLICY: &str = "default-src 'self'; script-src 'self' 'unsafe-inline' https://challenges.cloudflare.com https://*.protect.clerk.com; connect-src 'self' https://*.protect.clerk.com:*; img-src 'self' https://img.clerk.com; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; frame-src 'self' https://challenges.cloudflare.com https://*.protect.clerk.com; frame-ancestors 'none'";
    let on = |rest: &str| format!("[[live.on]]\nhost = \"site\"\n{rest}\n");
    let files = on("path = \"/favicon.ico\"") + &on("path = \"/_next/*\"");
    let all = |status: u16| on(&format!("status = {status}\nheaders = {{ {BARE} }}"));
    let proxied = "body = '<!doctype html><html><head><title>Acme</title><script src=\"/__clerk/npm/@clerk/clerk-js@6/dist/clerk.browser.js\" data-clerk-js-script=\"true\" data-clerk-proxy-url=\"https://acme.shop/__clerk\" data-clerk-publishable-key=\"{{pk_live:clerk.acme.shop}}\"></script></head><body><h1>Acme shop</h1></body></html>'";
    let policy = format!("headers = {{ content-security-policy = \"{POLICY}\" }}");
    vec![
        fault(
            "site: files are served, and a proxy answers 502 for the app",
            files.clone() + &all(502),
        ),
        fault(
            "site: files are served, and 503 while it is maintained",
            files + &all(503),
        ),
        fault(
            "site: one page without a script for every path",
            on(&format!(
                "status = 200\nbody = \"{PAGE}\"\nheaders = {{ content-type = \"text/html\", content-security-policy = \"\", {BARE} }}"
            )),
        ),
        fault(
            SCRIPTS_COMPRESSED,
            on("path = \"/_next/*\"\nbody = \"xx\"\nheaders = { content-encoding = \"gzip\" }"),
        ),
        fault(
            "site: a proxy of the Frontend API, and a policy without the host of the key",
            on(&format!("path = \"/\"\n{proxied}\n{policy}"))
                + &on(&format!("path = \"/sign-in\"\n{policy}")),
        ),
        fault(
            "webhook endpoint: a page of the site in its place",
            on(&format!(
                "method = \"POST\"\nstatus = 200\nbody = \"{PAGE}\"\nheaders = {{ content-type = \"text/html\" }}"
            )),
        ),
        fault(
            "webhook endpoint: its clock is seven hundred seconds ahead",
            format!("webhook = \"clock-ahead\"\n{}", on("skew_s = 700")),
        ),
        fault(
            "webhook endpoint: 429 from the eighth event on",
            on("method = \"POST\"\ntimes = 7") + &on("method = \"POST\"\nstatus = 429"),
        ),
    ]
}

/// The site sends its scripts compressed, whoever asks.
pub const SCRIPTS_COMPRESSED: &str = "site: its scripts come compressed";
