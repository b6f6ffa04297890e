//! From the ends of all ways to one answer.

use std::rc::Rc;

use super::path::{Exit, How};
use super::value::{Doubt, ObjectKind, Response, Value};
use crate::model::routes::{CodePlace, Evidence, Layer, Sensitivity, TraceStep, Verdict};

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
    /// Whether the visitor was sent elsewhere, not refused.
    pub redirects: bool,
}

impl Answer {
    /// An answer that needed no walk.
    pub fn plain(layer: Layer) -> Self {
        Self {
            layer,
            trace: Vec::new(),
            work: Vec::new(),
            lists: Vec::new(),
            redirects: false,
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

/// Whether a way gets the visitor to the work.
fn is_through(exit: &Exit, asked: Asked) -> bool {
    let worked = exit
        .path
        .work
        .backwards()
        .any(|work| work.kind != Sensitivity::ReadsUserData);
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
    if worked || exit.path.went_on {
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
            _ => exit.path.arm.is_none() || exit.path.work.backwards().next().is_some(),
        },
    }
}

/// One answer for all ways.
pub(super) fn judge(exits: &[Exit], asked: Asked, exhausted: Option<&Rc<Doubt>>) -> Answer {
    let (through, stopped): (Vec<&Exit>, Vec<&Exit>) =
        exits.iter().partition(|exit| is_through(exit, asked));
    let sure = |exit: &&&Exit| exit.path.doubt.is_none() && exit.path.credential.is_none();
    if let Some(exit) = through.iter().find(sure) {
        return passed(exit, asked, &through);
    }
    if let Some(doubt) = exhausted {
        return undecided(doubt, &through);
    }
    let doubtful = through.iter().find(|exit| exit.path.credential.is_none());
    if let Some(exit) = doubtful {
        return match (
            &exit.path.doubt,
            exit.path.refuses || stopped.iter().any(|exit| is_own_refusal(exit, asked)),
        ) {
            (Some(doubt), true) => undecided(doubt, &through),
            _ => passed(exit, asked, &through),
        };
    }
    let claimed = through
        .iter()
        .chain(&stopped)
        .find(|exit| exit.path.credential.is_some());
    if let Some(exit) = claimed {
        return credential(exit, &through);
    }
    match best(&stopped, asked) {
        Some(exit) => refused(exit, asked),
        None => undecided(
            &Rc::new(Doubt {
                why: "no end of it was found".to_owned(),
                place: CodePlace {
                    file: String::new(),
                    line: 1,
                    column: 1,
                },
            }),
            &[],
        ),
    }
}

/// Whether a way ends by a decision about the visitor, not by something that went wrong.
fn is_own_refusal(exit: &Exit, asked: Asked) -> bool {
    let may_not = |status: u16| match asked {
        Asked::Registered => matches!(status, 401 | 403),
        _ => matches!(status, 401 | 403 | 404),
    };
    match &exit.how {
        How::Stop(_) => true,
        How::Throw(_) => true,
        How::Return(value) => match value.as_response() {
            Some(Response::Redirect) => true,
            Some(Response::Status(Some(status))) => may_not(status),
            _ => {
                exit.path.arm.is_some()
                    || matches!(exit.path.answered, Some((Some(status), _)) if status == 307 || may_not(status))
            }
        },
    }
}

/// The end that says most: one for want of a session before any other.
fn best<'e>(stopped: &[&'e Exit], asked: Asked) -> Option<&'e Exit> {
    let own = stopped
        .iter()
        .find(|exit| exit.path.arm.is_some() || matches!(exit.how, How::Stop(_)));
    own.or_else(|| stopped.iter().find(|exit| is_own_refusal(exit, asked)))
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

fn passed(exit: &Exit, asked: Asked, through: &[&Exit]) -> Answer {
    let work = all_work(through);
    let last = exit.path.trace.backwards().next();
    let (place, why) = match (asked, last, work.first()) {
        (Asked::Middleware, Some(step), _) => (step.place.clone(), step.text.clone()),
        (Asked::Middleware, None, _) => (exit.place.clone(), "lets the visitor through".to_owned()),
        (_, _, Some(work)) => (work.place.clone(), format!("gets to {}()", work.what)),
        _ if exit.path.went_on => (
            exit.place.clone(),
            "refuses the visitor and goes on all the same".to_owned(),
        ),
        _ => (exit.place.clone(), "no check on the way".to_owned()),
    };
    Answer {
        work,
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
    let place = exit.path.credential.clone();
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
                None => "shows something else to who is signed out".to_owned(),
            },
        ),
    };
    Answer {
        redirects,
        ..answer(Verdict::Stopped, Some(place), why, trace(exit))
    }
}
