//! HTTP as data: an answer, or why none came. What asks lies in `gather::net`.

mod answer;
mod barrier;
mod fault;

pub use answer::{Answer, Exchange, NotJson};
pub use barrier::Barrier;
pub use fault::{CaFileFault, Fault, Phase, ProxyFault, TlsFault, next_step};

/// What happened, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// One true sentence.
    pub what: String,
    /// What to do; empty where there is nothing to do.
    pub fix: String,
}
