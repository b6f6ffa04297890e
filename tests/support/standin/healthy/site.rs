//! The deployed site, as Clerk's own packages make it behave.

use serde_json::{Value, json};

use super::page;
use super::{fapi, webhook};
use crate::support::standin::Shared;
use crate::support::standin::http::{Answer, Request};
use crate::support::standin::scenario::{DeployedKey, Scenario, Sdk, glob};

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
    if is_unknown(path) {
        return page::not_found(scenario);
    }
    let next = scenario.sdk.is_next().then(|| tidied(path)).flatten();
    if let Some(tidy) = next {
        let query = request.target()[path.len()..].to_owned();
        return Answer::new(308).with("location", tidy + &query);
    }
    if !has_good_escapes(path) {
        return Answer::html(400, "Bad Request");
    }
    if scenario.deployed_key == DeployedKey::Missing && scenario.sdk.has_headers() {
        return Answer::html(500, "Internal Server Error");
    }
    let about = Token::of(scenario, request);
    if let Some(handshake) = about.handshake(scenario, request) {
        return handshake;
    }
    if path == WEBHOOK {
        let answer = webhook::answer(shared, request);
        return answer.unwrap_or_else(|| about.refuse(scenario, request));
    }
    if let Some(open) = open(scenario, request) {
        return about.mark(scenario, open);
    }
    if scenario.sdk == Sdk::None {
        return page::not_found(scenario);
    }
    match &scenario.protected {
        Some(patterns) if !patterns.iter().any(|pattern| covers(pattern, path)) => {
            about.mark(scenario, page::not_found(scenario))
        }
        _ => about.refuse(scenario, request),
    }
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

/// Next.js redirects to the path without doubled and last slashes.
fn tidied(path: &str) -> Option<String> {
    let mut tidy = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        tidy.push('/');
        tidy.push_str(part);
    }
    (path != "/" && tidy != path).then_some(if tidy.is_empty() {
        "/".to_owned()
    } else {
        tidy
    })
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
    if request.method == "OPTIONS" && (is_page || path.starts_with("/api/")) {
        let status = if is_page { 405 } else { 204 };
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
    message: Option<&'static str>,
}

impl Token {
    fn of(scenario: &Scenario, request: &Request) -> Self {
        let header = request.header("authorization").unwrap_or_default();
        if let Some(token) = header.strip_prefix("Bearer ") {
            let (reason, message) = judged(scenario, token);
            return Self {
                reason: reason.to_owned(),
                message: Some(message),
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
            "https://{}/v1/client/handshake?redirect_url={back}&__clerk_api_version=2025-11-10\
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
            if let Some(message) = self.message {
                answer.set("x-clerk-auth-message", message);
            }
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
                let answer = Answer::new(307)
                    .with("location", format!("/sign-in?redirect_url={back}"))
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

/// The reason by which a forged token is refused: the key is looked up before all else.
fn judged(scenario: &Scenario, token: &str) -> (&'static str, &'static str) {
    let parts: Vec<&str> = token.split('.').collect();
    let decoded = |part: Option<&&str>| -> Option<Value> {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(part?)
            .ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let (Some(head), Some(claims), 3) =
        (decoded(parts.first()), decoded(parts.get(1)), parts.len())
    else {
        return ("token-invalid", "Invalid JWT form.");
    };
    let mismatch = (
        "jwk-kid-mismatch",
        "Unable to find a signing key in JWKS that matches the kid.",
    );
    let forged = ("token-invalid-signature", "JWT signature is invalid.");
    match scenario.deployed_key {
        DeployedKey::Wrong => (
            "secret-key-invalid",
            "The provided Clerk Secret Key is invalid.",
        ),
        DeployedKey::OtherInstance => mismatch,
        DeployedKey::Networkless => forged,
        DeployedKey::BapiDown => (
            "jwk-remote-failed-to-load",
            "Error loading Clerk JWKS from https://api.clerk.com/v1/jwks with code=503",
        ),
        DeployedKey::Unreachable => ("unexpected-error", "fetch failed"),
        _ if head["kid"] != super::INSTANCE => mismatch,
        DeployedKey::OldSdk | DeployedKey::OldSdkAzp => {
            let party = claims["azp"].as_str().unwrap_or_default();
            let own = party.is_empty() || party == format!("https://{}", scenario.domain);
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            if scenario.deployed_key == DeployedKey::OldSdkAzp && !own {
                (
                    "token-invalid-authorized-parties",
                    "Invalid JWT Authorized party claim (azp).",
                )
            } else if claims["exp"].as_u64().unwrap_or(u64::MAX) + 5 < now.unwrap().as_secs() {
                (
                    "session-token-expired-refresh-non-eligible-no-refresh-cookie",
                    "JWT is expired.",
                )
            } else {
                forged
            }
        }
        _ => forged,
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
