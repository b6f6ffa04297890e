//! `clerk-audit rotate-check`: how a key is read, and how the answer is written.

use std::collections::BTreeMap;
use std::io;

use crate::cli::FormatName;
use crate::facts::dotenv::Dialect;
use crate::facts::env::{Env, EnvFile};
use crate::model::Secret;
use crate::model::rotation::Rotation;
use crate::report::Style;
use crate::report::triage as report;

/// The key in a text: the text itself, or what the line of an env file sets; the variable may be that of
/// any secret key.
pub fn key_in(text: &str, name: &str) -> Option<Secret> {
    let alone = text.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !alone.is_empty() && alone.chars().all(plain) {
        return Some(Secret::new(alone));
    }
    let file = EnvFile {
        path: String::new(),
        text: text.to_owned(),
    };
    let env = Env::load(Dialect::Dotenv, &[file], Some(&BTreeMap::new()));
    let other = || {
        env.all().find(|variable| {
            variable.is_set() && variable.winner.name.ends_with("CLERK_SECRET_KEY")
        })
    };
    let found = env.first(&[name]).or_else(other)?;
    Some(found.value().clone())
}

/// Writes how each step stands.
pub fn render(
    format: FormatName,
    rotation: &Rotation,
    exit_code: u8,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        FormatName::Human => report::rotation(rotation, style, out),
        FormatName::Json => report::rotation_json(rotation, exit_code, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_alone_or_on_a_line_of_an_env_file() {
        let key = format!("sk_live_{}", "Ab3".repeat(10));
        let read =
            |text: &str| key_in(text, "CLERK_OLD_SECRET_KEY").map(|key| key.expose().to_owned());
        assert_eq!(read(&format!(" {key}\n")), Some(key.clone()));
        assert_eq!(
            read(&format!("A=1\nCLERK_SECRET_KEY=\"{key}\"\n")),
            Some(key.clone())
        );
        assert_eq!(
            read(&format!("CLERK_SECRET_KEY=x\nCLERK_OLD_SECRET_KEY={key}\n")),
            Some(key)
        );
        assert_eq!(read(""), None);
        assert_eq!(read("two words"), None);
    }
}
