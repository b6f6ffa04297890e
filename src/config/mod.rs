//! `clerk-audit.toml`: what a project declares about itself.

mod attest;
pub mod baseline;
pub mod edit;

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use toml::Spanned;

use crate::model::attest::Voucher;

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
    /// What people have said of what no program can see.
    #[serde(default)]
    attest: attest::Table,
    /// The same by statement, once it was found to be sound.
    #[serde(skip)]
    pub vouchers: BTreeMap<String, Voucher>,
}

/// What is wrong with an id that the file names.
pub struct Names {
    /// Of a check.
    pub check: fn(&str) -> Result<()>,
    /// Of a statement that people attest.
    pub statement: fn(&str) -> Result<()>,
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

/// Reads the file's text. An error shows the line.
pub fn parse(text: &str, names: &Names) -> Result<Config> {
    // Editors on Windows begin a file with a byte order mark; TOML 1.1 lets a reader skip it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut config: Config = toml::from_str(text)
        .map_err(|e| anyhow!("{FILE_NAME} is not valid\n{}", e.to_string().trim_end()))?;
    let place = |at: usize| {
        let before = text.get(..at).unwrap_or_default();
        format!("{FILE_NAME}:{}", before.matches('\n').count() + 1)
    };
    for id in &config.skip {
        (names.check)(id.get_ref()).with_context(|| place(id.span().start))?;
    }
    for (id, entry) in &config.attest {
        let at = id.span().start;
        (names.statement)(id.get_ref()).with_context(|| place(at))?;
        let voucher = entry
            .voucher(at)
            .map_err(|(at, why)| anyhow!("{}: attest.{}: {why}", place(at), id.get_ref()))?;
        config.vouchers.insert(id.get_ref().clone(), voucher);
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    fn read(text: &str) -> Result<Config> {
        let names = Names {
            check: |id| match id {
                "a/b" => Ok(()),
                _ => bail!("there is no {id}"),
            },
            statement: |id| match id {
                "dns" | "owner" => Ok(()),
                _ => bail!("there is no {id}"),
            },
        };
        parse(text, &names)
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
    fn an_attestation_is_a_table_or_a_line() {
        let config = read(
            "[attest]\ndns = { by = \"Ada\", date = 2026-11-21, until = \"2027-05-31\" }\n\n\
             [attest.owner]\nby = \"Bo\"\ndate = 2026-11-01\napplies = false\nnote = \"a prototype\"\n",
        )
        .unwrap();
        let dns = &config.vouchers["dns"];
        assert_eq!((dns.by.as_str(), dns.applies), ("Ada", true));
        assert_eq!(dns.until.unwrap().to_string(), "2027-05-31");
        assert!(!config.vouchers["owner"].applies);
    }

    #[test]
    fn an_unsound_attestation_is_an_error_that_shows_the_line() {
        for (text, said) in [
            (
                "dsn = { by = \"Ada\", date = 2026-11-21 }",
                ":2: there is no dsn",
            ),
            (
                "dns = { by = \"Ada\", date = 2026-11-21 }",
                ":2: attest.dns: until is missing",
            ),
            (
                "dns = { by = \" \", date = 2026-11-21, until = 2027-01-01 }",
                ":2: attest.dns: by names nobody",
            ),
            (
                "dns = { by = \"Ada\", date = 2026-11-21, until = 2026-11-20 }",
                ":2: attest.dns: until 2026-11-20 lies before the date",
            ),
            (
                "dns = { by = \"Ada\", date = 2026-11-21, applies = false }",
                ":2: attest.dns: note is missing",
            ),
            (
                "dns = { by = \"Ada\", date = 2026-11-21T10:00:00Z, until = 2027-01-01 }",
                "a day is written as",
            ),
            (
                "dns = { by = \"Ada\", date = \"2026-02-30\", until = 2027-01-01 }",
                "there is no such day",
            ),
            ("dns = { who = \"Ada\" }", "line 2"),
        ] {
            let error = format!("{:#}", read(&format!("[attest]\n{text}\n")).unwrap_err());
            assert!(error.contains(said), "{text}: {error}");
        }
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
