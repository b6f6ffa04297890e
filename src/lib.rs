//! clerk-audit: is the Clerk authentication of this project ready for production?
//!
//! ```text
//! argv, config ──▶ plan ──▶ gather (all I/O) ──▶ facts ──▶ checks (pure) ──▶ report ──▶ exit code
//! ```
//!
//! Everything that reads, connects or waits happens in [`gather`]. Everything that decides is a plain
//! function of [`facts::Facts`]. Everything that prints is a plain function of [`model::Report`]. A fact
//! that is missing is never a pass: see [`model::Known`] and the six outcomes of [`model::Outcome`].
//!
//! | room | what is in it |
//! | --- | --- |
//! | [`run`] | the story as one function: read it first |
//! | [`plan`] | from what was typed to what is gathered |
//! | [`recording`] | what the checks said, as a document that another machine can tell |
//! | [`save`] | the one place that writes files; what `--fix` writes is worked out in [`facts::mend`] |
//! | [`cli`], [`exit`] | what was typed; the exit codes |
//! | [`model`] | plain data that all share: findings, places, outcomes, the report, [`model::Secret`] |
//! | [`facts`] | what is known, as pure functions from text to data: keys, env files, manifests, lock files, ignore rules, frameworks, code, the route map |
//! | [`gather`] | every byte that enters: files, git, the process, the Backend API |
//! | [`checks`] | the product: one folder per group, one file and one page per check, and the engine |
//! | [`facts::code::visitor`] | the heart of it: a visitor without a session, walked through the code |
//! | [`report`] | the report and the route map as bytes: for people, for programs, for GitHub |
//! | [`config`] | `clerk-audit.toml` |
//! | [`commands`] | the subcommands other than the audit |
//!
//! Imports run one way (`gather → facts → model`, `checks → facts, model`, `report → model`), and
//! `tests/contract.rs` holds that. Three lists exist and no products of them: [`checks::ALL`],
//! [`facts::framework::ALL`], [`report::ALL`].
//!
//! A new check is `src/checks/<group>/<name>.rs`, `<name>.md` beside it, fixtures in
//! `fixtures/checks/<group>/<name>/`, and one line in `src/checks/mod.rs`; the contract test names
//! whatever is missing.

pub mod checks;
pub mod cli;
pub mod commands;
pub mod config;
pub mod exit;
pub mod facts;
pub mod gather;
pub mod model;
pub mod plan;
pub mod recording;
pub mod report;
pub mod run;
pub mod save;
