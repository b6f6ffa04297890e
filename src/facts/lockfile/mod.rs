//! (facts/lockfile)
