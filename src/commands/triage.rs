//! `clerk-audit triage`: what was said of the incident, and how the answer is written.

use std::io;

use crate::cli::{FormatName, TriageArgs};
use crate::facts::triage::Told;
use crate::model::Moment;
use crate::model::triage::Incident;
use crate::report::Style;
use crate::report::triage as report;
pub use crate::report::triage::Whose;

/// What was said of the incident.
pub fn told(args: &TriageArgs, now: Moment) -> Told {
    Told {
        compromised: args.compromised,
        db_count: args.db_count,
        since: args.since.map(|since| since.before(now)),
        ..Told::default()
    }
}

/// Writes what the last look says.
pub fn render(
    format: FormatName,
    incident: &Incident,
    exit_code: u8,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        FormatName::Human => report::human(incident, style, out),
        FormatName::Json => report::json(incident, exit_code, out),
    }
}

/// Writes the newest line of the timeline.
pub fn turn(incident: &Incident, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    report::turn(incident, style, out)
}

/// That nothing changed, for somebody who watches.
pub fn heartbeat(incident: &Incident) -> String {
    report::heartbeat(incident)
}

/// The post-incident report.
pub fn report(incident: &Incident) -> String {
    report::markdown(incident)
}

/// Whose a file is that stands where the report is to be written.
pub fn whose(text: &str) -> Whose {
    report::whose(text)
}
