//! The living side as a whole: every live check in one run against the stand-in, and what may go wrong
//! around it. Which checks there are is read from the list: nothing here changes when one is added.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

#[path = "live/faults.rs"]
mod faults;
#[path = "live/hostile.rs"]
mod hostile;
#[path = "support/project.rs"]
mod project;
#[path = "live/proxies.rs"]
mod proxies;
#[path = "live/rig.rs"]
mod rig;
#[path = "live/scenarios.rs"]
mod scenarios;
#[path = "live/seams.rs"]
mod seams;
#[path = "live/secrets.rs"]
mod secrets;
#[path = "live/speed.rs"]
mod speed;
mod support;

/// Snapshots lie beside those of the other tests.
fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("live__{name}"), text);
    });
}
