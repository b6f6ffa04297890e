//! E11: how many users there are, and how many came in the last hour, day and week. Counts only: nobody is
//! named (`GET /v1/users/count`).

use serde_json::Value;

use super::{Probe, Told, not_asked, why_not};
use crate::model::Known;
use crate::model::triage::{Evidence, Mark};

/// Whom a count counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Everybody.
    All,
    /// Who signed up within so many seconds.
    Created(u64),
    /// Who signed in within so many seconds.
    SignedIn(u64),
}

/// A count and what became of it.
#[derive(Debug, Clone)]
pub struct Count {
    /// Whom it counts.
    pub window: Window,
    /// What became of it.
    pub probe: Probe,
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// A burst has so many in an hour at least: a quiet product has its hundred on a good day.
const BURST: u64 = 100;

/// And is so many times the usual hour.
const TIMES: u64 = 20;

/// The windows that are counted, and that since when something is wrong.
pub fn windows(since: Option<u64>) -> Vec<Window> {
    let mut all = vec![Window::All];
    for seconds in [HOUR, DAY, WEEK] {
        all.extend([Window::Created(seconds), Window::SignedIn(seconds)]);
    }
    all.extend(since.map(Window::Created));
    all
}

impl Window {
    /// What is asked for, as a path below the version prefix; `now` in seconds since 1970.
    pub fn path(self, now: u64) -> String {
        let from = |seconds: u64| now.saturating_sub(seconds) * 1000;
        match self {
            Window::All => "/users/count".to_owned(),
            Window::Created(seconds) => {
                format!("/users/count?created_at_after={}", from(seconds))
            }
            Window::SignedIn(seconds) => {
                format!("/users/count?last_sign_in_at_after={}", from(seconds))
            }
        }
    }
}

/// What the counts say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct People {
    words: Vec<String>,
    /// A burst of sign-ups.
    pub(super) burst: Option<String>,
    /// Clerk and the app's own database differ; whether deliveries on their way cannot explain it.
    pub(super) gap: Option<(String, bool)>,
}

fn number(probe: &Probe) -> Option<u64> {
    let answer = probe.answer().filter(|answer| answer.status == 200)?;
    let body = answer.json().ok()?;
    body.get("total_count").and_then(Value::as_u64)
}

pub(super) fn read(counts: &[Count], told: &Told) -> People {
    let of = |window: Window| {
        let count = counts.iter().find(|count| count.window == window)?;
        number(&count.probe)
    };
    let mut people = People::default();
    let all = of(Window::All);
    people.words.extend(all.map(|all| format!("{all} in all")));
    for (seconds, name) in [(HOUR, "1 h"), (DAY, "24 h"), (WEEK, "7 d")] {
        let (created, came) = (of(Window::Created(seconds)), of(Window::SignedIn(seconds)));
        if let (Some(created), Some(came)) = (created, came) {
            people.words.push(format!(
                "last {name}: {created} signed up, {came} signed in"
            ));
        }
    }
    let rest = counts.iter().find_map(|count| match count.window {
        Window::Created(seconds) if ![HOUR, DAY, WEEK].contains(&seconds) => {
            Some((seconds, number(&count.probe)?))
        }
        _ => None,
    });
    if let (Some((_, created)), Some(since)) = (rest, told.since) {
        people
            .words
            .push(format!("{created} signed up since {since}"));
    }
    if let (Some(hour), Some(week)) = (of(Window::Created(HOUR)), of(Window::Created(WEEK))) {
        let usual = week.saturating_sub(hour) / (WEEK / HOUR - 1);
        people.burst = (hour >= BURST && hour > TIMES * usual.max(1))
            .then(|| format!("{hour} sign-ups in the last hour, usually {usual}"));
    }
    if let (Some(all), Some(own)) = (all, told.db_count)
        && all != own
    {
        let fresh = of(Window::Created(HOUR)).unwrap_or(0);
        let words = format!("Clerk has {all} users, the own database has {own}");
        people.gap = Some((words, all.abs_diff(own) > fresh));
    }
    people
}

pub(super) fn evidence(known: &Known<Vec<Count>>, people: Option<&People>) -> Vec<Evidence> {
    let subject = "users";
    let (Known::Yes(counts), Some(people)) = (known, people) else {
        return vec![not_asked("E11", subject, why_not(known))];
    };
    let Some(last) = counts.iter().max_by_key(|count| count.probe.at) else {
        return Vec::new();
    };
    if people.words.is_empty() {
        let says = format!("not counted ({})", last.probe.why());
        return vec![last.probe.says("E11", subject, Mark::Silent, says)];
    }
    let mut all = vec![
        last.probe
            .says("E11", subject, Mark::Good, people.words.join("; ")),
    ];
    let faults = people
        .burst
        .iter()
        .chain(people.gap.iter().map(|(words, _)| words));
    all.extend(faults.map(|words| last.probe.says("E11", subject, Mark::Bad, words.clone())));
    all
}
