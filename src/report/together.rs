//! Many findings of one kind as people read them: one sentence with their number, and where the first of
//! them are. For programs each stays a line, a result or an issue of its own.

use std::borrow::Cow;

use crate::model::{Acknowledged, Finding, Mark};

/// How many of them show where they are.
const SHOWN: usize = 5;

/// What a check found, those together that are told together.
pub(super) fn findings(all: &[Finding]) -> impl Iterator<Item = Cow<'_, Finding>> {
    let runs = all.chunk_by(is_again);
    runs.filter_map(|run| told(run.iter()))
}

/// The first of those that are told together, of each.
pub(super) fn firsts(all: &[Finding]) -> impl DoubleEndedIterator<Item = &Finding> {
    all.chunk_by(is_again).filter_map(<[Finding]>::first)
}

/// What a check found that does not count, those together of which one word says so.
pub(super) fn acknowledged(all: &[Acknowledged]) -> impl Iterator<Item = Cow<'_, Acknowledged>> {
    let runs = all.chunk_by(|one, next| one.by == next.by && is_again(&one.finding, &next.finding));
    runs.filter_map(|run| {
        let first = run.first()?;
        Some(match told(run.iter().map(|one| &one.finding))? {
            Cow::Borrowed(_) => Cow::Borrowed(first),
            Cow::Owned(finding) => Cow::Owned(Acknowledged {
                finding,
                by: first.by.clone(),
            }),
        })
    })
}

/// Whether a finding is told with the one before it.
pub(super) fn is_again(one: &Finding, next: &Finding) -> bool {
    one.together.is_some()
        && one.together == next.together
        && one.severity == next.severity
        && one.why == next.why
}

fn told<'f>(
    mut run: impl ExactSizeIterator<Item = &'f Finding> + Clone,
) -> Option<Cow<'f, Finding>> {
    let all = run.clone();
    let first = run.next()?;
    Some(match &first.together {
        Some(sentence) if all.len() > 1 => Cow::Owned(Finding {
            message: sentence.sentence(all.len()),
            marks: marks(all),
            hint: first.hint.clone(),
            verify: first.verify.clone(),
            why: first.why.clone(),
            ..Finding::new(first.severity, "")
        }),
        _ => Cow::Borrowed(first),
    })
}

/// Where the first of them are; what explains several of them, once.
fn marks<'f>(all: impl Iterator<Item = &'f Finding>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for mark in all.take(SHOWN).flat_map(|one| &one.marks) {
        if !marks.contains(mark) {
            marks.push(mark.clone());
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Together};

    fn open(route: &str) -> Finding {
        Finding::warning(format!("{route} is open"))
            .at(Place::file(format!("app{route}.ts")), route)
            .see(Place::file("layout.ts"), "the layout")
            .fix("close it")
            .together(&Together::new("", "routes are open"))
    }

    fn said(all: &[Finding]) -> Vec<String> {
        findings(all).map(|one| one.message.clone()).collect()
    }

    #[test]
    fn one_is_told_in_its_own_words_and_many_in_one_sentence() {
        assert_eq!(said(&[open("/a")]), ["/a is open"]);
        let other = Finding::warning("another fault");
        assert_eq!(
            said(&[open("/a"), open("/b"), other]),
            ["2 routes are open", "another fault"]
        );
        assert_eq!(
            said(&[Finding::error("x"), Finding::error("x")]),
            ["x", "x"]
        );
    }

    #[test]
    fn sixty_six_of_them_show_five_places_and_what_explains_all_once() {
        let all: Vec<Finding> = (0..66).map(|at| open(&format!("/{at}"))).collect();
        let told: Vec<_> = findings(&all).collect();
        let [one] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(one.message, "66 routes are open");
        assert_eq!((one.marks.len(), one.hint.as_str()), (6, "close it"));
    }
}
