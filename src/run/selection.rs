//! Which checks run, for which app.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::settings::{self, Settings};
use crate::checks;
use crate::checks::engine::{self, Check, Scope};
use crate::cli::Audit;
use crate::facts::{Facts, Need};
use crate::model::{CheckResult, Group, Outcome};

/// The checks that run.
pub(super) struct Selection {
    /// For any app.
    pub(super) checks: Vec<&'static Check>,
    /// Those that were named one by one: what leaves them out in a config does not count.
    pub(super) named: BTreeSet<String>,
    pub(super) settings: Settings,
}

impl Selection {
    /// Those that were asked for and that some config does not leave out.
    pub(super) fn new(args: &Audit, settings: Settings) -> Result<Self> {
        let (only, skip) = (whole("--only", &args.only)?, whole("--skip", &args.skip)?);
        for group in &args.group {
            settings::known_group(group)?;
        }
        let named: BTreeSet<String> = args.only.iter().cloned().collect();
        let all = args.only.is_empty();
        let chosen = |check: &&&'static Check| {
            let meta = &check.meta;
            (all || only.contains(meta.id))
                && (args.group.is_empty()
                    || args.group.iter().any(|group| group == meta.group.id()))
                && !skip.contains(meta.id)
                && (named.contains(meta.id) || settings.runs(meta.id))
        };
        let checks: Vec<_> = checks::ALL.iter().filter(chosen).copied().collect();
        if checks.is_empty() {
            bail!("no check is left to run: --only, --skip and --group exclude each other");
        }
        Ok(Self {
            checks,
            named,
            settings,
        })
    }

    /// The checks of one app, by its folder.
    fn of(&self, folder: &str) -> Vec<&'static Check> {
        let config = self.settings.of(folder);
        let runs = |check: &&&Check| {
            let id = check.meta.id;
            self.named.contains(id) || !config.skip.contains(id)
        };
        self.checks.iter().filter(runs).copied().collect()
    }

    /// The checks that the config leaves out of an app, by its folder.
    pub(super) fn left_out(&self, folder: &str) -> Vec<&'static str> {
        let config = self.settings.of(folder);
        let ids = checks::ALL.iter().map(|check| check.meta.id);
        ids.filter(|id| config.skip.contains(*id) && !self.named.contains(*id))
            .collect()
    }

    /// What they need to be told.
    pub(super) fn needs(&self, of: impl Fn(Scope) -> bool) -> BTreeSet<Need> {
        let checks = self.checks.iter().filter(|check| of(check.scope));
        let mut needs: BTreeSet<Need> = checks.flat_map(|check| check.needs).copied().collect();
        if needs.contains(&Need::Shapes) || needs.contains(&Need::Visited) {
            // What a shape means is often a question to the map; what is visited is on it.
            needs.insert(Need::Routes);
        }
        needs
    }

    /// Judges one app with some of its checks, each as heavy as its config says.
    pub(super) fn judge(
        &self,
        facts: &Facts,
        is_asked: impl Fn(&Check) -> bool,
    ) -> Vec<CheckResult> {
        let folder = &facts.app.path;
        let mut checks = self.of(folder);
        checks.retain(|check| is_asked(check));
        let mut judged = engine::judge(facts, &checks);
        for check in &mut judged {
            let outcome = std::mem::replace(&mut check.outcome, Outcome::Pass);
            check.outcome = self.settings.weighed(folder, check.meta.id, outcome);
        }
        judged
    }
}

/// The checks that are named one by one, or by their group: `git/*`.
fn whole(option: &str, ids: &[String]) -> Result<BTreeSet<&'static str>> {
    let mut all = BTreeSet::new();
    for id in ids {
        let group = id.strip_suffix("/*");
        if Group::ALL.iter().any(|group| group.id() == id) {
            match option {
                "--only" => bail!("{id} is a group: --group {id}"),
                _ => bail!("{id} is a group: {option} '{id}/*'"),
            }
        }
        match group {
            Some(group) => settings::known_group(group)?,
            None => settings::known_check(id)?,
        }
        let metas = checks::ALL.iter().map(|check| &check.meta);
        let named = metas.filter(|meta| meta.id == id || Some(meta.group.id()) == group);
        all.extend(named.map(|meta| meta.id));
    }
    Ok(all)
}
