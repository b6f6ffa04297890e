//! (facts/framework)
