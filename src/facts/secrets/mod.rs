//! Credentials in texts that should hold none.

pub mod files;
mod owner;
mod sample;
pub mod search;
pub mod session;

pub use search::Search;

use super::code::module::Spot;
use super::keys::{Kind, Mode};
use crate::model::{Place, Secret};
use files::Setting;
use session::SessionFile;

/// A longer text is data, and not searched.
pub const LIMIT: u64 = 5 * 1024 * 1024;

/// Whether a variable or setting is by its name one of Clerk's secrets, in whatever case it is written.
pub fn is_secret_name(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| *c != '_').collect();
    let name = plain.to_ascii_uppercase();
    let has = |word: &str| name.contains(word);
    let clerks = has("CLERK")
        && (has("SECRET") || has("CLERKAPIKEY") || has("ENCRYPTIONKEY"))
        && !has("PUBLISHABLE");
    let others = has("STRIPE") || has("GITHUB") || has("SLACK") || has("POLAR") || has("RESEND");
    clerks || (has("WEBHOOK") && has("SECRET") && !others)
}

/// Whose a credential is, as far as the text around it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// Clerk's: a name, an import or a key beside it says so.
    Clerk,
    /// Clerk's or another's who uses the same prefix, such as Stripe.
    Unclear,
}

/// A whole credential in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// What it is.
    pub kind: Kind,
    /// Of which instance, where the prefix says so, or the keys beside it do.
    pub mode: Option<Mode>,
    /// Whose it is.
    pub owner: Owner,
    /// The credential itself.
    pub value: Secret,
    /// Where it begins.
    pub at: Spot,
    /// Whether it stands after `||` or `??`: for when a variable is not set.
    pub is_fallback: bool,
    /// Whether the text around it speaks of development.
    pub is_conditional: bool,
}

impl Credential {
    /// Whether it is worth the trust of real users: a live secret key.
    pub fn is_live(&self) -> bool {
        self.mode == Some(Mode::Live)
    }

    /// What it is, in words for a sentence.
    pub fn words(&self) -> &'static str {
        match (self.kind, self.mode) {
            (Kind::Secret, Some(Mode::Live)) => "a live secret key",
            (Kind::Secret, _) => "a test secret key",
            (Kind::Publishable, Some(Mode::Live)) => "a live publishable key",
            (Kind::Publishable, _) => "a test publishable key",
            (kind, _) => kind.name(),
        }
    }
}

/// A credential in a file.
#[derive(Debug, Clone)]
pub struct TextHit {
    /// The file.
    pub path: String,
    /// What the file is for.
    pub setting: Setting,
    /// What stands in it.
    pub credential: Credential,
}

impl TextHit {
    /// Where it stands. The line is not shown: it holds the credential.
    pub fn place(&self) -> Place {
        Place::Span {
            file: self.path.clone(),
            line: self.credential.at.line,
            column: self.credential.at.column,
            excerpt: None,
        }
    }
}

/// Credentials in the texts of the project.
#[derive(Debug, Default)]
pub struct Texts {
    /// By path and line.
    pub hits: Vec<TextHit>,
    /// Saved sessions of browsers that git tracks.
    pub sessions: Vec<SessionFile>,
}

/// A credential in the history of the repository.
#[derive(Debug, Clone)]
pub struct PastHit {
    /// The path under which the text was met.
    pub path: String,
    /// What the file is for.
    pub setting: Setting,
    /// The id of the text.
    pub blob: String,
    /// What stands in it.
    pub credential: Credential,
    /// The commit that brought it: short id and date.
    pub commit: Option<(String, String)>,
}

/// Credentials in the history of the repository.
#[derive(Debug, Default)]
pub struct History {
    /// In the order in which they were met, newest first, each once.
    pub hits: Vec<PastHit>,
    /// The revisions with which to go on, where not all was searched.
    pub cut: Option<String>,
    /// Why it is not searched with this app.
    pub absent: Option<String>,
    /// Whether the clone has only the newest commits.
    pub is_shallow: bool,
    /// How much was searched in which time.
    pub rate: Option<String>,
}

/// Credentials in what a build wrote for the browser.
#[derive(Debug, Default)]
pub struct Built {
    /// The folders that a build wrote.
    pub folders: Vec<String>,
    /// What was found in them.
    pub hits: Vec<TextHit>,
    /// Whether there was more than is searched.
    pub is_cut: bool,
}

#[cfg(test)]
mod tests;
