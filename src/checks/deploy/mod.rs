//! Files that build, ship and run the app.
