//! (facts/gitignore)
