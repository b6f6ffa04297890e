//! Clerk registered by its own module for the framework, unless the config turns that off.
//!
//! `@clerk/nuxt` adds its server middleware itself; with `clerk.skipServerMiddleware` it leaves that to
//! a file in `server/middleware` (clerk/javascript, packages/nuxt/src/module.ts).

use super::{App, ClerkUse, EntryFacts, State, file};
use crate::facts::code::clerk::BY_HAND;
use crate::facts::code::module::{Module, Spot};
use crate::facts::code::reach::place;
use crate::facts::code::scan::is_source;
use crate::facts::code::value::{Exported, Fate, Value};
use crate::model::Place;

const PACKAGE: &str = "@clerk/nuxt";
const EXTENSIONS: &[&str] = &["ts", "js", "mjs"];

pub(super) fn look(
    app: &App<'_>,
    switched_off_by: &str,
    stem: &str,
    calls: &[&'static str],
) -> EntryFacts {
    let configs = EXTENSIONS
        .iter()
        .map(|extension| format!("nuxt.config.{extension}"));
    let configs: Vec<String> = configs.map(|name| app.path(&name)).collect();
    let Some(config) = configs.iter().find(|path| app.is_file(path)) else {
        return EntryFacts::new(State::Missing { expected: configs });
    };
    let module = match super::read(app, config) {
        Ok(module) => module,
        Err(facts) => return *facts,
    };
    let options = exported_object(&module);
    if options.is_some_and(|options| is_off(options, switched_off_by)) {
        return by_hand(app, stem, calls);
    }
    let registered = options.map_or(Some(false), |options| lists_module(options, &module));
    EntryFacts {
        uses: match registered {
            Some(true) => ClerkUse::Yes {
                call: PACKAGE.to_owned(),
                place: place(config, &module, 0),
                conditional: false,
            },
            Some(false) => ClerkUse::No,
            None => ClerkUse::Undecided {
                why: format!("the list of modules is computed, so {PACKAGE} may be in it"),
                place: place(config, &module, 0),
            },
        },
        ..EntryFacts::new(State::Automatic {
            config: config.clone(),
        })
    }
}

/// The file that has to do it, under the expected name or any other in its folder.
fn by_hand(app: &App<'_>, stem: &str, calls: &[&'static str]) -> EntryFacts {
    let folder = app.path(super::super::resolve::parent(stem));
    let expected: Vec<String> = EXTENSIONS
        .iter()
        .map(|extension| app.path(&format!("{stem}.{extension}")))
        .collect();
    let named = expected.iter().filter(|path| app.is_file(path));
    let others = app
        .mentions
        .iter()
        .filter(|path| is_source(path) && super::super::resolve::parent(path) == folder);
    let mut best: Option<EntryFacts> = None;
    for path in named.chain(others) {
        let facts = file::inside(app, path, &["default"], calls);
        if facts.uses.is_yes() {
            return facts;
        }
        let uses = verified_by_method(app, path).unwrap_or(facts.uses.clone());
        let by_hand = matches!(uses, ClerkUse::ByHand { .. });
        let facts = EntryFacts { uses, ..facts };
        if by_hand {
            return facts;
        }
        best.get_or_insert(facts);
    }
    best.unwrap_or_else(|| EntryFacts::new(State::Missing { expected }))
}

/// `clerkClient.verifyToken(token)` on a client that a helper of the project hands out: a method says
/// what it does by its name, whoever made the object.
fn verified_by_method(app: &App<'_>, path: &str) -> Option<ClerkUse> {
    let text = app.project.sources().text(path)?;
    let (at, call) = BY_HAND
        .iter()
        .find_map(|call| Some((text.find(&format!(".{call}("))? + 1, call)))?;
    let spot = Spot::of(&text, u32::try_from(at).ok()?);
    Some(ClerkUse::ByHand {
        call: (*call).to_owned(),
        place: Place::Span {
            file: path.to_owned(),
            line: spot.line,
            column: spot.column,
            excerpt: None,
        },
    })
}

/// The object that a config exports, through `defineNuxtConfig` and a variable.
fn exported_object(module: &Module) -> Option<&Value> {
    let Exported::Value(value) = &module.export("default")?.exported else {
        return None;
    };
    let mut value = value;
    for _ in 0..4 {
        value = match value {
            Value::Object(_) => return Some(value),
            Value::Call { arguments, .. } => arguments.first()?,
            Value::Name { name, .. } => {
                let (_, held) = module.body.locals.iter().find(|(local, _)| local == name)?;
                held
            }
            Value::Function(function) => {
                let answers = |fate: Fate| fate == Fate::Returned;
                &function.steps.iter().find(|step| answers(step.fate))?.value
            }
            _ => return None,
        };
    }
    None
}

/// Whether the option is `true` under the module's key, `clerk.skipServerMiddleware`, or beside the module
/// in `modules`.
fn is_off(options: &Value, option: &str) -> bool {
    let value = options
        .property("clerk")
        .and_then(|clerk| clerk.property(option));
    let beside = || match options.property("modules") {
        Some(Value::List(modules)) => modules.iter().any(|module| match module {
            Value::List(pair) => match pair.as_slice() {
                [Value::Text(name), with] => {
                    name == PACKAGE && with.property(option) == Some(&Value::Flag(true))
                }
                _ => false,
            },
            _ => false,
        }),
        _ => false,
    };
    value == Some(&Value::Flag(true)) || beside()
}

/// Whether the module is listed; `None` where the list is not all written out.
fn lists_module(options: &Value, module: &Module) -> Option<bool> {
    let listed = match options.property("modules") {
        Some(Value::List(listed)) => listed,
        Some(Value::Name { name, .. }) => {
            match module.body.locals.iter().find(|(local, _)| local == name) {
                Some((_, Value::List(listed))) => listed,
                _ => return None,
            }
        }
        Some(_) => return None,
        // Without a list, a layer or a spread may still bring it.
        None if options.property("extends").is_some() || options.property("...").is_some() => {
            return None;
        }
        None => return Some(false),
    };
    let name = |one: &Value| match one {
        Value::Text(name) => Some(name == PACKAGE),
        Value::List(pair) => match pair.first() {
            Some(Value::Text(name)) => Some(name == PACKAGE),
            _ => None,
        },
        _ => None,
    };
    let names: Vec<Option<bool>> = listed.iter().map(name).collect();
    if names.contains(&Some(true)) {
        Some(true)
    } else if names.contains(&None) || options.property("extends").is_some() {
        None
    } else {
        Some(false)
    }
}
