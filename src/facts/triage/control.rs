//! E13: whether this machine has a network at all. Without one, silence says nothing of anybody.

use super::{Missing, Probe};
use crate::facts::http::Fault;
use crate::facts::live::certificates::is_same;
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

/// Whether no control host is trusted, and for the same reason as another is not: then the clock of this
/// machine is wrong, or a gateway of its network reads along, and nothing is said of the other.
pub(super) fn shares_fault(control: &[(String, Probe)], other: &Probe) -> bool {
    let fault = |probe: &Probe| match &probe.exchange {
        Err(Fault::TlsFailure { fault, .. }) => Some(fault.clone()),
        _ => None,
    };
    let Some(own) = fault(other) else {
        return false;
    };
    let mut faults = control.iter().filter_map(|(_, probe)| fault(probe));
    read(control) == Control::Offline && faults.any(|one| is_same(&one, &own))
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
