//! How users sign in, as the instance is set up.
