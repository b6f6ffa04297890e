//! Whether a key rotation is complete: the new key works and is used, the old one is dead and nowhere.

use super::token::Deployed;
use super::{Probe, clause};
use crate::facts::api::{ApiAnswer, ApiVerdict, read_answer};
use crate::facts::keys::{self, Reading};
use crate::model::rotation::{Step, StepState};
use crate::model::{Known, Secret};

/// What was asked for it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The Backend API.
    pub host: String,
    /// The old key and what the Backend API answered to it, where it could be sent.
    pub old: (Secret, Known<Probe>),
    /// The same of the new one.
    pub new: (Secret, Known<Probe>),
    /// The ids of the signing keys of the Frontend API, with its host.
    pub kids: Known<(String, Vec<String>)>,
    /// What forged tokens tell of the key of the site.
    pub site: Known<Deployed>,
    /// Where the keys stand in the repository.
    pub repository: Known<Vec<String>>,
    /// Whether all of its history was searched too; else what was not, as a clause.
    pub history: Known<()>,
    /// Where they stand in what a build wrote for the browser.
    pub build: Known<Vec<String>>,
}

/// Every step, in the order of a rotation.
pub fn steps(asked: &Asked) -> Vec<Step> {
    let old = told(asked, &asked.old);
    let new = told(asked, &asked.new);
    let old_dead = old_is_dead(old.as_ref(), asked.old.0 == asked.new.0);
    let dead = old_dead.state;
    vec![
        well_formed(&asked.old.0, &asked.new.0),
        new_works(new.as_ref()),
        same_instance(asked, old.as_ref(), new.as_ref()),
        old_dead,
        site_uses_new(&asked.site, dead),
        repository_clean(asked),
        clean(
            "build-clean",
            &asked.build,
            "the build output",
            "Find what puts it into the bundle, and rotate again if it was the new one",
        ),
    ]
}

fn step(id: &'static str, state: StepState, says: impl Into<String>, fix: &str) -> Step {
    Step {
        id,
        state,
        says: says.into(),
        fix: fix.to_owned(),
        beside: None,
    }
}

/// What the Backend API said to a key.
fn told(asked: &Asked, key: &(Secret, Known<Probe>)) -> Option<ApiAnswer> {
    Some(match &key.1.as_ref()?.exchange {
        Ok(answer) => read_answer(&asked.host, answer, &key.0),
        Err(fault) => ApiAnswer::Fault(fault.clone()),
    })
}

const COPY: &str = "Copy the secret key again from the Clerk Dashboard (API keys), without quotes, spaces or line breaks";

fn well_formed(old: &Secret, new: &Secret) -> Step {
    let id = "well-formed";
    let fail = |says: &str, fix: &str| step(id, StepState::Fail, says, fix);
    let (Reading::Key(one), Reading::Key(other)) = (keys::secret(old), keys::secret(new)) else {
        let which = if matches!(keys::secret(old), Reading::Key(_)) {
            "new"
        } else {
            "old"
        };
        return fail(
            &format!("the {which} key is no secret key as Clerk writes them"),
            COPY,
        );
    };
    if old == new {
        return fail(
            "the old and the new key are the same",
            "Create a new key in the Clerk Dashboard, and give that one as the new key",
        );
    }
    if one.mode != other.mode {
        return fail(
            &format!(
                "the old key is of a {} instance, the new one of a {} instance",
                one.mode.instance(),
                other.mode.instance()
            ),
            "Give two keys of the same instance",
        );
    }
    step(
        id,
        StepState::Pass,
        format!("both are secret keys of a {} instance", one.mode.instance()),
        "",
    )
}

fn new_works(new: Option<&ApiAnswer>) -> Step {
    let id = "new-works";
    let Some(answer) = new else {
        return step(
            id,
            StepState::Fail,
            "the new key cannot be sent: it has characters that no key has",
            COPY,
        );
    };
    let says = clause(&answer.explain().what);
    match (answer, answer.verdict()) {
        (ApiAnswer::Ok { instance, .. }, _) => {
            let of = instance
                .as_ref()
                .map_or_else(String::new, |id| format!(", of instance {id}"));
            step(
                id,
                StepState::Pass,
                format!("Clerk takes the new key{of}"),
                "",
            )
        }
        (_, ApiVerdict::Bad) => step(id, StepState::Fail, says, COPY),
        _ => step(id, StepState::Error, says, &answer.explain().fix),
    }
}

fn instance(answer: Option<&ApiAnswer>) -> Option<&str> {
    match answer {
        Some(ApiAnswer::Ok { instance, .. }) => instance.as_deref(),
        _ => None,
    }
}

fn same_instance(asked: &Asked, old: Option<&ApiAnswer>, new: Option<&ApiAnswer>) -> Step {
    let id = "same-instance";
    let Some(new) = instance(new) else {
        return step(
            id,
            StepState::Skip,
            "the new key does not work, so its instance is not known",
            "",
        );
    };
    if let Some(old) = instance(old) {
        return if old == new {
            step(id, StepState::Pass, format!("both keys are of {new}"), "")
        } else {
            step(
                id,
                StepState::Fail,
                format!("the old key is of {old}, the new one of {new}"),
                OTHER,
            )
        };
    }
    match &asked.kids {
        Known::Yes((host, kids)) if kids.iter().any(|kid| kid == new) => step(
            id,
            StepState::Pass,
            format!("{host} signs with the key of {new}, which the new secret key is of"),
            "",
        ),
        Known::Yes((host, kids)) if kids.iter().any(|kid| kid.starts_with("ins_")) => step(
            id,
            StepState::Fail,
            format!("the new key is of {new}, {host} of {}", kids.join(", ")),
            OTHER,
        ),
        Known::Yes((host, _)) => step(
            id,
            StepState::Error,
            format!("the signing keys of {host} do not tell of which instance they are"),
            "Compare the instances in the Clerk Dashboard",
        ),
        Known::NotAsked(why) => step(
            id,
            StepState::Skip,
            format!(
                "the old key does not answer any more, and the publishable key was not asked: {why}"
            ),
            "Set the publishable key too",
        ),
        Known::Failed(why) => step(id, StepState::Error, why.clone(), "Try again"),
    }
}

const OTHER: &str = "Create the new key in the same application and instance as the old one";

fn old_is_dead(old: Option<&ApiAnswer>, same: bool) -> Step {
    let id = "old-dead";
    if same {
        return step(
            id,
            StepState::Skip,
            "the old and the new key are the same",
            "",
        );
    }
    match old {
        None => step(
            id,
            StepState::Skip,
            "the old key cannot be sent, so it was none",
            "",
        ),
        Some(ApiAnswer::Unauthorized(error))
            if error.code.as_deref() == Some("clerk_key_invalid") =>
        {
            step(
                id,
                StepState::Pass,
                "Clerk refuses the old key (clerk_key_invalid)",
                "",
            )
        }
        Some(ApiAnswer::Ok { .. } | ApiAnswer::Forbidden(_) | ApiAnswer::RateLimited { .. }) => {
            step(
                id,
                StepState::Fail,
                "the old key is still alive",
                "Once the new key is deployed everywhere, delete the old one in the Clerk Dashboard (API keys)",
            )
        }
        Some(answer) => step(
            id,
            StepState::Error,
            clause(&answer.explain().what),
            &answer.explain().fix,
        ),
    }
}

fn site_uses_new(site: &Known<Deployed>, old: StepState) -> Step {
    let id = "site-uses-new";
    let deployed = match site {
        Known::Yes(deployed) => deployed,
        Known::NotAsked(why) => return step(id, StepState::Skip, why.clone(), ""),
        Known::Failed(why) => return step(id, StepState::Error, why.clone(), "Try again"),
    };
    let words = format!("the site: {}", deployed.words());
    match deployed {
        Deployed::Refused => step(
            id,
            StepState::Fail,
            format!("{words}: it still runs with the old one, or with a wrong one"),
            "Set the new key where the site gets its environment, and redeploy",
        ),
        Deployed::Foreign => step(
            id,
            StepState::Fail,
            words,
            "Set the new key of the right instance, and redeploy",
        ),
        Deployed::Pairs | Deployed::Works if old == StepState::Fail => step(
            id,
            StepState::Skip,
            "its key works, but so do both keys: which one it is shows once the old one is deleted",
            "See in the Clerk Dashboard which key was used last, delete the old one, and run this again",
        ),
        // A key that works is the new one only if the old one does not.
        Deployed::Pairs | Deployed::Works if old != StepState::Pass => step(
            id,
            StepState::Skip,
            "its key works, but that the old one does not was not shown, so it may be either",
            "",
        ),
        Deployed::Pairs => step(id, StepState::Pass, words, ""),
        Deployed::Works | Deployed::Networkless | Deployed::Silent(_) => {
            step(id, StepState::Skip, words, "")
        }
        Deployed::NotServed(_) | Deployed::Unreachable | Deployed::Unanswered(_) => step(
            id,
            StepState::Error,
            words,
            "Try again; see clerk-audit triage",
        ),
    }
}

/// The history has the keys that were taken out of the files, so it is told whether it was searched.
fn repository_clean(asked: &Asked) -> Step {
    let mut step = clean(
        "repository-clean",
        &asked.repository,
        "the repository",
        "Take it out, and out of the history; treat both keys as known to others and rotate again if it was the new one",
    );
    if step.state != StepState::Pass {
        return step;
    }
    step.says = match &asked.history {
        Known::Yes(()) => "neither key is in the files or in the history".to_owned(),
        Known::NotAsked(why) | Known::Failed(why) => {
            step.beside = Some("the history");
            format!("neither key is in the files ({why})")
        }
    };
    step
}

fn clean(id: &'static str, found: &Known<Vec<String>>, what: &str, fix: &str) -> Step {
    match found {
        Known::Yes(places) if places.is_empty() => {
            step(id, StepState::Pass, format!("neither key is in {what}"), "")
        }
        Known::Yes(places) => {
            let shown = places
                .iter()
                .take(5)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            let more = match places.len() {
                0..=5 => String::new(),
                all => format!(" and {} more places", all - 5),
            };
            step(
                id,
                StepState::Fail,
                format!("in {what}: {shown}{more}"),
                fix,
            )
        }
        Known::NotAsked(why) => step(id, StepState::Skip, why.clone(), ""),
        Known::Failed(why) => step(id, StepState::Error, why.clone(), "Try again"),
    }
}
