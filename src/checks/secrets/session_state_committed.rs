//! `secrets/session-state-committed`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::keys::Mode;
use crate::facts::secrets::session::SessionFile;
use crate::model::{Finding, Group, Known, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/session-state-committed",
        group: Group::Secrets,
        severity: Severity::Error,
        pass: "No saved session of a browser is tracked by git",
        fail: "A saved session of a browser is tracked by git",
        why: "its cookies sign in whoever loads them, without a password",
        docs: include_str!("session_state_committed.md"),
    },
    needs: &[Need::Git, Need::Texts],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    match facts.git.as_ref().map(|git| &git.tracked) {
        Some(Known::NotAsked(why)) => return Verdict::not_applicable(why.clone()),
        Some(Known::Failed(why)) => {
            return Verdict::Undecided {
                why: format!("what git tracks could not be read: {why}"),
                hint: "run `git status` here; it says what is wrong with the repository".to_owned(),
                marks: Vec::new(),
            };
        }
        Some(Known::Yes(_)) | None => {}
    }
    let sessions = facts
        .texts
        .as_ref()
        .into_iter()
        .flat_map(|texts| &texts.sessions);
    Verdict::Judged(sessions.map(finding).collect())
}

fn finding(file: &SessionFile) -> Finding {
    let (severity, instance) = match file.mode {
        Mode::Live => (Severity::Error, "a session"),
        Mode::Test => (Severity::Warning, "a session of a development instance"),
    };
    let (path, cookie) = (&file.path, &file.cookie);
    Finding::new(
        severity,
        format!("{path} is tracked by git and holds {instance}: the cookie {cookie} with its value"),
    )
    .at(Place::file(path.as_str()), "committed")
    .fix(format!(
        "sign that user out everywhere (revoke the sessions in the Clerk Dashboard), `git rm --cached {path}` and \
         ignore the folder; let the test suite sign in when it starts"
    ))
    .verify(format!("git ls-files {path}"))
}
