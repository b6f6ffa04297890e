//! From the ends of all ways to one answer.

use std::rc::Rc;

use super::library::FOR_ALL;
use super::path::{Exit, How};
use super::value::{Doubt, ObjectKind, Response, Value};
use crate::model::routes::{
    CodePlace, Evidence, LOOKS_UP, Layer, RouteList, SHOWS_ELSE, Sensitivity, TraceStep, Verdict,
};

/// What is being asked: how it passes a visitor on, and how it refuses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Middleware,
    Page,
    Handler,
    Action,
    /// A route of a server that is registered in code: what its data lacks, it answers 404 for.
    Registered,
}

/// One layer's answer with how it came to it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The verdict with its place.
    pub layer: Layer,
    /// The deciding steps.
    pub trace: Vec<TraceStep>,
    /// The sensitive work that the visitor gets to.
    pub work: Vec<Evidence>,
    /// Lists of routes that have an entry for the path: name, entry, place.
    pub lists: Vec<(String, String, CodePlace)>,
    /// Lists of routes that were asked, whatever they answered.
    pub asked: Vec<RouteList>,
    /// Where the program asked for the session.
    pub sessions: Vec<CodePlace>,
    /// Whether the visitor was sent elsewhere, not refused.
    pub redirects: bool,
    /// Of a middleware that lets the visitor through, whether Clerk's has seen the request on every way.
    pub clerk_ran: bool,
    /// Of a middleware that the visitor can get past, how.
    pub past: Option<Layer>,
}

impl Answer {
    /// An answer that needed no walk.
    pub fn plain(layer: Layer) -> Self {
        Self {
            layer,
            trace: Vec::new(),
            work: Vec::new(),
            lists: Vec::new(),
            asked: Vec::new(),
            sessions: Vec::new(),
            redirects: false,
            clerk_ran: false,
            past: None,
        }
    }
}

/// Whether a way ends in a refusal of whoever came it.
pub(super) fn is_refusal(exit: &Exit) -> bool {
    if let Some((Some(status), _)) = exit.path.answered {
        return status >= 300;
    }
    match &exit.how {
        How::Throw(_) | How::Stop(_) => true,
        How::Return(value) => match value.as_response() {
            Some(Response::Redirect) => true,
            Some(Response::Status(Some(status))) => status >= 400,
            _ => exit.path.arm.is_some() || is_error_object(value),
        },
    }
}

/// `{ error: … }`, `{ success: false }`: how a server function refuses.
fn is_error_object(value: &Value) -> bool {
    let Some(object) = value
        .as_object()
        .filter(|object| matches!(object.kind, ObjectKind::Plain))
    else {
        return false;
    };
    let says = |name: &str, what: bool| {
        object
            .properties
            .get(name)
            .is_some_and(|value| match value.bare() {
                Value::Bool(flag) => *flag == what,
                Value::Text(text) => what && !text.is_empty(),
                _ => false,
            })
    };
    says("error", true) || says("success", false) || says("ok", false)
}

/// `{ redirect: … }` and `{ notFound: true }`: how `getServerSideProps` sends a visitor away.
fn ends_elsewhere(value: &Value) -> bool {
    value.as_object().is_some_and(|object| {
        let is_plain = matches!(object.kind, ObjectKind::Plain);
        let not_found = object.properties.get("notFound").map(Value::bare);
        let redirect = object.properties.get("redirect").map(Value::bare);
        is_plain
            && (matches!(not_found, Some(Value::Bool(true)))
                || matches!(redirect, Some(Value::Object(_))))
    })
}

/// Whether a way gets the visitor to the work.
pub(super) fn is_through(exit: &Exit, asked: Asked) -> bool {
    let worked = exit.path.work.backwards().next().is_some();
    if asked == Asked::Middleware {
        return match &exit.how {
            How::Return(value) => match value.as_response() {
                None | Some(Response::Next | Response::Rewrite) => true,
                // A status that is not known is an answer nevertheless.
                Some(_) => false,
            },
            _ => false,
        };
    }
    // Work that was done before a refusal was done.
    if worked || exit.path.read || exit.path.went_on {
        return true;
    }
    if let Some((status, _)) = exit.path.answered {
        return status.is_none_or(|status| status < 300);
    }
    match &exit.how {
        How::Throw(_) | How::Stop(_) => false,
        How::Return(value) => match value.as_response() {
            Some(Response::Redirect) => false,
            Some(Response::Status(Some(status))) if status >= 400 => false,
            // It ends where it does for want of a session, and nothing was done.
            _ if exit.path.arm.is_some() => false,
            _ if ends_elsewhere(value) => false,
            // `catch { return { success: false } }`, after what was thrown for want of a session.
            _ if asked == Asked::Action && exit.path.gated.is_some() && is_error_object(value) => {
                false
            }
            // All that it would do, it does for others.
            _ => asked == Asked::Page || exit.path.gated.is_none() || exit.path.touched,
        },
    }
}

/// One answer for all ways.
pub(super) fn judge(exits: &[Exit], asked: Asked, exhausted: Option<&Rc<Doubt>>) -> Answer {
    let owned = exits.iter().any(|exit| exit.path.owned);
    let (through, stopped): (Vec<&Exit>, Vec<&Exit>) = exits
        .iter()
        .partition(|exit| is_through(exit, asked) && !(owned && found_nothing(exit)));
    let sure = |exit: &&&Exit| exit.path.doubt.is_none() && exit.path.credential.is_none();
    if let Some(exit) = through.iter().find(sure) {
        return passed(exit, asked, &through);
    }
    if let Some(doubt) = exhausted {
        return undecided(doubt, &through);
    }
    let doubtful = through.iter().find(|exit| exit.path.credential.is_none());
    if let Some(exit) = doubtful {
        // A refusal that the visitor can choose not to meet says nothing about this way.
        let in_doubt = |exit: &&&Exit| exit.path.doubt.is_some() && is_own_refusal(exit);
        let refuses = exit.path.refuses || stopped.iter().any(|exit| in_doubt(&exit));
        return match (&exit.path.doubt, refuses) {
            // Who has what is checked gets through, and who has not is refused.
            (Some(doubt), true) if doubt.is_check => checked(exit, doubt, &through),
            (Some(doubt), true) => undecided(doubt, &through),
            _ => passed(exit, asked, &through),
        };
    }
    // Neither a session nor a secret was what it ended for.
    let lost = stopped.iter().find_map(|exit| lost(exit));
    if let Some(doubt) = lost {
        return undecided(doubt, &[]);
    }
    let needed = through.iter().find(|exit| exit.path.credential.is_some());
    let lacked = || stopped.iter().find(|exit| lacked(exit).is_some());
    let claimed = needed.or_else(lacked);
    if let Some(exit) = claimed {
        return credential(exit, &through);
    }
    match best(&stopped) {
        Some(exit) => refused(exit, asked),
        None => undecided(
            &Rc::new(Doubt::new(
                "no end of it was found",
                CodePlace {
                    file: String::new(),
                    line: 1,
                    column: 1,
                },
            )),
            &[],
        ),
    }
}

/// Whether a way ends because what was looked up is not there: nothing is shown and nothing done.
fn found_nothing(exit: &Exit) -> bool {
    let path = &exit.path;
    let is_plain = |value: &Value| {
        matches!(
            value.bare(),
            Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_)
        )
    };
    let shows_nothing = match &exit.how {
        How::Return(value) => match value.as_object() {
            Some(object) if matches!(object.kind, ObjectKind::Plain) => {
                !object.open && object.properties.values().all(is_plain)
            }
            _ => is_plain(value) || is_refusal(exit),
        },
        _ => true,
    };
    let worked = path.work.backwards().next().is_some() || path.went_on;
    path.read && shows_nothing && !worked && path.answered.is_none()
}

/// What was lost from sight on a way that ends for nothing else.
fn lost(exit: &Exit) -> Option<&Rc<Doubt>> {
    let path = &exit.path;
    let decided = path.arm.is_some() || path.credential.is_some() || path.unproven.is_some();
    path.lost.as_ref().filter(|_| !decided)
}

/// Where something secret was asked for.
fn lacked(exit: &Exit) -> Option<&CodePlace> {
    exit.path
        .unproven
        .as_ref()
        .or(exit.path.credential.as_ref())
}

/// Whether a way ends by a decision about the visitor, not because something is not there or went wrong.
fn is_own_refusal(exit: &Exit) -> bool {
    if exit.path.arm.is_some() {
        return true;
    }
    match &exit.how {
        How::Stop(why) => !why.contains("notFound()"),
        How::Throw(value) => is_about_access(value),
        How::Return(value) => match value.as_response() {
            Some(Response::Redirect) => true,
            Some(Response::Status(Some(status))) => matches!(status, 401 | 403),
            _ => matches!(exit.path.answered, Some((Some(401 | 403 | 307), _))),
        },
    }
}

/// Whether an error is thrown at who may not, by its message, code or name.
fn is_about_access(error: &Value) -> bool {
    const WORDS: &[&str] = &[
        "auth",
        "permi",
        "forbid",
        "access",
        "denied",
        "login",
        "log in",
        "sign in",
        "signed in",
        "session",
        "token",
        "allowed",
        "401",
        "403",
        "credential",
        "not your",
    ];
    let Some(object) = error.as_object() else {
        // Who knows.
        return matches!(error.bare(), Value::Opaque(_));
    };
    let name = match &object.kind {
        ObjectKind::Instance(class) => class.class.name.as_deref().unwrap_or_default(),
        _ => "",
    };
    let told = ["message", "code", "statusCode"]
        .iter()
        .filter_map(|key| object.properties.get(*key));
    let texts = told.map(|value| match value.bare() {
        Value::Text(text) => text.to_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    });
    texts
        .chain([name.to_lowercase()])
        .any(|text| WORDS.iter().any(|word| text.contains(word)))
}

/// The end that says most: one for want of a session before any other.
fn best<'e>(stopped: &[&'e Exit]) -> Option<&'e Exit> {
    let own = stopped
        .iter()
        .find(|exit| exit.path.arm.is_some() || matches!(exit.how, How::Stop(_)));
    own.or_else(|| stopped.iter().find(|exit| is_own_refusal(exit)))
        .or_else(|| stopped.first())
        .copied()
}

fn trace(exit: &Exit) -> Vec<TraceStep> {
    let mut steps: Vec<TraceStep> = exit.path.trace.backwards().cloned().collect();
    steps.reverse();
    steps
}

fn all_work(through: &[&Exit]) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = Vec::new();
    for exit in through {
        for work in exit.path.work.backwards() {
            if !all.contains(work) {
                all.push((**work).clone());
            }
        }
    }
    all.sort_by(|a, b| (a.kind, &a.place).cmp(&(b.kind, &b.place)));
    all
}

fn answer(
    verdict: Verdict,
    place: Option<CodePlace>,
    why: String,
    trace: Vec<TraceStep>,
) -> Answer {
    Answer {
        trace,
        ..Answer::plain(Layer {
            verdict,
            place,
            why,
        })
    }
}

/// Whether all that is shown is marked for shared caches: it is meant for everybody.
fn is_for_all(through: &[&Exit]) -> bool {
    let mut shown = through
        .iter()
        .filter(|exit| !is_refusal(exit))
        .map(|exit| matches!(&exit.how, How::Return(value) if value.property(FOR_ALL).is_some()))
        .peekable();
    shown.peek().is_some() && shown.all(|is_public| is_public)
}

fn passed(exit: &Exit, asked: Asked, through: &[&Exit]) -> Answer {
    let mut work = all_work(through);
    if is_for_all(through) {
        work.retain(|work| work.kind == Sensitivity::Writes);
    }
    let last = exit.path.trace.backwards().next();
    let (place, why) = match (asked, last, work.first()) {
        (Asked::Middleware, Some(step), _) => (step.place.clone(), step.text.clone()),
        (Asked::Middleware, None, _) => (exit.place.clone(), "lets the visitor through".to_owned()),
        (_, _, Some(work)) => (work.place.clone(), format!("gets to {}()", work.what)),
        _ if exit.path.went_on => (
            exit.place.clone(),
            "refuses the visitor and goes on all the same".to_owned(),
        ),
        _ if exit.path.read => (exit.place.clone(), LOOKS_UP.to_owned()),
        _ => (exit.place.clone(), "no check on the way".to_owned()),
    };
    Answer {
        work,
        clerk_ran: through.iter().all(|exit| exit.path.clerk),
        ..answer(Verdict::Reached, Some(place), why, trace(exit))
    }
}

fn undecided(doubt: &Rc<Doubt>, through: &[&Exit]) -> Answer {
    let steps = through.first().map(|exit| trace(exit)).unwrap_or_default();
    let place = Some(doubt.place.clone()).filter(|place| !place.file.is_empty());
    Answer {
        work: all_work(through),
        ..answer(Verdict::Undecided, place, doubt.why.clone(), steps)
    }
}

fn credential(exit: &Exit, through: &[&Exit]) -> Answer {
    let place = lacked(exit).cloned();
    let step = exit
        .path
        .trace
        .backwards()
        .find(|step| Some(&step.place) == place.as_ref());
    let why = step.map_or_else(
        || "something else than a session is asked for".to_owned(),
        |step| step.text.clone(),
    );
    Answer {
        work: all_work(through),
        ..answer(Verdict::Credential, place, why, trace(exit))
    }
}

fn checked(exit: &Exit, doubt: &Doubt, through: &[&Exit]) -> Answer {
    let place = Some(doubt.place.clone());
    Answer {
        work: all_work(through),
        ..answer(Verdict::Credential, place, doubt.why.clone(), trace(exit))
    }
}

fn refused(exit: &Exit, asked: Asked) -> Answer {
    let last = exit.path.trace.backwards().next();
    let redirects = match &exit.how {
        How::Return(value) => value.as_response() == Some(Response::Redirect),
        How::Stop(_) => true,
        How::Throw(_) => false,
    };
    let status = match &exit.how {
        How::Return(value) => match value.as_response() {
            Some(Response::Status(Some(status))) => Some(status),
            _ => exit.path.answered.as_ref().and_then(|(status, _)| *status),
        },
        _ => None,
    };
    let (place, why) = match (&exit.how, asked, last) {
        (How::Stop(why), ..) => (exit.place.clone(), why.to_string()),
        (How::Throw(_), ..) => (exit.place.clone(), "throws".to_owned()),
        (_, Asked::Middleware, Some(step)) => (step.place.clone(), step.text.clone()),
        _ => (
            exit.place.clone(),
            match status {
                Some(status) => format!("answers {status}"),
                None if redirects => "redirects".to_owned(),
                None => SHOWS_ELSE.to_owned(),
            },
        ),
    };
    Answer {
        redirects,
        ..answer(Verdict::Stopped, Some(place), why, trace(exit))
    }
}
