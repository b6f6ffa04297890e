//! How Clerk is built into the app.
