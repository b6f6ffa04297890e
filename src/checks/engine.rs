//! Runs checks over facts. The only place that skips, and the only place that catches.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::fingerprint;
use crate::facts::Facts;
pub use crate::facts::Need;
use crate::facts::code::map;
use crate::facts::http::next_step;
use crate::model::{AppKind, CheckResult, Finding, Known, Mark, Meta, Outcome};

/// Which packages a check concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What is deployed. Keys and middleware of a library belong to the apps that import it.
    Apps,
    /// What is deployed and has code on a server, which alone has a secret key.
    Servers,
    /// Libraries too.
    Everything,
}

/// A check: a constant value. A function pointer cannot hold state.
#[derive(Debug)]
pub struct Check {
    /// What it says about itself.
    pub meta: Meta,
    /// What it needs to be told.
    pub needs: &'static [Need],
    /// Which packages it concerns.
    pub scope: Scope,
    /// The judgement.
    pub run: fn(&Facts) -> Verdict,
}

/// What a check says about one app.
#[derive(Debug)]
pub enum Verdict {
    /// Judged; nothing found means that it passes.
    Judged(Vec<Finding>),
    /// The question does not arise, and why.
    NotApplicable(String),
    /// The question was not asked, and why.
    Skipped(String),
    /// The question arises and cannot be answered from here.
    Undecided {
        /// Why.
        why: String,
        /// What would make it answerable.
        hint: String,
        /// The places that could not be followed.
        marks: Vec<Mark>,
    },
}

impl Verdict {
    /// Judged, with at most one finding.
    pub fn of(finding: Option<Finding>) -> Self {
        Verdict::Judged(finding.into_iter().collect())
    }

    /// A part of the facts, or what a check that rests on it says without it.
    ///
    /// # Errors
    /// Skipped where it was not asked for, undecided where no answer came.
    pub fn told<T>(known: &Known<T>) -> Result<&T, Verdict> {
        match known {
            Known::Yes(fact) => Ok(fact),
            Known::NotAsked(why) => Err(Verdict::Skipped(why.clone())),
            Known::Failed(why) => Err(Verdict::Undecided {
                why: why.clone(),
                hint: next_step(why),
                marks: Vec::new(),
            }),
        }
    }

    /// The question does not arise.
    pub fn not_applicable(why: impl Into<String>) -> Self {
        Verdict::NotApplicable(why.into())
    }
}

/// Judges one app.
pub fn judge(facts: &Facts, checks: &[&Check]) -> Vec<CheckResult> {
    let results = checks.iter().map(|check| CheckResult {
        meta: check.meta,
        outcome: outcome(facts, check),
        acknowledged: Vec::new(),
    });
    let mut results: Vec<CheckResult> = results.collect();
    fingerprint::attach(facts.app.shown_path(), &mut results);
    results
}

fn outcome(facts: &Facts, check: &Check) -> Outcome {
    match facts.app.kind {
        AppKind::Library if check.scope != Scope::Everything => {
            return Outcome::NotApplicable(
                "a library: judged in the apps that import it".to_owned(),
            );
        }
        AppKind::Unused => {
            return Outcome::NotApplicable(
                "Clerk is declared here and no code imports it".to_owned(),
            );
        }
        AppKind::App if check.scope == Scope::Servers && !facts.app.has_server() => {
            let why = format!("{} has no code on a server", facts.app.framework.name);
            return Outcome::NotApplicable(why);
        }
        AppKind::Library | AppKind::App => {}
    }
    for need in check.needs {
        if let Some(why) = beside_the_point(facts, *need) {
            return Outcome::NotApplicable(why);
        }
        match missing(facts, *need) {
            Some(Known::NotAsked(why)) => return Outcome::Skipped(why),
            Some(Known::Failed(why)) => {
                return Outcome::Broken {
                    hint: next_step(&why),
                    why,
                    marks: Vec::new(),
                };
            }
            Some(Known::Yes(())) | None => {}
        }
    }
    match catch_unwind(AssertUnwindSafe(|| (check.run)(facts))) {
        Ok(Verdict::Judged(findings)) => Outcome::judged(findings),
        Ok(Verdict::NotApplicable(why)) => Outcome::NotApplicable(why),
        Ok(Verdict::Skipped(why)) => Outcome::Skipped(why),
        Ok(Verdict::Undecided { why, hint, marks }) => Outcome::Broken { why, hint, marks },
        Err(_) => Outcome::Broken {
            why: "the check itself broke; please report it with this project's layout".to_owned(),
            hint: String::new(),
            marks: Vec::new(),
        },
    }
}

/// Why nothing can be known here, whatever is asked.
fn beside_the_point(facts: &Facts, need: Need) -> Option<String> {
    let framework = facts.app.framework;
    (need == Need::Routes && !map::reads(framework.id))
        .then(|| format!("routes of {} are not read yet", framework.name))
}

fn missing(facts: &Facts, need: Need) -> Option<Known<()>> {
    fn state<T>(known: &Known<T>) -> Option<Known<()>> {
        match known {
            Known::Yes(_) => None,
            Known::NotAsked(why) => Some(Known::NotAsked(why.clone())),
            Known::Failed(why) => Some(Known::Failed(why.clone())),
        }
    }
    match need {
        Need::Env => state(&facts.env),
        Need::Code => state(&facts.code),
        Need::Git => state(&facts.git),
        Need::Clerk | Need::Instance | Need::Part(_) => state(&facts.live.instance),
        Need::Frontend => state(&facts.live.frontend),
        Need::Dns => state(&facts.live.dns),
        Need::Certificates => state(&facts.live.certificates),
        Need::Status => state(&facts.live.status),
        Need::Front => state(&facts.live.front),
        Need::Visited => state(&facts.live.visited),
        Need::Surface => state(&facts.live.surface),
        Need::Hook => state(&facts.live.hook),
        Need::Routes => state(&facts.routes),
        Need::Shapes => state(&facts.shapes),
        Need::Texts => state(&facts.texts),
        Need::History => state(&facts.history),
        Need::Built => state(&facts.built),
        Need::Client => state(&facts.client),
        Need::Packages => state(&facts.packages),
        Need::Deploy => state(&facts.deploy),
        Need::Headers => state(&facts.headers),
        Need::Ignores => state(&facts.ignores),
    }
}
