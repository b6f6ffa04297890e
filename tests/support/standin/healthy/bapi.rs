//! The Backend API, version 2026-05-12.

use serde_json::{Value, json};

use super::zone;
use crate::support::standin::http::{Answer, Request};
use crate::support::standin::scenario::Scenario;

const VERSIONS: &[&str] = &[
    "2021-02-05",
    "2024-10-01",
    "2025-03-12",
    "2025-04-10",
    "2025-11-10",
    "2026-05-12",
];

/// What `api.clerk.com` answers.
pub fn answer(scenario: &Scenario, request: &Request) -> Answer {
    if let Some(refused) = refuse(scenario, request) {
        return refused;
    }
    let Some(body) = body(scenario, request) else {
        return super::refusal(404, "resource_not_found", "not found", "Resource not found");
    };
    Answer::json(200, &body).with("cf-ray", "9a1b2c3d4e5f6071-FRA")
}

fn refuse(scenario: &Scenario, request: &Request) -> Option<Answer> {
    let bearer = request.header("authorization").unwrap_or_default();
    let key = bearer.strip_prefix("Bearer ").unwrap_or_default();
    if key.is_empty() || key.contains([' ', '"', '\'']) {
        return Some(super::refusal(
            401,
            "authorization_header_format_invalid",
            "Invalid Authorization header format",
            "Invalid Authorization header format. Must be 'Bearer <token>'.",
        ));
    }
    if !scenario.accept_keys.iter().any(|known| known == key) {
        return Some(super::refusal(
            401,
            "clerk_key_invalid",
            "The provided Clerk Secret Key is invalid.",
            "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.",
        ));
    }
    let header = request.header("clerk-api-version");
    let parameter = request.parameter("__clerk_api_version");
    let known = |version: Option<&str>| version.is_none_or(|version| VERSIONS.contains(&version));
    let is_twice = header.is_some() && parameter.is_some();
    (is_twice || !known(header) || !known(parameter)).then(|| {
        let message = "API version is invalid";
        super::refusal(400, "api_version_invalid", message, message)
    })
}

fn body(scenario: &Scenario, request: &Request) -> Option<Value> {
    let list = |text: &str| super::json(text, scenario);
    // What is a bare list unless `paginated=true` makes it an object.
    let bare = |text: &str| {
        let items = list(text);
        if request.parameter("paginated") == Some("true") {
            counted(items)
        } else {
            items
        }
    };
    Some(match request.path.as_str() {
        "/v1/instance" => json!({
            "object": "instance", "id": super::INSTANCE, "environment_type": "production",
            "allowed_origins": null, "workspace_id": "org_acme",
        }),
        "/v1/domains" => counted(domains(scenario)),
        "/v1/jwks" => super::jwks(super::INSTANCE),
        "/v1/users/count" => json!({ "object": "total_count", "total_count": people(request) }),
        "/v1/redirect_urls" => bare(REDIRECT_URLS),
        "/v1/jwt_templates" => bare(JWT_TEMPLATES),
        "/v1/allowlist_identifiers" => bare("[]"),
        "/v1/blocklist_identifiers" | "/v1/scim_directories" | "/v1/directories" => {
            counted(json!([]))
        }
        "/v1/instance/communication" => list(
            r#"{ "object": "instance_communication", "blocked_country_codes": ["AF", "BY", "KP"] }"#,
        ),
        "/v1/instance/protect" => list(
            r#"{ "object": "instance_protect", "rules_enabled": true, "specter_enabled": true, "checks_bypassed": false }"#,
        ),
        "/v1/instance/oauth_application_settings" => list(OAUTH_SETTINGS),
        "/v1/instance/organization_settings" => list(ORGANIZATION_SETTINGS),
        "/v1/oauth_applications" => counted(list(OAUTH_APPLICATIONS)),
        "/v1/enterprise_connections" => counted(list(CONNECTIONS)),
        "/v1/organization_permissions" => counted(json!([
            permission("org:sys_profile:manage"),
            permission("org:sys_profile:delete"),
            permission("org:sys_memberships:read"),
            permission("org:sys_memberships:manage"),
            permission("org:sys_domains:read"),
            permission("org:sys_domains:manage"),
            permission("org:invoices:read"),
            permission("org:invoices:create"),
        ])),
        "/v1/organization_roles" => counted(json!([
            role(
                "admin",
                true,
                &[
                    "org:sys_profile:manage",
                    "org:sys_memberships:manage",
                    "org:invoices:create"
                ]
            ),
            role(
                "member",
                false,
                &["org:sys_memberships:read", "org:invoices:read"]
            ),
        ])),
        "/v1/role_sets" => counted(json!([role_set()])),
        "/v1/billing/plans" => counted(json!([plan("free_user", 0), plan("pro", 1900)])),
        "/v1/machines" => counted(list(MACHINES)),
        _ => return None,
    })
}

fn counted(items: Value) -> Value {
    let count = items.as_array().map_or(0, Vec::len);
    json!({ "data": items, "total_count": count })
}

/// Fewer in shorter windows, so that one can tell that a filter was sent.
fn people(request: &Request) -> u32 {
    match request.query.as_str() {
        "" => 12_840,
        query if query.contains("created_at") => 37,
        query if query.contains("last_sign_in") => 410,
        _ => 960,
    }
}

fn domains(scenario: &Scenario) -> Value {
    let domain = &scenario.domain;
    let targets = zone::targets(scenario);
    let targets: Vec<Value> = targets
        .into_iter()
        .map(
            |(host, value, required)| json!({ "host": host, "value": value, "required": required }),
        )
        .collect();
    json!([{
        "object": "domain", "id": "dmn_acme", "name": domain, "is_satellite": false,
        "frontend_api_url": format!("https://clerk.{domain}"),
        "accounts_portal_url": format!("https://accounts.{domain}"),
        "proxy_url": null, "development_origin": "", "cname_targets": targets,
    }])
}

fn permission(key: &str) -> Value {
    let kind = if key.starts_with("org:sys_") {
        "system"
    } else {
        "user"
    };
    json!({
        "object": "permission", "id": format!("perm_{}", key.replace(':', "_")), "name": key, "key": key,
        "description": "", "type": kind, "created_at": CREATED, "updated_at": CREATED,
    })
}

fn role(name: &str, is_creator: bool, permissions: &[&str]) -> Value {
    let permissions: Vec<Value> = permissions.iter().map(|key| permission(key)).collect();
    json!({
        "object": "role", "id": format!("role_{name}"), "name": name, "key": format!("org:{name}"),
        "description": null, "is_creator_eligible": is_creator, "permissions": permissions,
        "created_at": CREATED, "updated_at": CREATED,
    })
}

fn role_set() -> Value {
    let item = |name: &str| {
        json!({
            "object": "role_set_item", "id": format!("role_{name}"), "name": name,
            "key": format!("org:{name}"), "description": null, "members_count": null,
            "has_members": true, "created_at": CREATED, "updated_at": CREATED,
        })
    };
    json!({
        "object": "role_set", "id": "rset_default", "name": "Default", "key": "role_set:default",
        "description": null, "roles": [item("admin"), item("member")], "default_role": item("member"),
        "creator_role": item("admin"), "type": "initial", "role_set_migration": null,
        "created_at": CREATED, "updated_at": CREATED,
    })
}

fn plan(slug: &str, cents: u32) -> Value {
    let fee = |cents: u32| {
        json!({
            "amount": cents, "amount_formatted": format!("{}.00", cents / 100), "currency": "USD",
            "currency_symbol": "$",
        })
    };
    json!({
        "object": "commerce_plan", "id": format!("cplan_{slug}"), "name": slug, "fee": fee(cents),
        "annual_monthly_fee": fee(cents), "annual_fee": fee(cents * 12), "description": null,
        "product_id": "cprod_acme", "is_default": cents == 0, "is_recurring": true,
        "publicly_visible": true, "has_base_fee": cents > 0, "for_payer_type": "user", "slug": slug,
        "avatar_url": null, "features": [], "free_trial_enabled": false, "free_trial_days": null,
    })
}

const CREATED: i64 = 1_767_225_600_000;

const REDIRECT_URLS: &str = r#"[{ "object": "redirect_url", "id": "ru_acme",
  "url": "https://$domain/sso-callback", "created_at": 1767225600000, "updated_at": 1767225600000 }]"#;

const JWT_TEMPLATES: &str = r#"[{ "object": "jwt_template", "id": "jtmp_acme", "name": "supabase",
  "claims": { "aud": "authenticated", "role": "authenticated" }, "lifetime": 60,
  "allowed_clock_skew": 5, "custom_signing_key": false, "signing_algorithm": "RS256",
  "created_at": 1767225600000, "updated_at": 1767225600000 }]"#;

const OAUTH_SETTINGS: &str = r#"{ "object": "oauth_application_settings",
  "dynamic_oauth_client_registration": false, "default_scopes": ["email", "profile"],
  "oauth_jwt_access_tokens": true, "client_id_metadata_documents_advertised": false,
  "client_id_metadata_documents_only_allow_pre_registered_clients": true,
  "client_id_metadata_documents_block_implicitly_allowed_clients": true }"#;

const ORGANIZATION_SETTINGS: &str = r#"{ "object": "organization_settings", "enabled": true,
  "max_allowed_memberships": 50, "max_allowed_roles": 10, "max_role_sets_allowed": 1,
  "max_allowed_domains": 10, "max_allowed_permissions": 50, "creator_role": "org:admin",
  "admin_delete_enabled": true, "domains_enabled": true, "slug_disabled": false,
  "domains_enrollment_modes": ["manual_invitation"], "domains_default_role": "org:member",
  "initial_role_set_key": "role_set:default" }"#;

const OAUTH_APPLICATIONS: &str = r#"[{ "object": "oauth_application", "id": "oa_acme",
  "instance_id": "ins_acme", "name": "Acme CLI", "client_id": "acmecli00000001",
  "client_uri": null, "client_image_url": null, "dynamically_registered": false,
  "consent_screen_enabled": true, "pkce_required": true, "public": true, "scopes": "email profile",
  "redirect_uris": ["https://$domain/oauth/callback"], "callback_url": "https://$domain/oauth/callback",
  "authorize_url": "https://clerk.$domain/oauth/authorize",
  "token_fetch_url": "https://clerk.$domain/oauth/token",
  "user_info_url": "https://clerk.$domain/oauth/userinfo",
  "discovery_url": "https://clerk.$domain/.well-known/openid-configuration",
  "token_introspection_url": "https://clerk.$domain/oauth/token_info",
  "created_at": 1767225600000, "updated_at": 1767225600000 }]"#;

const CONNECTIONS: &str = r#"[{ "object": "enterprise_connection", "id": "entconn_acme",
  "name": "Corp", "provider": "saml_okta", "logo_public_url": null, "active": true,
  "domains": ["corp.example"], "organization_id": "org_corp", "sync_user_attributes": true,
  "disable_additional_identifications": true, "allow_organization_account_linking": false,
  "authenticatable": true, "disable_jit_provisioning": false, "custom_attributes": [], "saml_connection": { "id": "samlc_acme", "name": "Corp",
    "idp_entity_id": "https://idp.corp.example", "idp_sso_url": "https://idp.corp.example/sso",
    "idp_metadata_url": null, "acs_url": "https://clerk.$domain/v1/saml/acs/samlc_acme",
    "sp_entity_id": "https://clerk.$domain/saml/samlc_acme", "sp_metadata_url": null,
    "active": true, "allow_idp_initiated": false, "allow_subdomains": false, "force_authn": false },
  "oauth_config": null, "created_at": 1767225600000, "updated_at": 1767225600000 }]"#;

const MACHINES: &str = r#"[{ "object": "machine", "id": "mch_acme", "name": "invoices",
  "instance_id": "ins_acme", "created_at": 1767225600000, "updated_at": 1767225600000,
  "default_token_ttl": 3600, "scoped_machines": [] }]"#;
