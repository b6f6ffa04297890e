//! (facts/dotenv)
