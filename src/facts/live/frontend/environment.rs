//! `GET /v1/environment` of the Frontend API: how users sign in, as every visitor's browser is told it.
//!
//! Fields: clerk/openapi-specs `fapi/2026-05-12.yml`. Each may be missing, and one of another type is as
//! good as missing: newer instances have more, and older ones less.

use serde_json::Value;

use crate::facts::api::Screen;

/// No list of it is longer.
const MOST: usize = 200;

/// How users sign in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `production`, `development` or `staging`.
    pub instance_type: Option<String>,
    /// The name of the app.
    pub application_name: Option<String>,
    /// Whether visitors see that it is in development mode.
    pub devmode_warning: Option<bool>,
    /// Whether test e-mail addresses and the code 424242 sign in.
    pub test_mode: Option<bool>,
    /// Whether the instance is being maintained.
    pub maintenance: Option<bool>,
    /// Whether components report more than users should see.
    pub client_debug_mode: Option<bool>,
    /// Whether one browser has one session only.
    pub single_session_mode: Option<bool>,
    /// Whether native apps may sign in.
    pub native_api: Option<bool>,
    /// Whether "Secured by Clerk" is shown.
    pub branded: Option<bool>,
    /// The version of clerk-js that pages load.
    pub clerk_js_version: Option<String>,
    /// Who may sign up, and how.
    pub sign_up: SignUp,
    /// Whether a second factor is required of everybody.
    pub second_factor_required: Option<bool>,
    /// What protects against guessing.
    pub protection: Protection,
    /// What a password has to be.
    pub passwords: Passwords,
    /// What a user has, and signs in with.
    pub attributes: Vec<Attribute>,
    /// Other services that users sign in with.
    pub providers: Vec<Provider>,
    /// Who is kept out.
    pub restrictions: Restrictions,
    /// The addresses to which visitors are sent: name of the field, and address.
    pub urls: Vec<(&'static str, String)>,
    /// The fields of legal links and help that are set.
    pub links: Vec<&'static str>,
    /// Organizations.
    pub organizations: Organizations,
    /// Billing.
    pub billing: Billing,
    /// Whether users or organizations may have API keys.
    pub api_keys: Option<bool>,
    /// How native apps prove what they are: `disabled`, `onboarding`, `enforced`.
    pub device_attestation: Option<String>,
}

/// Who may sign up, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignUp {
    /// `public`, `restricted` or `waitlist`.
    pub mode: Option<String>,
    /// Whether bots are kept out.
    pub captcha: Option<bool>,
    /// The widget that does it: `smart` or `invisible`.
    pub captcha_widget: Option<String>,
    /// Other services whose users are not asked.
    pub captcha_bypass: Vec<String>,
    /// Whether users agree to the terms.
    pub legal_consent: Option<bool>,
}

/// What protects against guessing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protection {
    /// Whether an account is locked after failures.
    pub lockout: Option<bool>,
    /// After how many.
    pub lockout_attempts: Option<u64>,
    /// For how long.
    pub lockout_minutes: Option<u64>,
    /// Whether it is kept hidden which accounts exist.
    pub enumeration: Option<bool>,
    /// Whether a link in an e-mail works only in the browser that asked for it.
    pub same_client: Option<bool>,
    /// Whether personal data is kept from those who have not signed in.
    pub pii: Option<bool>,
}

/// What a password has to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passwords {
    /// Whether passwords that were stolen elsewhere are accepted.
    pub disable_hibp: Option<bool>,
    /// Whether they are refused at sign-in, too.
    pub hibp_on_sign_in: Option<bool>,
    /// The least length.
    pub min_length: Option<u64>,
    /// The greatest length.
    pub max_length: Option<u64>,
    /// The least strength, from 0 to 4.
    pub min_strength: Option<u64>,
}

/// What a user has, and signs in with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attribute {
    /// `email_address`, `phone_number`, `password`, `authenticator_app`, …
    pub name: String,
    /// Whether it is used at all.
    pub enabled: Option<bool>,
    /// Whether everybody needs one.
    pub required: Option<bool>,
    /// Whether it signs in.
    pub first_factor: Option<bool>,
    /// How: `email_code`, `email_link`, …
    pub first_factors: Vec<String>,
    /// Whether it is a second factor.
    pub second_factor: Option<bool>,
    /// How: `totp`, `phone_code`, …
    pub second_factors: Vec<String>,
    /// How it is verified.
    pub verifications: Vec<String>,
    /// Whether it has to be verified to sign up.
    pub verify_at_sign_up: Option<bool>,
}

/// Another service that users sign in with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// `oauth_google`.
    pub strategy: String,
    /// Whether it is used.
    pub enabled: Option<bool>,
    /// Whether it signs in, and does not only connect accounts.
    pub authenticatable: Option<bool>,
    /// Whether Clerk has deprecated it.
    pub deprecated: Option<bool>,
}

/// Who is kept out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// Only those on a list may sign up.
    pub allowlist: Option<bool>,
    /// Those on a list may not.
    pub blocklist: Option<bool>,
    /// Neither list counts at sign-in.
    pub lists_off_at_sign_in: Option<bool>,
    /// `a+b@acme.shop` may not sign up.
    pub subaddresses: Option<bool>,
    /// Addresses that are thrown away may not sign up.
    pub disposable: Option<bool>,
}

/// Organizations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organizations {
    /// Whether there are any.
    pub enabled: Option<bool>,
    /// Whether an organization can have domains of its own.
    pub domains: Option<bool>,
    /// How users of such a domain join.
    pub enrollment_modes: Vec<String>,
    /// The role that they get.
    pub default_role: Option<String>,
    /// The role of who creates one.
    pub creator_role: Option<String>,
}

/// Billing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Billing {
    /// Whether users pay.
    pub users: Option<bool>,
    /// Whether organizations pay.
    pub organizations: Option<bool>,
    /// Whether Stripe's key is one of its test mode; `None` without a key.
    pub stripe_test_mode: Option<bool>,
}

/// The addresses in `display_config` to which visitors are sent.
const URLS: &[&str] = &[
    "home_url",
    "sign_in_url",
    "sign_up_url",
    "user_profile_url",
    "waitlist_url",
    "oauth_consent_url",
    "organization_profile_url",
    "create_organization_url",
    "after_sign_in_url",
    "after_sign_up_url",
    "after_sign_out_one_url",
    "after_sign_out_all_url",
    "after_switch_session_url",
    "after_join_waitlist_url",
    "after_leave_organization_url",
    "after_create_organization_url",
    "logo_link_url",
];

const LINKS: &[&str] = &["support_email", "privacy_policy_url", "terms_url", "help_url"];

/// Reads it. `None` where it is not one: it has none of the three parts that every one has.
pub fn read(body: &Value) -> Option<Environment> {
    let part = |name: &str| Part(body.get(name).unwrap_or(&Value::Null));
    let (auth, display, user) = (
        part("auth_config"),
        part("display_config"),
        part("user_settings"),
    );
    if ![&auth, &display, &user].iter().any(|part| part.0.is_object()) {
        return None;
    }
    let organizations = part("organization_settings");
    let whole = Part(body);
    Some(Environment {
        instance_type: display.word("/instance_environment_type"),
        application_name: display.text("/application_name"),
        devmode_warning: display.flag("/show_devmode_warning"),
        test_mode: auth.flag("/test_mode"),
        maintenance: whole.flag("/maintenance_mode"),
        client_debug_mode: whole.flag("/client_debug_mode"),
        single_session_mode: auth.flag("/single_session_mode"),
        native_api: auth.flag("/native_settings/api_enabled"),
        branded: display.flag("/branded"),
        clerk_js_version: display.word("/clerk_js_version"),
        sign_up: SignUp {
            mode: user.word("/sign_up/mode"),
            captcha: user.flag("/sign_up/captcha_enabled"),
            captcha_widget: display.word("/captcha_widget_type"),
            captcha_bypass: display.words("/captcha_oauth_bypass"),
            legal_consent: user.flag("/sign_up/legal_consent_enabled"),
        },
        second_factor_required: user.flag("/sign_in/second_factor/required"),
        protection: protection(&user),
        passwords: passwords(&user),
        attributes: user.entries("/attributes").filter_map(attribute).collect(),
        providers: user.entries("/social").filter_map(provider).collect(),
        restrictions: restrictions(&user),
        urls: urls(&display),
        links: LINKS
            .iter()
            .copied()
            .filter(|name| display.string(&format!("/{name}")).is_some())
            .collect(),
        organizations: Organizations {
            enabled: organizations.flag("/enabled"),
            domains: organizations.flag("/domains/enabled"),
            enrollment_modes: organizations.words("/domains/enrollment_modes"),
            default_role: organizations.word("/domains/default_role"),
            creator_role: organizations.word("/creator_role"),
        },
        billing: billing(&whole),
        api_keys: whole.flag("/api_keys_settings/enabled"),
        device_attestation: whole.word("/fraud_settings/native/device_attestation_mode"),
    })
}

fn protection(user: &Part) -> Protection {
    let at = |name: &str| format!("/attack_protection/{name}");
    Protection {
        lockout: user.flag(&at("user_lockout/enabled")),
        lockout_attempts: user.number(&at("user_lockout/max_attempts")),
        lockout_minutes: user.number(&at("user_lockout/duration_in_minutes")),
        enumeration: user.flag(&at("enumeration_protection/enabled")),
        same_client: user.flag(&at("email_link/require_same_client")),
        pii: user.flag(&at("pii/enabled")),
    }
}

fn passwords(user: &Part) -> Passwords {
    let at = |name: &str| format!("/password_settings/{name}");
    Passwords {
        disable_hibp: user.flag(&at("disable_hibp")),
        hibp_on_sign_in: user.flag(&at("enforce_hibp_on_sign_in")),
        min_length: user.number(&at("min_length")),
        max_length: user.number(&at("max_length")),
        min_strength: user.number(&at("min_zxcvbn_strength")),
    }
}

fn attribute((name, part): (&String, Part)) -> Option<Attribute> {
    Some(Attribute {
        name: Screen::default().token(name)?,
        enabled: part.flag("/enabled"),
        required: part.flag("/required"),
        first_factor: part.flag("/used_for_first_factor"),
        first_factors: part.words("/first_factors"),
        second_factor: part.flag("/used_for_second_factor"),
        second_factors: part.words("/second_factors"),
        verifications: part.words("/verifications"),
        verify_at_sign_up: part.flag("/verify_at_sign_up"),
    })
}

fn provider((name, part): (&String, Part)) -> Option<Provider> {
    Some(Provider {
        strategy: Screen::default().token(name)?,
        enabled: part.flag("/enabled"),
        authenticatable: part.flag("/authenticatable"),
        deprecated: part.flag("/deprecated"),
    })
}

fn restrictions(user: &Part) -> Restrictions {
    let flag = |name: &str| user.flag(&format!("/restrictions/{name}/enabled"));
    Restrictions {
        allowlist: flag("allowlist"),
        blocklist: flag("blocklist"),
        lists_off_at_sign_in: flag("allowlist_blocklist_disabled_on_sign_in"),
        subaddresses: flag("block_email_subaddresses"),
        disposable: flag("block_disposable_email_domains"),
    }
}

fn urls(display: &Part) -> Vec<(&'static str, String)> {
    let named = |name: &'static str| Some((name, display.string(&format!("/{name}"))?.to_owned()));
    URLS.iter().filter_map(|name| named(name)).collect()
}

fn billing(whole: &Part) -> Billing {
    let at = |name: &str| format!("/commerce_settings/billing/{name}");
    let key = whole.string(&at("stripe_publishable_key"));
    Billing {
        users: whole.flag(&at("user/enabled")),
        organizations: whole.flag(&at("organization/enabled")),
        stripe_test_mode: key.map(|key| key.starts_with("pk_test_")),
    }
}

/// A part of the answer, read leniently.
struct Part<'v>(&'v Value);

impl<'v> Part<'v> {
    fn flag(&self, at: &str) -> Option<bool> {
        self.0.pointer(at)?.as_bool()
    }

    fn number(&self, at: &str) -> Option<u64> {
        self.0.pointer(at)?.as_u64()
    }

    /// A text that is not empty.
    fn string(&self, at: &str) -> Option<&'v str> {
        let text = self.0.pointer(at)?.as_str()?;
        (!text.is_empty()).then_some(text)
    }

    /// One that is fit to show.
    fn text(&self, at: &str) -> Option<String> {
        Some(Screen::default().sentence(self.string(at)?))
    }

    /// A machine word.
    fn word(&self, at: &str) -> Option<String> {
        Screen::default().token(self.string(at)?)
    }

    fn words(&self, at: &str) -> Vec<String> {
        let list = self.0.pointer(at).and_then(Value::as_array);
        let texts = list.into_iter().flatten().take(MOST).filter_map(Value::as_str);
        texts.filter_map(|text| Screen::default().token(text)).collect()
    }

    fn entries(&self, at: &str) -> impl Iterator<Item = (&'v String, Part<'v>)> {
        let fields = self.0.pointer(at).and_then(Value::as_object);
        let fields = fields.into_iter().flatten().take(MOST);
        fields.map(|(name, value)| (name, Part(value)))
    }
}

impl Environment {
    /// An attribute that is used.
    pub fn used(&self, name: &str) -> Option<&Attribute> {
        let mut all = self.attributes.iter();
        all.find(|attribute| attribute.name == name && attribute.enabled == Some(true))
    }

    /// Whether an attribute is used; `None` where nothing is said of it.
    pub fn uses(&self, name: &str) -> Option<bool> {
        let mut all = self.attributes.iter();
        all.find(|attribute| attribute.name == name)?.enabled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_is_there_and_misses_the_rest() {
        let body = json!({
            "auth_config": {"test_mode": true, "native_settings": {"api_enabled": "yes"}},
            "display_config": {
                "instance_environment_type": "production", "show_devmode_warning": 1,
                "sign_in_url": "https://acme.shop/sign-in", "home_url": null, "terms_url": "",
                "help_url": "https://acme.shop/help", "captcha_oauth_bypass": ["oauth_google", 7],
            },
            "user_settings": {
                "attributes": {"password": {"enabled": true}, "phone_number": {"enabled": false}, "x": 7},
                "social": {"oauth_google": {"enabled": true, "deprecated": true}},
                "attack_protection": {"user_lockout": {"enabled": true, "max_attempts": 100}},
            },
            "commerce_settings": {"billing": {"stripe_publishable_key": "pk_test_x"}},
            "maintenance_mode": false, "new": [[[]]],
        });
        let read = read(&body).unwrap();
        assert_eq!(read.test_mode, Some(true));
        assert_eq!(
            (read.native_api, read.devmode_warning, read.maintenance),
            (None, None, Some(false))
        );
        assert_eq!(
            read.urls,
            [("sign_in_url", "https://acme.shop/sign-in".to_owned())]
        );
        assert_eq!(read.links, ["help_url"]);
        assert_eq!(read.sign_up.captcha_bypass, ["oauth_google"]);
        assert!(read.used("password").is_some() && read.used("phone_number").is_none());
        assert_eq!((read.uses("phone_number"), read.uses("passkey")), (Some(false), None));
        assert_eq!(read.protection.lockout_attempts, Some(100));
        assert_eq!(read.billing.stripe_test_mode, Some(true));
        assert_eq!(read.providers[0].deprecated, Some(true));
    }

    #[test]
    fn is_none_where_something_else_answered() {
        for other in [json!(null), json!([]), json!({}), json!({"user_settings": 7}), json!("x")] {
            assert_eq!(read(&other), None, "{other}");
        }
        assert_eq!(read(&json!({"auth_config": {}})), Some(Environment::default()));
    }

    #[test]
    fn shows_nothing_that_a_terminal_would_act_on() {
        let body = json!({"display_config": {
            "instance_environment_type": "prod\u{1b}[2J", "application_name": "Acme\u{1b}[2J"}});
        let read = read(&body).unwrap();
        assert_eq!(read.instance_type, None);
        assert_eq!(read.application_name.as_deref(), Some("Acme[2J"));
    }
}
