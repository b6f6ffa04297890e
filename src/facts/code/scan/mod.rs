//! A cheap look at every source file: which variables it reads, what it takes from Clerk, whether it
//! receives webhooks.
//!
//! Words and strings only, no syntax tree: thousands of files are looked at, a handful say anything.
//! Comments do not count, nor do tests. What a documentation page shows in a string or in markup may.

mod files;
mod foreign;
mod reader;
mod tokens;

pub use files::{is_source, is_test};
pub use foreign::foreign_call;

use super::Spot;

/// A longer file is generated.
const MAX_BYTES: usize = 1 << 20;

/// A variable that the code reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvRead {
    /// Its name.
    pub name: String,
    /// Where.
    pub at: Spot,
}

/// Where a call of `verifyWebhook` takes the signing secret from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretSource {
    /// From the variable that the SDK reads by itself.
    Environment,
    /// It is passed as `signingSecret`.
    Passed,
    /// A second argument is passed that is not written out.
    Unknown,
}

/// A call of Clerk's `verifyWebhook`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyWebhook {
    /// Where.
    pub at: Spot,
    /// Where it has the secret from.
    pub secret: SecretSource,
}

/// What a file mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Variables that it reads whose names speak of Clerk, svix or webhooks, in order.
    pub env_reads: Vec<EnvRead>,
    /// The Clerk packages that it imports, as written, each once.
    pub clerk_imports: Vec<String>,
    /// Calls of `verifyWebhook` that was imported from a Clerk package.
    pub verify_webhook: Vec<VerifyWebhook>,
    /// It imports svix or standardwebhooks and makes a `Webhook` with it. Such code verifies; svix is
    /// also used to send, which makes no `Webhook`.
    pub svix: bool,
    /// It names the headers `svix-id` or `svix-signature`.
    pub svix_headers: bool,
    /// It takes the type `WebhookEvent` from a Clerk package.
    pub webhook_event: bool,
    /// It names an event that Clerk sends, such as `user.created`.
    pub clerk_event: bool,
    /// Some word, string or the path says "clerk".
    pub says_clerk: bool,
    /// The path says "webhook".
    pub webhook_path: bool,
}

impl Mentions {
    /// Whether this file takes part in receiving Clerk's webhooks. Other services sign with svix as
    /// well, so svix alone is no proof: something has to speak of Clerk.
    pub fn receives_webhooks(&self) -> bool {
        let verifies = self.svix || self.svix_headers;
        let of_clerk = self.says_clerk || self.clerk_event;
        !self.verify_webhook.is_empty()
            || self.webhook_event
            || (verifies && of_clerk)
            || (self.webhook_path && self.clerk_event)
    }

    fn is_empty(&self) -> bool {
        let quiet = Mentions {
            says_clerk: self.says_clerk,
            webhook_path: self.webhook_path,
            ..Mentions::default()
        };
        *self == quiet && !self.says_clerk
    }
}

/// What a file mentions; `None` for tests, for files that are no source, and where there is nothing of interest.
pub fn scan(path: &str, text: &str) -> Option<Mentions> {
    if text.len() > MAX_BYTES || !may_matter(text.as_bytes()) {
        return None;
    }
    let language = files::language(path).filter(|_| !is_test(path))?;
    let mut mentions = reader::read(text, language);
    let path = path.to_ascii_lowercase();
    mentions.webhook_path = path.contains("webhook");
    mentions.says_clerk |= path.contains("clerk");
    (!mentions.is_empty()).then_some(mentions)
}

/// What [`may_matter`] looks for, whatever the case.
pub const WORDS: &[&str] = &["clerk", "webhook", "svix", "signing_secret"];

/// Whether the text holds "clerk", "svix", "webhook" in any case, or `SIGNING_SECRET`.
///
/// Looks at each `k` and `x`, which are rare, and then at the letters before it.
pub fn may_matter(text: &[u8]) -> bool {
    // The words of `WORDS`; searched for by their rarest letters.
    let ends_with = |end: usize, word: &[u8]| {
        let start = (end + 1).checked_sub(word.len());
        let found = start.and_then(|start| text.get(start..=end));
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    };
    memchr::memchr2_iter(b'k', b'K', text)
        .any(|at| ends_with(at, b"clerk") || ends_with(at, b"webhook"))
        || memchr::memchr2_iter(b'x', b'X', text).any(|at| ends_with(at, b"svix"))
        || memchr::memmem::find(text, b"SIGNING_SECRET").is_some()
}

#[cfg(test)]
mod tests;
