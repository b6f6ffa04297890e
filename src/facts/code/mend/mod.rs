//! Changes of code, as small as a person would make them. Where the code is not so simple that the result
//! surely means what was meant, there is none.

mod await_it;
mod find;
mod guard;
mod middleware;
mod parties;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use oxc_ast::ast::{Program, Statement};
use oxc_ast_visit::Visit;
use oxc_ast_visit::walk::walk_statement;

use super::module::{is_module, with_program};
use crate::facts::mend::line_break;
use crate::model::fix::Change;

/// Bytes that go, and what comes in their place.
#[derive(Debug, PartialEq, Eq)]
struct Cut {
    range: Range<usize>,
    with: String,
}

impl Cut {
    fn at(place: u32, with: impl Into<String>) -> Self {
        Self::of(place, place, with)
    }

    fn of(start: u32, end: u32, with: impl Into<String>) -> Self {
        Self {
            range: start as usize..end as usize,
            with: with.into(),
        }
    }
}

/// What a change is made of, or why it cannot be made.
type Cuts = Result<Vec<Cut>, &'static str>;

/// The text of a module with a change made; `None` where there is nothing to do.
pub(in crate::facts) fn changed(
    path: &str,
    text: &str,
    change: &Change,
) -> Result<Option<String>, String> {
    if !is_module(path) {
        return Err("only JavaScript and TypeScript are changed".to_owned());
    }
    let read = with_program(
        path,
        &Arc::from(text),
        0,
        |program, problem| match problem {
            Some(_) => Err("it does not parse"),
            None => {
                let code = Code {
                    path,
                    text,
                    program,
                };
                Ok((code.cuts(change)?, statements(program)))
            }
        },
    );
    let (cuts, before) =
        read.map_err(|problem| format!("it is not read as code ({})", problem.message))??;
    if cuts.is_empty() {
        return Ok(None);
    }
    let new = apply(text, cuts).ok_or("the changes overlap")?;
    let after = with_program(
        path,
        &Arc::from(&*new),
        0,
        |program, problem| match problem {
            Some(_) => None,
            None => Some(statements(program)),
        },
    );
    match after {
        Ok(Some(after)) if after >= before => Ok(Some(new)),
        // Without a semicolon before it, a line that begins with a bracket does.
        Ok(Some(_)) => Err("a statement would go on with the next one".to_owned()),
        _ => Err("what comes out would not parse".to_owned()),
    }
}

/// How many statements stand in a module.
fn statements(program: &Program<'_>) -> usize {
    struct Count(usize);
    impl<'a> Visit<'a> for Count {
        fn visit_statement(&mut self, statement: &Statement<'a>) {
            self.0 += 1;
            walk_statement(self, statement);
        }
    }
    let mut count = Count(0);
    count.visit_program(program);
    count.0
}

fn apply(text: &str, mut cuts: Vec<Cut>) -> Option<String> {
    cuts.sort_by_key(|cut| cut.range.start);
    let mut new = String::with_capacity(text.len() + 128);
    let mut at = 0;
    for cut in cuts {
        new.push_str(text.get(at..cut.range.start)?);
        new.push_str(&cut.with);
        at = cut.range.end;
    }
    new.push_str(text.get(at..)?);
    Some(new)
}

/// A module that is changed.
struct Code<'t, 'p, 'a> {
    path: &'t str,
    text: &'t str,
    program: &'p Program<'a>,
}

impl Code<'_, '_, '_> {
    fn cuts(&self, change: &Change) -> Cuts {
        match change {
            Change::Guard(which) => guard::cuts(self, which),
            Change::Await(at) => await_it::cuts(self, *at),
            Change::Matcher(patterns) => middleware::matcher(self, patterns),
            Change::Entry { was, with } => middleware::entry(self, was, with),
            Change::Parties { at, origin } => parties::cuts(self, *at, origin),
            Change::Line(_) | Change::Variable { .. } => Ok(Vec::new()),
        }
    }

    fn slice(&self, start: u32, end: u32) -> &str {
        let range = start as usize..end as usize;
        self.text.get(range).unwrap_or_default()
    }

    fn before(&self, at: u32) -> &str {
        self.text.get(..at as usize).unwrap_or_default()
    }

    /// How lines end.
    fn line_break(&self) -> &'static str {
        line_break(self.text)
    }

    /// The white space that the line of a place begins with.
    fn indent(&self, at: u32) -> &str {
        let start = self.before(at).rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text.get(start..).unwrap_or_default();
        let text = line.trim_start_matches([' ', '\t']);
        line.get(..line.len() - text.len()).unwrap_or_default()
    }

    fn says(&self, directive: &str) -> bool {
        let mut all = self.program.directives.iter();
        all.any(|one| one.directive == directive)
    }
}
