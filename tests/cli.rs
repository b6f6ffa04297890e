//! The command line, as its help promises it: the real program, nothing of this machine in its environment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

#[path = "cli/apps.rs"]
mod apps;
#[path = "cli/attest.rs"]
mod attest;
#[path = "cli/day.rs"]
mod day;
#[path = "cli/environment.rs"]
mod environment;
#[path = "cli/live.rs"]
mod live;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/places.rs"]
mod places;
#[path = "support/project.rs"]
mod project;
#[path = "cli/selection.rs"]
mod selection;
#[path = "cli/silence.rs"]
mod silence;
#[path = "cli/subcommands.rs"]
mod subcommands;
#[path = "cli/summary.rs"]
mod summary;
mod support;
#[path = "cli/verdicts.rs"]
mod verdicts;

/// Snapshots lie beside the tests that take them.
fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "cli/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}
