//! From what a framework names to the value that stands there.

use crate::facts::code::routes::Resource;
use crate::facts::code::visitor::resource::{place_of_export, plain};
use crate::facts::code::visitor::run::Run;
use crate::facts::code::visitor::value::Value;
use crate::facts::code::visitor::verdict::Answer;
use crate::facts::code::visitor::world::World;
use crate::model::routes::{CodePlace, Verdict};

/// The file of a resource.
pub(super) fn file_of(resource: &Resource) -> &str {
    match resource {
        Resource::Export { file, .. }
        | Resource::Member { file, .. }
        | Resource::Inline { file, .. }
        | Resource::Body { file } => file,
        Resource::Series(steps) => steps.first().map_or("", file_of),
        Resource::Chain { .. } | Resource::Static { .. } => "",
    }
}

/// The answer where nothing stands there.
pub(super) fn unfound(world: &World<'_>, resource: &Resource) -> Answer {
    let file = file_of(resource);
    let name = match resource {
        Resource::Export { name, .. } | Resource::Member { name, .. } => name.as_str(),
        _ => "",
    };
    let place = place_of_export(world, file, name);
    plain(
        Verdict::Undecided,
        Some(place),
        format!("{name} was not found in the file"),
    )
}

/// The value that a resource names.
pub(super) fn value_of(run: &mut Run<'_>, resource: &Resource) -> Option<(Value, CodePlace)> {
    let (file, name, path): (&str, &str, &[String]) = match resource {
        Resource::Export { file, name } => (file, name, &[]),
        Resource::Member { file, name, path } => (file, name, path),
        _ => return None,
    };
    let place = place_of_export(run.world, file, name);
    let mut value = match run.export(file, name) {
        Some(value) => value,
        None => {
            let instance = run.world.instance(file)?;
            let top = run.top(&instance);
            match run.top_level(&top, name) {
                Some(value) => value,
                None => run.export(file, "default")?,
            }
        }
    };
    for name in path {
        value = part(run, &value, name, &place)?;
    }
    Some((value, place))
}

/// A property of what is written out; a function stands for what it returns.
fn part(run: &mut Run<'_>, value: &Value, name: &str, place: &CodePlace) -> Option<Value> {
    let mut value = value.clone();
    if let Value::Function(_) = value.bare() {
        let same = Value::native("createHandlers", |_, call| Ok(call.argument(0)));
        let helpers = Value::object([("createHandlers", same)]);
        let function = value.clone();
        let made = run.aside(|run| {
            let made = run.call(&function, vec![helpers], None, place, "the options")?;
            run.settle(made)
        });
        value = made.ok()?;
    }
    match value.bare() {
        Value::Object(_) => Some(run.get(&value, name, place)),
        _ => None,
    }
}
