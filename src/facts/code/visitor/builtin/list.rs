//! Arrays, and sets, which are arrays here.

use std::rc::Rc;

use crate::facts::code::tree::Binary;
use crate::facts::code::visitor::run::{Eval, MAX_ITEMS, MAX_TEXT, Run, Truth, unknown_of};
use crate::facts::code::visitor::value::{Cause, List, Value};
use crate::model::routes::CodePlace;

/// A method of an array.
pub(super) fn method(
    run: &mut Run<'_>,
    own: &Rc<List>,
    name: &str,
    arguments: &[Value],
    place: &CodePlace,
    written: &str,
) -> Option<Eval<Value>> {
    let first = arguments.first().cloned().unwrap_or(Value::Undefined);
    Some(match name {
        "includes" | "has" => includes(run, own, &first, place),
        "indexOf" => Ok(Value::unknown()),
        "some" | "every" | "find" | "findLast" => search(run, own, name, &first, place, written),
        "filter" | "map" | "forEach" | "flatMap" => each(run, own, name, &first, place, written),
        "concat" => {
            let mut items = own.items.clone();
            let mut open = own.open;
            for argument in arguments {
                match argument.bare() {
                    Value::List(more) if items.len() + more.items.len() <= MAX_ITEMS => {
                        items.extend(more.items.iter().cloned());
                        open |= more.open;
                    }
                    Value::List(_) => open = true,
                    Value::Opaque(_) | Value::OneOf(..) => open = true,
                    _ => items.push(argument.clone()),
                }
            }
            Ok(Value::List(Rc::new(List { items, open })))
        }
        "flat" => {
            let inner = own.items.iter().flat_map(|one| match one.bare() {
                Value::List(inner) => inner.items.clone(),
                _ => vec![one.clone()],
            });
            let mut items: Vec<Value> = inner.take(MAX_ITEMS + 1).collect();
            let is_long = items.len() > MAX_ITEMS;
            items.truncate(MAX_ITEMS);
            run.copies(items.len());
            Ok(Value::List(Rc::new(List {
                items,
                open: own.open || is_long,
            })))
        }
        "join" => {
            let separator = first.as_text().unwrap_or(",").to_owned();
            let texts: Option<Vec<&str>> = own.items.iter().map(Value::as_text).collect();
            Ok(match texts {
                Some(texts)
                    if !own.open
                        && texts
                            .iter()
                            .map(|text| text.len() + separator.len())
                            .sum::<usize>()
                            <= MAX_TEXT =>
                {
                    Value::text(texts.join(&separator))
                }
                _ => Value::unknown(),
            })
        }
        "slice" => {
            let start = match first.bare() {
                Value::Number(number) if *number >= 0.0 => *number as usize,
                Value::Undefined => 0,
                _ => return Some(Ok(Value::unknown())),
            };
            if arguments.len() > 1 {
                return Some(Ok(Value::unknown()));
            }
            let items = own.items.iter().skip(start).cloned().collect();
            Ok(Value::List(Rc::new(List {
                items,
                open: own.open,
            })))
        }
        "at" => Ok(match first.bare() {
            Value::Number(number) if *number == -1.0 && !own.open => {
                own.items.last().cloned().unwrap_or(Value::Undefined)
            }
            Value::Number(number) if *number >= 0.0 => own
                .items
                .get(*number as usize)
                .cloned()
                .unwrap_or_else(Value::unknown),
            _ => Value::unknown(),
        }),
        "push" | "add" | "values" | "keys" | "entries" | "reduce" | "sort" | "reverse" | "pop"
        | "shift" => Ok(Value::unknown()),
        _ => return None,
    })
}

fn includes(run: &mut Run<'_>, own: &List, sought: &Value, place: &CodePlace) -> Eval<Value> {
    let mut maybe: Option<Value> = own.open.then(Value::unknown);
    for item in &own.items {
        let same = run.binary(Binary::Strict { negated: false }, item, sought, place)?;
        match run.truth(&same, place) {
            Truth::Known(true) => return Ok(Value::Bool(true).with_decision_of(&same)),
            Truth::Known(false) => {}
            Truth::Maybe(_) => maybe = Some(same),
        }
    }
    Ok(maybe.unwrap_or_else(|| Value::Bool(false).with_decision_of(sought)))
}

fn search(
    run: &mut Run<'_>,
    own: &List,
    name: &str,
    test: &Value,
    place: &CodePlace,
    written: &str,
) -> Eval<Value> {
    let wanted = name != "every";
    let mut maybe: Option<Cause> = None;
    let mut last = Value::Undefined;
    for (index, item) in own.items.iter().enumerate() {
        let given = vec![item.clone(), Value::Number(index as f64)];
        let holds = run.call(test, given, None, place, written)?;
        match run.truth(&holds, place) {
            Truth::Known(truth) if truth == wanted && maybe.is_none() => {
                let found = if name.starts_with("find") {
                    item.clone()
                } else {
                    Value::Bool(wanted)
                };
                return Ok(found.with_decision_of(&holds));
            }
            Truth::Known(truth) if truth == wanted => {
                let found = if name.starts_with("find") {
                    item.clone()
                } else {
                    Value::Bool(wanted)
                };
                let cause = maybe.unwrap_or(Cause::Visitor);
                return Ok(match name.starts_with("find") {
                    true if own.items.len() > 8 => Value::unknown(),
                    true => Value::OneOf(own.items.clone().into(), cause),
                    false => found,
                });
            }
            Truth::Known(_) => last = holds,
            Truth::Maybe(cause) => {
                maybe = Some(maybe.map_or(cause.clone(), |known| known.or(cause)))
            }
        }
    }
    let none = if name.starts_with("find") {
        Value::Undefined
    } else {
        Value::Bool(!wanted)
    };
    if own.open {
        return Ok(Value::unknown());
    }
    Ok(match maybe {
        Some(cause) => match name.starts_with("find") {
            true => {
                let all: Vec<Value> = own
                    .items
                    .iter()
                    .cloned()
                    .chain([Value::Undefined])
                    .collect();
                if all.len() > 8 {
                    Value::unknown()
                } else {
                    Value::OneOf(all.into(), cause)
                }
            }
            false => Value::OneOf([Value::Bool(true), Value::Bool(false)].into(), cause),
        },
        None => none.with_decision_of(&last),
    })
}

fn each(
    run: &mut Run<'_>,
    own: &List,
    name: &str,
    work: &Value,
    place: &CodePlace,
    written: &str,
) -> Eval<Value> {
    let mut items = Vec::new();
    let mut open = own.open;
    for (index, item) in own.items.iter().enumerate() {
        let given = vec![item.clone(), Value::Number(index as f64)];
        let made = run.call(work, given, None, place, written)?;
        match name {
            "map" => items.push(made),
            "flatMap" => match made.bare() {
                Value::List(more) if items.len() + more.items.len() <= MAX_ITEMS => {
                    run.copies(more.items.len());
                    items.extend(more.items.iter().cloned());
                }
                Value::List(_) => open = true,
                _ => items.push(made),
            },
            "filter" => match run.truth(&made, place) {
                Truth::Known(true) => items.push(item.clone()),
                Truth::Known(false) => {}
                Truth::Maybe(_) => open = true,
            },
            _ => {}
        }
    }
    if own.open {
        let one = unknown_of(&Value::Undefined, &Value::Undefined);
        run.call(work, vec![one], None, place, written)?;
    }
    Ok(match name {
        "forEach" => Value::Undefined,
        _ => Value::List(Rc::new(List { items, open })),
    })
}
