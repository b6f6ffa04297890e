//! Which files are tracked: the names in git's index.
