//! clerk-audit: is the Clerk authentication of this project ready for production?

pub mod checks;
pub mod cli;
pub mod commands;
pub mod config;
pub mod exit;
pub mod facts;
pub mod gather;
pub mod model;
pub mod report;
pub mod run;
