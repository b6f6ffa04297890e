//! Which part `has` and `missing` play, over all requests that a visitor can make.

use super::{Deciding, Entry, Fitting, NextMatcher, Runs};

/// Conditions that are tried in every combination; with more, each counts as decisive.
const TRIED: usize = 8;

impl NextMatcher {
    /// The middleware runs where each test has an entry that fits and whose clauses hold.
    pub(super) fn decide(&self, tests: &[Fitting; 2]) -> Runs {
        let without = self.over_all_requests(tests, false);
        let perhaps = tests.iter().any(|test| test.perhaps);
        match perhaps && self.over_all_requests(tests, true) != without {
            true => Runs::Undecided,
            false => without,
        }
    }

    /// The answer if those that perhaps fit do, and have no clauses, or if they do not.
    fn over_all_requests(&self, tests: &[Fitting; 2], perhaps: bool) -> Runs {
        let conditions = self.conditions_of(tests);
        let combinations = 1_u32 << conditions.len().min(TRIED);
        let mut held = (0..combinations).map(|request| {
            tests.iter().all(|test| {
                let mut entries = test
                    .entries
                    .iter()
                    .filter_map(|index| self.entries.get(*index));
                perhaps && test.perhaps || entries.any(|entry| holds(entry, &conditions, request))
            })
        });
        let first = held.next().unwrap_or(false);
        let decisive = conditions.len() > TRIED || held.any(|holds| holds != first);
        match self.first_clause(tests) {
            Some(deciding) if decisive => Runs::ByVisitor(deciding),
            _ if first => Runs::Yes,
            _ => Runs::No,
        }
    }

    fn conditions_of(&self, tests: &[Fitting; 2]) -> Vec<usize> {
        let indices = tests.iter().flat_map(|test| &test.entries);
        let entries = indices.filter_map(|index| self.entries.get(*index));
        let clauses = entries.flat_map(|entry| &entry.clauses);
        let mut conditions: Vec<_> = clauses.map(|clause| clause.condition).collect();
        conditions.sort_unstable();
        conditions.dedup();
        conditions
    }

    fn first_clause(&self, tests: &[Fitting; 2]) -> Option<Deciding> {
        let indices = tests.iter().flat_map(|test| &test.entries);
        indices.into_iter().find_map(|&entry| {
            let clause = self.entries.get(entry)?.clauses.first()?;
            Some(Deciding {
                entry,
                missing: clause.missing,
                condition: self.conditions.get(clause.condition)?.clone(),
            })
        })
    }
}

/// Whether all clauses hold for a request that satisfies the conditions whose bits are set.
fn holds(entry: &Entry, conditions: &[usize], request: u32) -> bool {
    entry.clauses.iter().all(|clause| {
        let place = conditions.binary_search(&clause.condition).unwrap_or(TRIED);
        let satisfied = place < TRIED && request & (1 << place) != 0;
        satisfied != clause.missing
    })
}
