//! (facts/gitindex)
