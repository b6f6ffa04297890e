//! The visitor: one without a session, who asks politely and remembers little.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;
use std::time::Duration;

use url::Url;

use super::super::{Asker, Lanes, Shared};
use crate::facts::api::Screen;
use crate::facts::http::{Answer, Exchange, Fault};
use crate::facts::live::site::Visited;
use crate::facts::live::site::visited::{
    Look, Meeting, Met, Shape, Unheard, build_id, is_bypassed, is_of_clerk, meets, respelled,
};
use crate::gather::net::{Ask, Method};
use crate::model::{Known, Site};

/// As much of a body as is read.
const BODY: usize = 64 * 1024;

/// A route that sends no end of its answer, such as a stream of events, holds the others up no longer.
const WAIT: Duration = Duration::from_secs(5);

/// After so many refusals for too many requests the visit ends.
const REFUSALS: u32 = 3;

/// After so many requests without an answer, one after the other, it ends too.
const FAULTS: u32 = 8;

/// One without a session.
pub(super) struct Visitor {
    shared: Rc<Shared>,
    lanes: Rc<Lanes>,
    site: Site,
    name: String,
    unheard: Unheard,
    build: Option<String>,
    asked: RefCell<BTreeSet<(Shape, String)>>,
    seen: RefCell<Seen>,
    refusals: Cell<u32>,
    faults: Cell<u32>,
    holds_back: Cell<bool>,
}

/// What was seen on the way.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The first address that answered with `X-Auth-Bypass`.
    pub(super) bypass: Option<String>,
    /// Whether Clerk's middleware was there.
    pub(super) clerk: bool,
    /// Why no answer came, where none came: the first reason.
    pub(super) unanswered: Option<String>,
}

/// One answer, as far as it is kept.
pub(super) struct Answered {
    pub(super) meeting: Meeting,
    pub(super) look: Look,
    /// Another spelling of the same path, to which it leads.
    pub(super) respelled: Option<String>,
}

impl Visitor {
    /// Asks for what nobody has, in two shapes: an answer to that says nothing about a route. Where the
    /// site does not answer even that, the visit ends here.
    pub(super) async fn arrive(asker: &Asker, site: Site) -> Result<Self, Known<Visited>> {
        let name = format!("clerk-audit-{:012x}", RandomState::new().hash_one(()) >> 16);
        let mut visitor = Self {
            shared: asker.shared.clone(),
            lanes: asker.lanes.clone(),
            site,
            unheard: Unheard::default(),
            build: None,
            asked: RefCell::default(),
            seen: RefCell::default(),
            refusals: Cell::new(0),
            faults: Cell::new(0),
            holds_back: Cell::new(false),
            name,
        };
        let url = visitor.site.at(&format!("/{}", visitor.name));
        let (document, data) = tokio::join!(
            visitor.send(shaped(Shape::Document, &url)),
            visitor.send(shaped(Shape::Data, &url)),
        );
        let answer = match &document {
            Ok(answer) => answer,
            Err(fault) => return Err(Known::Failed(fault.explain().what)),
        };
        visitor.look_at(&url, answer);
        if let Some(other) = other_host(answer, &url) {
            return Err(Known::NotAsked(format!(
                "{} redirects everything to {other}: give that address with --url",
                visitor.site
            )));
        }
        visitor.build = build_id(&answer.text()).map(str::to_owned);
        visitor.unheard = Unheard::of(answer, data.as_ref().ok(), url.path());
        Ok(visitor)
    }

    /// The name of the build, where the site tells it.
    pub(super) fn build(&self) -> Option<&str> {
        self.build.as_deref()
    }

    /// A name that nobody has.
    pub(super) fn unheard_of(&self) -> &str {
        &self.name
    }

    /// Whether time is kept for what comes later.
    pub(super) fn hold_back(&self, hold: bool) {
        self.holds_back.set(hold);
    }

    /// What was seen on the way.
    pub(super) fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Asks for a path in a shape, once. `None` if no answer came, or it was asked for before.
    pub(super) async fn meet(&self, shape: Shape, path: &str) -> Option<Answered> {
        let url = self.site.at(path);
        let is_new = self
            .asked
            .borrow_mut()
            .insert((shape, url.path().to_owned()));
        if !is_new || self.is_over() {
            return None;
        }
        let answer = self.answered(&url, self.send(shaped(shape, &url)).await)?;
        let meeting = meets(&answer, &url, shape, &self.unheard);
        if meeting.met == Met::TooMany {
            self.refused();
            return None;
        }
        Some(Answered {
            meeting,
            look: Look::of(&answer, url.path()),
            respelled: respelled(&answer, &url),
        })
    }

    /// Asks for an API route as a page of another site does.
    pub(super) async fn as_origin(
        &self,
        method: Method,
        path: &str,
        origin: &str,
    ) -> Option<(Url, Answer)> {
        if self.is_over() {
            return None;
        }
        let url = self.site.at(path);
        let ask = Ask::new(method, url.clone()).header("origin", origin);
        let ask = match method {
            Method::Options => ask
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "authorization"),
            _ => ask.header("accept", "application/json"),
        };
        let answer = self.answered(&url, self.send(ask).await)?;
        Some((url, answer))
    }

    async fn send(&self, ask: Ask) -> Exchange {
        let lane = &self.lanes.routes;
        self.shared
            .net
            .ask(lane, ask.at_most(BODY).within(WAIT))
            .await
    }

    fn answered(&self, url: &Url, exchange: Exchange) -> Option<Answer> {
        match exchange {
            Ok(answer) => {
                self.faults.set(0);
                self.look_at(url, &answer);
                Some(answer)
            }
            Err(fault) => {
                self.faults.set(self.faults.get() + 1);
                self.unanswered(&fault);
                None
            }
        }
    }

    fn look_at(&self, url: &Url, answer: &Answer) {
        let mut seen = self.seen.borrow_mut();
        seen.clerk |= is_of_clerk(answer);
        if seen.bypass.is_none() && is_bypassed(answer) {
            seen.bypass = Some(url.to_string());
        }
    }

    fn unanswered(&self, fault: &Fault) {
        let mut seen = self.seen.borrow_mut();
        seen.unanswered.get_or_insert_with(|| fault.explain().what);
    }

    fn refused(&self) {
        self.refusals.set(self.refusals.get() + 1);
        let mut seen = self.seen.borrow_mut();
        let why = "the site asks for fewer requests, HTTP 429; see --rate";
        seen.unanswered.get_or_insert_with(|| why.to_owned());
    }

    /// Whether nothing more is to be asked.
    fn is_over(&self) -> bool {
        let net = &self.shared.net;
        let kept = if self.holds_back.get() {
            net.budget() / 5
        } else {
            Duration::ZERO
        };
        if net.left() <= kept {
            let mut seen = self.seen.borrow_mut();
            seen.unanswered
                .get_or_insert_with(|| "the time was up; see --timeout".to_owned());
            return true;
        }
        self.refusals.get() >= REFUSALS || self.faults.get() >= FAULTS
    }
}

/// Where a redirect leads that only changes the host: with `www.` or without, or with the same path.
fn other_host(answer: &Answer, asked: &Url) -> Option<String> {
    let to = asked.join(answer.header("location")?).ok()?;
    let bare = |url: &Url| {
        url.host_str()
            .map(|host| host.trim_start_matches("www.").to_owned())
    };
    let is_same_page = to.path() == asked.path() || bare(&to) == bare(asked);
    let moved = answer.is_redirect() && is_same_page && to.origin() != asked.origin();
    moved.then(|| Screen::default().sentence(&to.origin().ascii_serialization()))
}

/// The headers by which servers tell the shapes apart.
fn shaped(shape: Shape, url: &Url) -> Ask {
    let get = |accept| Ask::get(url.clone()).header("accept", accept);
    match shape {
        Shape::Document => get("text/html,application/xhtml+xml")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-mode", "navigate"),
        // clerk/javascript `packages/nextjs/src/server/protect.ts` knows a navigation by `Next-Url`.
        Shape::Navigation => get("*/*").header("rsc", "1").header("next-url", url.path()),
        Shape::Data => get("application/json"),
        Shape::Head => Ask::new(Method::Head, url.clone()).header("accept", "*/*"),
    }
}
