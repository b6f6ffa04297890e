//! `/v1/environment` of a production instance in which nothing is to be found fault with.

use serde_json::{Value, json};

use crate::support;
use crate::support::standin::scenario::Scenario;

/// The whole answer, `session_minter` beside what the specification of 2026-05-12 knows.
pub fn production(scenario: &Scenario) -> Value {
    let mut body = super::json(ENVIRONMENT, scenario);
    for (name, used, first, second, strategies) in ATTRIBUTES {
        let list =
            |text: &str| -> Vec<Value> { text.split_whitespace().map(Value::from).collect() };
        body["user_settings"]["attributes"][*name] = json!({
            "enabled": used,
            "required": *name == "email_address",
            "used_for_first_factor": !first.is_empty(),
            "first_factors": list(first),
            "used_for_second_factor": !second.is_empty(),
            "second_factors": list(second),
            "verifications": list(strategies),
            "verify_at_sign_up": !strategies.is_empty(),
            "immutable": false,
        });
    }
    for (name, label) in [
        ("google", "Google"),
        ("github", "GitHub"),
        ("apple", "Apple"),
    ] {
        let used = name != "apple";
        body["user_settings"]["social"][format!("oauth_{name}")] = json!({
            "enabled": used,
            "required": false,
            "authenticatable": used,
            "block_email_subaddresses": false,
            "strategy": format!("oauth_{name}"),
            "not_selectable": false,
            "deprecated": false,
            "name": label,
            "logo_url": format!("https://img.clerk.com/static/{name}.png"),
        });
    }
    // Stripe's publishable keys look like Clerk's; no file holds a whole one.
    let stripe = format!("pk_live_{}", support::random("stripe", 24));
    body["commerce_settings"]["billing"]["stripe_publishable_key"] = Value::from(stripe);
    body
}

/// Name, whether it is used, first factors, second factors, ways to verify.
const ATTRIBUTES: &[(&str, bool, &str, &str, &str)] = &[
    ("email_address", true, "email_code", "", "email_code"),
    ("phone_number", false, "", "", ""),
    ("username", false, "", "", ""),
    ("web3_wallet", false, "", "", ""),
    ("first_name", true, "", "", ""),
    ("last_name", true, "", "", ""),
    ("password", true, "", "", ""),
    ("authenticator_app", true, "", "totp", ""),
    ("backup_code", true, "", "backup_code", ""),
    ("ticket", true, "ticket", "", ""),
    ("passkey", true, "passkey", "", "passkey"),
];

const ENVIRONMENT: &str = r##"{
  "auth_config": {
    "object": "auth_config", "id": "aacfg_acme", "first_name": "on", "last_name": "on",
    "email_address": "required", "phone_number": "off", "username": "off", "password": "required",
    "identification_requirements": [["email_address", "oauth_google", "oauth_github"], []],
    "identification_strategies": ["email_address", "oauth_google", "oauth_github"],
    "first_factors": ["email_code", "oauth_google", "oauth_github", "passkey", "password", "ticket"],
    "second_factors": ["totp", "backup_code"],
    "email_address_verification_strategies": ["email_code"],
    "single_session_mode": true, "enhanced_email_deliverability": false, "test_mode": false,
    "cookieless_dev": false, "url_based_session_syncing": false, "claimed_at": null,
    "reverification": true,
    "native_settings": { "object": "native_settings", "api_enabled": false,
      "trusted_device_sign_in_enabled": false,
      "trusted_device_enrollment_prompt_after_sign_in_enabled": false,
      "trusted_device_enrollment_prompt_after_sign_up_enabled": false },
    "session_minter": true
  },
  "display_config": {
    "object": "display_config", "id": "display_config_acme",
    "instance_environment_type": "production", "application_name": "Acme Shop", "theme": {},
    "preferred_sign_in_strategy": "password", "logo_image_url": "https://img.clerk.com/acme.png",
    "favicon_image_url": "https://img.clerk.com/acme.ico",
    "home_url": "https://$domain", "sign_in_url": "https://$domain/sign-in",
    "sign_up_url": "https://$domain/sign-up",
    "user_profile_url": "https://accounts.$domain/user",
    "waitlist_url": "https://accounts.$domain/waitlist",
    "oauth_consent_url": "https://accounts.$domain/oauth-consent",
    "after_sign_in_url": "https://$domain", "after_sign_up_url": "https://$domain",
    "after_sign_out_one_url": "https://accounts.$domain/sign-in/choose",
    "after_sign_out_all_url": "https://$domain/sign-in",
    "after_switch_session_url": "https://$domain", "after_join_waitlist_url": "https://$domain",
    "organization_profile_url": "https://accounts.$domain/organization",
    "create_organization_url": "https://accounts.$domain/create-organization",
    "after_leave_organization_url": "https://$domain",
    "after_create_organization_url": "https://$domain", "logo_link_url": "https://$domain",
    "support_email": "support@$domain", "branded": false, "experimental_force_oauth_first": false,
    "clerk_js_version": "6", "show_devmode_warning": false,
    "google_one_tap_client_id": "123456789012-acme.apps.googleusercontent.com",
    "help_url": "https://$domain/help", "privacy_policy_url": "https://$domain/privacy",
    "terms_url": "https://$domain/terms", "logo_url": "https://img.clerk.com/acme.png",
    "favicon_url": "https://img.clerk.com/acme.ico",
    "logo_image": { "object": "image", "id": "img_logo", "name": "logo.png",
      "public_url": "https://img.clerk.com/acme.png" },
    "favicon_image": { "object": "image", "id": "img_icon", "name": "icon.ico",
      "public_url": "https://img.clerk.com/acme.ico" },
    "captcha_public_key": "0x4AAAAAAAWXJGBD7bONzLBd", "captcha_widget_type": "smart",
    "captcha_public_key_invisible": "0x4AAAAAAAFV93qQdS0ycilX", "captcha_provider": "turnstile",
    "captcha_oauth_bypass": [], "captcha_heartbeat": false
  },
  "user_settings": {
    "attributes": {},
    "social": {},
    "saml": { "enabled": true, "self_serve_sso": false },
    "enterprise_sso": { "enabled": true, "self_serve_sso": false },
    "sign_in": { "second_factor": { "required": false } },
    "sign_up": { "captcha_enabled": true, "captcha_widget_type": "smart",
      "custom_action_required": false, "progressive": true, "mode": "public",
      "legal_consent_enabled": true },
    "restrictions": {
      "allowlist": { "enabled": false }, "blocklist": { "enabled": false },
      "allowlist_blocklist_disabled_on_sign_in": { "enabled": false },
      "block_email_subaddresses": { "enabled": true },
      "block_disposable_email_domains": { "enabled": true } },
    "password_settings": { "disable_hibp": false, "disable_password_reverification": false,
      "min_length": 8, "max_length": 72, "require_special_char": false, "require_numbers": false,
      "require_uppercase": false, "require_lowercase": false, "show_zxcvbn": true,
      "min_zxcvbn_strength": 3, "enforce_hibp_on_sign_in": true,
      "allowed_special_characters": "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~" },
    "username_settings": { "min_length": 4, "max_length": 64,
      "allow_extended_special_characters": false, "allow_numeric_usernames": false },
    "actions": { "delete_self": true, "create_organization": true,
      "create_organizations_limit": null },
    "attack_protection": {
      "user_lockout": { "enabled": true, "max_attempts": 100, "duration_in_minutes": 60 },
      "pii": { "enabled": true }, "email_link": { "require_same_client": true },
      "enumeration_protection": { "enabled": true } },
    "passkey_settings": { "allow_autofill": true, "show_sign_in_button": true,
      "satisfies_second_factor": true }
  },
  "organization_settings": {
    "enabled": true, "max_allowed_memberships": 50, "actions": { "admin_delete": true },
    "domains": { "enabled": true, "enrollment_modes": ["manual_invitation"],
      "default_role": "org:member" },
    "slug": { "disabled": false }, "creator_role": "org:admin"
  },
  "fraud_settings": { "object": "fraud_settings",
    "native": { "device_attestation_mode": "disabled" } },
  "commerce_settings": { "billing": {
    "free_trial_requires_payment_method": true,
    "user": { "enabled": true, "has_paid_plans": true },
    "organization": { "enabled": false, "has_paid_plans": false } } },
  "api_keys_settings": { "enabled": false, "user_api_keys_enabled": false,
    "orgs_api_keys_enabled": false },
  "protect_config": { "loaders": [] },
  "client_debug_mode": false, "partitioned_cookies": false, "maintenance_mode": false
}"##;
