//! `errors/sign-in-not-activated`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::care::Care;
use crate::facts::code::shapes::{FileShapes, Shapes, What};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "errors/sign-in-not-activated",
        group: Group::Errors,
        severity: Severity::Warning,
        pass: "A sign-in flow of the app's own makes its session active",
        fail: "A sign-in flow of the app's own never makes its session active",
        why: "a completed sign-in is no session yet: the user stays signed out",
        docs: include_str!("sign_in_not_activated.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(shapes) = facts.shapes.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let flows: Vec<(&FileShapes, _)> = shapes.files.iter().filter_map(first_step).collect();
    if flows.is_empty() {
        return Verdict::not_applicable("no sign-in or sign-up flow of the app's own was seen");
    }
    let left = flows.iter().filter(|(file, _)| !is_activated(shapes, file));
    let finding = |(file, shape): &(&FileShapes, &crate::facts::code::shapes::Shape)| {
        let call = match &shape.what {
            What::Care(Care::Completes(call)) => call.as_str(),
            _ => "the last step",
        };
        Finding::warning(format!(
            "{call} may complete it, and neither this file nor its neighbours call setActive() or finalize()"
        ))
        .at(file.place(shape), "")
        .fix("when the status is complete, call setActive({ session: result.createdSessionId }), or finalize() of the newer API")
    };
    Verdict::Judged(left.map(finding).collect())
}

/// The first step of a file that may complete a flow.
fn first_step(file: &FileShapes) -> Option<(&FileShapes, &crate::facts::code::shapes::Shape)> {
    let step = file.find(|what| matches!(what, What::Care(Care::Completes(_))))?;
    Some((file, step))
}

/// Whether the file, one that it imports or one that imports it makes the session active.
fn is_activated(shapes: &Shapes, file: &FileShapes) -> bool {
    let activates = |one: &FileShapes| {
        one.find(|what| *what == What::Care(Care::Activates))
            .is_some()
    };
    let importers = shapes
        .files
        .iter()
        .filter(|one| one.imports.contains(&file.path));
    shapes.around(file).chain(importers).any(activates)
}
