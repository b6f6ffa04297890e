//! Every byte that enters the program comes through here.

pub mod git;
pub mod net;
