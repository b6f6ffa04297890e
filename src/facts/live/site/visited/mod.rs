//! What a signed-out visitor meets at the routes.

mod caching;
mod look;
mod meets;
mod origins;
mod targets;
mod variants;

use super::front::look::means_yes;
use crate::facts::http::Answer;
use crate::model::Site;
use crate::model::routes::Verdict;

pub use caching::{Kept, kept};
pub use look::Look;
pub use meets::{How, Met, Unheard, meets, respelled};
pub use origins::{Allows, Origin, OriginAnswer, origins};
pub use targets::{By, Router, Target, Tour, tour};
pub use variants::{Variant, build_id, variants};

/// The header with which the incident runbook of old opened a site to everybody.
const BYPASS: &str = "x-auth-bypass";

/// How a route is asked for: servers treat a browser, a navigation inside a page and a program each in
/// their own way (measured with Next.js 15 and 16, Clerk's `auth.protect()` in both).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// As a browser opens a page.
    Document,
    /// As a page of Next.js loads the next one.
    Navigation,
    /// As a program asks for data.
    Data,
    /// For its headers alone.
    Head,
}

impl Shape {
    /// How it was asked for, as a clause.
    pub const fn words(self) -> &'static str {
        match self {
            Shape::Document => "as a browser opens it",
            Shape::Navigation => "as a page of the app navigates to it",
            Shape::Data => "as a program asks for it",
            Shape::Head => "by HEAD",
        }
    }
}

/// What became of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// How it was asked for.
    pub shape: Shape,
    /// The address that answered, without a query.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// What stood there.
    pub met: Met,
    /// Whether the body was read to its end.
    pub whole: bool,
    /// Whether a shared cache keeps the answer.
    pub kept: Option<Kept>,
}

/// A route, and what the visitor met there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The route.
    pub target: Target,
    /// What was met, the plain request first; never empty.
    pub meetings: Vec<Meeting>,
}

impl Visit {
    /// The plain request.
    pub fn plain(&self) -> Option<&Meeting> {
        self.meetings.first()
    }

    /// The first request that met such a thing.
    pub fn met(&self, such: impl Fn(&Met) -> bool) -> Option<&Meeting> {
        self.meetings.iter().find(|meeting| such(&meeting.met))
    }

    /// Whether any answer says whether the visitor is stopped.
    pub fn is_judged(&self) -> bool {
        self.met(Met::says_something).is_some()
    }

    /// Whether the code stops the visitor there.
    pub fn is_to_be_stopped(&self) -> bool {
        self.target.expected == Verdict::Stopped
    }
}

/// Another spelling of a route that was reached although the plain one was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The route.
    pub target: Target,
    /// What is other about the spelling: `a slash at the end`.
    pub what: &'static str,
    /// The address, without a query.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// What answered.
    pub what_answers: Behind,
}

/// What answers at another spelling of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// The route: a made-up neighbour, spelled the same way, is not answered.
    Route,
    /// A page with next to nothing on it, where the neighbour gets none: the route, or a frame that a script fills.
    Frame,
    /// Something that answers the neighbour too, with other words.
    AnyName,
}

/// What a signed-out visitor meets at the routes.
#[derive(Debug, Clone)]
pub struct Visited {
    /// The site.
    pub site: Site,
    /// How many routes there were to ask for.
    pub of: usize,
    /// How many of them were chosen.
    pub chosen: usize,
    /// Routes that were not asked for because asking may do something.
    pub left_out: Vec<String>,
    /// What was met, in the order of the map.
    pub visits: Vec<Visit>,
    /// How many other spellings were to be tried, and how many were answered.
    pub spellings: (usize, usize),
    /// Those that got through.
    pub reached: Vec<Reached>,
    /// How many requests were to be sent in the name of other sites.
    pub origins_meant: usize,
    /// What pages of other sites are told.
    pub origins: Vec<OriginAnswer>,
    /// The first address that answered with `X-Auth-Bypass`.
    pub bypass: Option<String>,
    /// Whether any answer had headers of Clerk's middleware.
    pub sees_clerk: bool,
    /// Why a route got no answer, where that happened: the first reason.
    pub unanswered: Option<String>,
}

impl Visited {
    /// A visit that has not begun.
    pub fn new(site: Site, tour: &Tour) -> Self {
        Self {
            site,
            of: tour.of,
            chosen: tour.targets.len(),
            left_out: tour.left_out.clone(),
            visits: Vec::new(),
            spellings: (0, 0),
            reached: Vec::new(),
            origins_meant: 0,
            origins: Vec::new(),
            bypass: None,
            sees_clerk: false,
            unanswered: None,
        }
    }

    /// What is worth knowing about how much was asked.
    pub fn note(&self) -> Option<String> {
        let mut parts = Vec::new();
        let (asked, of) = (self.visits.len(), self.of);
        if asked < of {
            let sample = (self.chosen < of).then_some("see --sample");
            let lost = self.unanswered.as_deref().filter(|_| asked < self.chosen);
            let why: Vec<&str> = sample.into_iter().chain(lost).collect();
            let why = why.join("; ");
            let why = match why.trim_end_matches('.') {
                "" => String::new(),
                why => format!(" ({why})"),
            };
            parts.push(format!("{asked} of {of} routes were asked for{why}"));
        }
        let told = |visit: &&Visit| visit.met(Met::says_who).is_some();
        let silent = asked - self.visits.iter().filter(told).count();
        if silent > 0 {
            parts.push(format!(
                "{silent} of {asked} routes did not tell who may get there"
            ));
        }
        if let Some((first, more)) = self.left_out.split_first() {
            let more = match more.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            parts.push(format!(
                "{first}{more} not asked for, because asking may do something"
            ));
        }
        (!parts.is_empty()).then(|| format!("{}: {}", self.site, parts.join("; ")))
    }
}

/// Whether an answer says that the site is open to everybody.
pub fn is_bypassed(answer: &Answer) -> bool {
    answer.all(BYPASS).any(means_yes)
}

/// Whether a server of Clerk's SDK had a hand in an answer.
pub fn is_of_clerk(answer: &Answer) -> bool {
    answer.header("x-clerk-auth-status").is_some()
}
