//! Versions, advisories and what is installed.
