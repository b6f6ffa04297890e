//! How a verdict came about: the steps of the middleware, then those of the resource, then the verdict
//! as a sentence. A reviewer can follow it with the code beside it.

use std::fmt::Write as _;

use super::Standing;
use super::human::{Flow, detail, ink};
use super::words::{self, Line};
use crate::model::routes::{Layer, MethodAnswer, Route, TraceStep, Verdict};
use crate::report::style::{Ink, Style};
use crate::report::{sanitize, text};

/// A layer with its part of the trace.
pub(in crate::report) struct Chapter<'a> {
    /// `Middleware`, `Handler`, `Page`, `Action`.
    pub(in crate::report) title: &'static str,
    /// The number of its first step, from 1.
    pub(in crate::report) first: usize,
    pub(in crate::report) steps: &'a [TraceStep],
    /// What comes of it.
    pub(in crate::report) end: &'static str,
    pub(in crate::report) layer: &'a Layer,
}

/// The trace, layer by layer.
pub(in crate::report) fn chapters<'a>(line: &Line<'a>) -> [Chapter<'a>; 2] {
    let answer = line.answer;
    let (before, after) = answer.trace.split_at(boundary(line.route, answer));
    [
        Chapter {
            title: "Middleware",
            first: 1,
            steps: before,
            end: match answer.middleware.verdict {
                Verdict::Reached => "lets the visitor through",
                Verdict::Stopped => "stops the visitor",
                Verdict::Credential => "asks for another credential",
                Verdict::Undecided => "could not be followed",
            },
            layer: &answer.middleware,
        },
        Chapter {
            title: match words::kind(line.route.kind) {
                "page" => "Page",
                "action" => "Action",
                _ => "Handler",
            },
            first: before.len() + 1,
            steps: after,
            end: match (answer.resource.verdict, answer.middleware.verdict) {
                (Verdict::Reached, Verdict::Stopped) => "would do the work by itself",
                (Verdict::Stopped, Verdict::Stopped) => "would stop the visitor too",
                (Verdict::Reached, _) => "does the work",
                (Verdict::Stopped, _) => "stops the visitor",
                (Verdict::Credential, _) => "asks for another credential",
                (Verdict::Undecided, _) => "could not be followed",
            },
            layer: &answer.resource,
        },
    ]
}

/// Where the resource's steps begin: the middleware's end with the place that decided it; where that is
/// no step, the first step in the route's own file begins the resource.
fn boundary(route: &Route, answer: &MethodAnswer) -> usize {
    let Some(decided) = &answer.middleware.place else {
        return 0;
    };
    let trace = &answer.trace;
    let last = trace
        .iter()
        .rposition(|step| (&step.place.file, step.place.line) == (&decided.file, decided.line));
    if let Some(last) = last {
        return last + 1;
    }
    // A middleware of which no step is told did not decide by one: it did not run.
    if !trace.iter().any(|step| step.place.file == decided.file) {
        return 0;
    }
    let own = trace.iter().position(|step| step.place.file == route.file);
    own.unwrap_or(trace.len())
}

/// Writes the story of one line.
pub(in crate::report) fn write(page: &mut String, line: &Line, style: &Style) {
    let paint = |ink| move |text: &str| style.paint(ink, text);
    page.push('\n');
    let mut title = Flow::new(0, 2, style.width);
    title.cell(&line.methods.join(" "), 0, paint(Ink::Strong));
    title.cell(&line.route.pattern, 0, paint(Ink::Strong));
    title.cell(line.route.kind.word(), 0, paint(Ink::Dim));
    title.cell(&line.route.file, 0, paint(Ink::Path));
    title.end(page);
    if let Some(url) = line
        .route
        .urls
        .first()
        .filter(|url| **url != line.route.pattern)
    {
        let _ = writeln!(page, "  asked for as {url}");
    }
    for chapter in chapters(line) {
        let _ = writeln!(page, "  {}", chapter.title);
        for (number, step) in (chapter.first..).zip(chapter.steps) {
            let number = format!("{number}.");
            let place = format!("{}:{}", words::spot(&step.place), step.place.column);
            let mut flow = Flow::new(4, 8, style.width);
            flow.cell(&number, 2, str::to_owned);
            flow.clause(Some(&place), &step.text, style);
            flow.end(page);
        }
        let mut flow = Flow::new(4, 8, style.width);
        flow.cell(&sanitize::unless_unicode("→", style), 2, str::to_owned);
        flow.clause(None, &outcome(&chapter), style);
        flow.end(page);
    }
    ending(page, line, style);
}

/// `stops the visitor: auth.protect()`.
pub(in crate::report) fn outcome(chapter: &Chapter) -> String {
    match chapter.layer.why.as_str() {
        "" => chapter.end.to_owned(),
        why => format!("{}: {why}", chapter.end),
    }
}

fn ending(page: &mut String, line: &Line, style: &Style) {
    let status = words::status(line.standing);
    let used = 2 + text::width(status) + 2;
    let sentence = text::hang(&words::sentence(line), used, style.width);
    let status = style.paint(ink(line.standing), status);
    let _ = writeln!(page, "  {status}  {sentence}");
    if line.standing == Standing::Public {
        for clause in words::deciders(line) {
            detail(page, &clause, 4, style);
        }
    }
    for clause in words::evidence(line) {
        detail(page, &clause, 4, style);
    }
}
