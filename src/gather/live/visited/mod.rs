//! The routes of the site: each is asked for once, then some of them in other shapes and spellings.
//!
//! The plain requests come first, so that what the time or the site does not allow is lost from the end.

mod pool;
mod visitor;

use std::rc::Rc;

use url::Url;

use super::Asker;
use crate::facts::live::site::Visited;
use crate::facts::live::site::visited::{
    Behind, How, Met, OriginAnswer, Reached, Shape, Target, Tour, Variant, Visit, origins, variants,
};
use crate::gather::net::Method;
use crate::model::routes::RouteKind;
use crate::model::{Known, Site};
use pool::each;
use visitor::{Answered, Visitor};

/// So many routes are asked for in every shape.
const IN_EVERY_SHAPE: usize = 40;

/// So many routes are tried in other spellings.
const SPELT: usize = 10;

/// So many API routes are asked for other origins.
const APIS: usize = 3;

/// The routes of the site.
pub(super) async fn ask(asker: &Asker, tour: Tour) -> Known<Visited> {
    let site = match &asker.question.site {
        Known::Yes(site) => site.clone(),
        Known::NotAsked(why) => return Known::NotAsked(why.clone()),
        Known::Failed(why) => return Known::Failed(why.clone()),
    };
    let mut visited = Visited::new(site.clone(), &tour);
    if tour.targets.is_empty() {
        return Known::Yes(visited);
    }
    let visitor = match Visitor::arrive(asker, site.clone()).await {
        Ok(visitor) => Rc::new(visitor),
        Err(known) => return known,
    };
    visitor.hold_back(true);
    let mut visits: Vec<Visit> = each(&visitor, tour.targets, |visitor, target| async move {
        first(&visitor, target).await
    })
    .await;
    visitor.hold_back(false);
    let (extra, (spellings, reached), told) = tokio::join!(
        shapes(&visitor, &visits),
        spelt(&visitor, &visits),
        told(&visitor, &site, &visits),
    );
    for (at, answered) in extra {
        if let Some(visit) = visits.get_mut(at) {
            visit.meetings.push(answered.meeting);
        }
    }
    visited.visits = visits;
    (visited.spellings, visited.reached) = (spellings, reached);
    (visited.origins_meant, visited.origins) = told;
    let seen = visitor.seen();
    visited.bypass = seen.bypass;
    visited.sees_clerk = seen.clerk;
    visited.unanswered = seen.unanswered;
    Known::Yes(visited)
}

/// The plain request for a route, and where it leads to another spelling, that one too.
async fn first(visitor: &Visitor, target: Target) -> Option<Visit> {
    let mut answered = visitor.meet(target.shape, &target.path).await?;
    if let Some(path) = answered.respelled.take() {
        answered = visitor.meet(target.shape, &path).await?;
    }
    Some(Visit {
        target,
        meetings: vec![answered.meeting],
    })
}

/// The route by the path that answered: the site may spell it with a slash at the end or a language before.
fn there(visit: &Visit) -> Target {
    let url = visit.plain().and_then(|met| Url::parse(&met.url).ok());
    let mut target = visit.target.clone();
    if let Some(url) = url {
        url.path().clone_into(&mut target.path);
    }
    target
}

/// An even choice of so many.
fn some<T>(all: &[T], most: usize) -> impl Iterator<Item = &T> {
    let kept = most.min(all.len());
    (0..kept).filter_map(move |at| all.get(at * all.len() / kept.max(1)))
}

/// Routes that are stopped both in the code and on the site.
fn stopped(visits: &[Visit]) -> Vec<(usize, &Visit)> {
    let stops = |visit: &Visit| {
        let met = visit.plain().map(|meeting| &meeting.met);
        let real = |how: &How| !matches!(how, How::SignInPage | How::Words);
        matches!(met, Some(Met::Stopped(how)) if real(how)) && visit.is_to_be_stopped()
    };
    let all = visits.iter().enumerate();
    all.filter(|(_, visit)| stops(visit)).collect()
}

/// The other shapes of some routes.
async fn shapes(visitor: &Rc<Visitor>, visits: &[Visit]) -> Vec<(usize, Answered)> {
    let handshaken = visits.iter().enumerate().filter(|(_, visit)| {
        let met = visit.plain().map(|meeting| &meeting.met);
        met == Some(&Met::Handshake)
    });
    let routes: Vec<(usize, &Visit)> = stopped(visits).into_iter().chain(handshaken).collect();
    let jobs: Vec<(usize, Shape, String)> = some(&routes, IN_EVERY_SHAPE)
        .flat_map(|(at, visit)| {
            let target = there(visit);
            let shapes = target.others.into_iter();
            shapes.map(move |shape| (*at, shape, target.path.clone()))
        })
        .collect();
    each(visitor, jobs, |visitor, (at, shape, path)| async move {
        Some((at, visitor.meet(shape, &path).await?))
    })
    .await
}

/// Other spellings of some routes: how many there were, how many were answered, and which got through.
async fn spelt(visitor: &Rc<Visitor>, visits: &[Visit]) -> ((usize, usize), Vec<Reached>) {
    let routes: Vec<&Visit> = stopped(visits)
        .into_iter()
        .map(|(_, visit)| visit)
        .filter(|visit| visit.target.shape != Shape::Head)
        .collect();
    let jobs: Vec<(Target, Variant)> = some(&routes, SPELT)
        .flat_map(|visit| {
            let target = there(visit);
            let all = variants(&target, visitor.build(), visitor.unheard_of());
            all.into_iter()
                .map(move |variant| (target.clone(), variant))
        })
        .collect();
    let meant = jobs.len();
    let tried = each(visitor, jobs, |visitor, (target, variant)| async move {
        through(&visitor, target, variant).await
    })
    .await;
    let counts = (meant, tried.len());
    (counts, tried.into_iter().flatten().collect())
}

/// Whether a spelling gets through. `None` if it got no answer.
async fn through(visitor: &Visitor, target: Target, variant: Variant) -> Option<Option<Reached>> {
    let answered = visitor.meet(variant.shape, &variant.path).await?;
    let is_page = |met: &Met| matches!(met, Met::Reached | Met::Shell);
    if !is_page(&answered.meeting.met) {
        return Some(None);
    }
    // A page that takes any name takes this spelling too.
    let control = visitor.meet(variant.shape, &variant.control).await?;
    let what_answers = match (&answered.meeting.met, &control.meeting.met) {
        (Met::Reached, Met::Reached) if !control.look.is_alike(&answered.look) => Behind::AnyName,
        (Met::Reached, other) if *other != Met::Reached => Behind::Route,
        (Met::Shell, other) if !is_page(other) => Behind::Frame,
        _ => return Some(None),
    };
    Some(Some(Reached {
        target,
        what: variant.what,
        url: answered.meeting.url,
        status: answered.meeting.status,
        what_answers,
    }))
}

/// What pages of other sites are told about some API routes, and how many requests that was to take.
async fn told(visitor: &Rc<Visitor>, site: &Site, visits: &[Visit]) -> (usize, Vec<OriginAnswer>) {
    let apis: Vec<&Visit> = visits
        .iter()
        .filter(|visit| {
            let is_there = visit.met(|met| *met == Met::NotThere).is_none();
            let is_api = visit.target.kind != RouteKind::Page && visit.target.shape == Shape::Data;
            is_there && is_api && visit.is_to_be_stopped()
        })
        .collect();
    let mut jobs = Vec::new();
    for visit in some(&apis, APIS) {
        for origin in origins(site) {
            for method in [Method::Options, Method::Get] {
                jobs.push((there(visit), method, origin.clone()));
            }
        }
    }
    let meant = jobs.len();
    let told = each(
        visitor,
        jobs,
        |visitor, (target, method, origin)| async move {
            let (url, answer) = visitor
                .as_origin(method, &target.path, &origin.value)
                .await?;
            let (url, method) = (shown(&url), method.word());
            Some(OriginAnswer::of(&target, &url, method, &origin, &answer))
        },
    )
    .await;
    (meant, told)
}

fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}
