//! E4: the records. Clerk's shared target is looked up by itself: on 8 May 2026 it had no address, and
//! every customer's record led nowhere (clerk/javascript issue 8507).

use super::frontend::{Front, Health};
use super::{not_asked, why_not};
use crate::model::triage::{Evidence, Mark};
use crate::model::{Known, Moment};

/// The host to which the records of all production domains lead.
pub const SHARED: &str = "frontend-api.clerk.services";

/// What became of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// It has an address; the alias on the way, where that could be seen.
    Found(Option<String>),
    /// There is no such name, or no address.
    Nothing,
    /// The resolvers did not say.
    Failed(String),
}

/// The names that were looked up.
#[derive(Debug, Clone)]
pub struct Names {
    /// When.
    pub at: Moment,
    /// How long it took.
    pub took_ms: u64,
    /// The host of the Frontend API, where it is one of the user's own domain.
    pub own: Option<(String, Looked)>,
    /// [`SHARED`].
    pub shared: Looked,
    /// A name that has nothing to do with it.
    pub control: (String, Looked),
}

impl Names {
    /// Whether the resolvers can be believed: they find what is surely there.
    pub(super) fn is_sound(&self) -> bool {
        matches!(self.control.1, Looked::Found(_))
    }

    /// Whether Clerk's own name has no address.
    pub(super) fn shared_is_gone(&self) -> bool {
        self.is_sound() && self.shared == Looked::Nothing
    }

    /// What is wrong with the user's own record, and whether that is sure.
    pub(super) fn fault(&self, front: Option<&Front>) -> Option<(String, bool)> {
        let (host, looked) = self.own.as_ref()?;
        if !self.is_sound() || self.shared_is_gone() {
            return None;
        }
        let well = front.is_some_and(|front| front.health == Health::Well);
        match looked {
            Looked::Nothing => Some((format!("{host} has no record"), !well)),
            // It may lead through a proxy of the user's; that is a fault only where nothing comes of it.
            Looked::Found(Some(alias)) if !is_clerks(alias) && !well => Some((
                format!("{host} leads to {alias}, and not to {SHARED}"),
                true,
            )),
            _ => None,
        }
    }
}

fn is_clerks(alias: &str) -> bool {
    alias.trim_end_matches('.').ends_with(".clerk.services")
}

pub(super) fn evidence(known: &Known<Names>, front: Option<&Front>) -> Vec<Evidence> {
    let Known::Yes(names) = known else {
        return vec![not_asked("E4", "records", why_not(known))];
    };
    let line = |subject: &str, mark: Mark, says: String| Evidence {
        id: "E4",
        subject: subject.to_owned(),
        mark,
        says,
        at: Some(names.at),
        took_ms: Some(names.took_ms),
    };
    let (control, looked) = &names.control;
    if !names.is_sound() {
        let says = match looked {
            Looked::Failed(why) => {
                format!("the resolvers do not answer for it ({why}), so they say nothing")
            }
            _ => "the resolvers do not know it, so they say nothing".to_owned(),
        };
        return vec![line(control, Mark::Silent, says)];
    }
    let mut all = Vec::new();
    if let Some((host, looked)) = &names.own {
        let fault = names.fault(front);
        let (mark, says) = match (looked, fault) {
            (_, Some((words, _))) => (Mark::Bad, words),
            (Looked::Found(Some(alias)), None) if is_clerks(alias) => {
                (Mark::Good, format!("leads to {alias}"))
            }
            (Looked::Found(Some(alias)), None) => (
                Mark::Odd,
                format!("leads to {alias}, which is not Clerk's, and answers"),
            ),
            (Looked::Found(None), None) => (Mark::Good, "has an address".to_owned()),
            (Looked::Nothing, None) => (
                Mark::Odd,
                "has no address while Clerk's own name has none".to_owned(),
            ),
            (Looked::Failed(why), None) => (Mark::Silent, why.clone()),
        };
        all.push(line(host, mark, says));
    }
    let (mark, says) = match &names.shared {
        Looked::Found(_) => (Mark::Good, "Clerk's shared host has an address".to_owned()),
        Looked::Nothing => (
            Mark::Bad,
            "Clerk's shared host has no address: no customer's record leads anywhere".to_owned(),
        ),
        Looked::Failed(why) => (Mark::Silent, why.clone()),
    };
    all.push(line(SHARED, mark, says));
    all
}
