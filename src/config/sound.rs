//! What the file may not say, although each key and type is right.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use anyhow::Result;
use toml::Spanned;

use super::fault::Source;
use super::file::{self, File, Level, Texts};
use super::{Config, EnvFile, Environment, Ignore, Names, Network, Origin, Routes};
use crate::model::attest::Voucher;
use crate::model::ignore::says_something;
use crate::model::{Glob, Severity};

/// What the file says, or the first thing that is wrong with it.
pub(super) fn config(
    file: &File,
    source: &Source<'_>,
    origin: &Origin,
    names: &Names,
) -> Result<Config> {
    let reader = Reader {
        source,
        origin,
        names,
    };
    if let Some((key, span)) = file.of_the_whole_run().filter(|_| !origin.below.is_empty()) {
        return Err(source.fault(
            &span,
            format!(
                "{key} concerns the whole run and no single app: put it into the {} of the directory that is audited, or above it",
                super::FILE_NAME
            ),
        ));
    }
    let (skip, severities) = reader.levels(file)?;
    let network = reader.network(file)?;
    Ok(Config {
        target: file.target.as_ref().map(|target| *target.get_ref()),
        fail_on: file.fail_on.as_ref().map(|fail_on| *fail_on.get_ref()),
        strict: file.strict.as_ref().map(|strict| *strict.get_ref()),
        webhooks: file.webhooks.as_ref().map(|webhooks| *webhooks.get_ref()),
        skip,
        severities,
        routes: reader.routes(&file.routes)?,
        environment: reader.environment(file)?,
        network,
        ignores: file
            .ignore
            .iter()
            .map(|ignore| reader.ignore(ignore))
            .collect::<Result<_>>()?,
        vouchers: reader.vouchers(file)?,
    })
}

struct Reader<'r> {
    source: &'r Source<'r>,
    origin: &'r Origin,
    names: &'r Names,
}

type Levels = (
    std::collections::BTreeSet<String>,
    BTreeMap<String, Severity>,
);

impl Reader<'_> {
    /// What a function that knows a kind of names says of one.
    fn known(&self, name: &Spanned<String>, known: fn(&str) -> Result<()>) -> Result<()> {
        known(name.get_ref()).map_err(|why| self.source.fault(&name.span(), format!("{why:#}")))
    }

    fn wrong<T>(&self, span: &Range<usize>, what: impl std::fmt::Display) -> Result<T> {
        Err(self.source.fault(span, what))
    }

    fn levels(&self, file: &File) -> Result<Levels> {
        for id in &file.skip {
            self.known(id, self.names.check)?;
        }
        let skipped = file.skip.iter().map(|id| id.get_ref().clone());
        let (mut skip, mut severities): Levels = (skipped.collect(), BTreeMap::new());
        for (id, level) in &file.checks {
            self.known(id, self.names.check)?;
            let name = id.get_ref();
            let severity = match level {
                Level::Off => {
                    skip.insert(name.clone());
                    continue;
                }
                Level::Warning => Severity::Warning,
                Level::Error => Severity::Error,
            };
            if let Some(skipped) = file.skip.iter().find(|skipped| skipped.get_ref() == name) {
                let line = self.source.line(skipped.span().start);
                return self.wrong(
                    &id.span(),
                    format!("{name} is left out by skip (line {line}): take one of the two away"),
                );
            }
            severities.insert(name.clone(), severity);
        }
        Ok((skip, severities))
    }

    fn routes(&self, routes: &file::Routes) -> Result<Routes> {
        for pattern in routes.public.iter().chain(&routes.protected) {
            if pattern.get_ref().trim().is_empty() {
                return self.wrong(&pattern.span(), "the pattern is empty");
            }
            self.known(pattern, self.names.pattern)?;
        }
        for pattern in &routes.protected {
            let both = |public: &&Spanned<String>| public.get_ref() == pattern.get_ref();
            if let Some(public) = routes.public.iter().find(both) {
                let line = self.source.line(public.span().start);
                let name = pattern.get_ref();
                return self.wrong(
                    &pattern.span(),
                    format!(
                        "{name} is declared public too (line {line}): take one of the two away"
                    ),
                );
            }
        }
        let texts = |texts: &Texts| texts.iter().map(|text| text.get_ref().clone()).collect();
        Ok(Routes {
            public: texts(&routes.public),
            protected: texts(&routes.protected),
        })
    }

    fn environment(&self, file: &File) -> Result<Environment> {
        let Some(environment) = file.environment.as_ref().map(Spanned::get_ref) else {
            return Ok(Environment::default());
        };
        let mut files = Vec::new();
        if let Some(list) = &environment.files {
            if list.get_ref().is_empty() {
                return self.wrong(
                    &list.span(),
                    "files names no file: without the key, the framework's own are read",
                );
            }
            for path in list.get_ref() {
                let name = path.get_ref();
                if name.trim().is_empty() {
                    return self.wrong(&path.span(), "the name of the file is empty");
                }
                if Path::new(name).is_absolute() || name.contains('\\') {
                    let what = "give the file relative to this one, with `/`";
                    return self.wrong(&path.span(), what);
                }
                files.push(EnvFile {
                    path: self.origin.resolves(name.trim_start_matches("./")),
                    place: format!(
                        "{}:{}",
                        self.source.name,
                        self.source.line(path.span().start)
                    ),
                });
            }
        }
        Ok(Environment {
            files,
            process: environment.process,
        })
    }

    fn network(&self, file: &File) -> Result<Network> {
        let Some(network) = file.network.as_ref().map(Spanned::get_ref) else {
            return Ok(Network::default());
        };
        let hidden = |address: &Spanned<String>, known: fn(&str) -> Result<()>| {
            let what = known(address.get_ref());
            what.map_err(|why| self.source.unseen(address.span().start, why))
        };
        if let Some(url) = network.url.as_ref().filter(|url| url.get_ref() != "auto") {
            hidden(url, self.names.site)?;
        }
        if let Some(url) = &network.webhook_url {
            hidden(url, self.names.hook)?;
            if file.webhooks.as_ref().map(Spanned::get_ref) == Some(&super::Declared::None) {
                return self.wrong(
                    &url.span(),
                    "webhooks = \"none\" says that there is no such endpoint",
                );
            }
        }
        let asked = network.url.as_ref().or(network.webhook_url.as_ref());
        if let Some(url) = asked.filter(|_| network.offline == Some(true)) {
            let what = "offline = true sends nothing there: take one of the two away";
            return self.wrong(&url.span(), what);
        }
        self.within(
            "rate",
            network
                .rate
                .as_ref()
                .map(|n| (n.span(), u64::from(*n.get_ref()))),
            10_000,
        )?;
        self.within(
            "timeout",
            network.timeout.as_ref().map(|n| (n.span(), *n.get_ref())),
            300,
        )?;
        let text =
            |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.get_ref().clone());
        Ok(Network {
            offline: network.offline,
            url: text(&network.url),
            webhook_url: text(&network.webhook_url),
            sample: network
                .sample
                .and_then(|sample| usize::try_from(sample).ok()),
            rate: network.rate.as_ref().map(|rate| *rate.get_ref()),
            timeout: network.timeout.as_ref().map(|timeout| *timeout.get_ref()),
        })
    }

    fn within(&self, key: &str, value: Option<(Range<usize>, u64)>, most: u64) -> Result<()> {
        match value {
            Some((span, value)) if !(1..=most).contains(&value) => {
                self.wrong(&span, format!("{key} is a number from 1 to {most}"))
            }
            _ => Ok(()),
        }
    }

    fn ignore(&self, entry: &Spanned<file::Strict<file::Ignore>>) -> Result<Ignore> {
        let ignore = entry.get_ref();
        self.known(&ignore.check, self.names.checks)?;
        let reason = ignore.reason.get_ref().trim();
        if !says_something(reason) {
            return self.wrong(
                &ignore.reason.span(),
                "reason says nothing: say why the finding may stay",
            );
        }
        if let Some(path) = &ignore.path
            && let Err(why) = Glob::new(path.get_ref())
        {
            return self.wrong(&path.span(), format!("path {why}"));
        }
        Ok(Ignore {
            check: ignore.check.get_ref().clone(),
            path: ignore.path.as_ref().map(|path| path.get_ref().clone()),
            reason: reason.to_owned(),
            until: ignore.until.as_ref().map(|day| day.0),
            line: self.source.line(entry.span().start),
            origin: self.origin.clone(),
        })
    }

    fn vouchers(&self, file: &File) -> Result<BTreeMap<String, Voucher>> {
        let mut vouchers = BTreeMap::new();
        for (id, entry) in file.attest.iter().flat_map(|table| table.get_ref()) {
            self.known(id, self.names.statement)?;
            let voucher = entry.voucher(&id.span()).map_err(|(span, why)| {
                self.source
                    .fault(&span, format!("attest.{}: {why}", id.get_ref()))
            })?;
            vouchers.insert(id.get_ref().clone(), voucher);
        }
        Ok(vouchers)
    }
}
