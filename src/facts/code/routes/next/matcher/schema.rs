//! Which values are a valid matcher.

use super::literal::{Fault, Literal, Node};
use super::{ConditionKind, MatcherCondition, MatcherSource, Rules};

/// dist/build/segment-config/middleware/middleware-config.js, `SourceSchema`. It counts UTF-16 units.
const MAX_SOURCE: usize = 4096;

type Checked<T> = Result<T, Fault>;

fn invalid<T>(node: &Node, why: impl Into<String>) -> Checked<T> {
    Err(Fault {
        why: why.into(),
        at: node.at,
    })
}

/// The elements of a matcher. Whether path-to-regexp takes the sources is not asked here.
pub(super) fn sources(matcher: &Node, rules: Rules) -> Checked<Vec<MatcherSource>> {
    match &matcher.literal {
        Literal::Text(_) => Ok(vec![plain(matcher)?]),
        Literal::List(all) => all.iter().map(|one| element(one, rules)).collect(),
        Literal::Object(_) if !rules.schema => Ok(vec![object(matcher, rules)?]),
        Literal::Object(_) => invalid(matcher, "a single object has to stand in a list: [{ … }]"),
        _ => invalid(matcher, "it must be a string or a list"),
    }
}

fn element(node: &Node, rules: Rules) -> Checked<MatcherSource> {
    match &node.literal {
        Literal::Text(_) => plain(node),
        Literal::Object(_) => object(node, rules),
        _ => invalid(
            node,
            "an element must be a string or an object with a `source`",
        ),
    }
}

fn plain(node: &Node) -> Checked<MatcherSource> {
    Ok(MatcherSource {
        source: source(node)?,
        has: Vec::new(),
        missing: Vec::new(),
        locale: true,
    })
}

fn source(node: &Node) -> Checked<String> {
    let Literal::Text(text) = &node.literal else {
        return invalid(node, "`source` must be a string");
    };
    if !text.starts_with('/') {
        return invalid(node, format!("\"{text}\" does not begin with `/`"));
    }
    if text.encode_utf16().count() > MAX_SOURCE {
        return invalid(node, format!("it is longer than {MAX_SOURCE} characters"));
    }
    Ok(text.clone())
}

fn object(node: &Node, rules: Rules) -> Checked<MatcherSource> {
    only(node, &["source", "locale", "has", "missing"])?;
    let Some(of) = node.property("source") else {
        return invalid(node, "an object needs a `source`");
    };
    let locale = match node.property("locale") {
        None => true,
        Some(flag) => match flag.literal {
            Literal::Undefined => true,
            Literal::Bool(false) => false,
            _ => return invalid(flag, "`locale` can only be `false`"),
        },
    };
    Ok(MatcherSource {
        source: source(of)?,
        has: conditions(node.property("has"), rules)?,
        missing: conditions(node.property("missing"), rules)?,
        locale,
    })
}

/// Refuses properties of any other name.
fn only(node: &Node, names: &[&str]) -> Checked<()> {
    let Literal::Object(properties) = &node.literal else {
        return invalid(node, "it must be an object");
    };
    match properties
        .iter()
        .find(|(key, _)| !names.contains(&key.as_str()))
    {
        Some((key, value)) => invalid(value, format!("there is no property `{key}`")),
        None => Ok(()),
    }
}

fn conditions(node: Option<&Node>, rules: Rules) -> Checked<Vec<MatcherCondition>> {
    let Some(node) = node.filter(|node| node.literal != Literal::Undefined) else {
        return Ok(Vec::new());
    };
    match &node.literal {
        Literal::List(all) => all.iter().map(|one| condition(one, rules)).collect(),
        _ => invalid(node, "`has` and `missing` must be lists"),
    }
}

fn condition(node: &Node, rules: Rules) -> Checked<MatcherCondition> {
    let kind = match text(node, "type")?.as_deref() {
        Some("header") => ConditionKind::Header,
        Some("query") => ConditionKind::Query,
        Some("cookie") => ConditionKind::Cookie,
        Some("host") => ConditionKind::Host,
        _ => return invalid(node, "`type` must be header, query, cookie or host"),
    };
    let is_host = kind == ConditionKind::Host;
    if rules.schema {
        let names: &[&str] = if is_host {
            &["type", "value"]
        } else {
            &["type", "key", "value"]
        };
        only(node, names)?;
    }
    let (key, value) = (text(node, "key")?, text(node, "value")?);
    match (is_host, &key, &value) {
        (true, _, None) => invalid(node, "a host needs a `value`"),
        (false, None, _) => invalid(node, "a header, query or cookie needs a `key`"),
        _ => Ok(MatcherCondition {
            kind,
            key: key.filter(|_| !is_host),
            value,
        }),
    }
}

/// A property that is a text or not there.
fn text(node: &Node, name: &str) -> Checked<Option<String>> {
    match node.property(name) {
        None => Ok(None),
        Some(value) => match &value.literal {
            Literal::Text(text) => Ok(Some(text.clone())),
            Literal::Undefined => Ok(None),
            _ => invalid(value, format!("`{name}` must be a string")),
        },
    }
}
