//! The words both layouts use: there is one place for each.

use std::borrow::Cow;

use crate::model::{
    Acknowledged, Acknowledgement, AppKind, AppReport, CheckResult, Decision, Group, Outcome,
    Report,
};
use crate::report::style::{Ink, Style};
use crate::report::words as shared;
pub(super) use crate::report::words::{apps, count, place};
use crate::report::{Options, sanitize, text};

/// Columns of a status word.
pub(super) const STATUS: usize = 5;

/// The status word of an outcome, and its colour.
pub(in crate::report) fn status(outcome: &Outcome) -> (&'static str, Ink) {
    match outcome {
        Outcome::Pass => ("PASS", Ink::Pass),
        Outcome::Fail(_) => ("FAIL", Ink::Fail),
        Outcome::Warn(_) => ("WARN", Ink::Warn),
        Outcome::Acknowledged => ("ACK", Ink::Skip),
        Outcome::Skipped(_) => ("SKIP", Ink::Skip),
        Outcome::NotApplicable(_) => ("N/A", Ink::Skip),
        Outcome::Broken { .. } => ("ERR", Ink::Broken),
    }
}

/// The glyph beside a status word.
pub(super) fn glyph(ink: Ink, style: &Style) -> &'static str {
    let glyphs = style.glyphs();
    match ink {
        Ink::Pass => glyphs.pass,
        Ink::Fail => glyphs.fail,
        Ink::Warn => glyphs.warn,
        Ink::Broken => glyphs.broken,
        _ => glyphs.skip,
    }
}

/// What a row says: a true sentence about the project, or why there is none.
pub(super) fn sentence<'a>(check: &'a CheckResult, style: &Style) -> Cow<'a, str> {
    let sentence = check.outcome.reason().unwrap_or_else(|| check.title());
    sanitize::unless_unicode(sentence, style)
}

/// What was found and does not count: "ignored, … (why)", in the words of who said so.
pub(super) fn acknowledged(one: &Acknowledged) -> String {
    match &one.by {
        Acknowledgement::Baseline => format!("in the baseline: {}", one.finding.message),
        Acknowledgement::Ignored {
            reason,
            place: at,
            until,
        } => {
            let until = until.map_or_else(String::new, |day| format!(", until {day}"));
            let said = format!("{reason}; {}{until}", place(at));
            format!("ignored: {} ({said})", one.finding.message)
        }
    }
}

/// Whether a check has a row of its own, or is only counted: what passed, and what the user chose to leave
/// out, is no news.
pub(super) fn listed(check: &CheckResult, options: &Options) -> bool {
    let no_news = match &check.outcome {
        Outcome::NotApplicable(_) | Outcome::Pass | Outcome::Acknowledged => true,
        Outcome::Skipped(why) => why.starts_with("--"),
        Outcome::Fail(_) | Outcome::Warn(_) | Outcome::Broken { .. } => false,
    };
    options.verbose || !no_news
}

/// Rows, and after each the number of others of its group that could not be judged for the very same
/// reason: one dead network is one piece of news. With `-v` each has a row.
pub(super) fn merged<'c>(
    rows: &[&'c CheckResult],
    options: &Options,
) -> Vec<(&'c CheckResult, usize)> {
    let mut merged: Vec<(&CheckResult, usize)> = Vec::new();
    for check in rows {
        let same = |(known, _): &&mut (&CheckResult, usize)| is_again(known, check);
        match merged.iter_mut().find(same) {
            Some((_, more)) if !options.verbose => *more += 1,
            _ => merged.push((check, 0)),
        }
    }
    merged
}

/// Whether two checks could not be judged for the same reason, with nothing of their own beside it.
pub(super) fn is_again(one: &CheckResult, other: &CheckResult) -> bool {
    match (&one.outcome, &other.outcome) {
        (
            Outcome::Broken { why, hint, marks },
            Outcome::Broken {
                why: other_why,
                hint: other_hint,
                marks: other_marks,
            },
        ) => {
            one.meta.group == other.meta.group
                && (why, hint, marks.len()) == (other_why, other_hint, other_marks.len())
                && marks.is_empty()
        }
        _ => false,
    }
}

/// What stands below the first of them.
pub(super) fn again(more: usize) -> String {
    let checks = if more == 1 { "check" } else { "checks" };
    format!("and {more} more {checks} for the same reason (-v lists them)")
}

/// What stands for a group whose checks are all no news: "Middleware: 7 of 7 pass"; nothing for one that
/// does not concern the app.
pub(super) fn folded(app: &AppReport, group: Group, checks: &[&CheckResult]) -> Option<String> {
    let passed = checks
        .iter()
        .filter(|check| matches!(check.outcome, Outcome::Pass));
    let routes = routes(app, group).map_or_else(String::new, |routes| format!("; {routes}"));
    (passed.count() > 0).then(|| format!("{}: {}{routes}", group.title(), score(checks)))
}

/// "8 of 9 pass, 1 skipped": of the checks that concern the app.
pub(in crate::report) fn score(checks: &[&CheckResult]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| checks.iter().filter(|c| wanted(&c.outcome)).count();
    let concern = count(|outcome| !matches!(outcome, Outcome::NotApplicable(_)));
    let judged = count(Outcome::is_judged);
    match (concern, judged) {
        (0, _) => "not applicable".to_owned(),
        (_, 0) => "not judged".to_owned(),
        _ => {
            let pass = count(|outcome| matches!(outcome, Outcome::Pass));
            let beside = [
                (
                    count(|o| matches!(o, Outcome::Acknowledged)),
                    "acknowledged",
                ),
                (count(|o| matches!(o, Outcome::Skipped(_))), "skipped"),
            ];
            let mut score = format!("{pass} of {concern} pass");
            for (number, how) in beside.iter().filter(|(number, _)| *number > 0) {
                score.push_str(&format!(", {number} {how}"));
            }
            score
        }
    }
}

/// "41 routes: 30 stopped, 9 public, 1 REACHED, 1 undecided", below the heading of its group.
pub(in crate::report) fn routes(app: &AppReport, group: Group) -> Option<String> {
    let counts = app
        .routes
        .filter(|counts| group == Group::Routes && counts.all > 0)?;
    let parts = [
        (counts.stopped, "stopped"),
        (counts.credential, "by another credential"),
        (counts.public, "public"),
        (counts.reached, "REACHED"),
        (counts.undecided, "undecided"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    Some(format!(
        "{}: {}",
        count(counts.all, "route"),
        parts.join(", ")
    ))
}

/// The lines that stand for the rows that are not listed: status, and how many checks for which reason.
pub(super) fn unlisted(app: &sanitize::App, options: &Options) -> Vec<(&'static str, String)> {
    let checks = app.shown.checks.iter();
    let hidden = checks.filter(|check| !listed(check, options));
    let (mut skipped, mut beside) = (Vec::<(&str, usize)>::new(), 0);
    let known = app.count_of_acknowledged();
    let known = known.filter(|_| !options.verbose);
    let known = known.map(|known| ("ACK", format!("{known} (-v lists them)")));
    for check in hidden {
        match &check.outcome {
            Outcome::NotApplicable(_) => beside += 1,
            Outcome::Skipped(why) => match skipped.iter_mut().find(|(known, _)| known == why) {
                Some((_, number)) => *number += 1,
                None => skipped.push((why, 1)),
            },
            _ => {}
        }
    }
    let skipped = skipped
        .into_iter()
        .map(|(why, number)| ("SKIP", format!("{}: {why}", count(number, "check"))));
    let verb = if beside == 1 { "does" } else { "do" };
    let beside = (beside > 0).then(|| {
        let beside = count(beside, "check");
        (
            "N/A",
            format!("{beside} {verb} not concern this app (-v lists every check)"),
        )
    });
    known.into_iter().chain(skipped).chain(beside).collect()
}

/// Whether an app is a package about which there is nothing of its own to say.
pub(in crate::report) fn folds(app: &AppReport) -> bool {
    let silent = |outcome: &Outcome| {
        !matches!(
            outcome,
            Outcome::Fail(_) | Outcome::Warn(_) | Outcome::Broken { .. }
        )
    };
    app.kind != AppKind::App && app.checks.iter().all(|check| silent(&check.outcome))
}

/// The name of the only app.
pub(super) fn app_name(app: &AppReport, directory: &str) -> String {
    match (&app.name, app.path.as_str()) {
        (Some(name), ".") => name.clone(),
        (Some(name), path) => format!("{name} ({path})"),
        (None, ".") => directory.to_owned(),
        (None, path) => path.to_owned(),
    }
}

/// The framework and the Clerk packages, with their versions.
pub(super) fn stack(app: &AppReport, style: &Style) -> Option<String> {
    let versioned = |name: &str, version: &Option<String>| match version {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    };
    let mut parts = Vec::new();
    if !app.framework_name.is_empty() {
        parts.push(versioned(app.framework_name, &app.framework_version));
    }
    let packages = app.clerk_packages.iter();
    parts.extend(packages.map(|(name, version)| versioned(name, version)));
    (!parts.is_empty()).then(|| parts.join(style.glyphs().dot))
}

/// Where the environment came from.
pub(super) fn environment(app: &AppReport) -> Option<String> {
    (!app.environment.is_empty()).then(|| format!("env: {}", app.environment))
}

/// The last line: the verdict, what it rests on, the exit code.
pub(super) fn verdict(report: &Report, style: &Style, options: &Options) -> String {
    let tally = report.tally();
    let ink = match report.decision {
        Decision::Ready if tally.skip + tally.error == 0 => Ink::Pass,
        Decision::Ready => Ink::Strong,
        Decision::NotReady => Ink::Fail,
        Decision::Incomplete => Ink::Broken,
    };
    let word = shared::verdict(report.decision);
    let used = text::width(word) + 2;
    // A number stays with its word: a line breaks between the parts only.
    let joined = shared::basis(report, options.elapsed).join(style.glyphs().dot);
    let bound = joined.replace(' ', "\u{a0}").replace(",\u{a0}", ", ");
    let bound = bound
        .replace(":\u{a0}", ": ")
        .replace(";\u{a0}", "; ")
        .replace("·\u{a0}", "· ");
    let basis = text::hang(&bound, used, style.width).replace('\u{a0}', " ");
    format!("{}  {basis}\n", style.paint(ink, word))
}
