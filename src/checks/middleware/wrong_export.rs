//! `middleware/wrong-export`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::entry::ExportState;
use crate::model::{Finding, Group, Mark, Meta, Place, Role, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "middleware/wrong-export",
        group: Group::Middleware,
        severity: Severity::Error,
        pass: "The middleware is exported under the name that the framework calls",
        fail: "The middleware is not exported under the name that the framework calls",
        why: "the framework calls one export; under another name nothing runs, or the build stops",
        docs: include_str!("wrong_export.md"),
    },
    needs: &[Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let entry = match super::entry_file(facts) {
        Ok(entry) => entry,
        Err(verdict) => return verdict,
    };
    if let Some(verdict) = super::unreadable(entry) {
        return verdict;
    }
    let Some(file) = super::loaded(entry) else {
        return Verdict::not_applicable("there is no middleware");
    };
    let place = Place::file(file);
    let finding = match &entry.export {
        ExportState::Right => return Verdict::Judged(Vec::new()),
        ExportState::NotAsked => {
            return Verdict::not_applicable("no export of it has to have a certain name");
        }
        ExportState::Undecided { why } => {
            return Verdict::Undecided {
                why: format!("what {file} exports could not be followed: {why}"),
                hint: "export the function in this file itself".to_owned(),
                marks: vec![Mark {
                    place,
                    label: String::new(),
                    role: Role::Primary,
                }],
            };
        }
        ExportState::Wrong { found, expected } => {
            let has = if found.is_empty() {
                "nothing".to_owned()
            } else {
                found.join(", ")
            };
            Finding::error(format!(
                "{file} exports {has}; {} takes {}",
                facts.app.framework.name,
                expected.join(" or ")
            ))
            .at(place, "")
            .fix(format!("export the function {}", under(expected)))
        }
        ExportState::Unreadable { place, .. } => Finding::error(format!(
            "{file} exports it in a form that {} does not see when it builds",
            facts.app.framework.name
        ))
        .at(place.clone(), "")
        .fix("write `export default …` in this file, with the function or its name behind it"),
    };
    Verdict::of(Some(finding))
}

fn under(names: &[String]) -> String {
    let one = |name: &String| match name.as_str() {
        "default" => "with `export default`".to_owned(),
        name => format!("as `{name}`"),
    };
    names.iter().map(one).collect::<Vec<_>>().join(" or ")
}
