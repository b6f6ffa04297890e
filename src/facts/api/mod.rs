//! Clerk's Backend API as far as one question needs it: does it accept this secret key, and for which
//! instance? Where it is ([`ApiBase`]), what it may answer ([`ApiAnswer`]) and what that means in words.
//!
//! Sources: clerk/openapi-specs `bapi/2026-05-12.yml` (`GET /v1/instance`, `ClerkErrors`), clerk-docs
//! `data/api_errors.json`, clerk/javascript `packages/backend/src/api/request.ts`.

mod answer;
mod base;
mod date;
mod explain;
mod read;
mod screen;

pub use answer::{ApiAnswer, ApiVerdict, ClerkError, KeyFault, NotTheApi};
pub use base::{ApiBase, ApiBaseError};
pub use date::http_date;
pub use read::{clerk_error, key_fault, read_answer, wait};
pub use screen::Screen;
