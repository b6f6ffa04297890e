//! Reverse proxies: what each place that passes requests on tells the app of them.

pub mod caddy;
pub mod nginx;

use crate::facts::document::At;

/// A place that passes requests on.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// The file.
    pub file: String,
    /// Where it stands.
    pub at: At,
    /// The headers that the app is not told: `X-Forwarded-Proto`, `X-Forwarded-Host`.
    pub missing: Vec<&'static str>,
    /// Where headers are set that count here no more, because this block sets some of its own.
    pub shadowed: Option<At>,
}
