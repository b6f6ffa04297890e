//! `clerk-audit.toml`: what a project declares about itself.

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use toml::Spanned;

/// The file's name, looked for in the audited directory.
pub const FILE_NAME: &str = "clerk-audit.toml";

/// What the file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// `"none"`: the project receives no Clerk webhooks; `"required"`: it does.
    pub webhooks: Option<Declared>,
    /// Checks that are left out, each with its place in the text.
    #[serde(default)]
    pub skip: Vec<Spanned<String>>,
    /// What is declared about routes.
    #[serde(default)]
    pub routes: Routes,
}

/// `[routes]`: what is declared about them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Routes {
    /// Routes that anyone may reach: patterns as `createRouteMatcher` takes them, or names of server
    /// functions.
    #[serde(default)]
    pub public: Vec<String>,
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

/// Reads the file's text; `known` says what is wrong with the id of a check. An error shows the line.
pub fn parse(text: &str, known: impl Fn(&str) -> Result<()>) -> Result<Config> {
    // Editors on Windows begin a file with a byte order mark; TOML 1.1 lets a reader skip it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let config: Config = toml::from_str(text)
        .map_err(|e| anyhow!("{FILE_NAME} is not valid\n{}", e.to_string().trim_end()))?;
    for id in &config.skip {
        let before = text.get(..id.span().start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        known(id.get_ref()).with_context(|| format!("{FILE_NAME}:{line}"))?;
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    fn read(text: &str) -> Result<Config> {
        parse(text, |id| match id {
            "a/b" => Ok(()),
            _ => bail!("there is no {id}"),
        })
    }

    #[test]
    fn an_unknown_key_is_an_error_that_shows_the_line() {
        let error = read("webhook = \"none\"\n").unwrap_err().to_string();
        assert!(
            error.contains("webhook") && error.contains("line 1"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_check_is_an_error_that_shows_the_line() {
        let error = read("skip = [\n  \"a/b\",\n  \"a/c\",\n]\n").unwrap_err();
        assert_eq!(format!("{error:#}"), "clerk-audit.toml:3: there is no a/c");
    }

    #[test]
    fn declares_that_there_are_no_webhooks() {
        assert_eq!(
            read("\u{feff}webhooks = \"none\"\r\n").unwrap().webhooks,
            Some(Declared::None)
        );
        assert_eq!(read("").unwrap().webhooks, None);
    }
}
