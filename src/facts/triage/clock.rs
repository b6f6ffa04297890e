//! E8: the clocks. Session tokens live for a minute, and the SDK allows for five seconds of difference.

use super::{App, Collected, Probe, not_asked, why_not};
use crate::facts::api::http_date;
use crate::model::Known;
use crate::model::triage::{Evidence, Mark};

/// Seconds that the SDK allows for.
const ALLOWED: f64 = 5.0;

/// How the clock of the site goes, in seconds ahead of the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Skew {
    /// Of the site, ahead of the others.
    pub(super) site: Option<f64>,
    /// What that may be wrong by.
    margin: f64,
    /// Of this machine, ahead of the others.
    here: f64,
}

/// Seconds by which the clock of a server is ahead of this machine's, and what that may be wrong by. The
/// date of an answer from a cache says nothing.
fn ahead(probe: &Probe) -> Option<(f64, f64)> {
    let answer = probe.answer()?;
    let aged = answer.header("age").is_some_and(|age| age.trim() != "0");
    let date = http_date(answer.header("date")?).filter(|_| !aged)?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of this century and milliseconds of a request"
    )]
    let (date, at, took) = (
        date as f64,
        probe.at.0 as f64,
        probe.took_ms as f64 / 1000.0,
    );
    // A date has whole seconds, and so has the moment.
    Some((date + 0.5 - (at + 0.5 - took / 2.0), took / 2.0 + 1.0))
}

/// The middle one.
fn median(mut all: Vec<(f64, f64)>) -> Option<(f64, f64)> {
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.get(all.len() / 2).copied()
}

pub(super) fn read(collected: &Collected) -> Option<Skew> {
    let mut others: Vec<&Probe> = vec![&collected.backend.probe];
    if let Known::Yes(frontend) = &collected.frontend {
        others.extend([&frontend.health, &frontend.jwks]);
    }
    others.extend(collected.control.iter().map(|(_, probe)| probe));
    others.extend(&collected.status);
    let reference = median(others.into_iter().filter_map(ahead).collect())?;
    let site = collected.app.as_ref().and_then(of_site);
    let margin = site.map_or(reference.1, |site| site.1 + reference.1);
    Some(Skew {
        site: site.map(|site| site.0 - reference.0),
        margin,
        here: -reference.0,
    })
}

fn of_site(app: &App) -> Option<(f64, f64)> {
    let probes = app.rows.iter().map(|row| &row.probe).chain([&app.again]);
    median(probes.filter_map(ahead).collect())
}

impl Skew {
    /// The difference in words, where it ends sessions.
    pub(super) fn fault(&self) -> Option<String> {
        let site = self
            .site
            .filter(|site| site.abs() > ALLOWED + self.margin)?;
        Some(format!(
            "the clock of the site is {:.0} s {} that of Clerk",
            site.abs(),
            if site > 0.0 { "ahead of" } else { "behind" }
        ))
    }
}

pub(super) fn evidence(collected: &Collected, skew: Option<&Skew>) -> Evidence {
    let subject = "clocks";
    let Some(skew) = skew else {
        return not_asked("E8", subject, "no answer of another server tells the time");
    };
    let line = |mark: Mark, says: String| Evidence {
        id: "E8",
        subject: subject.to_owned(),
        mark,
        says,
        at: Some(collected.at),
        took_ms: None,
    };
    if let Some(words) = skew.fault() {
        return line(Mark::Bad, words);
    }
    if skew.here.abs() > ALLOWED + skew.margin {
        let says = format!(
            "the clock of this machine is {:.0} s {} the others; the times here are off by that",
            skew.here.abs(),
            if skew.here > 0.0 {
                "ahead of"
            } else {
                "behind"
            }
        );
        return line(Mark::Odd, says);
    }
    match skew.site {
        Some(_) => line(
            Mark::Good,
            "the site, Clerk and this machine agree".to_owned(),
        ),
        None => line(
            Mark::Good,
            format!(
                "Clerk and this machine agree; the site was not asked ({})",
                why_site(collected)
            ),
        ),
    }
}

fn why_site(collected: &Collected) -> &str {
    match why_not(&collected.app) {
        "" => "it tells no time",
        why => why,
    }
}
