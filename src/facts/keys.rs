//! (facts/keys)
