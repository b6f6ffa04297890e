//! Which `clerk-audit.toml` counts, and what it changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use crate::checks;
use crate::cli::{Audit, ConfigArgs, FailOn, TargetName};
use crate::commands;
use crate::config::{self, Config, FILE_NAME, Names, Origin, Target, Threshold};
use crate::facts::code::matcher::clerk::{Normalisation, RouteMatcher, RoutePattern};
use crate::facts::project::is_aside;
use crate::facts::tree::{self, Tree};
use crate::facts::{Declared, Webhooks};
use crate::gather::DeclaredOf;
use crate::gather::files::{self, Root, TEXT_LIMIT};
use crate::model::ignore::{self, Ignore};
use crate::model::{Group, Outcome, Place, Severity, Site, nearest};
use crate::plan;

/// Why nothing is sent where the config says so.
pub(super) const OFFLINE: &str = "offline in clerk-audit.toml";

/// What is known of names.
pub(super) const NAMES: Names = Names {
    check: known_check,
    checks: known_checks,
    statement: commands::attest::known,
    pattern: sound_pattern,
    site: |url| {
        let site = url.parse::<Site>();
        site.map(drop).map_err(|why| anyhow!("url: {why}"))
    },
    hook: |url| {
        let hook = plan::hook(url);
        hook.map(drop).map_err(|why| anyhow!("webhook-url: {why}"))
    },
};

/// What the files say.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// For the whole run, and for every app that has no file of its own.
    pub(super) run: Config,
    /// For the apps in a folder below that has a file of its own.
    below: BTreeMap<String, Config>,
    /// Files that are not in the audited directory, in words.
    notes: Vec<String>,
}

impl Settings {
    /// Reads what counts for the audited directory, and for these apps below it (none: for all).
    ///
    /// # Errors
    /// A file that cannot be read or is not valid, with the place.
    pub(super) fn read(
        args: &ConfigArgs,
        root: &Root,
        tree: &Tree,
        apps: &[String],
    ) -> Result<Self> {
        let mut settings = Self::of_directory(args, root)?;
        if args.no_config || args.config.is_some() {
            return Ok(settings);
        }
        let wanted = |folder: &str| match apps {
            [] => !is_aside(folder),
            apps => apps.iter().any(|app| {
                let app = app.trim_start_matches("./").trim_end_matches('/');
                app == folder || app.starts_with(&format!("{folder}/"))
            }),
        };
        // Sorted by path: the file of a folder comes before those of the folders in it.
        for path in tree.files() {
            let folder = tree::folder(path);
            if folder.is_empty() || tree::file_name(path) != FILE_NAME || !wanted(folder) {
                continue;
            }
            let origin = Origin {
                name: path.clone(),
                above: String::new(),
                below: folder.to_owned(),
            };
            if let Some(own) = read(root, path, &origin)? {
                let own = own.over(settings.of(folder).clone());
                settings.below.insert(folder.to_owned(), own);
            }
        }
        Ok(settings)
    }

    /// As [`Settings::read`], without the files of apps.
    pub(super) fn of_directory(args: &ConfigArgs, root: &Root) -> Result<Self> {
        let mut settings = Self::default();
        if args.no_config {
            return Ok(settings);
        }
        if let Some(path) = &args.config {
            let (origin, text) = given_file(path)?;
            settings.run = config::parse(&text, &origin, &NAMES)?;
            settings
                .notes
                .push(format!("configured by {}", origin.name));
            return Ok(settings);
        }
        let mut names = Vec::new();
        for up in 0..=root.height() {
            let origin = origin_above(root, up);
            if let Some(outer) = read(root, &origin.name, &origin)? {
                settings.run = settings.run.over(outer);
                names.push(origin.name);
            }
        }
        if names.iter().any(|name| name != FILE_NAME) {
            let note = format!("configured by {}", names.join(" and "));
            settings.notes.push(note);
        }
        Ok(settings)
    }

    /// What counts for an app, by its folder.
    pub(super) fn of(&self, folder: &str) -> &Config {
        tree::of_folder(&self.below, folder).unwrap_or(&self.run)
    }

    /// Whether a check runs for any app.
    pub(super) fn runs(&self, id: &str) -> bool {
        let mut all = self.below.values().chain([&self.run]);
        all.any(|config| !config.skip.contains(id))
    }

    /// What is declared about each app.
    pub(super) fn declared(&self) -> DeclaredOf {
        let below = self.below.iter();
        DeclaredOf {
            all: declared(&self.run),
            apps: below
                .map(|(folder, config)| (folder.clone(), declared(config)))
                .collect(),
        }
    }

    /// Which files count that one may not think of, and what they take out of the report; `apps` are the
    /// folders of those that are audited, `named` the checks that run all the same.
    pub(super) fn notes(&self, apps: &[&str], named: &BTreeSet<String>) -> Vec<String> {
        let mut notes = self.notes.clone();
        notes.extend(quieted("the config", &self.run, &Config::default(), named));
        for (folder, config) in &self.below {
            let file = format!("{folder}/{FILE_NAME}");
            notes.extend(quieted(&file, config, &self.run, named));
            let inside = |app: &&str| tree::is_below(app, folder);
            notes.push(match apps.iter().any(inside) {
                true => format!("{folder} is configured by {folder}/{FILE_NAME} too"),
                false => format!(
                    "{folder}/{FILE_NAME} configures nothing: no app that is audited lies there"
                ),
            });
        }
        notes
    }

    /// The ignores of every file; `files` are those that something was found in.
    pub(super) fn ignores(&self, files: &BTreeSet<String>) -> Vec<Ignore> {
        let all = self.below.values().chain([&self.run]);
        let mut entries: Vec<&config::Ignore> = all.flat_map(|config| &config.ignores).collect();
        // An app's file goes on with what the one above says.
        entries.sort_by_key(|entry| (&entry.origin.name, entry.line));
        entries.dedup_by_key(|entry| (&entry.origin.name, entry.line));
        entries
            .into_iter()
            .map(|entry| ignore(entry, files))
            .collect()
    }

    /// The outcome of a check of an app, as heavy as its config says.
    pub(super) fn weighed(&self, folder: &str, id: &str, outcome: Outcome) -> Outcome {
        match self.of(folder).severities.get(id) {
            Some(severity) => weighed(outcome, *severity),
            None => outcome,
        }
    }
}

/// What a config takes out of the report, beside what the one above it does: whoever reads that is told, for
/// a config may come with the very change that is judged.
fn quieted(
    name: &str,
    config: &Config,
    above: &Config,
    named: &BTreeSet<String>,
) -> Option<String> {
    let left_out =
        |id: &&str| config.skip.contains(*id) && !above.skip.contains(*id) && !named.contains(*id);
    let weighed = |id: &&str| {
        let is = |config: &Config| config.severities.get(*id) == Some(&Severity::Warning);
        is(config) && !is(above)
    };
    let all = || checks::ALL.iter().map(|check| &check.meta);
    let left_out: Vec<&str> = all().map(|meta| meta.id).filter(left_out).collect();
    let errors = all().filter(|meta| meta.severity == Severity::Error);
    let weighed: Vec<&str> = errors.map(|meta| meta.id).filter(weighed).collect();
    let part =
        |does: &str, ids: &[&str]| (!ids.is_empty()).then(|| format!("{does} {}", some(ids)));
    let parts = [
        part("leaves out", &left_out),
        part("makes warnings of", &weighed),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{name} {}", parts.join(" and ")))
}

/// The first few of some names.
fn some(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn ignore(entry: &config::Ignore, files: &BTreeSet<String>) -> Ignore {
    let covered = files.iter().filter(|file| entry.covers(Some(file)));
    Ignore {
        checks: vec![entry.check.clone()],
        reason: entry.reason.clone(),
        until: entry.until,
        place: Place::Span {
            file: entry.origin.name.clone(),
            line: entry.line,
            column: 1,
            excerpt: None,
        },
        scope: match entry.path {
            Some(_) => ignore::Scope::Files(covered.cloned().collect()),
            None => ignore::Scope::Everywhere {
                folder: entry.origin.below.clone(),
            },
        },
    }
}

/// The outcome with findings that all weigh as much.
fn weighed(outcome: Outcome, severity: Severity) -> Outcome {
    match outcome {
        Outcome::Fail(mut findings) | Outcome::Warn(mut findings) => {
            for finding in &mut findings {
                finding.severity = severity;
            }
            Outcome::judged(findings)
        }
        other => other,
    }
}

/// What was typed, and where nothing was, what the config says.
pub(super) fn filled(args: &Audit, config: &Config) -> Audit {
    let mut args = args.clone();
    args.target = args.target.or(config.target.map(|target| match target {
        Target::Production => TargetName::Production,
        Target::Preview => TargetName::Preview,
        Target::Development => TargetName::Development,
    }));
    // What was typed may contradict what is written, and wins.
    let never = args.fail_on == Some(FailOn::Never);
    let written = config
        .fail_on
        .filter(|one| args.strict != Some(true) || *one != Threshold::Never);
    args.fail_on = args.fail_on.or(written.map(|fail_on| match fail_on {
        Threshold::Error => FailOn::Error,
        Threshold::Warning => FailOn::Warning,
        Threshold::Never => FailOn::Never,
    }));
    args.strict = args.strict.or(config.strict.filter(|_| !never));
    let (live, network) = (&mut args.live, &config.network);
    live.offline = live.offline.or(network.offline);
    live.timeout = live.timeout.or(network.timeout);
    live.sample = live.sample.or(network.sample);
    live.rate = live.rate.or(network.rate);
    live.url = live.url.take().or_else(|| network.url.clone());
    live.webhook_url = live
        .webhook_url
        .take()
        .or_else(|| network.webhook_url.clone());
    args
}

/// Why nothing is sent, in a few words: what was typed begins as an option.
pub(super) fn offline(typed: &Audit, config: &Config) -> Option<&'static str> {
    match (typed.live.offline, config.network.offline) {
        (Some(true), _) => Some("--offline"),
        (None, Some(true)) => Some(OFFLINE),
        _ => None,
    }
}

fn declared(config: &Config) -> Declared {
    Declared {
        webhooks: match config.webhooks {
            None => Webhooks::Undeclared,
            Some(config::Declared::None) => Webhooks::None,
            Some(config::Declared::Required) => Webhooks::Required,
        },
        public: config.routes.public.clone(),
        protected: config.routes.protected.clone(),
        is_shared: false,
    }
}

/// Where the file lies that is so many folders above the audited directory.
fn origin_above(root: &Root, up: usize) -> Origin {
    let whole = root.below_fence();
    let parts: Vec<&str> = whole.split('/').collect();
    let from = parts.len().saturating_sub(up);
    Origin {
        name: format!("{}{FILE_NAME}", "../".repeat(up)),
        above: parts.get(from..).unwrap_or_default().join("/"),
        below: String::new(),
    }
}

/// The file of `--config`.
fn given_file(path: &Path) -> Result<(Origin, String)> {
    let name = plan::shown(&path.to_string_lossy());
    let bytes = files::read_named("--config", path, TEXT_LIMIT)?;
    let text = text(bytes, &name)?;
    let origin = Origin {
        name,
        ..Origin::default()
    };
    Ok((origin, text))
}

/// The file in which a statement is attested, with its text: the one of `--config`, else the one for what
/// concerns every app.
///
/// # Errors
/// A file that cannot be read, or none that may be written.
pub(super) fn to_attest_in(args: &ConfigArgs, root: &Root) -> Result<(PathBuf, Origin, String)> {
    if args.no_config {
        bail!("--no-config leaves no file to attest in");
    }
    if let Some(path) = &args.config {
        let (origin, text) = given_file(path)?;
        return Ok((path.clone(), origin, text));
    }
    let (origin, text) = file_of_the_whole_run(root)?;
    Ok((root.path().join(&origin.name), origin, text))
}

/// The file for what concerns every app, as it is seen from the directory: the nearest that says such a
/// thing, or the one at the top, which every run reads. The file of an app may not say it.
fn file_of_the_whole_run(root: &Root) -> Result<(Origin, String)> {
    let top = root.height();
    for up in 0..top {
        let origin = origin_above(root, up);
        match read_text(root, &origin.name)? {
            Some(text) if config::is_of_the_whole_run(&text) => return Ok((origin, text)),
            _ => {}
        }
    }
    let origin = origin_above(root, top);
    let text = read_text(root, &origin.name)?.unwrap_or_default();
    Ok((origin, text))
}

fn read(root: &Root, path: &str, origin: &Origin) -> Result<Option<Config>> {
    match read_text(root, path)? {
        Some(text) => config::parse(&text, origin, &NAMES).map(Some),
        None => Ok(None),
    }
}

fn read_text(root: &Root, path: &str) -> Result<Option<String>> {
    let bytes = root
        .read_raw(path, TEXT_LIMIT)
        .map_err(|e| anyhow!("{e}"))?;
    bytes.map(|bytes| text(bytes, path)).transpose()
}

/// The bytes of a config as text.
fn text(bytes: Vec<u8>, name: &str) -> Result<String> {
    String::from_utf8(bytes).map_err(|e| {
        let good = e.as_bytes().get(..e.utf8_error().valid_up_to());
        let lines = good
            .unwrap_or_default()
            .iter()
            .filter(|byte| **byte == b'\n');
        anyhow!(
            "{name}:{}: this line is not UTF-8; save the file as UTF-8",
            lines.count() + 1
        )
    })
}

/// What is wrong with the id of a check.
pub(super) fn known_check(id: &str) -> Result<()> {
    if checks::ALL.iter().any(|check| check.meta.id == id) {
        return Ok(());
    }
    bail!("{}", commands::unknown_check(id))
}

/// What is wrong with the id of a group.
pub(super) fn known_group(id: &str) -> Result<()> {
    let all = || Group::ALL.iter().map(|group| group.id());
    if all().any(|group| group == id) {
        return Ok(());
    }
    let hint = match nearest(id, all()) {
        Some(near) => format!("did you mean {near}?"),
        None => all().collect::<Vec<_>>().join(", "),
    };
    bail!("there is no group {id}; {hint}")
}

fn known_checks(id: &str) -> Result<()> {
    match id.strip_suffix("/*") {
        Some(group) => known_group(group),
        None => known_check(id),
    }
}

/// What is wrong with a pattern of routes. What begins without `/` is the name of a server function.
fn sound_pattern(pattern: &str) -> Result<()> {
    let list = [RoutePattern::Text(pattern.to_owned())];
    match RouteMatcher::new(&list, Normalisation::DecodeAndCollapse) {
        Err(problem) if pattern.starts_with('/') => {
            Err(anyhow!("{}", problem.why)).with_context(|| format!("{pattern} is no pattern"))
        }
        _ => Ok(()),
    }
}
