//! What the checks said of a project, before anything that somebody may think of it: no ignore, baseline
//! or threshold is applied yet. It is kept on one machine and told on another, to the same bytes.
//!
//! There are no facts in it. They would hold secrets by which checks decide; what the checks say of them
//! does not.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read};

use anyhow::{Result, bail};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::checks::{self, engine::Check};
use crate::facts::Target;
use crate::facts::framework::{self, Framework};
use crate::model::attest::Voucher;
use crate::model::ignore::{self, Ignore};
use crate::model::routes::RouteMap;
use crate::model::{AppKind, Date, Finding, Mark, Outcome, VariableReport};

/// The value of the field `schema`: changes when a reader would have to.
pub const VERSION: &str = "clerk-audit/recording/v1";

/// The JSON Schema (draft 2020-12) of the document.
pub const SCHEMA: &str = include_str!("report/schema/clerk-audit-recording.v1.json");

/// The largest recording that is read: some 100,000 findings.
pub const LIMIT: u64 = 256 * 1024 * 1024;

/// What the checks said.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Of which shape it is. Stands first, so that a reader need not guess.
    #[serde(with = "schema")]
    pub schema: (),
    /// Which version of this program wrote it.
    pub version: String,
    /// The day on which it was made: ignores and attestations are judged as of then.
    pub day: Date,
    /// What the project was judged for.
    #[serde(with = "target")]
    pub target: Target,
    /// Why nothing was asked over the network; `None` where it was.
    pub offline: Option<String>,
    /// The name of the audited directory.
    pub directory: String,
    /// Where that directory lies in its git work tree; empty where it is the root.
    pub prefix: String,
    /// From which severity on a finding fails, as the config says.
    pub fail_on: Option<String>,
    /// Whether it is strict, as the config says.
    pub strict: Option<bool>,
    /// What could not be read.
    pub gaps: Vec<String>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// What people attest, by statement.
    #[serde(deserialize_with = "vouchers")]
    pub vouchers: BTreeMap<String, Voucher>,
    /// The ignores of the config.
    pub ignores: Vec<Ignore>,
    /// The ignores beside the code.
    pub beside: Vec<Ignore>,
    /// The files of which every ignore counts; of another file, only where a finding is in it.
    pub ignoring: BTreeSet<String>,
    /// The apps, by path.
    pub apps: Vec<App>,
}

/// What the checks said of one app.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Folder, relative to the audited directory; `.` is that directory itself.
    pub path: String,
    /// Name from its manifest.
    pub name: Option<String>,
    /// Its manifest, relative to the audited directory.
    pub manifest: String,
    /// Deployed by itself, or not.
    pub kind: AppKind,
    /// The framework.
    #[serde(with = "by_id")]
    pub framework: &'static Framework,
    /// Its version.
    pub framework_version: Option<String>,
    /// Clerk packages with their versions.
    pub clerk_packages: Vec<(String, Option<String>)>,
    /// Where the environment came from, in words.
    pub environment: String,
    /// The variables of Clerk, redacted.
    pub variables: Vec<VariableReport>,
    /// Its routes, where they were asked for.
    pub map: Option<RouteMap>,
    /// The checks that the project's config leaves out.
    #[serde(with = "ids")]
    pub left_out: Vec<&'static str>,
    /// What was said, in table order.
    pub checks: Vec<Said>,
}

/// What one check said.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The check.
    #[serde(rename = "id", with = "id")]
    pub check: &'static Check,
    /// Its words.
    pub outcome: Words,
}

/// The outcome of a check, before anybody acknowledges anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Words {
    /// Judged, with these findings; none is a pass.
    Judged(Vec<Finding>),
    /// It does not concern the app, and why.
    NotApplicable(String),
    /// What it needs was not asked for, and why.
    Skipped(String),
    /// It could not be judged.
    Broken {
        /// Why.
        why: String,
        /// What would make it judgeable.
        hint: String,
        /// The places in question.
        marks: Vec<Mark>,
    },
}

impl Words {
    /// The files that findings are in.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let findings = match self {
            Words::Judged(findings) => findings.as_slice(),
            Words::NotApplicable(_) | Words::Skipped(_) | Words::Broken { .. } => &[],
        };
        let marks = findings.iter().flat_map(|finding| &finding.marks);
        marks.filter_map(|mark| ignore::file_of(&mark.place))
    }
}

impl From<Outcome> for Words {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass | Outcome::Acknowledged => Words::Judged(Vec::new()),
            Outcome::Fail(findings) | Outcome::Warn(findings) => Words::Judged(findings),
            Outcome::NotApplicable(why) => Words::NotApplicable(why),
            Outcome::Skipped(why) => Words::Skipped(why),
            Outcome::Broken { why, hint, marks } => Words::Broken { why, hint, marks },
        }
    }
}

impl From<Words> for Outcome {
    fn from(words: Words) -> Self {
        match words {
            Words::Judged(findings) => Outcome::judged(findings),
            Words::NotApplicable(why) => Outcome::NotApplicable(why),
            Words::Skipped(why) => Outcome::Skipped(why),
            Words::Broken { why, hint, marks } => Outcome::Broken { why, hint, marks },
        }
    }
}

/// Reads a recording bit by bit. It may have been written by anybody.
///
/// # Errors
/// What is wrong with it, with the line and the column.
pub fn read(name: &str, from: impl Read) -> Result<Recording> {
    let bounded = BufReader::new(Bounded {
        inner: from,
        left: LIMIT,
    });
    let mut json = serde_json::Deserializer::from_reader(bounded);
    let read = Recording::deserialize(&mut json).and_then(|recording| {
        json.end()?;
        Ok(recording)
    });
    let recording = match read {
        Ok(recording) => recording,
        Err(e) => bail!("{name} is not a recording that this version can tell: {e}"),
    };
    let mut folders = BTreeSet::new();
    for app in &recording.apps {
        if !folders.insert(&app.path) {
            bail!("{name}: the app {} stands twice", app.path);
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = app
            .checks
            .iter()
            .find(|said| !seen.insert(said.check.meta.id))
        {
            bail!(
                "{name}: {} of the app {} stands twice",
                twice.check.meta.id,
                app.path
            );
        }
    }
    Ok(recording)
}

/// Reads so much and no more.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let most = LIMIT / (1024 * 1024);
            return Err(io::Error::other(format!("it is larger than {most} MiB")));
        }
        let most = usize::try_from(self.left).map_or(into.len(), |left| left.min(into.len()));
        let read = self.inner.read(into.get_mut(..most).unwrap_or_default())?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Reads a text and looks it up.
fn known<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    look_up: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    look_up(&text).map_err(de::Error::custom)
}

fn check_of(id: &str) -> Result<&'static Check, String> {
    let found = checks::ALL.iter().find(|check| check.meta.id == id);
    found
        .copied()
        .ok_or_else(|| format!("this version has no check {id:?}"))
}

/// The shape of the document.
mod schema {
    use super::*;

    pub(super) fn serialize<S: Serializer>(_: &(), serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(VERSION)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
        known(from, |text| match text {
            VERSION => Ok(()),
            other if other.starts_with("clerk-audit/recording/v") => Err(format!(
                "it has the schema {other:?} of another version, and this one reads {VERSION}"
            )),
            other if other.starts_with("clerk-audit/report/") => {
                Err("it is a report; --record FILE writes a recording".to_owned())
            }
            other => Err(format!("its schema is {other:?}, not {VERSION}")),
        })
    }
}

/// What the project was judged for, as a word.
mod target {
    use super::*;

    pub(super) fn serialize<S: Serializer>(target: &Target, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(target.word())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Target, D::Error> {
        const ALL: [Target; 3] = [Target::Production, Target::Preview, Target::Development];
        known(from, |word| {
            let found = ALL.into_iter().find(|target| target.word() == word);
            found.ok_or_else(|| format!("there is no target {word:?}"))
        })
    }
}

/// A framework, by its id.
mod by_id {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        framework: &&'static Framework,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(framework.id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<&'static Framework, D::Error> {
        known(from, |id| {
            let found = framework::ALL.iter().find(|framework| framework.id == id);
            found
                .copied()
                .ok_or_else(|| format!("this version knows no framework {id:?}"))
        })
    }
}

/// A check, by its id.
mod id {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        check: &&'static Check,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(check.meta.id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<&'static Check, D::Error> {
        known(from, check_of)
    }
}

/// Checks, by their ids.
mod ids {
    use super::*;

    pub(super) fn serialize<S: Serializer>(ids: &[&'static str], to: S) -> Result<S::Ok, S::Error> {
        ids.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<&'static str>, D::Error> {
        let ids = Vec::<String>::deserialize(from)?;
        let ids = ids.iter().map(|id| check_of(id).map(|check| check.meta.id));
        ids.collect::<Result<_, _>>().map_err(de::Error::custom)
    }
}

fn vouchers<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Voucher>, D::Error> {
    let vouchers = BTreeMap::<String, Voucher>::deserialize(from)?;
    let all = checks::attestations::ALL;
    match vouchers
        .keys()
        .find(|id| all.iter().all(|one| one.id != **id))
    {
        Some(id) => Err(de::Error::custom(format!(
            "this version has no statement {id:?}"
        ))),
        None => Ok(vouchers),
    }
}
