//! Who a host is, and what may never be asked of it.

use super::http::Request;
use super::scenario::{Role, glob};

/// Who a host is, by its name.
pub fn role(host: &str) -> Role {
    match host {
        "api.clerk.com" | "api.clerk.dev" => Role::Bapi,
        "status.clerk.com" => Role::Status,
        "example.com" | "www.iana.org" | "one.one.one.one" => Role::Control,
        _ if host.starts_with("clerk.") || host.ends_with(".clerk.accounts.dev") => Role::Fapi,
        _ if host.starts_with("accounts.") || host.ends_with(".accounts.dev") => Role::Portal,
        _ => Role::Site,
    }
}

/// What is wrong with a request, whatever it is answered: it changes something, it asks for what is private
/// or has side effects, it says what Clerk has not documented.
pub fn violations(role: Role, request: &Request) -> Vec<String> {
    // What would go to Clerk without TLS is no better.
    let role = match role {
        Role::Plain => self::role(&request.host),
        role => role,
    };
    let name = format!(
        "{} https://{}{}",
        request.method,
        request.host,
        request.target()
    );
    let mut found = Vec::new();
    let mut wrong = |what: &str| found.push(format!("{name}: {what}"));
    if !request.only_reads() && role.is_clerk() {
        wrong("changes something at Clerk");
    }
    if !request.only_reads() && role == Role::Site {
        let is_hook = request.method == "POST" || request.method == "PUT";
        if !(is_hook && request.path.contains("hook")) {
            wrong("changes something, and not at a webhook endpoint");
        }
    }
    let frontend = match role {
        Role::Fapi => Some(request.path.as_str()),
        // Through the site's proxy.
        Role::Site if request.path.starts_with("/__clerk/") => {
            request.path.strip_prefix("/__clerk")
        }
        _ => None,
    };
    if let Some(path) = frontend {
        if !FRONTEND.iter().any(|allowed| glob(allowed, path)) {
            wrong("a path of the Frontend API that is not to be asked");
        }
        if request.header("origin").is_some() && request.header("authorization").is_some() {
            wrong("Origin and Authorization together");
        }
        for unknown in parameters(request, &["domain_id", "__clerk_api_version"]) {
            wrong(&format!("an undocumented parameter, {unknown}"));
        }
    }
    if role == Role::Bapi {
        match BACKEND.iter().find(|(path, _)| glob(path, &request.path)) {
            None => wrong("a path of the Backend API that is not to be asked"),
            Some((_, allowed)) => {
                for unknown in parameters(request, allowed) {
                    wrong(&format!("an undocumented parameter, {unknown}"));
                }
            }
        }
    }
    found
}

fn parameters(request: &Request, allowed: &[&str]) -> Vec<String> {
    let names = request.query.split('&').filter(|pair| !pair.is_empty());
    names
        .map(|pair| pair.split('=').next().unwrap_or_default())
        .filter(|name| !allowed.contains(name))
        .map(str::to_owned)
        .collect()
}

/// What the Frontend API may be asked.
const FRONTEND: &[&str] = &[
    "/",
    "/v1/health",
    "/v1/environment",
    "/v1/account_portal",
    "/v1/billing/plans",
    "/v1/proxy-health",
    "/.well-known/jwks.json",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/webauthn",
    "/.well-known/assetlinks.json",
    "/.well-known/apple-app-site-association",
    "/npm/@clerk/*",
];

const LIST: &[&str] = &["limit", "offset", "paginated"];
const NAMED: &[&str] = &["limit", "offset", "query", "order_by"];

/// What the Backend API may be asked, with the parameters of its specification of 2026-05-12.
const BACKEND: &[(&str, &[&str])] = &[
    ("/v1/instance", &[]),
    ("/v1/domains", &[]),
    ("/v1/jwks", &[]),
    (
        "/v1/users/count",
        &[
            "last_active_at_before",
            "last_active_at_after",
            "last_active_at_since",
            "created_at_before",
            "created_at_after",
            "last_sign_in_at_before",
            "last_sign_in_at_after",
        ],
    ),
    ("/v1/redirect_urls", LIST),
    ("/v1/jwt_templates", LIST),
    ("/v1/allowlist_identifiers", LIST),
    ("/v1/blocklist_identifiers", &[]),
    ("/v1/instance/communication", &[]),
    ("/v1/instance/protect", &[]),
    ("/v1/instance/oauth_application_settings", &[]),
    ("/v1/instance/organization_settings", &[]),
    ("/v1/oauth_applications", &["limit", "offset", "order_by"]),
    ("/v1/enterprise_connections", &["limit", "offset", "active"]),
    ("/v1/organization_roles", NAMED),
    ("/v1/organization_permissions", NAMED),
    ("/v1/role_sets", NAMED),
    (
        "/v1/billing/plans",
        &["limit", "offset", "paginated", "payer_type"],
    ),
    ("/v1/machines", NAMED),
    ("/v1/scim_directories", LIST),
    ("/v1/directories", LIST),
    // Clerk's Platform API is at the same host; a check of DNS is started with a POST.
    ("/v1/platform/applications/*", &[]),
];
