//! `site/health-behind-auth`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::Front;
use crate::facts::live::site::front::health::{self, Leak, Probe, State};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/health-behind-auth",
        group: Group::Site,
        severity: Severity::Error,
        pass: "A monitor without a session reaches the health endpoint, and it tells nothing secret",
        fail: "A monitor cannot use the health endpoint, or it tells too much",
        why: "a monitor that sees the sign-in page reports health whatever happens behind it, or never does",
        docs: include_str!("health_behind_auth.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Servers,
    run,
};

const FIX: &str =
    "add the path to the public routes of the middleware, or leave it out of its matcher";

fn run(facts: &Facts) -> Verdict {
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    let leaks: Vec<Finding> = front
        .health
        .iter()
        .filter_map(|probe| leak(front, probe))
        .collect();
    if !leaks.is_empty() {
        return Verdict::Judged(leaks);
    }
    let states: Vec<(&Probe, State)> = front
        .health
        .iter()
        .map(|probe| (probe, health::state(&probe.seen)))
        .collect();
    // A middleware stops whoever asks where nothing is, too.
    let (absent, states): (Vec<_>, Vec<_>) = states.into_iter().partition(|(probe, state)| {
        let stopped = matches!(state, State::BehindSignIn(_) | State::Refused(_));
        stopped && is_in_code(facts, probe) == Some(false)
    });
    let find = |fits: fn(State) -> bool| states.iter().find(|(_, state)| fits(*state));
    if find(|state| state == State::Works).is_some() {
        return Verdict::of(None);
    }
    if let Some((probe, State::Failing(status))) = find(|state| matches!(state, State::Failing(_)))
    {
        return failing(front, probe, *status);
    }
    if let Some((probe, State::BehindSignIn(_))) =
        find(|state| matches!(state, State::BehindSignIn(_)))
    {
        return behind(facts, front, probe);
    }
    if let Some((probe, State::Refused(status))) = find(|state| matches!(state, State::Refused(_)))
    {
        return refused(front, probe, *status);
    }
    if states.iter().any(|(_, state)| *state == State::Lost) {
        return Verdict::Skipped("not every path was answered".to_owned());
    }
    if !absent.is_empty() {
        return Verdict::not_applicable(
            "the code has no health endpoint at a usual path, and the site lets nobody without a session ask there",
        );
    }
    let none = "none of the usual paths of a health endpoint is there";
    Verdict::not_applicable(format!("{none} ({})", health::PATHS.join(", ")))
}

fn leak(front: &Front, probe: &Probe) -> Option<Finding> {
    let leak = probe.leaks?;
    let path = &probe.seen.path;
    Some(
        Finding::error(format!("{path} tells everybody {}", leak.words()))
            .at(front.place(path), "")
            .because("a monitor needs none of it, and everybody else may ask as well")
            .fix(match leak {
                Leak::Secret => "replace the credential, and answer with a status and nothing else",
                Leak::StackTrace | Leak::Environment => "answer with a status and nothing else",
            }),
    )
}

/// Where the whole site fails, that is what is to be said.
fn failing(front: &Front, probe: &Probe, status: u16) -> Verdict {
    if front.page.look().is_some_and(|look| look.is_error()) {
        return Verdict::Skipped(format!(
            "the site answers with server errors (HTTP {status}); site/middleware-broken says more"
        ));
    }
    let path = &probe.seen.path;
    Verdict::of(Some(
        Finding::warning(format!(
            "{path} answers HTTP {status}: the site says that it is not well"
        ))
        .at(front.place(path), "")
        .because("what the endpoint found broken is broken for users, too, or its answer is wrong")
        .fix("look at what the endpoint measures, and at the log of the server"),
    ))
}

/// Whether the code has an endpoint at the path, where there is a map of its routes.
fn is_in_code(facts: &Facts, probe: &Probe) -> Option<bool> {
    let map = facts.routes.as_ref()?;
    let mut patterns = map.routes.iter().map(|route| route.pattern.as_str());
    Some(patterns.any(|pattern| pattern == probe.seen.path))
}

/// What the site answers in the same folder where nothing is.
fn neighbour(front: &Front, probe: &Probe) -> State {
    health::state(match probe.seen.path.starts_with("/api/") {
        true => &front.unknown_api,
        false => &front.unknown,
    })
}

/// Only the code tells that there is an endpoint: a sign-in that stands before `/api/health` may stand
/// before all of `/api`, or before a page of that name.
fn behind(facts: &Facts, front: &Front, probe: &Probe) -> Verdict {
    let path = &probe.seen.path;
    let finding = if path == "/health" {
        // A page about somebody's health may well be private.
        Finding::warning(
            "whoever asks /health without a session is sent to sign in: if that is for monitors, they see nothing",
        )
    } else if is_in_code(facts, probe) == Some(true) {
        Finding::error(format!(
            "the health endpoint is behind the sign-in: whoever asks {path} without a session, as every monitor does, is sent away"
        ))
    } else if matches!(neighbour(front, probe), State::BehindSignIn(_)) {
        Finding::warning(format!(
            "whoever asks {path} without a session is sent to sign in, as on paths that do not exist: a monitor has nothing to ask"
        ))
    } else {
        Finding::warning(format!(
            "whoever asks {path} without a session is sent to sign in: if a health endpoint is there, monitors see nothing"
        ))
    };
    Verdict::of(Some(finding.at(front.place(path), "").fix(FIX)))
}

/// It may want a credential that a monitor has.
fn refused(front: &Front, probe: &Probe, status: u16) -> Verdict {
    if matches!(neighbour(front, probe), State::Refused(_)) {
        return Verdict::Skipped(format!(
            "the site answers HTTP {status} on paths that do not exist, too, so whether there is a health endpoint is not known"
        ));
    }
    let path = &probe.seen.path;
    Verdict::of(Some(
        Finding::warning(format!(
            "{path} answers HTTP {status} to whoever has no session, as monitors have none"
        ))
        .at(front.place(path), "")
        .fix(FIX),
    ))
}
