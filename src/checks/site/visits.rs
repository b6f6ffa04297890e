//! What the checks of a visit share.

use crate::checks::engine::Verdict;
use crate::facts::Facts;
use crate::facts::live::site::Visited;
use crate::facts::live::site::visited::{Meeting, Met, Target, Visit};
use crate::model::routes::RouteKind;
use crate::model::{Finding, Place, Together};

/// How many findings of one kind are told one by one.
pub(super) const SHOWN: usize = 5;

/// Why nothing is said of routes that are protected, where none is on the site.
pub(super) const NOWHERE_STOPPED: &str =
    "the site stopped the visitor at no route that the code protects";

/// What the visitor met; where nothing can be said, why.
pub(super) fn visited(facts: &Facts) -> Result<&Visited, Verdict> {
    let visited = Verdict::told(&facts.live.visited)?;
    if visited.of == 0 {
        return Err(Verdict::not_applicable(match visited.left_out.is_empty() {
            true => "no route of the app is to be protected".to_owned(),
            false => "no route that is to be protected can be asked for without doing something"
                .to_owned(),
        }));
    }
    if visited.visits.iter().any(Visit::is_judged) {
        return Ok(visited);
    }
    Err(nothing_learnt(visited))
}

/// Why no answer said anything.
fn nothing_learnt(visited: &Visited) -> Verdict {
    let is_met = |such: fn(&Met) -> bool| {
        let mut all = visited.visits.iter();
        all.any(|visit| visit.met(such).is_some())
    };
    let why = match () {
        () if is_met(|met| *met == Met::Handshake) => {
            "the site runs with development keys, and every route answers with a handshake".to_owned()
        }
        () if is_met(|met| *met == Met::Barred) => {
            "what protects the site from robots, or the deployment from strangers, let no request through"
                .to_owned()
        }
        () if is_met(|met| *met == Met::Empty) => {
            "every route that was asked for answers without a body".to_owned()
        }
        () if is_met(|met| *met == Met::Broken) => return undecided("every route that was asked for answers with a server error (5xx)"),
        () if visited.visits.is_empty() && visited.unanswered.is_none() => {
            "--sample allows no route".to_owned()
        }
        () => return unanswered(visited),
    };
    Verdict::Skipped(why)
}

/// Nothing was answered. Who was asked to wait, or had no time to ask, has not failed.
pub(super) fn unanswered(visited: &Visited) -> Verdict {
    match &visited.unanswered {
        Some(why) if why.contains("see --") => Verdict::Skipped(why.clone()),
        Some(why) => undecided(why),
        None => undecided("no answer could be read"),
    }
}

fn undecided(why: &str) -> Verdict {
    Verdict::Undecided {
        why: why.to_owned(),
        hint: String::new(),
        marks: Vec::new(),
    }
}

/// An address as a place.
pub(super) fn url(url: &str) -> Place {
    Place::Url {
        url: url.to_owned(),
    }
}

/// The place in the code that decides, or the file of the route.
pub(super) fn code(target: &Target) -> Place {
    match &target.place {
        Some(at) => Place::Span {
            file: at.file.clone(),
            line: at.line,
            column: at.column,
            excerpt: None,
        },
        None => Place::file(&target.file),
    }
}

/// What the code says there.
pub(super) fn said(target: &Target) -> String {
    match target.why.is_empty() {
        true => target.pattern.clone(),
        false => format!("{}: {}", target.pattern, target.why),
    }
}

/// A route as one says it.
pub(super) fn named(target: &Target) -> String {
    match target.kind {
        RouteKind::Page => format!("the page {}", target.pattern),
        _ => format!("{} {}", method(target), target.pattern),
    }
}

fn method(target: &Target) -> &str {
    match target.method.as_str() {
        "*" | "ANY" | "ALL" | "USE" => "GET",
        method => method,
    }
}

/// `1 route`, `3 routes`.
pub(super) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// A finding for each of some answers, in the words of one route and in those of many.
pub(super) fn each(
    met: &[(&Visit, &Meeting)],
    (one, many): (&str, &str),
    label: impl Fn(&Meeting) -> String,
    fix: &str,
) -> Vec<Finding> {
    let sentence = Together::new("", format!("routes {many}"));
    let finding = |(visit, meeting): &(&Visit, &Meeting)| {
        let target = &visit.target;
        let finding = Finding::warning(format!("{} {one}", named(target)));
        pointing(finding, &meeting.url, label(meeting), target)
            .fix(fix)
            .together(&sentence)
    };
    met.iter().map(finding).collect()
}

/// How many routes stand behind a sentence.
pub(super) fn of_asked(visited: &Visited) -> String {
    format!("asked {} of {}", visited.visits.len(), visited.of)
}

/// Points at an address and at the code of the route behind it.
pub(super) fn pointing(finding: Finding, address: &str, label: String, target: &Target) -> Finding {
    finding
        .at(url(address), label)
        .see(code(target), said(target))
}

/// A command with which a doubter sees an answer.
pub(super) fn curl(address: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ":/._-~%@+=,".contains(c);
    address
        .chars()
        .all(plain)
        .then(|| format!("curl --path-as-is -si {address}"))
}
