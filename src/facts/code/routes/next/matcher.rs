//! `config.matcher` of the middleware file, as Next.js reads it: from the text, without running it.
//!
//! dist/build/analysis/extract-const-value.js takes literals out of `export const config = …` and
//! nothing else; dist/build/segment-config/middleware/middleware-config.js says which are valid.

mod literal;
mod schema;

use literal::{Fault, Literal, Node};

use crate::facts::code::module::{self, Spot};
use crate::facts::code::{Project, SyntaxProblem};

/// Since this version, what cannot be taken from the text stops the build (dist/build/index.js,
/// `errorFromUnsupportedSegmentConfig`). Before, the config was dropped with a warning.
const STOPS_SINCE: (u32, u32, u32) = (15, 4, 0);

/// What the middleware file says about the paths that it runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatcherSetting {
    /// Nothing: it runs on every path.
    None,
    /// Only on these. An empty list is none.
    Static(Vec<MatcherSource>),
    /// What Next.js refuses: the build stops.
    Invalid {
        /// Why, in words.
        why: String,
        /// Where.
        at: Spot,
    },
    /// What has to be computed.
    NotStatic {
        /// What it is, and which part.
        why: String,
        /// Where.
        at: Spot,
        /// Whether the build stops. Otherwise the whole config is dropped and the middleware runs on
        /// every path.
        stops_build: bool,
    },
    /// An export of a form that Next.js does not look at: the middleware runs on every path.
    Unseen {
        /// Where.
        at: Spot,
    },
    /// The file could not be parsed.
    Unreadable(SyntaxProblem),
}

/// An element of the matcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatcherSource {
    /// The path, as path-to-regexp writes it, without base path and language.
    pub source: String,
    /// What a request must have.
    pub has: Vec<MatcherCondition>,
    /// What a request must not have.
    pub missing: Vec<MatcherCondition>,
    /// Whether a language may stand before the source where the app has `i18n`: not with
    /// `locale: false`.
    pub locale: bool,
}

/// Something in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatcherCondition {
    /// Where it is looked for.
    pub kind: ConditionKind,
    /// Under which name; a host has none.
    pub key: Option<String>,
    /// What it has to be, as a regular expression; without, anything.
    pub value: Option<String>,
}

/// Where a condition looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the parts of a request")]
pub enum ConditionKind {
    Header,
    Query,
    Cookie,
    Host,
}

/// What a version of Next.js can read. Unknown versions read what the newest does.
#[derive(Debug, Clone, Copy)]
struct Rules {
    /// `x satisfies T`: 15.0, not 14.2.35.
    satisfies: bool,
    /// `x as T`, `x as const`, `<T>x`: 16.3.1, not 16.2.0.
    casts: bool,
    /// Objects are checked by a schema: 15.0. Before, a single object could stand without a list.
    schema: bool,
    stops_build: bool,
}

impl Rules {
    fn of(version: Option<(u32, u32, u32)>) -> Self {
        let since = |first| version.is_none_or(|version| version >= first);
        Self {
            satisfies: since((15, 0, 0)),
            casts: since((16, 3, 0)),
            schema: since((15, 0, 0)),
            stops_build: since(STOPS_SINCE),
        }
    }
}

/// Reads the setting of a middleware file.
pub fn matcher_setting(
    project: &Project<'_>,
    file: &str,
    version: Option<(u32, u32, u32)>,
) -> MatcherSetting {
    let Some(text) = project.sources().text(file) else {
        return match project.sources().is_file(file) {
            true => MatcherSetting::Unreadable(SyntaxProblem::unread()),
            false => MatcherSetting::None,
        };
    };
    let rules = Rules::of(version);
    let read = module::with_program(file, &text, 0, |program, _| literal::config(program, rules));
    let spot = |at| Spot::of(&text, at);
    match read {
        Err(problem) => MatcherSetting::Unreadable(problem),
        Ok(None) => unseen(project, file),
        Ok(Some(Err(fault))) => MatcherSetting::NotStatic {
            why: fault.why,
            at: spot(fault.at),
            stops_build: rules.stops_build,
        },
        Ok(Some(Ok(config))) => match sources(&config, rules) {
            Ok(None) => MatcherSetting::None,
            Ok(Some(sources)) => MatcherSetting::Static(sources),
            Err(fault) => MatcherSetting::Invalid {
                why: fault.why,
                at: spot(fault.at),
            },
        },
    }
}

/// The sources in a config, where it has a matcher.
fn sources(config: &Node, rules: Rules) -> Result<Option<Vec<MatcherSource>>, Fault> {
    let is_object = matches!(config.literal, Literal::Object(_) | Literal::Undefined);
    if rules.schema && !is_object {
        return Err(Fault {
            why: "`config` must be an object".to_owned(),
            at: config.at,
        });
    }
    let matcher = config
        .property("matcher")
        .filter(|matcher| match &matcher.literal {
            Literal::Undefined => false,
            // Version 14 asked only whether there is something.
            Literal::Null | Literal::Bool(false) => rules.schema,
            Literal::Text(text) => rules.schema || !text.is_empty(),
            _ => true,
        });
    matcher
        .map(|matcher| schema::sources(matcher, rules))
        .transpose()
}

/// A config that is exported otherwise: `export { config }`, `export let config`, `exports.config`.
fn unseen(project: &Project<'_>, file: &str) -> MatcherSetting {
    let Some(Ok(module)) = project.module(file) else {
        return MatcherSetting::None;
    };
    match module.export("config") {
        Some(export) => MatcherSetting::Unseen {
            at: module.spot(export.at),
        },
        None => MatcherSetting::None,
    }
}

#[cfg(test)]
mod tests;
