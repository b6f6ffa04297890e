//! `routes/bypass-switch`

use super::shapes;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::opened::Test;
use crate::facts::code::shapes::{FileShapes, Shape, What};
use crate::facts::env::Variable;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/bypass-switch",
        group: Group::Routes,
        severity: Severity::Warning,
        pass: "No switch in the code turns authentication off",
        fail: "A switch in the code turns authentication off",
        why: "one variable that slips into production opens what authentication protects",
        docs: include_str!("bypass_switch.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let found = shapes::all(facts, |what| {
        matches!(
            what,
            What::EnvSwitch { .. }
                | What::HeaderSwitch { .. }
                | What::CoercedSwitch { .. }
                | What::HeaderUser { .. }
                | What::OpenWhere(_)
        )
    });
    let mut findings: Vec<Finding> = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    for (file, shape) in &found {
        let place = file.place(shape);
        match &shape.what {
            What::HeaderSwitch { name } => findings.push(
                Finding::error(format!(
                    "a visitor who sends the header {name} gets past the check"
                ))
                .at(place, "the visitor's own choice")
                .because(ANYBODY)
                .fix(NO_HEADER),
            ),
            What::EnvSwitch { name, on } if !named.contains(&name.as_str()) => {
                named.push(name);
                let set = facts.env.as_ref().and_then(|env| env.get(name));
                let coerced = found.iter().find_map(|(file, shape)| match &shape.what {
                    What::CoercedSwitch {
                        name: same,
                        by_default,
                    } if same == name => Some((file.place(shape), *by_default)),
                    _ => None,
                });
                let finding = match coerced {
                    Some((schema, by_default)) => always_on(name, set, by_default)
                        .at(schema, "every text is true")
                        .see(place, "read here"),
                    None => switch(name, on.as_deref(), set, place),
                };
                findings.push(users(&found, file).fold(finding, |finding, (name, place)| {
                    finding.see(
                        place,
                        format!("the visitor's header {name} then says who they are"),
                    )
                }));
            }
            // Said with the switch that it is behind.
            What::HeaderUser { name } if !has_switch(&found, file) => findings.push(
                Finding::warning(format!(
                    "the header {name}, which every visitor can send, says who the user is"
                ))
                .at(place, "the visitor's own choice")
                .because(ANYBODY)
                .fix(NO_HEADER),
            ),
            What::OpenWhere(test) if !named.contains(&test.name.as_str()) => {
                named.push(&test.name);
                let set = facts.env.as_ref().and_then(|env| env.get(&test.name));
                findings.push(opened(test, set, place));
            }
            _ => {}
        }
    }
    Verdict::Judged(findings)
}

const ANYBODY: &str = "whoever learns the name of the header sends it, and is let in";
const NO_HEADER: &str = "remove it; let tests sign in with Clerk's testing tokens";

type Found<'f> = [(&'f FileShapes, &'f Shape)];

fn has_switch(found: &Found<'_>, file: &FileShapes) -> bool {
    found.iter().any(|(other, shape)| {
        other.path == file.path && matches!(shape.what, What::EnvSwitch { .. })
    })
}

/// The headers of a file that name the user.
fn users<'f>(found: &'f Found<'f>, file: &'f FileShapes) -> impl Iterator<Item = (&'f str, Place)> {
    let here = found.iter().filter(|(other, _)| other.path == file.path);
    here.filter_map(|(file, shape)| match &shape.what {
        What::HeaderUser { name } => Some((name.as_str(), file.place(shape))),
        _ => None,
    })
}

/// A switch that its schema makes true of every text.
fn always_on(name: &str, set: Option<&Variable>, by_default: bool) -> Finding {
    let on = set.map_or(by_default, |set| !set.value().expose().is_empty());
    let severity = if on {
        Severity::Error
    } else {
        Severity::Warning
    };
    let unset = if by_default {
        ", and so does an unset one"
    } else {
        ""
    };
    let message = format!(
        "{name} turns authentication off, and z.coerce.boolean() takes every text, also \"false\", for true{unset}"
    );
    Finding::new(severity, message).fix(format!(
        "remove {name}; or read it by `z.enum(['true', 'false']).default('false')`, compare it with 'true', and let it count only where NODE_ENV is not production"
    ))
}

/// A condition of the middleware that opens everything.
fn opened(test: &Test, set: Option<&Variable>, place: Place) -> Finding {
    let name = &test.name;
    let unset = if test.holds {
        ""
    } else {
        ", so also where it is not set"
    };
    let is = match (&test.text, test.holds) {
        (Some(text), true) => format!("is \"{text}\""),
        (Some(text), false) => format!("is not \"{text}\"{unset}"),
        (None, true) => "is set".to_owned(),
        (None, false) => "is not set".to_owned(),
    };
    let message = format!("the middleware lets everybody through where {name} {is}");
    let fix = format!("protect first, or let {name} count only where NODE_ENV is not production");
    match set.filter(|set| test.holds_for(set.value().expose().trim())) {
        Some(set) => Finding::error(message)
            .at(set.winner.place(), "so it is here")
            .see(place, "read here"),
        None => Finding::warning(message).at(place, "before anybody is asked to sign in"),
    }
    .fix(fix)
}

fn switch(name: &str, on: Option<&str>, set: Option<&Variable>, place: Place) -> Finding {
    const FIX: &str = "remove the switch, or let it count only where NODE_ENV is not production";
    match set.filter(|variable| is_on(variable, on)) {
        Some(variable) => Finding::error(format!("{name} turns authentication off, and it is set"))
            .at(variable.winner.place(), "switched on")
            .see(place, "read here")
            .fix(format!(
                "remove {name} from this environment, then from the code"
            )),
        None => Finding::warning(format!("{name} would turn authentication off"))
            .at(place, "read here")
            .fix(FIX),
    }
}

fn is_on(variable: &Variable, on: Option<&str>) -> bool {
    let value = variable.value().expose().trim();
    match on {
        Some(on) => value == on,
        None => !matches!(
            value.to_ascii_lowercase().as_str(),
            "" | "0" | "false" | "no" | "off"
        ),
    }
}
