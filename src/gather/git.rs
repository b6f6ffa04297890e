//! (gather/git)
