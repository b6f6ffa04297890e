//! `clerk-audit.toml`: what a project declares about itself.

use anyhow::{Result, anyhow};
use serde::Deserialize;

/// The file's name, looked for in the audited directory.
pub const FILE_NAME: &str = "clerk-audit.toml";

/// What the file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// `"none"`: the project receives no Clerk webhooks; `"required"`: it does.
    pub webhooks: Option<Declared>,
    /// Checks that are left out.
    #[serde(default)]
    pub skip: Vec<String>,
}

/// Whether the project receives Clerk's webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Declared {
    /// It receives none.
    None,
    /// It receives them, wherever the code is.
    Required,
}

/// Reads the file's text. The error shows the line.
pub fn parse(text: &str) -> Result<Config> {
    toml::from_str(text)
        .map_err(|e| anyhow!("{FILE_NAME} is not valid\n{}", e.to_string().trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_an_error_that_shows_the_line() {
        let error = parse("webhook = \"none\"\n")
            .map(|_| ())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("webhook") && error.contains("line 1"),
            "{error}"
        );
    }

    #[test]
    fn declares_that_there_are_no_webhooks() {
        assert_eq!(
            parse("webhooks = \"none\"\n").unwrap().webhooks,
            Some(Declared::None)
        );
        assert_eq!(parse("").unwrap().webhooks, None);
    }
}
