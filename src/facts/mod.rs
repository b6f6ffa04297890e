//! What is known about a project. Pure: text in, data out.

pub mod api;
pub mod code;
pub mod dotenv;
pub mod framework;
pub mod gitignore;
pub mod gitindex;
pub mod keys;
pub mod lockfile;
pub mod manifest;
