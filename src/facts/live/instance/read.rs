//! From an answer of the Backend API to a list or a setting, or to why there is none.

use serde_json::Value;

use super::Part;
use crate::facts::api::{ClerkError, Screen, clerk_error};
use crate::facts::http::{Answer, Exchange, NotJson};
use crate::model::Known;

/// A list of an instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List<T> {
    /// What was read of it.
    pub items: Vec<T>,
    /// Whether that is all of it: only then something that is not among the items is missing.
    pub whole: bool,
}

/// The JSON of an answer, or why there is none. What the plan, the key or the kind of instance does not
/// allow was as good as not asked; what the network or the server broke, failed (clerk-docs
/// `data/api_errors.json`).
pub fn body(part: Part, exchange: &Exchange, screen: &Screen) -> Known<Value> {
    let answer = match exchange {
        Ok(answer) => answer,
        Err(fault) => return Known::Failed(fault.explain().what),
    };
    let json = answer.json();
    match (answer.status, json) {
        (200..=299, Ok(value)) => Known::Yes(value),
        (200..=299, Err(saw)) => Known::Failed(odd(part, &saw)),
        (429, _) => Known::NotAsked(
            "Clerk limits the requests to this instance: rate limited (429); try again later"
                .to_owned(),
        ),
        (400 | 402..=404 | 410 | 422, Ok(value)) if is_clerks(&value) => {
            refused(part, answer, &clerk_error(answer, Some(&value), screen))
        }
        (status, value) => {
            let error = clerk_error(answer, value.ok().as_ref(), screen);
            Known::Failed(format!(
                "Clerk does not answer the question for {} (HTTP {status}{}).",
                part.words(),
                told(&error)
            ))
        }
    }
}

fn is_clerks(value: &Value) -> bool {
    value
        .get("errors")
        .and_then(|errors| errors.get(0))
        .is_some_and(Value::is_object)
}

fn refused(part: Part, answer: &Answer, error: &ClerkError) -> Known<Value> {
    let words = part.words();
    let code = error.code.as_deref().unwrap_or_default();
    let off = matches!(
        code,
        "feature_not_enabled" | "organization_not_enabled_in_instance"
    );
    // 422 is documented for the organization settings where there are none; elsewhere it is our own fault.
    let none =
        matches!(answer.status, 404 | 410) || (answer.status, part) == (422, Part::Organizations);
    let why = match answer.status {
        402 => format!("Clerk answers that the plan of this instance has no {words} (402)"),
        403 if off => format!("Clerk answers that this instance has no {words} switched on (403)"),
        403 => format!(
            "Clerk does not let this key read the {words} (403{})",
            named(error)
        ),
        400 if code.starts_with("request_invalid_for_") => {
            format!("Clerk has no {words} for this kind of instance (400)")
        }
        status if none => format!("Clerk answers that this instance has no {words} ({status})"),
        status => {
            return Known::Failed(format!(
                "Clerk does not understand the question for {words} (HTTP {status}{}).",
                told(error)
            ));
        }
    };
    Known::NotAsked(why)
}

fn named(error: &ClerkError) -> String {
    let code = error.code.as_ref();
    code.map(|code| format!(", {code}")).unwrap_or_default()
}

fn told(error: &ClerkError) -> String {
    let trace = error.trace_id.as_ref().map(|id| format!(", trace id {id}"));
    named(error) + &trace.unwrap_or_default()
}

fn odd(part: Part, saw: &NotJson) -> String {
    let what = match saw {
        NotJson::OtherContent(_) => "it is no JSON",
        NotJson::Broken => "its JSON is broken or incomplete",
        NotJson::TooLarge => "it is larger than what is read",
        NotJson::Compressed => "it is compressed, which was not asked for",
    };
    format!("The answer to GET {} cannot be read: {what}.", part.shown())
}

/// A part of the instance out of its JSON, by a function that knows its shape.
pub fn shaped<T>(
    part: Part,
    body: Known<Value>,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Known<T> {
    match body {
        Known::Yes(value) => match read(&value) {
            Some(fact) => Known::Yes(fact),
            None => Known::Failed(format!(
                "The answer to GET {} cannot be read: it has another shape than Clerk documents.",
                part.shown()
            )),
        },
        Known::NotAsked(why) => Known::NotAsked(why),
        Known::Failed(why) => Known::Failed(why),
    }
}

/// A bare list that fills its page may go on; every page that is asked for is a multiple of this.
const PAGE: usize = 100;

/// A list, bare or as `{data, total_count}`.
pub fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<List<T>> {
    let items = items(value)?;
    let read: Vec<T> = items.iter().filter_map(read).collect();
    let total = value.get("total_count").and_then(Value::as_u64);
    let whole = match total {
        Some(total) => total <= items.len() as u64,
        None => items.is_empty() || items.len() % PAGE != 0,
    };
    Some(List {
        whole: whole && read.len() == items.len(),
        items: read,
    })
}

fn items(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().or_else(|| value.get("data")?.as_array())
}

/// How many items a list has.
pub fn count(value: &Value) -> Option<u64> {
    let total = value.get("total_count").and_then(Value::as_u64);
    total.or_else(|| Some(items(value)?.len() as u64))
}

/// A setting is an object.
pub fn object(value: &Value) -> Option<&Value> {
    value.is_object().then_some(value)
}

/// A text of an object, fit to show; `None` where it is missing, empty or something else.
pub fn text(value: &Value, field: &str, screen: &Screen) -> Option<String> {
    let text = value.get(field)?.as_str()?;
    Some(screen.sentence(text)).filter(|text| !text.is_empty())
}

/// A truth of an object.
pub fn flag(value: &Value, field: &str) -> Option<bool> {
    value.get(field)?.as_bool()
}

/// The texts of a list of an object.
pub fn texts(value: &Value, field: &str, screen: &Screen) -> Vec<String> {
    let all = value.get(field).and_then(Value::as_array);
    let all = all.into_iter().flatten().filter_map(Value::as_str);
    all.map(|text| screen.sentence(text)).collect()
}
