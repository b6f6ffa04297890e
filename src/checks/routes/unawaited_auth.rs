//! `routes/unawaited-auth`

use super::shapes::{self, packages, shown};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::{FileShapes, Shape, Unawaited, What};
use crate::model::fix::{Change, Edit, Spot};
use crate::model::{Finding, Fix, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/unawaited-auth",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "Every auth() and auth.protect() is awaited",
        fail: "An auth() or auth.protect() is not awaited",
        why: "a promise has no userId: the check refuses everyone, or the code after it runs for everyone",
        docs: include_str!("unawaited_auth.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(sdk) = packages(facts).find(|package| package.name == "@clerk/nextjs") else {
        let used = facts
            .app
            .clerk
            .iter()
            .any(|package| package.name == "@clerk/nextjs");
        return Verdict::not_applicable(if used {
            "the version of @clerk/nextjs is not known"
        } else {
            "auth() answers with a promise in @clerk/nextjs only"
        });
    };
    if sdk.version.0 < 6 {
        return Verdict::not_applicable(format!(
            "auth() answers at once in @clerk/nextjs {}",
            shown(sdk.version)
        ));
    }
    let found = shapes::all(facts, |what| matches!(what, What::Unawaited { .. }));
    let finding = |(file, shape): (&FileShapes, &Shape)| {
        let What::Unawaited { call, used } = &shape.what else {
            return None;
        };
        let message = match used {
            Unawaited::Read => format!("{call} is a promise, and a property of it is read"),
            Unawaited::Destructured => {
                format!("{call} is a promise, and what is taken out of it is undefined")
            }
            Unawaited::Dropped => {
                format!("{call} is not awaited, so the code goes on before it decides")
            }
        };
        let name = call.trim_end_matches("()").trim_end_matches(".protect");
        let fix = match used {
            Unawaited::Read if name != "currentUser" => {
                "await it first: `(await auth())`, `await auth.protect()`"
            }
            _ => "write `await` before it, and `async` before the function",
        };
        Some(
            Finding::error(message)
                .at(file.place(shape), "no await")
                .fix(fix)
                .mended_by(Fix::review([Edit::new(&*file.path, awaited(shape))])),
        )
    };
    Verdict::Judged(found.into_iter().filter_map(finding).collect())
}

fn awaited(shape: &Shape) -> Change {
    Change::Await(Spot {
        line: shape.at.line,
        column: shape.at.column,
    })
}
