//! Clerk's keys, read the way Clerk's SDKs read them, and then more strictly where the SDK lets a
//! mistake pass that only shows in production.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::model::Secret;

/// The instance a key belongs to, as its prefix says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `…_live_`: a production instance.
    Live,
    /// `…_test_`: a development instance.
    Test,
}

impl Mode {
    /// How Clerk's dashboard calls such an instance.
    pub fn instance(self) -> &'static str {
        match self {
            Mode::Live => "production",
            Mode::Test => "development",
        }
    }
}

/// What kind of value stands where a key should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `pk_…`
    Publishable,
    /// `sk_…`
    Secret,
    /// `whsec_…`
    Webhook,
    /// `ak_…`: an API key or a machine secret key.
    Machine,
    /// `mt_…` or `oat_…`: a token.
    Token,
}

impl Kind {
    /// Its name with an article.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Publishable => "a publishable key",
            Kind::Secret => "a secret key",
            Kind::Webhook => "a webhook signing secret",
            Kind::Machine => "a machine secret key or API key",
            Kind::Token => "an access token",
        }
    }

    /// Whether whoever holds it can act: all but the publishable key, which is public by design.
    pub fn is_credential(self) -> bool {
        self != Kind::Publishable
    }
}

/// What the value of a key variable turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<K> {
    /// A key.
    Key(K),
    /// Nothing, or white space.
    Empty,
    /// A pointer to the value (`op://…`, `encrypted:…`), which only another program can follow.
    Reference(&'static str),
    /// A text that stands for a key to be filled in.
    Placeholder,
    /// A key of another kind.
    WrongKind(Kind),
    /// None of these, and why.
    Malformed(String),
}

impl<K> Reading<K> {
    /// The same, with another view of the key.
    pub fn map<L>(self, view: impl FnOnce(K) -> L) -> Reading<L> {
        match self {
            Reading::Key(key) => Reading::Key(view(key)),
            Reading::Empty => Reading::Empty,
            Reading::Reference(how) => Reading::Reference(how),
            Reading::Placeholder => Reading::Placeholder,
            Reading::WrongKind(kind) => Reading::WrongKind(kind),
            Reading::Malformed(why) => Reading::Malformed(why),
        }
    }

    /// The key, if it is one.
    pub fn key(&self) -> Option<&K> {
        match self {
            Reading::Key(key) => Some(key),
            _ => None,
        }
    }
}

/// A publishable key, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishableKey {
    /// What its prefix says.
    pub mode: Mode,
    /// The Frontend API host that it carries.
    pub host: String,
    /// White space after the key: the SDK takes the key, but the cookie suffix hashes the raw text.
    pub trailing_space: bool,
}

impl PublishableKey {
    /// Whether the host is one of Clerk's own for development instances
    /// (clerk/javascript `packages/shared/src/constants.ts`, current and legacy suffixes).
    pub fn has_development_host(&self) -> bool {
        is_development_host(&self.host)
    }
}

/// Whether a Frontend API host is one of Clerk's own for development instances.
pub fn is_development_host(host: &str) -> bool {
    const SUFFIXES: &[&str] = &[
        ".accounts.dev",
        ".accountsstage.dev",
        ".accounts.lclclerk.com",
        ".lcl.dev",
        ".lclstage.dev",
        ".lclclerk.com",
        ".stg.dev",
        ".stgstage.dev",
    ];
    SUFFIXES.iter().any(|suffix| host.ends_with(suffix))
}

/// A secret key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretKey {
    /// What its prefix says.
    pub mode: Mode,
    /// Characters after the prefix. No length is documented; about 40 are issued today.
    pub payload_len: usize,
}

/// A webhook signing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSecret {
    /// Length of the decoded HMAC key.
    pub bytes: usize,
}

/// Reads a publishable key by the grammar that the SDK enforces
/// (clerk/javascript `packages/shared/src/keys.ts`, run against @clerk/shared 4.36): exactly three
/// parts between `_`, the last one decodable by `atob` to a text with a dot and one `$`, at the end.
/// The host itself, which the SDK does not look at, must be a DNS name.
pub fn publishable(value: &Secret) -> Reading<PublishableKey> {
    let value = value.expose();
    if let Some(reading) = not_a_key(value, Kind::Publishable) {
        return reading;
    }
    let malformed = |why: &str| Reading::Malformed(why.to_owned());
    let Some((mode, payload)) = split_mode(value, "pk_") else {
        return malformed("it does not start with pk_live_ or pk_test_");
    };
    match decode_host(payload) {
        Ok(host) if PLACEHOLDER_HOSTS.iter().any(|word| host.contains(word)) => {
            Reading::Placeholder
        }
        Ok(host) => Reading::Key(PublishableKey {
            mode,
            host,
            trailing_space: value.ends_with(char::is_whitespace),
        }),
        Err(_) if is_placeholder(payload) => Reading::Placeholder,
        Err(why) => malformed(why),
    }
}

/// Words in a decoded host that nobody's domain has: keys made up by a template or a tool.
const PLACEHOLDER_HOSTS: &[&str] = &[
    "your-domain",
    "yourdomain",
    "your-app",
    "placeholder",
    "dummy",
];

fn decode_host(payload: &str) -> Result<String, &'static str> {
    if payload.contains('_') {
        return Err("the part after the prefix has a `_`, which no publishable key has");
    }
    let decoded = atob(payload).ok_or("the part after the prefix is not base64")?;
    let decoded = String::from_utf8(decoded).map_err(|_| "it does not decode to text")?;
    let Some(host) = decoded.strip_suffix('$') else {
        return Err("it is cut off or not Clerk's: it does not decode to a host followed by `$`");
    };
    if host.contains('$') || !host.contains('.') {
        return Err("it does not decode to one host name");
    }
    if !is_dns_name(host) {
        return Err(
            "it decodes to something that is not a plain host name (no scheme, port or path)",
        );
    }
    Ok(host.to_ascii_lowercase())
}

/// Reads a secret key. The SDK checks only that there is one, so a mistake shows at the first request.
pub fn secret(value: &Secret) -> Reading<SecretKey> {
    let value = value.expose();
    if let Some(reading) = not_a_key(value, Kind::Secret) {
        return reading;
    }
    let malformed = |why: &str| Reading::Malformed(why.to_owned());
    let Some((mode, payload)) = split_mode(value, "sk_") else {
        return malformed("it does not start with sk_live_ or sk_test_");
    };
    if is_placeholder(payload) {
        return Reading::Placeholder;
    }
    if value.contains(char::is_whitespace) {
        return malformed("it has white space in it or after it");
    }
    let strange = payload
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'));
    if strange.is_some() {
        return malformed("it has a character that no secret key has");
    }
    Reading::Key(SecretKey {
        mode,
        payload_len: payload.len(),
    })
}

/// Reads a webhook signing secret as `standardwebhooks` does (1.1.1, which Clerk's `verifyWebhook`
/// uses): `whsec_` may be absent, the rest is base64 with its padding.
pub fn webhook(value: &Secret) -> Reading<WebhookSecret> {
    let value = value.expose();
    if let Some(reading) = not_a_key(value, Kind::Webhook) {
        return reading;
    }
    let malformed = |why: &str| Reading::Malformed(why.to_owned());
    let payload = value.strip_prefix("whsec_").unwrap_or(value);
    let payload = payload.trim_end();
    if payload.is_empty() {
        return malformed("nothing follows whsec_, so anyone could sign");
    }
    match STRICT.decode(payload) {
        Ok(key) => Reading::Key(WebhookSecret { bytes: key.len() }),
        Err(_) if is_placeholder(payload) => Reading::Placeholder,
        Err(base64::DecodeError::InvalidPadding) => {
            malformed("its base64 lacks the `=` at the end")
        }
        Err(_) => malformed("the part after whsec_ is not base64"),
    }
}

/// The kind that a value's prefix announces.
pub fn kind_of(value: &str) -> Option<Kind> {
    const PREFIXES: &[(&str, Kind)] = &[
        ("pk_live_", Kind::Publishable),
        ("pk_test_", Kind::Publishable),
        ("sk_live_", Kind::Secret),
        ("sk_test_", Kind::Secret),
        ("whsec_", Kind::Webhook),
        ("ak_", Kind::Machine),
        ("mt_", Kind::Token),
        ("oat_", Kind::Token),
    ];
    let value = value.trim_start();
    PREFIXES
        .iter()
        .find(|(prefix, _)| value.starts_with(prefix))
        .map(|(_, kind)| *kind)
}

/// Whether a value really holds a credential: the right prefix, and enough after it that is neither a
/// placeholder nor a reference.
pub fn is_credential(value: &str) -> bool {
    let Some(kind) = kind_of(value) else {
        return false;
    };
    let value = value.trim();
    let payload = value.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let payload = payload
        .trim_start_matches("_live")
        .trim_start_matches("_test");
    let payload = payload.trim_start_matches('_');
    kind.is_credential()
        && payload.len() >= 16
        && payload
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(&b))
        && !is_placeholder(payload)
}

/// The cases that are the same for every kind of key.
fn not_a_key<K>(value: &str, wanted: Kind) -> Option<Reading<K>> {
    if value.trim().is_empty() {
        return Some(Reading::Empty);
    }
    if let Some(how) = reference(value) {
        return Some(Reading::Reference(how));
    }
    match kind_of(value) {
        Some(kind) if kind != wanted => Some(Reading::WrongKind(kind)),
        Some(_) if value.starts_with(char::is_whitespace) => {
            Some(Reading::Malformed("it starts with white space".to_owned()))
        }
        Some(_) => None,
        None if is_placeholder(value) => Some(Reading::Placeholder),
        None if value.starts_with(['"', '\'']) => Some(Reading::Malformed(
            "the quotes are part of the value".to_owned(),
        )),
        None => None,
    }
}

/// Which secret store a value points into, if it is a pointer.
pub fn reference(value: &str) -> Option<&'static str> {
    const STARTS: &[(&str, &str)] = &[
        ("op://", "a 1Password reference"),
        ("encrypted:", "a value encrypted by dotenvx"),
        ("ENC[", "a value encrypted by sops"),
        ("${{", "a GitHub Actions expression"),
        ("vault:", "a Vault reference"),
        ("ref+", "a vals reference"),
        ("arn:aws:", "an AWS secret reference"),
        ("sm://", "a Google Secret Manager reference"),
        ("secret://", "a reference into a secret store"),
        ("infisical://", "an Infisical reference"),
        ("doppler://", "a Doppler reference"),
        ("keyvault://", "an Azure Key Vault reference"),
        ("@Microsoft.KeyVault(", "an Azure Key Vault reference"),
        ("$(", "a command or pipeline variable"),
        ("${", "a variable that was not expanded"),
    ];
    let value = value.trim().trim_matches('"');
    STARTS
        .iter()
        .find(|(start, _)| value.starts_with(start))
        .map(|(_, how)| *how)
}

/// Whether a text stands for a key to be filled in. Words count only where no digit or little length
/// speaks for a real key, because a random key can spell any short word.
fn is_placeholder(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "your",
        "placeholder",
        "change",
        "replace",
        "example",
        "dummy",
        "secret",
        "here",
        "goes",
        "insert",
        "paste",
        "todo",
        "fixme",
        "fake",
        "sample",
        "xxx",
        "abc123",
        "redacted",
        "none",
        "undefined",
        "null",
        "tbd",
        "key",
    ];
    let text = text.trim().to_ascii_lowercase();
    let marks = ["...", "…", "***", "<", ">", "{{", "__"];
    if marks.iter().any(|mark| text.contains(mark)) {
        return true;
    }
    if !text.is_empty()
        && text
            .bytes()
            .all(|b| matches!(b, b'x' | b'0' | b'_' | b'-' | b'.' | b'*'))
    {
        return true;
    }
    let may_be_real = text.len() >= 24 && text.bytes().any(|b| b.is_ascii_digit());
    !may_be_real && WORDS.iter().any(|word| text.contains(word))
}

fn split_mode<'v>(value: &'v str, kind: &str) -> Option<(Mode, &'v str)> {
    let rest = value.strip_prefix(kind)?;
    let live = rest
        .strip_prefix("live_")
        .map(|payload| (Mode::Live, payload));
    live.or_else(|| {
        rest.strip_prefix("test_")
            .map(|payload| (Mode::Test, payload))
    })
}

const STRICT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new());

const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The platform's `atob`: the standard alphabet, padding optional, ASCII white space ignored
/// (WHATWG Infra, "forgiving-base64 decode").
fn atob(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    FORGIVING.decode(text).ok()
}

fn is_dns_name(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests;
