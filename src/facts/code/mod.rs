//! (facts/code)
