//! The deployed site, as Clerk's own packages make it behave.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::page;
use super::{fapi, webhook};
use crate::support::standin::Shared;
use crate::support::standin::http::{Answer, Request};
use crate::support::standin::scenario::{DeployedKey, Scenario, Sdk, Webhook, glob};

/// The path of the webhook endpoint.
pub const WEBHOOK: &str = "/api/webhooks/clerk";

const NO_SESSION: &str = "session-token-and-uat-missing";

/// What the site answers.
pub fn answer(shared: &Shared, request: &Request) -> Answer {
    let scenario = &shared.scenario;
    let path = request.path.as_str();
    if let Some(inner) = path.strip_prefix("/__clerk/") {
        let host = format!("clerk.{}", scenario.domain);
        return fapi::answer(scenario, &host, &format!("/{inner}"), request);
    }
    if let Some(file) = static_file(scenario, path) {
        return file;
    }
    if scenario.sdk == Sdk::Spa {
        return page::page(scenario, "Acme");
    }
    if scenario.deployed_key == DeployedKey::Missing && scenario.sdk.has_headers() {
        return Answer::of(500, "text/plain", "Internal Server Error");
    }
    if is_unknown(path) {
        return page::not_found(scenario);
    }
    if let Some(tidy) = tidied(scenario.sdk, path) {
        let query = request.target()[path.len()..].to_owned();
        return Answer::new(308).with("location", tidy + &query);
    }
    let about = Token::of(scenario, request);
    if !has_good_escapes(path) {
        return about.mark(scenario, Answer::html(400, "Bad Request"));
    }
    if let Some(data) = page_data(&about, scenario, request) {
        return data;
    }
    if let Some(handshake) = about.handshake(scenario, request) {
        return handshake;
    }
    if path == WEBHOOK {
        return match webhook::answer(shared, request) {
            // Whether there is such a route the middleware does not know.
            Some(answer) if scenario.webhook == Webhook::Missing => answer,
            Some(answer) => about.let_through(scenario, request, answer),
            None => about.refuse(scenario, request),
        };
    }
    if let Some(open) = open(scenario, request) {
        return about.let_through(scenario, request, open);
    }
    if scenario.sdk == Sdk::None {
        return page::not_found(scenario);
    }
    if is_protected(scenario, path) {
        about.refuse(scenario, request)
    } else {
        about.let_through(scenario, request, page::not_found(scenario))
    }
}

/// What is not open to everybody.
fn is_protected(scenario: &Scenario, path: &str) -> bool {
    let patterns = scenario.protected.as_ref();
    patterns.is_none_or(|patterns| patterns.iter().any(|pattern| covers(pattern, path)))
}

/// The data of a page is refused with a redirect in a header of its own.
fn page_data(about: &Token, scenario: &Scenario, request: &Request) -> Option<Answer> {
    let rest = request.path.strip_prefix("/_next/data/")?;
    let (_, page) = rest.strip_suffix(".json")?.split_once('/')?;
    let page = format!("/{page}");
    if !(scenario.sdk.is_next() && is_protected(scenario, &page)) {
        return Some(page::not_found(scenario));
    }
    let back = encoded(&format!("https://{}{page}", request.host));
    let answer = Answer::new(307)
        .with("x-nextjs-redirect", format!("/sign-in?redirect_url={back}"))
        .with("x-clerk-redirect-to", "true");
    Some(about.mark(scenario, answer))
}

/// What the middleware's matcher leaves out.
fn static_file(scenario: &Scenario, path: &str) -> Option<Answer> {
    let is_script = match scenario.sdk {
        Sdk::Spa => path == "/assets/index.js",
        sdk => sdk.is_next() && path == "/_next/static/chunks/main.js",
    };
    if is_script {
        return Some(page::script(scenario));
    }
    Some(match path {
        "/favicon.ico" => Answer::of(200, "image/x-icon", [0, 0, 1, 0].to_vec()),
        "/robots.txt" => Answer::of(
            200,
            "text/plain; charset=utf-8",
            "User-agent: *\nAllow: /\n",
        ),
        _ if path.starts_with("/_next/data/") => return None,
        _ if path.starts_with("/_next/") || path.starts_with("/assets/") => {
            page::not_found(scenario)
        }
        _ => return None,
    })
}

/// Paths that nobody has, and that an audit asks for.
fn is_unknown(path: &str) -> bool {
    path.contains("clerk-audit")
        || path
            .split('/')
            .any(|part| part.starts_with('.') && part.len() > 2)
}

/// Next.js redirects to the path without doubled and last slashes, and its version 16 without dots.
fn tidied(sdk: Sdk, path: &str) -> Option<String> {
    let is_dot = |part: &str| sdk == Sdk::Next16 && matches!(part, "." | "%2e" | "%2E");
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && !is_dot(part));
    let tidy: String = parts.flat_map(|part| ["/", part]).collect();
    let tidy = if tidy.is_empty() {
        "/".to_owned()
    } else {
        tidy
    };
    (sdk.is_next() && tidy != path).then_some(tidy)
}

fn has_good_escapes(path: &str) -> bool {
    path.split('%').skip(1).all(|part| {
        let digits = part.as_bytes().get(..2);
        digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    })
}

/// `/dashboard/**` covers `/dashboard` and all below.
fn covers(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix("/**") {
        Some(base) => path == base || path.starts_with(&format!("{base}/")),
        None => glob(pattern, path),
    }
}

/// What everybody may have.
fn open(scenario: &Scenario, request: &Request) -> Option<Answer> {
    let path = request.path.as_str();
    let is_page = path == "/" || is_below(path, "/sign-in") || is_below(path, "/sign-up");
    let is_open = is_page || path == "/api/health";
    if request.method == "OPTIONS" && (is_open || scenario.sdk == Sdk::Express) {
        // Express knows the methods of each route; Next.js those of its handlers only.
        let status = match scenario.sdk {
            Sdk::Express => 200,
            _ if is_page => 400,
            _ => 204,
        };
        return Some(Answer::new(status).with("allow", "GET, HEAD, OPTIONS"));
    }
    if is_page {
        let title = if path == "/" { "Acme" } else { "Sign in" };
        return Some(page::page(scenario, title));
    }
    if path == "/api/health" {
        let answer = Answer::json(200, &json!({ "status": "ok" }));
        return Some(page::secured(scenario, answer));
    }
    None
}

fn is_below(path: &str, base: &str) -> bool {
    path == base || path.starts_with(&format!("{base}/"))
}

/// What the middleware makes of a request's credentials.
struct Token {
    reason: String,
    message: Option<String>,
}

impl Token {
    fn of(scenario: &Scenario, request: &Request) -> Self {
        let header = request.header("authorization").unwrap_or_default();
        if let Some(token) = header.strip_prefix("Bearer ") {
            let (reason, message) = judged(scenario, token);
            return Self {
                reason: reason.to_owned(),
                message: Some(format!("{message} (reason={reason}, token-carrier=header)"))
                    .filter(|_| reason != "unexpected-error"),
            };
        }
        let reason = if scenario.deployed_key == DeployedKey::Development {
            "dev-browser-missing"
        } else if is_returning(request) {
            "client-uat-but-no-session-token"
        } else {
            NO_SESSION
        };
        Self {
            reason: reason.to_owned(),
            message: None,
        }
    }

    /// A handshake is only for documents, and in production for those who come back.
    fn handshake(&self, scenario: &Scenario, request: &Request) -> Option<Answer> {
        let wanted = self.reason == "client-uat-but-no-session-token"
            || self.reason == "dev-browser-missing";
        if !(wanted && scenario.sdk.has_headers() && request.method == "GET") {
            return None;
        }
        let accept = request.header("accept").unwrap_or_default();
        let is_document = match request.header("sec-fetch-dest") {
            Some(destination) => matches!(destination, "document" | "iframe"),
            None => accept.starts_with("text/html"),
        };
        if !is_document {
            return None;
        }
        let back = encoded(&format!("https://{}{}", request.host, request.target()));
        let to = format!(
            "https://{}/v1/client/handshake?redirect_url={back}&__clerk_api_version=2026-05-12\
             &suffixed_cookies=false&__clerk_hs_reason={}&format=nonce",
            scenario.site_fapi(),
            self.reason
        );
        Some(
            Answer::new(307)
                .with("location", to)
                .with("cache-control", "no-store")
                .with(
                    "set-cookie",
                    "__clerk_redirect_count=1; SameSite=Lax; HttpOnly; Max-Age=2",
                )
                .with("x-clerk-auth-status", "handshake")
                .with("x-clerk-auth-reason", self.reason.clone()),
        )
    }

    /// An answer with the headers of Clerk's middleware.
    fn mark(&self, scenario: &Scenario, mut answer: Answer) -> Answer {
        if scenario.sdk.has_headers() {
            answer.set("x-clerk-auth-status", "signed-out");
            answer.set("x-clerk-auth-reason", self.reason.clone());
            if let Some(message) = &self.message {
                answer.set("x-clerk-auth-message", message);
            }
        }
        answer
    }

    /// What the middleware lets through, marked as Next.js and Clerk mark it.
    fn let_through(&self, scenario: &Scenario, request: &Request, answer: Answer) -> Answer {
        let is_navigation = request.header("rsc").is_some() && !request.query.contains("_rsc=");
        let mut answer = self.mark(scenario, answer);
        if scenario.sdk == Sdk::Next16 && is_navigation && request.method == "GET" {
            // A router's own request without its checksum is sent to the same path with it.
            let and = if request.query.is_empty() { '?' } else { '&' };
            let to = format!("{}{and}_rsc=f2VoNpDTu3vL93O1", request.target());
            answer = self.mark(scenario, Answer::new(307).with("location", to));
        }
        if scenario.sdk.is_next() {
            answer.set("x-middleware-rewrite", request.path.clone());
        }
        answer
    }

    /// What somebody gets who is not signed in.
    fn refuse(&self, scenario: &Scenario, request: &Request) -> Answer {
        let accept = request.header("accept").unwrap_or_default();
        let is_document = accept.contains("text/html")
            || request.header("next-url").is_some()
            || matches!(
                request.header("sec-fetch-dest"),
                Some("document" | "iframe")
            );
        let no_store =
            |answer: Answer| page::secured(scenario, answer).with("cache-control", "no-store");
        match scenario.sdk {
            Sdk::Express => {
                let body = json!({ "error": "Unauthenticated" });
                self.mark(scenario, no_store(Answer::json(401, &body)))
            }
            Sdk::Next15 if request.header("next-action").is_some() => {
                self.mark(scenario, no_store(Answer::new(401)))
            }
            Sdk::Next15 if !is_document => {
                let answer = self.mark(scenario, no_store(page::not_found(scenario)));
                answer
                    .with("x-middleware-rewrite", "/clerk_1795305600000")
                    .with(
                        "x-clerk-auth-reason",
                        format!("protect-rewrite, {}", self.reason),
                    )
            }
            _ => {
                let back = encoded(&format!("https://{}{}", request.host, request.target()));
                // Development keys go with the portal of the development instance.
                let portal = match scenario.deployed_key {
                    DeployedKey::Development => {
                        let host = scenario
                            .site_fapi()
                            .replace(".clerk.accounts.", ".accounts.");
                        format!("https://{host}")
                    }
                    _ => String::new(),
                };
                let answer = Answer::new(307)
                    .with("location", format!("{portal}/sign-in?redirect_url={back}"))
                    .with("x-clerk-redirect-to", "true");
                self.mark(scenario, no_store(answer))
            }
        }
    }
}

fn is_returning(request: &Request) -> bool {
    let cookies = request.header("cookie").unwrap_or_default();
    cookies.split(';').any(|cookie| {
        let (name, value) = cookie.trim().split_once('=').unwrap_or_default();
        name.starts_with("__client_uat") && !matches!(value, "" | "0")
    })
}

/// The reason by which a forged token is refused, and the words: the key is looked up before all else.
fn judged(scenario: &Scenario, token: &str) -> (&'static str, String) {
    let parts: Vec<&str> = token.split('.').collect();
    let decoded = |part: Option<&&str>| -> Option<Value> {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        serde_json::from_slice(&engine.decode(part?).ok()?).ok()
    };
    let (Some(head), Some(claims), 3) =
        (decoded(parts.first()), decoded(parts.get(1)), parts.len())
    else {
        return ("token-invalid", "Invalid JWT form.".to_owned());
    };
    let kid = head["kid"].as_str().unwrap_or_default();
    let mismatch = |own: &str| {
        let message = format!(
            "Unable to find a signing key in JWKS that matches the kid='{kid}' of the provided session token. \
             Please make sure that the __session cookie or the HTTP authorization header contain a \
             Clerk-generated session JWT. The following kid is available: {own} Go to your Dashboard and \
             validate your secret and public keys are correct. Contact support@clerk.com if the issue persists."
        );
        ("jwk-kid-mismatch", message)
    };
    match scenario.deployed_key {
        DeployedKey::Wrong => (
            "secret-key-invalid",
            "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct. \
             Contact support@clerk.com"
                .to_owned(),
        ),
        DeployedKey::OtherInstance => mismatch("ins_other"),
        DeployedKey::BapiDown => (
            "jwk-remote-failed-to-load",
            "Error loading Clerk JWKS from https://api.clerk.com/v1/jwks with code=503 Contact support@clerk.com"
                .to_owned(),
        ),
        DeployedKey::Unreachable => ("unexpected-error", String::new()),
        DeployedKey::Networkless => forged(),
        _ if kid != super::INSTANCE => mismatch(super::INSTANCE),
        DeployedKey::OldSdk | DeployedKey::OldSdkAzp => claims_first(scenario, &claims),
        _ => forged(),
    }
}

fn forged() -> (&'static str, String) {
    let message = "JWT signature is invalid.";
    ("token-invalid-signature", message.to_owned())
}

/// Before 3.2.12 @clerk/backend looked at the claims first.
fn claims_first(scenario: &Scenario, claims: &Value) -> (&'static str, String) {
    let party = claims["azp"].as_str().unwrap_or_default();
    let own = format!("https://{}", scenario.domain);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    if scenario.deployed_key == DeployedKey::OldSdkAzp && !party.is_empty() && party != own {
        let message =
            format!("Invalid JWT Authorized party claim (azp) \"{party}\". Expected \"{own}\".");
        ("token-invalid-authorized-parties", message)
    } else if claims["exp"]
        .as_u64()
        .is_some_and(|exp| exp + 5 < now.as_secs())
    {
        (
            "session-token-expired-refresh-non-eligible-no-refresh-cookie",
            "JWT is expired.".to_owned(),
        )
    } else {
        forged()
    }
}

/// As `encodeURIComponent` does it.
fn encoded(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    text.bytes().fold(String::new(), |done, byte| {
        if keep(byte) {
            done + &char::from(byte).to_string()
        } else {
            done + &format!("%{byte:02X}")
        }
    })
}
