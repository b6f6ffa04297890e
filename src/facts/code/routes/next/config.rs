//! What next.config says about URLs.

/// The settings that decide under which URL a route is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NextConfig {
    /// The prefix of every URL; empty, or `/docs`.
    pub base_path: String,
    /// Whether URLs end in a slash.
    pub trailing_slash: bool,
}
