//! The process that runs the audit: its environment and its standard input.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::SystemTime;

use anyhow::{Context, Result};

use super::files::TEXT_LIMIT;
use crate::model::{Date, Secret};

/// The environment of this process, taken once.
#[derive(Debug, Clone, Default)]
pub struct ProcessEnv(BTreeMap<String, Secret>);

impl ProcessEnv {
    /// Takes it. Names and values that are not UTF-8 are replaced as Node does.
    pub fn take() -> Self {
        let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self(
            std::env::vars_os()
                .map(|(name, value)| (lossy(name), Secret::new(lossy(value))))
                .collect(),
        )
    }

    /// For tests: an environment made of these.
    pub fn of(variables: &[(&str, &str)]) -> Self {
        Self(
            variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
                .collect(),
        )
    }

    /// Everything in it.
    pub fn all(&self) -> &BTreeMap<String, Secret> {
        &self.0
    }

    /// One variable that steers this program (`HOME`, `NO_COLOR`, `HTTPS_PROXY`).
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| value.expose().to_owned())
    }
}

/// The day of today, in UTC. `SOURCE_DATE_EPOCH` stands for the clock where it is set, as in reproducible
/// builds (https://reproducible-builds.org/specs/source-date-epoch/).
pub fn today(env: &ProcessEnv) -> Option<Date> {
    let given = env.get("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty());
    let seconds = match given {
        Some(text) => text.parse().ok(),
        None => {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            since.ok().map(|since| since.as_secs())
        }
    };
    Date::of_unix(seconds?)
}

/// Reads an env file from standard input.
pub fn read_stdin() -> Result<String> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(TEXT_LIMIT + 1)
        .read_to_end(&mut bytes)
        .context("cannot read standard input")?;
    if bytes.len() as u64 > TEXT_LIMIT {
        anyhow::bail!(
            "standard input holds more than {} KiB; an env file is smaller",
            TEXT_LIMIT / 1024
        );
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
