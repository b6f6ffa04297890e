//! `routes/bypass-switch`

use super::shapes;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::facts::env::Variable;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/bypass-switch",
        group: Group::Routes,
        severity: Severity::Warning,
        pass: "No switch in the code turns authentication off",
        fail: "A switch in the code turns authentication off",
        why: "one variable that slips into production, or one header that leaks, opens the whole app",
        docs: include_str!("bypass_switch.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let found = shapes::all(facts, |what| {
        matches!(what, What::EnvSwitch { .. } | What::HeaderSwitch { .. })
    });
    let mut findings: Vec<Finding> = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    for (file, shape) in found {
        let place = file.place(shape);
        match &shape.what {
            What::HeaderSwitch { name } => findings.push(
                Finding::error(format!(
                    "a visitor who sends the header {name} gets past the check"
                ))
                .at(place, "the visitor's own choice")
                .fix("remove it; let tests sign in with Clerk's testing tokens"),
            ),
            What::EnvSwitch { name, on } if !named.contains(&name.as_str()) => {
                named.push(name);
                let set = facts.env.as_ref().and_then(|env| env.get(name));
                findings.push(switch(name, on.as_deref(), set, place));
            }
            _ => {}
        }
    }
    Verdict::Judged(findings)
}

fn switch(
    name: &str,
    on: Option<&str>,
    set: Option<&Variable>,
    place: crate::model::Place,
) -> Finding {
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
