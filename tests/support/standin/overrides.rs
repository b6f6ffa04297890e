//! A healthy answer, and what a scenario makes of it.

use serde_json::Value;

use super::http::{Answer, Request};
use super::scenario::{On, Role};

/// Whether an override is for this answer. What Clerk refuses for its key stays refused, unless the override
/// says how it ends.
pub fn applies(on: &On, role: Role, healthy: &Answer) -> bool {
    role != Role::Bapi || healthy.status != 401 || on.status.is_some() || on.fault.is_some()
}

/// The answer with all that an override changes.
pub fn apply(on: &On, role: Role, request: &Request, mut answer: Answer) -> Answer {
    answer.skew = on.skew_s;
    let has_body = on.json.is_some() || on.body.is_some() || on.merge.is_some();
    if let Some(status) = on.status {
        answer.status = status;
    } else if has_body && answer.status != 200 {
        answer.status = 200;
    }
    if !(300..400).contains(&answer.status) {
        for gone in ["location", "x-clerk-redirect-to"] {
            answer.unset(gone);
        }
    }
    if let Some(text) = &on.json {
        let value = parse(text);
        answer.set("content-type", "application/json");
        answer.body = value.to_string().into_bytes();
    }
    if let Some(patch) = &on.merge {
        let mut value = serde_json::from_slice(&answer.body).unwrap_or_default();
        merge(&mut value, &parse(patch));
        answer.set("content-type", "application/json");
        answer.body = value.to_string().into_bytes();
    }
    if let Some(text) = &on.body {
        if answer.header("content-type").is_none() || answer.body.is_empty() {
            answer.set("content-type", guess(text));
        }
        answer.body = text.clone().into_bytes();
    }
    for (name, value) in &on.headers {
        if value.is_empty() {
            answer.unset(name);
        } else {
            answer.set(name, value);
        }
    }
    if role == Role::Bapi && has_body {
        page(request, &mut answer);
    }
    answer
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("scenario: {e}: {text}"))
}

fn guess(text: &str) -> &'static str {
    match text.trim_start().chars().next() {
        Some('{' | '[') => "application/json",
        Some('<') => "text/html; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}

/// RFC 7386.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(into) = target else { return };
    for (name, value) in fields {
        if value.is_null() {
            into.shift_remove(name);
        } else {
            merge(into.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// What `limit` and `offset` leave of a list.
fn page(request: &Request, answer: &mut Answer) {
    let number = |name| request.parameter(name)?.parse::<usize>().ok();
    let (limit, offset) = (number("limit"), number("offset"));
    if limit.is_none() && offset.is_none() {
        return;
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(&answer.body) else {
        return;
    };
    let list = match &mut value {
        Value::Array(items) => Some(items),
        Value::Object(fields) => fields.get_mut("data").and_then(Value::as_array_mut),
        _ => None,
    };
    let Some(list) = list else { return };
    let rest = list.iter().skip(offset.unwrap_or(0));
    *list = rest.take(limit.unwrap_or(10)).cloned().collect();
    answer.body = value.to_string().into_bytes();
}
