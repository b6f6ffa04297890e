//! Statements, in order, up to where no way leads on.

use std::rc::Rc;

use super::pattern::Binding;
use super::truth::Truth;
use super::{Dead, Eval, Frame, Run};
use crate::facts::code::tree::{Expr, Pattern, Statement, StatementKind};
use crate::facts::code::visitor::path::{Exit, How, Path};
use crate::facts::code::visitor::scope::Scope;
use crate::facts::code::visitor::value::{Cause, Closure, Doubt, ObjectKind, Value};
use crate::model::routes::CodePlace;

/// A loop over a known list is run for each of these at most.
const MAX_TURNS: usize = 256;

impl Run<'_> {
    /// The beginning of what a scope's module is at: used where nothing better is known.
    pub(super) fn here(&self, scope: &Rc<Scope>) -> CodePlace {
        self.at.clone().unwrap_or_else(|| scope.instance.place(0))
    }

    /// Runs statements in a scope of their own.
    pub(super) fn block(&mut self, scope: &Rc<Scope>, body: &[Statement]) -> Eval<()> {
        let inner = Scope::inside(scope);
        self.statements(&inner, body)
    }

    /// Runs statements; functions are there from the start.
    pub(super) fn statements(&mut self, scope: &Rc<Scope>, body: &[Statement]) -> Eval<()> {
        for statement in body {
            if let StatementKind::Function(function) = &statement.kind
                && let Some(name) = &function.name
            {
                let closure = self.closure(scope, function);
                self.write(scope, &Rc::from(&**name), closure);
            }
        }
        for statement in body {
            self.statement(scope, statement)?;
        }
        Ok(())
    }

    fn statement(&mut self, scope: &Rc<Scope>, statement: &Statement) -> Eval<()> {
        let place = scope.instance.place(statement.at);
        self.at = Some(place.clone());
        self.step(|| place.clone())?;
        match &statement.kind {
            StatementKind::Expr(expr) => self.expr(scope, expr).map(drop),
            StatementKind::Declare(all) => self.declare(scope, all),
            StatementKind::Function(_) | StatementKind::Unknown => Ok(()),
            StatementKind::Class(name, class) => {
                let value = self.expr(scope, class)?;
                self.write(scope, &Rc::from(&**name), value);
                Ok(())
            }
            StatementKind::Return(value) => {
                let value = match value {
                    Some(value) => self.expr(scope, value)?,
                    None => Value::Undefined,
                };
                let path = self.path.clone();
                if let Some(frame) = self.frames.last_mut() {
                    frame.returns.push(Exit {
                        path,
                        how: How::Return(value),
                        place,
                    });
                }
                Err(Dead)
            }
            StatementKind::Throw(value) => {
                let value = self.expr(scope, value)?;
                Err(self.throw_value(value, place))
            }
            StatementKind::If(condition, then, other) => {
                let test = self.expr(scope, condition)?;
                self.branch(
                    &test,
                    &place,
                    |run| {
                        run.narrow(scope, condition, true);
                        run.statement_inside(scope, then)
                    },
                    |run| {
                        run.narrow(scope, condition, false);
                        other
                            .as_deref()
                            .map_or(Ok(()), |other| run.statement_inside(scope, other))
                    },
                    |(), (), _| (),
                )
            }
            StatementKind::Block(body) => self.block(scope, body),
            StatementKind::Try {
                block,
                handler,
                last,
            } => self.attempt(scope, block, handler.as_ref(), last, &place),
            StatementKind::Switch(value, cases) => self.switch(scope, value, cases, &place),
            StatementKind::ForOf(each, list, body) => self.for_of(scope, each, list, body, &place),
            StatementKind::ForIn(each, object, body) => {
                let object = self.expr(scope, object)?;
                let keys = match object.bare() {
                    Value::Object(known) if !known.open => known
                        .properties
                        .keys()
                        .map(|key| Value::Text(Rc::clone(key)))
                        .collect(),
                    _ => {
                        return self.some_turns(
                            scope,
                            Some((each, Value::unknown())),
                            body,
                            &place,
                        );
                    }
                };
                self.turns(scope, each, keys, body)
            }
            StatementKind::Loop {
                init,
                test,
                update,
                body,
                first,
            } => self.loop_while(
                scope,
                (init.as_deref(), test.as_ref(), update.as_ref()),
                body,
                *first,
                &place,
            ),
            StatementKind::Leave => {
                let path = self.path.clone();
                if let Some(frame) = self.frames.last_mut() {
                    frame.leaves.push(path);
                }
                Err(Dead)
            }
        }
    }

    fn statement_inside(&mut self, scope: &Rc<Scope>, statement: &Statement) -> Eval<()> {
        self.statement(&Scope::inside(scope), statement)
    }

    fn declare(&mut self, scope: &Rc<Scope>, all: &[(Pattern, Option<Expr>)]) -> Eval<()> {
        for (pattern, value) in all {
            let value = match value {
                Some(value) => self.expr(scope, value)?,
                None => Value::Undefined,
            };
            self.bind(scope, pattern, value, Binding::New)?;
        }
        Ok(())
    }

    /// A declaration of the top level. What cannot be worked out is unknown, never missing.
    pub(in super::super) fn declare_top(&mut self, top: &Rc<Scope>, statement: &Statement) {
        let at = self.at.take();
        let done = match &statement.kind {
            StatementKind::Function(function) => {
                if let Some(name) = &function.name {
                    let closure = self.closure(top, function);
                    top.keep(&Rc::from(&**name), closure);
                }
                Ok(())
            }
            _ => self.statement(top, statement),
        };
        let _ = done;
        self.at = at;
    }

    /// A statement of the top level that is no declaration.
    pub(in super::super) fn on_load(
        &mut self,
        scope: &Rc<Scope>,
        statement: &Statement,
    ) -> Eval<()> {
        self.statement(scope, statement)
    }

    /// A function with what it can see.
    pub(super) fn closure(
        &mut self,
        scope: &Rc<Scope>,
        function: &std::sync::Arc<crate::facts::code::tree::Function>,
    ) -> Value {
        Value::Function(Rc::new(Closure {
            function: std::sync::Arc::clone(function),
            scope: Rc::clone(scope),
            this: None,
        }))
    }

    fn attempt(
        &mut self,
        scope: &Rc<Scope>,
        block: &[Statement],
        handler: Option<&(Option<Pattern>, Vec<Statement>)>,
        last: &[Statement],
        place: &CodePlace,
    ) -> Eval<()> {
        let before = self.path.clone();
        let outer_may_throw = std::mem::replace(&mut self.may_throw, false);
        self.catchers.push(Vec::new());
        let tried = self.block(scope, block);
        let thrown = self.catchers.pop().unwrap_or_default();
        let may_throw = std::mem::replace(&mut self.may_throw, outer_may_throw);
        let Some((parameter, body)) = handler else {
            self.may_throw |= may_throw;
            for exit in thrown {
                self.catch(exit);
            }
            let after = self.block(scope, last);
            return tried.and(after);
        };
        // What was thrown for certain leads into the handler for certain.
        let surely = thrown.iter().any(|exit| exit.path.doubt == before.doubt);
        let mut after: Option<Path> = tried.is_ok().then(|| self.path.clone());
        for exit in thrown {
            after = self.handle(scope, parameter.as_ref(), body, exit, after, &before);
        }
        if may_throw && !surely && self.exhausted.is_none() {
            let mut path = before.clone();
            path.doubt.get_or_insert_with(|| {
                Rc::new(Doubt::new(
                    "something here may throw".to_owned(),
                    place.clone(),
                ))
            });
            let exit = Exit {
                path,
                how: How::Throw(Value::unknown()),
                place: place.clone(),
            };
            // Where the way that does not throw leads on, it is the likely one.
            let likely = after.clone();
            let caught = self.handle(scope, parameter.as_ref(), body, exit, after, &before);
            after = likely.or(caught);
        }
        let done = match after {
            Some(path) => {
                self.path = path;
                Ok(())
            }
            None => Err(Dead),
        };
        let after = self.block(scope, last);
        done.and(after)
    }

    /// Runs the handler for something thrown, beside the way that leads on already; the way on, if there
    /// is one.
    fn handle(
        &mut self,
        scope: &Rc<Scope>,
        parameter: Option<&Pattern>,
        body: &[Statement],
        exit: Exit,
        after: Option<Path>,
        before: &Path,
    ) -> Option<Path> {
        let mark = self.journal.mark();
        let inner = Scope::inside(scope);
        self.path = exit.path;
        let value = match exit.how {
            How::Throw(value) | How::Return(value) => value,
            How::Stop(why) => Value::of_kind(ObjectKind::Thrown(why), []),
        };
        let done = match parameter {
            Some(parameter) => self.bind(&inner, parameter, value, Binding::New),
            None => Ok(()),
        };
        let caught = done.and_then(|()| self.statements(&inner, body));
        // Once it is caught, what was thrown for want of a session decides no more.
        let caught = caught.ok().map(|()| Path {
            arm: before.arm.clone(),
            gated: before.gated.clone(),
            ..self.path.clone()
        });
        let Some(known) = after else {
            return caught;
        };
        let writes = self.journal.take_back(mark);
        let Some(caught) = caught else {
            return Some(known);
        };
        let cause = Cause::Unknown(Rc::new(Doubt::new(
            "something here may throw".to_owned(),
            exit.place,
        )));
        self.journal.join(&writes, &Vec::new(), |one, other| {
            super::either(one, other, &cause)
        });
        Some(Path::meet(before, known, caught, false))
    }

    fn switch(
        &mut self,
        scope: &Rc<Scope>,
        value: &Expr,
        cases: &[(Option<Expr>, Vec<Statement>)],
        place: &CodePlace,
    ) -> Eval<()> {
        let value = self.expr(scope, value)?;
        self.frames_leaves(|run| run.cases(scope, &value, cases, 0, place))
    }

    /// Tries the case at an index and those after it.
    fn cases(
        &mut self,
        scope: &Rc<Scope>,
        value: &Value,
        cases: &[(Option<Expr>, Vec<Statement>)],
        from: usize,
        place: &CodePlace,
    ) -> Eval<()> {
        let run_from = |run: &mut Self, index: usize| -> Eval<()> {
            let inner = Scope::inside(scope);
            for (_, body) in cases.get(index..).unwrap_or_default() {
                run.statements(&inner, body)?;
            }
            Ok(())
        };
        let Some((test, _)) = cases.get(from) else {
            return match cases.iter().position(|(test, _)| test.is_none()) {
                Some(default) => run_from(self, default),
                None => Ok(()),
            };
        };
        let Some(test) = test else {
            return self.cases(scope, value, cases, from + 1, place);
        };
        let test = self.expr(scope, test)?;
        // `switch (true)` asks each case as a condition.
        let holds = match value.bare() {
            Value::Bool(true) => test,
            _ => self.binary(
                crate::facts::code::tree::Binary::Strict { negated: false },
                value,
                &test,
                place,
            )?,
        };
        self.branch(
            &holds,
            place,
            |run| run_from(run, from),
            |run| run.cases(scope, value, cases, from + 1, place),
            |(), (), _| (),
        )
    }

    /// Runs something that `break` and `continue` leave; those ways lead on after it.
    fn frames_leaves(&mut self, work: impl FnOnce(&mut Self) -> Eval<()>) -> Eval<()> {
        let before = self.path.clone();
        let outer = self
            .frames
            .last_mut()
            .map(|frame| std::mem::take(&mut frame.leaves));
        let done = work(self);
        let leaves = self
            .frames
            .last_mut()
            .map(|frame| std::mem::replace(&mut frame.leaves, outer.unwrap_or_default()));
        let mut path = done.is_ok().then(|| self.path.clone());
        for leave in leaves.unwrap_or_default() {
            path = Some(match path {
                Some(known) => Path::meet(&before, known, leave, true),
                None => leave,
            });
        }
        self.path = path.ok_or(Dead)?;
        Ok(())
    }

    fn for_of(
        &mut self,
        scope: &Rc<Scope>,
        each: &Pattern,
        list: &Expr,
        body: &Statement,
        place: &CodePlace,
    ) -> Eval<()> {
        let list = self.expr(scope, list)?;
        match list.bare() {
            Value::List(known) if !known.open && known.items.len() <= MAX_TURNS => {
                self.turns(scope, each, known.items.clone(), body)
            }
            _ => {
                let one = super::truth::unknown_of(&list, &list);
                self.some_turns(scope, Some((each, one)), body, place)
            }
        }
    }

    /// One turn for each item. An early `break` is taken for a possibility, not a certainty.
    fn turns(
        &mut self,
        scope: &Rc<Scope>,
        each: &Pattern,
        items: Vec<Value>,
        body: &Statement,
    ) -> Eval<()> {
        let before = self.path.clone();
        let outer = self
            .frames
            .last_mut()
            .map(|frame| std::mem::take(&mut frame.leaves));
        let mut alive = true;
        for item in items {
            let inner = Scope::inside(scope);
            let done = self
                .bind(&inner, each, item, Binding::New)
                .and_then(|()| self.statement(&inner, body));
            let left = self
                .frames
                .last_mut()
                .map(|frame| std::mem::take(&mut frame.leaves))
                .unwrap_or_default();
            let mut path = done.is_ok().then(|| self.path.clone());
            for leave in left {
                path = Some(match path {
                    Some(known) => Path::meet(&before, known, leave, true),
                    None => leave,
                });
            }
            match path {
                Some(path) => self.path = path,
                None => {
                    alive = false;
                    break;
                }
            }
        }
        if let (Some(frame), Some(outer)) = (self.frames.last_mut(), outer) {
            frame.leaves = outer;
        }
        if alive { Ok(()) } else { Err(Dead) }
    }

    /// None, one or many turns.
    fn some_turns(
        &mut self,
        scope: &Rc<Scope>,
        each: Option<(&Pattern, Value)>,
        body: &Statement,
        place: &CodePlace,
    ) -> Eval<()> {
        let doubt = Doubt::new("a loop may not be entered".to_owned(), place.clone());
        let turn = |run: &mut Self| {
            let inner = Scope::inside(scope);
            run.frames_leaves(|run| {
                if let Some((pattern, value)) = each {
                    run.bind(&inner, pattern, value, Binding::New)?;
                }
                run.statement(&inner, body)
            })
        };
        self.both(
            Cause::Unknown(Rc::new(doubt)),
            place,
            turn,
            |_| Ok(()),
            |(), (), _| (),
        )
    }

    fn loop_while(
        &mut self,
        scope: &Rc<Scope>,
        (init, test, update): (Option<&Statement>, Option<&Expr>, Option<&Expr>),
        body: &Statement,
        first: bool,
        place: &CodePlace,
    ) -> Eval<()> {
        let scope = &Scope::inside(scope);
        if let Some(init) = init {
            self.statement(scope, init)?;
        }
        let test = match test {
            Some(test) if !first => self.expr(scope, test)?,
            _ => Value::Bool(true),
        };
        match self.truth(&test, place) {
            Truth::Known(false) => Ok(()),
            Truth::Known(true) => self.frames_leaves(|run| {
                run.statement(&Scope::inside(scope), body)?;
                update.map_or(Ok(()), |update| run.expr(scope, update).map(drop))
            }),
            Truth::Maybe(_) => self.some_turns(scope, None, body, place),
        }
    }

    /// A new body to run: its returns are gathered, and what it throws goes where it is caught.
    pub(super) fn in_frame(
        &mut self,
        work: impl FnOnce(&mut Self) -> Eval<()>,
    ) -> (Eval<()>, Vec<Exit>) {
        self.frames.push(Frame::default());
        let done = work(self);
        let frame = self.frames.pop().unwrap_or_default();
        (done, frame.returns)
    }
}
