//! Which paths a pattern covers, exactly as the packages answer at run time.
//!
//! [`clerk`] is Clerk's `createRouteMatcher` and the lists of `authMiddleware`, [`next`] is Next's
//! `config.matcher`. Both turn strings into regular expressions through [`path_to_regexp`], and those
//! are evaluated by [`regex`]. `tests/parity_matcher.rs` compares all of it with recorded answers of the
//! real packages.

pub mod clerk;
pub mod next;
pub mod path_to_regexp;
pub mod regex;

mod percent;
