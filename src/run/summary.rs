//! The summary of a step in GitHub Actions: the Markdown report, beside what is printed.

use std::io::{self, Write};
use std::path::Path;

use crate::gather::process::ProcessEnv;
use crate::model::Report;
use crate::report::{self, Format, printable, summary};
use crate::{gather, save};

/// Where GitHub collects the summary of a step.
const FILE: &str = "GITHUB_STEP_SUMMARY";

/// Adds the report to the summary of the step, where there is one and one of the formats is for people who
/// read along there. That it cannot be written is said, and changes no verdict.
pub(super) fn add<'f>(
    report: &Report,
    mut formats: impl Iterator<Item = &'f Format>,
    env: &ProcessEnv,
) {
    let Some(path) = env.get(FILE).filter(|path| !path.is_empty()) else {
        return;
    };
    let read_there = [report::HUMAN.name, report::GITHUB.name];
    if !formats.any(|format| read_there.contains(&format.name)) {
        return;
    }
    let written = save::append(Path::new(&path), summary::LIMIT, |room| {
        summary::within(report, room)
    });
    if let Err(e) = written {
        let why = printable(&gather::files::words(&e));
        // Nothing more can be done if even standard error is closed.
        let _ = writeln!(
            io::stderr(),
            "clerk-audit: warning: the summary of the step was not written, {FILE}: {why}"
        );
    }
}
