//! Secrets in code, documents, builds and history.
