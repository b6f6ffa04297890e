//! Why it is not known which way the visitor goes.

use std::rc::Rc;

use super::value::{Opaque, Origin};
use crate::model::routes::CodePlace;

/// Whose choice an unknown condition is.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// The visitor's: both ways can be had.
    Visitor,
    /// Nobody knows.
    Unknown(Rc<Doubt>),
    /// That of a check of something secret which the visitor sent.
    Check(Rc<Doubt>),
}

/// Something that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    pub why: String,
    pub place: CodePlace,
    /// Whether it is about something secret that the visitor would have to send.
    pub is_check: bool,
}

impl Doubt {
    /// Something that could not be followed, and where.
    pub fn new(why: impl Into<String>, place: CodePlace) -> Self {
        Self {
            why: why.into(),
            place,
            is_check: false,
        }
    }
}

impl Cause {
    /// The cause for which an unknown value is what it is.
    pub fn of(opaque: &Opaque, place: &CodePlace) -> Self {
        let at = opaque.place.clone().unwrap_or_else(|| place.clone());
        let what = opaque.trail.as_deref().unwrap_or("a value");
        let why = match &opaque.origin {
            Origin::Visitor | Origin::Claim => return Cause::Visitor,
            Origin::Check => {
                let doubt = Doubt::new(format!("what {what} answers decides"), at);
                return Cause::Check(Rc::new(Doubt {
                    is_check: true,
                    ..doubt
                }));
            }
            Origin::Environment(name) => format!("the environment variable {name} decides"),
            Origin::Secret => format!("whether {what} is set decides"),
            Origin::Unknown => format!("{what} could not be followed"),
        };
        Cause::Unknown(Rc::new(Doubt::new(why, at)))
    }

    /// The less certain of two.
    pub fn or(self, other: Cause) -> Cause {
        match (&self, &other) {
            (Cause::Unknown(_), _) => self,
            (_, Cause::Unknown(_)) => other,
            (Cause::Check(_), _) => self,
            _ => other,
        }
    }
}
