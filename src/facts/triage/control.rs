//! E13: whether this machine has a network at all. Without one, silence says nothing of anybody.

use super::{Missing, Probe};
use crate::model::triage::{Evidence, Mark};

/// What the control hosts say of the network of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    /// One of them answered: who is silent is silent by itself.
    Online,
    /// None of them answered.
    Offline,
}

/// Any answer in HTTP is one; a refused certificate means that a gateway answers in their place.
pub(super) fn read(control: &[(String, Probe)]) -> Control {
    if control.iter().any(|(_, probe)| probe.answer().is_some()) {
        Control::Online
    } else {
        Control::Offline
    }
}

pub(super) fn evidence(control: &[(String, Probe)]) -> Vec<Evidence> {
    let line = |(host, probe): &(String, Probe)| match probe.missing() {
        None => probe.says(
            "E13",
            host,
            Mark::Good,
            "answers, so this machine is online",
        ),
        Some(Missing::Tls) => probe.says(
            "E13",
            host,
            Mark::Odd,
            format!("{}: a gateway may answer in its place", probe.why()),
        ),
        Some(_) => probe.says("E13", host, Mark::Silent, probe.why()),
    };
    control.iter().map(line).collect()
}
