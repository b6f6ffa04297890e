//! The checks: the product. One folder per group, in it one file and one page per check.

pub mod engine;
