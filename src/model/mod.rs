//! Plain data that every layer shares. No I/O, and nothing of ours is imported here.

pub mod attest;
pub mod connect_to;
pub mod date;
pub mod finding;
pub mod fix;
pub mod glob;
pub mod ignore;
pub mod known;
pub mod meta;
pub mod moment;
pub mod near;
pub mod place;
pub mod report;
pub mod rotation;
pub mod routes;
pub mod secret;
pub mod site;
pub mod triage;

pub use connect_to::ConnectTo;
pub use date::Date;
pub use finding::{Finding, Mark, Role, Together};
pub use fix::Fix;
pub use glob::Glob;
pub use known::Known;
pub use meta::{Group, Meta, Severity};
pub use moment::{Moment, Since};
pub use near::nearest;
pub use place::{Excerpt, Place};
pub use report::{
    Acknowledged, Acknowledgement, AppKind, AppReport, CheckResult, Decision, Outcome, Report,
    Tally, VariableReport,
};
pub use secret::Secret;
pub use site::Site;
