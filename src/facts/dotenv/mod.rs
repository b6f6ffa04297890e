//! (dotenv)

/// Which program's rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `@next/env`.
    NextEnv,
    /// Vite's `loadEnv`.
    Vite,
    /// `dotenv` alone.
    Dotenv,
    /// `dotenv` with `dotenv-expand`.
    DotenvExpand,
}
