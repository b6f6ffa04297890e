//! The file as it is written: keys, types and nothing else.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use toml::Spanned;

use super::attest::{self, Day};
use super::{Declared, Target, Threshold};

/// A list of texts, each with its place.
pub(super) type Texts = Vec<Spanned<String>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) target: Option<Spanned<Target>>,
    pub(super) fail_on: Option<Spanned<Threshold>>,
    pub(super) strict: Option<Spanned<bool>>,
    pub(super) webhooks: Option<Spanned<Declared>>,
    #[serde(default)]
    pub(super) skip: Texts,
    #[serde(default)]
    pub(super) checks: BTreeMap<Spanned<String>, Level>,
    #[serde(default)]
    pub(super) routes: Strict<Routes>,
    pub(super) environment: Option<Spanned<Strict<Environment>>>,
    pub(super) network: Option<Spanned<Strict<Network>>>,
    #[serde(default)]
    pub(super) ignore: Vec<Spanned<Strict<Ignore>>>,
    pub(super) attest: Option<Spanned<attest::Table>>,
}

/// A table: what derives its reader would take a list of the values for one as well.
#[derive(Debug, Default)]
pub(super) struct Strict<T>(T);

impl<T> Deref for Strict<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Strict<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Reader(PhantomData)).map(Self)
    }
}

/// How much a check weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Level {
    Off,
    Warning,
    Error,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Routes {
    #[serde(default)]
    pub(super) public: Texts,
    #[serde(default)]
    pub(super) protected: Texts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Environment {
    pub(super) files: Option<Spanned<Texts>>,
    pub(super) process: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Network {
    pub(super) offline: Option<bool>,
    pub(super) url: Option<Spanned<String>>,
    pub(super) webhook_url: Option<Spanned<String>>,
    pub(super) sample: Option<u32>,
    pub(super) rate: Option<Spanned<u32>>,
    pub(super) timeout: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Ignore {
    pub(super) check: Spanned<String>,
    pub(super) path: Option<Spanned<String>>,
    pub(super) reason: Spanned<String>,
    pub(super) until: Option<Day>,
}

impl Environment {
    fn says(&self) -> bool {
        self.files.is_some() || self.process.is_some()
    }
}

impl Network {
    fn says(&self) -> bool {
        let addresses = self.url.is_some() || self.webhook_url.is_some();
        let numbers = self.sample.is_some() || self.rate.is_some() || self.timeout.is_some();
        addresses || numbers || self.offline.is_some()
    }
}

impl File {
    /// The first key that concerns the whole run and no single app, with its place.
    pub(super) fn of_the_whole_run(&self) -> Option<(&'static str, std::ops::Range<usize>)> {
        fn span<T>(
            key: &'static str,
            value: Option<&Spanned<T>>,
        ) -> Option<(&'static str, std::ops::Range<usize>)> {
            value.map(|value| (key, value.span()))
        }
        [
            span("target", self.target.as_ref()),
            span("fail-on", self.fail_on.as_ref()),
            span("strict", self.strict.as_ref()),
            span(
                "[environment]",
                self.environment
                    .as_ref()
                    .filter(|table| table.get_ref().says()),
            ),
            span(
                "[network]",
                self.network.as_ref().filter(|table| table.get_ref().says()),
            ),
            span(
                "[attest]",
                self.attest
                    .as_ref()
                    .filter(|table| !table.get_ref().is_empty()),
            ),
        ]
        .into_iter()
        .flatten()
        .min_by_key(|(_, span)| span.start)
    }
}
