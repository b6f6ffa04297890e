//! The machine: runs code for one visitor, all ways at once, and writes down where each ends.

mod branch;
mod call;
mod expr;
mod external;
mod find;
mod member;
mod narrow;
mod pattern;
mod returns;
mod row;
mod statement;
mod truth;

use std::rc::Rc;

use super::path::{Exit, How, Path};
use super::scope::{Journal, Scope};
use super::value::{By, Cause, Doubt, Value};
use super::world::World;
use crate::model::routes::{CodePlace, Evidence, RouteList, Sensitivity, TraceStep};

pub(super) use branch::{deciding, either};
pub(super) use call::{extended, written};
pub(super) use find::{Changes, function_at};
pub(super) use returns::one_of;
pub(super) use truth::{Truth, as_flag, truthy, unknown_of};

/// No way leads on from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dead;

/// What came of an evaluation, if anything leads on from it.
pub(super) type Eval<T> = Result<T, Dead>;

/// A visit evaluates no more expressions than this; what takes longer is undecided.
const MAX_STEPS: u32 = 60_000;

/// A text that is made is no longer than this, in bytes; what doubles is unknown from there on.
pub(super) const MAX_TEXT: usize = 64 << 10;

/// A list or an object that is made has no more items than this; one that is written out may.
pub(super) const MAX_ITEMS: usize = 10_000;

/// Calls inside calls.
const MAX_CALLS: u32 = 48;

/// A body that is being run.
#[derive(Default)]
struct Frame {
    returns: Vec<Exit>,
    /// Ways that left a loop or switch early.
    leaves: Vec<Path>,
}

/// What the visitor asks for.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The path of the URL as the program sees it: base path and default locale taken off.
    pub path: String,
    /// So many parts of it were taken off for the handler that runs, as it is mounted below them.
    pub mounted: usize,
    /// The HTTP method.
    pub method: String,
    /// Whether the middleware is asked, not the route itself.
    pub in_middleware: bool,
    /// Whether Clerk's middleware has seen the request. Without, its functions throw.
    pub clerk_ran: bool,
    /// Whether `request.url` is a whole URL, as it is everywhere but in Node's own request.
    pub is_web: bool,
}

impl Question {
    /// The path as the handler that runs sees it.
    pub fn local_path(&self) -> String {
        if self.mounted == 0 {
            return self.path.clone();
        }
        let parts = self.path.trim_start_matches('/').split('/');
        let below: Vec<&str> = parts.skip(self.mounted).collect();
        format!("/{}", below.join("/"))
    }
}

/// A list of routes that has an entry for the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matched {
    /// The name of the list, as it is asked: `isPublicRoute`.
    pub list: String,
    /// The entry.
    pub pattern: String,
    /// Where it is asked.
    pub place: CodePlace,
}

/// One visit.
pub(super) struct Run<'w> {
    pub world: &'w World<'w>,
    pub question: Question,
    pub path: Path,
    /// What middleware leaves for the code behind it.
    pub locals: super::frameworks::Locals,
    journal: Journal,
    frames: Vec<Frame>,
    /// Where what is thrown arrives: one list for each `try` and each call around.
    catchers: Vec<Vec<Exit>>,
    /// Whether something that nobody knows was done where it may have thrown.
    may_throw: bool,
    steps: u32,
    calls: u32,
    /// Whether the top level of a module is run, before any request: what is handed over is kept, not called.
    pub(super) loading: u32,
    /// The value of an optional chain that met nothing.
    broken_chain: Option<Value>,
    /// The statement that is run.
    at: Option<CodePlace>,
    /// Functions that are running, to see that one calls itself.
    running: Vec<*const crate::facts::code::tree::Function>,
    /// The lists of routes that had an entry for the path.
    pub matches: Vec<Matched>,
    /// The lists of routes that were asked, whatever they answered.
    pub asked: Vec<RouteList>,
    /// Where the program asked for the session.
    pub sessions: Vec<CodePlace>,
    /// Ends of a row of handlers.
    pub finals: Vec<Exit>,
    /// What handlers left for later ones: on the request, the context and the reply.
    kept: Option<Rc<Scope>>,
    /// Set where the visit was given up.
    pub exhausted: Option<Rc<Doubt>>,
}

impl<'w> Run<'w> {
    /// A new visit.
    pub fn new(world: &'w World<'w>, question: Question) -> Self {
        Self {
            world,
            question,
            path: Path::default(),
            locals: super::frameworks::Locals::default(),
            journal: Journal::default(),
            frames: vec![Frame::default()],
            catchers: vec![Vec::new()],
            may_throw: false,
            steps: 0,
            calls: 0,
            loading: 0,
            broken_chain: None,
            at: None,
            running: Vec::new(),
            matches: Vec::new(),
            asked: Vec::new(),
            sessions: Vec::new(),
            finals: Vec::new(),
            kept: None,
            exhausted: None,
        }
    }

    /// Runs something and gives all the exits it came to; a value that it ends with is a return.
    pub fn exits(
        &mut self,
        work: impl FnOnce(&mut Self) -> Eval<Value>,
        place: &CodePlace,
    ) -> Vec<Exit> {
        self.catchers.push(Vec::new());
        let value = work(self);
        let mut exits = self.catchers.pop().unwrap_or_default();
        if let Ok(value) = value {
            // What the framework is given it awaits.
            self.catchers.push(Vec::new());
            let value = self.settle(value);
            exits.extend(self.catchers.pop().unwrap_or_default());
            if let Ok(value) = value {
                let exit = Exit {
                    path: self.path.clone(),
                    how: How::Return(value),
                    place: place.clone(),
                };
                exits.extend(exit.apart());
            }
        }
        exits
    }

    /// Counts a step; too many end the visit.
    fn step(&mut self, place: impl FnOnce() -> CodePlace) -> Eval<()> {
        self.steps = self.steps.saturating_add(1);
        if self.steps > self.world.steps.min(MAX_STEPS) {
            self.give_up("the code is too long to follow", place);
        }
        match self.exhausted {
            Some(_) => Err(Dead),
            None => Ok(()),
        }
    }

    /// Counts what copying so many items costs, so that steps take about the same time each.
    pub fn copies(&mut self, items: usize) {
        const FOR_A_STEP: usize = 16;
        let steps = u32::try_from(items / FOR_A_STEP).unwrap_or(u32::MAX);
        self.steps = self.steps.saturating_add(steps);
    }

    /// Counts what looking through so many bytes costs.
    pub fn reads(&mut self, bytes: usize) {
        const FOR_AN_ITEM: usize = 16;
        self.copies(bytes / FOR_AN_ITEM);
    }

    /// Gives the visit up.
    pub fn give_up(&mut self, why: &str, place: impl FnOnce() -> CodePlace) {
        if self.exhausted.is_none() {
            self.exhausted = Some(Rc::new(Doubt::new(why.to_owned(), place())));
        }
    }

    /// Ends this way by throwing.
    pub fn throw(&mut self, how: How, place: CodePlace) -> Dead {
        let exit = Exit {
            path: self.path.clone(),
            how,
            place,
        };
        self.catch(exit);
        Dead
    }

    /// What throwing a value here would be.
    pub fn thrown(&self, value: Value, place: &CodePlace) -> Exit {
        Exit {
            path: self.path.clone(),
            how: How::Throw(value),
            place: place.clone(),
        }
    }

    /// Ends this way by throwing a value; what the framework threw and the program caught stays what it was.
    pub fn throw_value(&mut self, value: Value, place: CodePlace) -> Dead {
        let how = match value.as_object().map(|object| &object.kind) {
            Some(super::value::ObjectKind::Thrown(why)) => How::Stop(Rc::clone(why)),
            _ => How::Throw(value),
        };
        self.throw(how, place)
    }

    /// Ends this way because the program reads or calls what is not there.
    pub fn crash(&mut self, value: &Value, how: &str, place: &CodePlace) -> Dead {
        let what = match value.bare() {
            Value::Null => "null",
            _ => "undefined",
        };
        match value.decision().filter(|decided| decided.by != By::Way) {
            Some(decided) => {
                self.path.arm = Some(decided.place.clone());
                let (at, text) = (decided.place.clone(), decided.text.to_string());
                self.trace(&at, text);
            }
            // `let user = null; if (userId) user = …`: the program's own `null`, and it stayed.
            None if self.path.gated.is_some() && matches!(value.bare(), Value::Null) => {
                self.path.arm = self.path.gated.clone();
            }
            // Programs that run do not read from what is never there.
            None => {
                let why = format!("what is {how} here could not be followed");
                let doubt = Doubt::new(why, place.clone());
                self.path.lost.get_or_insert_with(|| Rc::new(doubt));
            }
        }
        self.stop(&format!("throws: {what} is {how}"), place)
    }

    fn catch(&mut self, exit: Exit) {
        if let Some(catcher) = self.catchers.last_mut() {
            catcher.push(exit);
        }
    }

    /// Runs something and keeps what it throws.
    pub fn caught(
        &mut self,
        work: impl FnOnce(&mut Self) -> Eval<Value>,
    ) -> (Eval<Value>, Vec<Exit>) {
        self.catchers.push(Vec::new());
        let value = work(self);
        (value, self.catchers.pop().unwrap_or_default())
    }

    /// Lets something that was kept be thrown after all.
    pub fn rethrow(&mut self, exit: Exit) {
        self.catch(exit);
    }

    /// The place of the statement that is run.
    pub fn now(&self) -> CodePlace {
        let nowhere = || CodePlace {
            file: String::new(),
            line: 1,
            column: 1,
        };
        self.at.clone().unwrap_or_else(nowhere)
    }

    /// A list of routes has an entry that matches.
    pub fn matched(&mut self, list: &str, pattern: &str, place: &CodePlace) {
        self.matches.push(Matched {
            list: list.to_owned(),
            pattern: pattern.to_owned(),
            place: place.clone(),
        });
    }

    /// A list of routes is asked.
    pub fn ask(&mut self, name: &str, patterns: Vec<String>, place: &CodePlace) {
        let list = RouteList {
            name: name.to_owned(),
            patterns,
            place: place.clone(),
        };
        if !self.asked.contains(&list) {
            self.asked.push(list);
        }
    }

    /// The program asks for the session.
    pub fn session(&mut self, place: &CodePlace) {
        if !self.sessions.contains(place) {
            self.sessions.push(place.clone());
        }
    }

    /// Ends this way as the framework does: by a redirect, a 404, a refusal.
    pub fn stop(&mut self, why: &str, place: &CodePlace) -> Dead {
        self.trace(place, why);
        self.throw(How::Stop(Rc::from(why)), place.clone())
    }

    /// Writes down a step that helped to decide.
    pub fn trace(&mut self, place: &CodePlace, text: impl Into<String>) {
        let step = TraceStep {
            // What was decided before any code ran is seen where it is used.
            place: match place.file.is_empty() {
                true => self.now(),
                false => place.clone(),
            },
            text: text.into(),
        };
        if self.path.trace.backwards().next() != Some(&step) {
            self.path.trace.push(step);
        }
    }

    /// Writes down sensitive work.
    pub fn work(&mut self, kind: Sensitivity, what: &str, place: &CodePlace) {
        let evidence = Evidence {
            kind,
            what: what.to_owned(),
            place: place.clone(),
        };
        if !self.path.work.backwards().any(|known| **known == evidence) {
            self.path.work.push(Rc::new(evidence));
        }
    }

    /// Writes a variable that is found already.
    fn write(&mut self, scope: &Rc<Scope>, name: &super::value::Text, value: Value) {
        // The top level is shared by all visits; what changes there is not known in any of them.
        if scope.is_top {
            if scope.own(name).is_none() {
                scope.keep(name, value);
            }
            return;
        }
        self.journal.set(scope, name, value);
    }

    /// Writes a variable of a scope that belongs to this visit.
    pub fn keep_on_way(&mut self, scope: &Rc<Scope>, name: &super::value::Text, value: Value) {
        self.journal.set(scope, name, value);
    }

    /// Runs something that may happen or not: its work counts, and its end is a possibility.
    pub fn perhaps(&mut self, work: impl FnOnce(&mut Self) -> Eval<()>) {
        let place = self.now();
        let doubt = Doubt::new(
            "whether this is shown could not be followed".to_owned(),
            place.clone(),
        );
        let cause = Cause::Unknown(Rc::new(doubt));
        let _ = self.both(cause, &place, work, |_| Ok(()), |(), (), _| ());
    }

    /// A function that is written inside another one, as far as it can be seen from outside.
    pub fn inline(
        &mut self,
        top: &Rc<Scope>,
        function: &std::sync::Arc<crate::facts::code::tree::Function>,
    ) -> Value {
        self.closure(top, function)
    }

    /// Runs something that does not belong to this way: the top level of a module. What it writes stays
    /// written, whatever becomes of the way.
    pub fn aside<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let path = self.path.clone();
        let journal = std::mem::take(&mut self.journal);
        let may_throw = self.may_throw;
        self.frames.push(Frame::default());
        self.catchers.push(Vec::new());
        self.loading += 1;
        let done = work(self);
        self.loading -= 1;
        self.catchers.pop();
        self.frames.pop();
        self.may_throw = may_throw;
        self.journal = journal;
        self.path = path;
        done
    }
}
