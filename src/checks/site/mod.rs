//! The deployed site, asked as a signed-out visitor.
