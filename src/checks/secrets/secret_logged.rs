//! `secrets/secret-logged`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::leak::{Leak, Sink, Thing};
use crate::facts::code::shapes::{FileShapes, Shape, Shapes, What};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/secret-logged",
        group: Group::Secrets,
        severity: Severity::Error,
        pass: "No code gives a secret away in a log, an error or an answer",
        fail: "Code gives a secret away in a log, an error or an answer",
        why: "logs, error reports and answers are read by many who should not have it, and kept",
        docs: include_str!("secret_logged.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    let findings = shapes.filter_map(|(file, shape)| match &shape.what {
        What::Leak(leak) => finding(facts, file, shape, leak),
        _ => None,
    });
    Verdict::Judged(findings.collect())
}

fn finding(facts: &Facts, file: &FileShapes, shape: &Shape, leak: &Leak) -> Option<Finding> {
    let what = match &leak.thing {
        Thing::Variable(name) => name.as_str(),
        Thing::Environment | Thing::Bindings => "the whole environment",
        Thing::Token => "the session token of a user",
    };
    let whither = match &leak.sink {
        Sink::Log(call) => format!("is written to the log by {call}"),
        Sink::Console(call) => format!("is written to the browser's console by {call}"),
        Sink::Error => "is put into what is thrown".to_owned(),
        Sink::Answer => "is put into what a request is answered with".to_owned(),
    };
    // In the browser `process.env` is empty, and a user's own token is no secret to them; the console is read
    // by extensions, session recorders and error trackers too. What a script prints goes to whoever runs it.
    let is_script = file.path.split('/').any(|part| part == "scripts");
    let severity = match &leak.thing {
        Thing::Token if matches!(leak.sink, Sink::Console(_)) => Severity::Warning,
        Thing::Token if is_script || !facts.app.has_server() => return None,
        Thing::Token => Severity::Warning,
        Thing::Variable(_) | Thing::Bindings if !is_script => Severity::Error,
        Thing::Environment if file.on_server && !is_script => Severity::Error,
        Thing::Environment | Thing::Bindings | Thing::Variable(_) => Severity::Warning,
    };
    let fix = match &leak.thing {
        Thing::Token => "log the user id or the session id; a token signs in until it expires",
        _ => {
            "say whether it is set (`Boolean(key)`), never what it is; roll it if this has run in production"
        }
    };
    let finding = Finding::new(severity, format!("{what} {whither}"));
    Some(finding.at(file.place(shape), "the value itself").fix(fix))
}
