//! The Frontend API.

use serde_json::json;

use super::environment;
use crate::support::standin::http::{Answer, Request};
use crate::support::standin::scenario::Scenario;

/// What `host` answers; `path` is without the prefix of a proxy.
pub fn answer(scenario: &Scenario, host: &str, path: &str, request: &Request) -> Answer {
    if path.starts_with("/npm/@clerk/") {
        return script(path).with("access-control-allow-origin", "*");
    }
    let origin = request.header("origin");
    if let Some(refused) = origin.and_then(|origin| refuse(scenario, host, origin)) {
        return refused;
    }
    if request.method == "OPTIONS" {
        return with_cors(Answer::new(204), origin)
            .with("access-control-allow-methods", "GET, POST, PATCH, DELETE");
    }
    let is_development = host.ends_with(".clerk.accounts.dev");
    let body = match path {
        "/v1/health" => json!({ "status": "healthy" }),
        "/v1/environment" | "/v1/account_portal" if is_development => {
            let message = "Unable to authenticate the browser";
            return super::refusal(401, "dev_browser_unauthenticated", message, message);
        }
        "/v1/environment" => environment::production(scenario),
        "/v1/account_portal" => super::json(PORTAL, scenario),
        "/v1/billing/plans" => json!({ "data": [], "total_count": 0 }),
        "/.well-known/jwks.json" => super::jwks(&instance(scenario, host)),
        "/.well-known/openid-configuration" => provider(host, true),
        "/.well-known/oauth-authorization-server" => provider(host, false),
        "/v1/proxy-health" => return proxy_health(request),
        _ => {
            return super::refusal(404, "resource_not_found", "not found", "Resource not found");
        }
    };
    with_cors(Answer::json(200, &body), origin)
}

/// The instance that a host is bound to: the domain's and development's is the one that the tests know;
/// another domain has another.
fn instance(scenario: &Scenario, host: &str) -> String {
    let own = host == format!("clerk.{}", scenario.domain)
        || host.ends_with(".accounts.dev")
        || !host.starts_with("clerk.");
    if own {
        return super::INSTANCE.to_owned();
    }
    format!("ins_{}", host.split('.').nth(1).unwrap_or_default())
}

fn with_cors(mut answer: Answer, origin: Option<&str>) -> Answer {
    if let Some(origin) = origin {
        answer.set("access-control-allow-origin", origin);
        answer.set("access-control-allow-credentials", "true");
        answer.set("vary", "Origin");
    }
    answer
}

/// An Origin has to be of the domain, and of its subdomains one that is listed.
fn refuse(scenario: &Scenario, host: &str, origin: &str) -> Option<Answer> {
    if host.ends_with(".clerk.accounts.dev") {
        return None;
    }
    // A request through a proxy comes to a host of the domain itself.
    let root = host.strip_prefix("clerk.").unwrap_or(&scenario.domain);
    let below = origin
        .strip_prefix("https://")
        .and_then(|from| from.strip_suffix(root));
    match below {
        Some("" | "www." | "accounts." | "clerk.") => None,
        Some(below) if below.ends_with('.') => Some(super::refusal(
            403,
            "subdomain_not_allowed",
            "Subdomain not allowed",
            "This subdomain is not in the list of allowed subdomains of the instance.",
        )),
        _ => Some(foreign()),
    }
}

fn foreign() -> Answer {
    super::refusal(
        400,
        "origin_invalid",
        "Invalid HTTP Origin header",
        "The Request HTTP Origin header must be equal to or a subdomain of the requesting URL.",
    )
}

fn script(path: &str) -> Answer {
    if !path.ends_with(".js") {
        return Answer::html(404, "Not found");
    }
    let body =
        format!("/*! {path} */\n(function(){{ window.Clerk = window.Clerk || {{}}; }})();\n");
    Answer::of(200, "application/javascript; charset=utf-8", body)
        .with("cache-control", "public, max-age=31536000")
}

fn provider(host: &str, is_openid: bool) -> serde_json::Value {
    let at = |path: &str| format!("https://{host}{path}");
    let mut body = json!({
        "issuer": format!("https://{host}"),
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/token/revoke"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none", "client_secret_post"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "email", "name"],
        "code_challenge_methods_supported": ["S256"],
    });
    let more = if is_openid {
        json!({
            "introspection_endpoint": at("/oauth/token_info"),
            "userinfo_endpoint": at("/oauth/userinfo"),
            "response_modes_supported": ["form_post", "query"],
            "backchannel_logout_supported": false,
            "frontchannel_logout_supported": false,
        })
    } else {
        json!({
            "service_documentation": "https://clerk.com/docs",
            "client_id_metadata_document_supported": false,
        })
    };
    let (Some(body_fields), Some(more)) = (body.as_object_mut(), more.as_object()) else {
        return body;
    };
    body_fields.extend(more.clone());
    body
}

fn proxy_health(request: &Request) -> Answer {
    if request.parameter("domain_id").is_none() {
        let message = "is missing";
        return super::refusal(400, "form_param_missing", message, "domain_id is missing");
    }
    let from = request.peer.map(|peer| peer.to_string());
    let from = from.unwrap_or_default();
    Answer::json(
        200,
        &json!({ "status": "healthy", "x_forwarded_for": from }),
    )
}

const PORTAL: &str = r#"{
  "object": "account_portal", "allowed": true, "enabled": true, "internal_linking": true,
  "after_sign_in_url": "https://$domain", "after_sign_up_url": "https://$domain",
  "after_join_waitlist_url": "https://$domain", "after_create_organization_url": "https://$domain",
  "after_leave_organization_url": "https://$domain", "logo_link_url": "https://$domain",
  "customization": { "appearance": "auto", "background_color_dark": null,
    "background_color_light": null, "primary_color_dark": null, "primary_color_light": null }
}"#;
