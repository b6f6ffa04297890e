//! Every byte that enters the program comes through here.

pub mod files;
pub mod git;
pub mod net;
