//! (facts/manifest)
