//! On which paths the middleware of a Next.js app runs, and what it does there.

use super::inside;
use crate::facts::code::map::{MapApp, absent};
use crate::facts::code::matcher::next::{
    Condition, ConditionKind, MatcherEntry, NextMatcher, NextPaths, Runs,
};
use crate::facts::code::module::Spot;
use crate::facts::code::routes::next::{
    self, ConditionKind as SettingKind, MatcherCondition, MatcherSetting, MatcherSource, NextConfig,
};
use crate::facts::code::visitor::{self, Answer, World};
use crate::model::routes::{CodePlace, Layer, SettingEffect, SettingFault, Verdict};

/// When the middleware runs at all.
pub(super) enum Running {
    /// There is none.
    Never,
    /// On every path, or on those of a matcher.
    On {
        file: String,
        matcher: Option<NextMatcher>,
        place: CodePlace,
    },
    /// Nobody can tell.
    Unknown { why: String, place: CodePlace },
}

impl Running {
    /// As the file says it, and what is wrong with what it says.
    pub(super) fn of(app: &MapApp<'_>, config: &NextConfig) -> (Self, Vec<SettingFault>) {
        let Some(file) = app.middleware else {
            return (Running::Never, Vec::new());
        };
        let start = CodePlace {
            file: file.to_owned(),
            line: 1,
            column: 1,
        };
        let (entries, mut faults) = match entries(app, file, &start) {
            Setting::Read(entries, faults) => (entries, faults),
            Setting::Unknown { why, place } => {
                return (Running::Unknown { why, place }, Vec::new());
            }
            Setting::Refused { why, place } => return refused(why, place),
        };
        let place = config_place(app, file).unwrap_or_else(|| start.clone());
        if entries.is_empty() {
            let on = Running::On {
                file: file.to_owned(),
                matcher: None,
                place: start,
            };
            return (on, faults);
        }
        faults.extend(ends_in_a_name(app, &entries, &place));
        faults.extend(lost_backslashes(&entries, &place));
        match NextMatcher::new(&entries, &paths_of(config), app.version) {
            Ok(matcher) => {
                let on = Running::On {
                    file: file.to_owned(),
                    matcher: Some(matcher),
                    place,
                };
                (on, faults)
            }
            Err(problem) => {
                let why = format!(
                    "Next.js refuses entry {} of config.matcher: {}",
                    problem.index + 1,
                    problem.why
                );
                refused(why, place)
            }
        }
    }

    /// Whether it runs for a path as the browser asks for it; `None` where there is none, or nobody can tell.
    pub(super) fn runs(&self, path: &str) -> Option<Runs> {
        let Running::On { matcher, .. } = self else {
            return None;
        };
        Some(
            matcher
                .as_ref()
                .map_or(Runs::Yes, |matcher| matcher.runs(path)),
        )
    }

    /// What the middleware does with a path, if it runs there.
    pub(super) fn inside(
        &self,
        world: &World<'_>,
        method: &str,
        path: &str,
        config: &NextConfig,
    ) -> Answer {
        let Running::On { file, .. } = self else {
            return Answer::plain(absent("there is no middleware"));
        };
        let names = ["proxy", "middleware", "default"];
        visitor::middleware(world, file, &names, &inside(path, config), method)
    }

    /// What the middleware does with a path as the browser asks for it.
    pub(super) fn gate(
        &self,
        world: &World<'_>,
        method: &str,
        path: &str,
        config: &NextConfig,
    ) -> Answer {
        let place = match self {
            Running::Never => return Answer::plain(absent("there is no middleware")),
            Running::Unknown { why, place } => {
                return Answer::plain(Layer {
                    verdict: Verdict::Undecided,
                    place: Some(place.clone()),
                    why: why.clone(),
                });
            }
            Running::On { place, .. } => place.clone(),
        };
        let layer = match self.runs(path) {
            Some(Runs::Yes) => return self.inside(world, method, path, config),
            Some(Runs::ByVisitor(by)) => {
                let mut answer = self.inside(world, method, path, config);
                answer.past = Some(Layer {
                    place: Some(place),
                    ..absent(&skipped(by.missing, &by.condition))
                });
                return answer;
            }
            Some(Runs::No) => {
                absent("the middleware does not run here: no entry of config.matcher matches")
            }
            Some(Runs::Undecided) | None => Layer {
                verdict: Verdict::Undecided,
                place: None,
                why: "whether config.matcher matches could not be told".to_owned(),
            },
        };
        Answer::plain(Layer {
            place: Some(place),
            ..layer
        })
    }
}

/// What there is to know of `config.matcher`.
enum Setting {
    /// Its entries, and what was passed by.
    Read(Vec<MatcherEntry>, Vec<SettingFault>),
    /// The build stops.
    Refused { why: String, place: CodePlace },
    /// Nobody can tell.
    Unknown { why: String, place: CodePlace },
}

/// The entries of `config.matcher`.
fn entries(app: &MapApp<'_>, file: &str, start: &CodePlace) -> Setting {
    let at = |spot: Spot| CodePlace {
        line: spot.line,
        column: spot.column,
        ..start.clone()
    };
    let dropped = |why: String, spot: Spot| {
        let fault = SettingFault {
            why,
            place: at(spot),
            effect: SettingEffect::Dropped,
        };
        Setting::Read(Vec::new(), vec![fault])
    };
    match next::matcher_setting(app.project, file, app.version) {
        MatcherSetting::None => Setting::Read(Vec::new(), Vec::new()),
        MatcherSetting::Static(all) => {
            Setting::Read(all.into_iter().map(entry).collect(), Vec::new())
        }
        MatcherSetting::Invalid { why, at: spot } => Setting::Refused {
            why: format!("Next.js refuses config.matcher: {why}"),
            place: at(spot),
        },
        MatcherSetting::NotStatic {
            why,
            at: spot,
            stops_build: true,
        } => Setting::Refused {
            why: format!("config.matcher is not static, which stops the build: {why}"),
            place: at(spot),
        },
        MatcherSetting::NotStatic { why, at: spot, .. } => dropped(
            format!("config.matcher is not static, so Next.js drops it: {why}"),
            spot,
        ),
        MatcherSetting::Unseen { at: spot } => dropped(
            "Next.js does not see an export of config in this form, so the middleware runs on every path".to_owned(),
            spot,
        ),
        MatcherSetting::Unreadable(problem) => Setting::Unknown {
            why: format!("it could not be read: {}", problem.message),
            place: at(problem.at),
        },
    }
}

fn entry(one: MatcherSource) -> MatcherEntry {
    MatcherEntry {
        source: one.source,
        has: one.has.iter().map(condition).collect(),
        missing: one.missing.iter().map(condition).collect(),
        locale: one.locale,
    }
}

/// A setting with which there is no build, so that nothing runs.
fn refused(why: String, place: CodePlace) -> (Running, Vec<SettingFault>) {
    let fault = SettingFault {
        why: why.clone(),
        place: place.clone(),
        effect: SettingEffect::StopsBuild,
    };
    (Running::Unknown { why, place }, vec![fault])
}

/// Before 15.1 Next.js writes `(.json)?` after each source (dist/build/analysis/get-page-static-info.js of
/// 15.0.4): after a last `:name` that becomes the pattern of the name.
fn ends_in_a_name(
    app: &MapApp<'_>,
    entries: &[MatcherEntry],
    place: &CodePlace,
) -> Vec<SettingFault> {
    if app.version.is_none_or(|version| version >= (15, 1, 0)) {
        return Vec::new();
    }
    let bare = |entry: &&MatcherEntry| {
        let last = entry.source.rsplit('/').next().unwrap_or_default();
        let name = last.strip_prefix(':').unwrap_or_default();
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let fault = |entry: &MatcherEntry| SettingFault {
        why: format!(
            "the entry \"{}\" of config.matcher matches nothing: before 15.1, Next.js takes the `(.json)?` that it writes \
             after it for the pattern of the last name",
            entry.source
        ),
        place: place.clone(),
        effect: SettingEffect::NeverMatches,
    };
    entries.iter().filter(bare).map(fault).collect()
}

/// In a string of JavaScript `\.` is a dot and `\w` the letter, so that a pattern for files with one
/// backslash in place of two leaves out pages.
fn lost_backslashes(entries: &[MatcherEntry], place: &CodePlace) -> Vec<SettingFault> {
    // What is left of `.+\\.[\\w]+$`, `.*\\..*` and `[^?]*\\.(?:html?|css…)`, and what it leaves out.
    const LEFT: &[(&str, &str)] = &[
        (".+.[w]+$", "every path that ends in `w`"),
        (".*.[w]+$", "every path that ends in `w`"),
        (".+.w+$", "every path that ends in `w`"),
        (".*.w+$", "every path that ends in `w`"),
        ("(?!.*..*", "every path but the shortest"),
        ("(?!.+..*", "every path but the shortest"),
        (
            "[^?]*.(?:html",
            "every path with a word such as `css` or `zip` in it",
        ),
    ];
    let fault = |entry: &MatcherEntry| {
        let found = LEFT.iter().find(|(left, _)| entry.source.contains(left));
        found.map(|(_, out)| SettingFault {
            why: format!(
                "the entry \"{}\" of config.matcher has lost its backslashes, and leaves out {out}",
                entry.source
            ),
            place: place.clone(),
            effect: SettingEffect::LeavesOutOthers,
        })
    };
    entries.iter().filter_map(fault).collect()
}

/// How a visitor gets past the middleware.
pub(super) fn skipped(missing: bool, condition: &Condition) -> String {
    let kind = match condition.kind {
        ConditionKind::Header => "header",
        ConditionKind::Cookie => "cookie",
        ConditionKind::Query => "query parameter",
        ConditionKind::Host => "host",
    };
    let key = &condition.key;
    match missing {
        true => format!(
            "a visitor who sends the {kind} {key} skips the middleware: config.matcher has it under `missing`"
        ),
        false => format!(
            "a visitor without the {kind} {key} skips the middleware: config.matcher has it under `has`"
        ),
    }
}

fn condition(one: &MatcherCondition) -> Condition {
    Condition {
        kind: match one.kind {
            SettingKind::Header => ConditionKind::Header,
            SettingKind::Cookie => ConditionKind::Cookie,
            SettingKind::Query => ConditionKind::Query,
            SettingKind::Host => ConditionKind::Host,
        },
        key: one.key.clone().unwrap_or_default(),
        value: one.value.clone(),
    }
}

fn paths_of(config: &NextConfig) -> NextPaths {
    NextPaths {
        base_path: config.base_path.clone(),
        i18n: config
            .i18n
            .as_ref()
            .map(|i18n| (i18n.locales.clone(), i18n.default_locale.clone())),
        trailing_slash: config.trailing_slash,
    }
}

fn config_place(app: &MapApp<'_>, file: &str) -> Option<CodePlace> {
    let module = app.project.module(file)?.ok()?;
    let spot = module.spot(module.export("config")?.at);
    Some(CodePlace {
        file: file.to_owned(),
        line: spot.line,
        column: spot.column,
    })
}
