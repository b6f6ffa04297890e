//! The post-incident report: what is known is filled in, what only people know is asked for.

use std::fmt::Write as _;

use crate::model::Moment;
use crate::model::moment::stretch;
use crate::model::triage::{Category, Evidence, Incident, Mark, Match, Triage};
use crate::report::sanitize;

/// The beginning of the first line of every report.
const SIGN: &str = "<!-- clerk-audit incident report v1 ";

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A report of this program, as it was written.
    Ours,
    /// One that somebody edited since.
    Edited,
    /// Anything else.
    Foreign,
}

/// Whose a file is that stands where a report is to be written.
pub fn whose(text: &str) -> Whose {
    let Some((first, body)) = text.split_once('\n') else {
        return Whose::Foreign;
    };
    match first.trim_end().strip_prefix(SIGN) {
        None => Whose::Foreign,
        Some(rest) if rest == format!("{} -->", sum(body)) => Whose::Ours,
        Some(_) => Whose::Edited,
    }
}

/// FNV-1a: whether a text is what it was, where nobody means harm.
fn sum(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Writes the report.
pub fn markdown(incident: &Incident) -> String {
    let mut body = String::from("# Incident report\n\n");
    table(&mut body, incident);
    timeline(&mut body, incident);
    prompts(&mut body, incident);
    evidence(&mut body, &incident.worst);
    actions(&mut body, &incident.worst);
    let _ = writeln!(
        body,
        "\n_Written by clerk-audit {}. All times are UTC; keys are redacted._",
        incident.version
    );
    format!("{SIGN}{} -->\n{body}", sum(&body))
}

/// A stranger's words in Markdown: nothing of them is markup.
fn plain(text: &str) -> String {
    let mut safe = String::new();
    for c in sanitize::line(text).chars() {
        if "\\`*[]<>|".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

fn table(body: &mut String, incident: &Incident) {
    let (worst, last) = (&incident.worst, &incident.last);
    let began = incident.since.unwrap_or(incident.first);
    let gravity = worst.main.category.gravity().word();
    let also: Vec<String> = worst.also.iter().map(name).collect();
    let rows = [
        ("Date", began.day()),
        ("Duration", duration(incident)),
        ("Severity", gravity.to_owned()),
        (
            "Category",
            format!("{}: {}", name(&worst.main), worst.main.title()),
        ),
        (
            "Also",
            if also.is_empty() {
                "-".to_owned()
            } else {
                also.join(", ")
            },
        ),
        (
            "When last seen",
            format!("{}, {}", last.at, name(&last.main)),
        ),
    ];
    body.push_str("| | |\n| --- | --- |\n");
    for (label, value) in rows {
        let _ = writeln!(body, "| {label} | {} |", plain(&value));
    }
}

fn name(one: &Match) -> String {
    match one.sure {
        true => one.category.id().to_owned(),
        false => format!("{} (suspected)", one.category.id()),
    }
}

/// From the beginning, as it was reported or first seen, to the first look at which all was well again.
fn duration(incident: &Incident) -> String {
    let began = incident.since.unwrap_or(incident.first);
    let known = if incident.since.is_some() {
        ""
    } else {
        " (from the first look; when it began is not known)"
    };
    if incident.worst.main.category == Category::Healthy {
        return "no incident was seen".to_owned();
    }
    let over = incident
        .timeline
        .last()
        .filter(|_| incident.last.main.category == Category::Healthy);
    match over {
        Some(turn) => format!("{}{known}", stretch(turn.at.after(began))),
        None => format!(
            "{} when last seen, not over{known}",
            stretch(incident.last.at.after(began))
        ),
    }
}

/// What changed, and at the first look what was wrong, in the order of time.
fn timeline(body: &mut String, incident: &Incident) {
    let mut lines: Vec<(Moment, String)> = Vec::new();
    lines.extend(
        incident
            .since
            .map(|since| (since, "It began, as reported".to_owned())),
    );
    for (at, turn) in incident.timeline.iter().enumerate() {
        let suspected = if turn.sure { "" } else { " (suspected)" };
        // What the first look rests on stands below, piece by piece.
        let says = if at == 0 { turn.title } else { &turn.says };
        lines.push((
            turn.at,
            format!("**{}**{suspected}: {}", turn.category.id(), plain(says)),
        ));
    }
    lines.sort_by_key(|(at, _)| *at);
    // What one look saw stands together, in its own order: which answer came a moment earlier says nothing.
    let seen = incident.worst.at;
    let before = lines.partition_point(|(at, _)| *at <= seen);
    let after = lines.split_off(before);
    for one in failed(&incident.worst) {
        let at = one.at.unwrap_or(seen);
        lines.push((
            at,
            format!(
                "{}: {}",
                one.id,
                plain(&format!("{}: {}", one.subject, one.says))
            ),
        ));
    }
    lines.extend(after);
    body.push_str("\n## Timeline\n\n");
    let first = lines.first().map(|(at, _)| at.day());
    let one_day = lines.iter().all(|(at, _)| Some(at.day()) == first);
    for (at, line) in lines {
        let day = if one_day {
            String::new()
        } else {
            format!("{} ", at.day())
        };
        let _ = writeln!(body, "- {day}{} {line}", at.clock());
    }
    body.push_str("- ... _what was done, by whom, and when users noticed_\n");
}

fn failed(look: &Triage) -> impl Iterator<Item = &Evidence> {
    look.evidence
        .iter()
        .filter(|one| matches!(one.mark, Mark::Bad | Mark::Silent))
}

fn prompts(body: &mut String, incident: &Incident) {
    let because = &incident.worst.main.because;
    body.push_str("\n## Root cause\n\n");
    if !because.is_empty() {
        body.push_str("What the evidence says:\n\n");
        for line in because {
            let _ = writeln!(body, "- {}", plain(line));
        }
        body.push('\n');
    }
    body.push_str("_Why it happened, and why it was not noticed before:_\n\n");
    body.push_str("## Impact\n\n");
    body.push_str("- _Who could not sign in, and for how long:_\n");
    body.push_str("- _What was open that should have been closed:_\n");
    body.push_str("- _Which events (webhooks) were missed, and were they replayed:_\n");
    body.push_str("- _Who was told, and when:_\n");
}

fn evidence(body: &mut String, look: &Triage) {
    let _ = writeln!(body, "\n## Evidence of {}\n", look.at);
    body.push_str("| | Time | Took | What | Seen |\n| --- | --- | --- | --- | --- |\n");
    for one in look
        .evidence
        .iter()
        .filter(|one| one.mark != Mark::NotAsked)
    {
        let at = one.at.map_or_else(String::new, |at| at.clock());
        let took = one
            .took_ms
            .map_or_else(String::new, |took| format!("{took} ms"));
        let _ = writeln!(
            body,
            "| {} {} | {at} | {took} | {} | {} |",
            one.id,
            one.mark.word(),
            plain(&one.subject),
            plain(&one.says)
        );
    }
}

fn actions(body: &mut String, look: &Triage) {
    body.push_str("\n## Action items\n\n");
    for line in &look.advice.now {
        let _ = writeln!(body, "- [ ] {}", plain(line));
    }
    for one in failed(look) {
        let _ = writeln!(
            body,
            "- [ ] See {} good again: {} ({})",
            one.id,
            plain(&one.subject),
            plain(&one.says)
        );
    }
    body.push_str("- [ ] _What would have shown it earlier (monitor, alert, test):_\n");
    body.push_str("- [ ] _What keeps it from happening again:_\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_known_again_and_so_is_an_edit_of_it() {
        let body = "# Incident report\n";
        let ours = format!("{SIGN}{} -->\n{body}", sum(body));
        assert_eq!(whose(&ours), Whose::Ours);
        assert_eq!(whose(&format!("{ours}more\n")), Whose::Edited);
        for foreign in ["", "# Incident report\n", "<!-- clerk-audit -->\n", SIGN] {
            assert_eq!(whose(foreign), Whose::Foreign, "{foreign}");
        }
    }

    #[test]
    fn words_of_others_are_no_markup() {
        assert_eq!(
            plain("a|b `c` [d](e) <f>"),
            "a\\|b \\`c\\` \\[d\\](e) \\<f\\>"
        );
    }
}
