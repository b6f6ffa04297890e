//! What a signed-out visitor reaches, and what the code believes of those who come.

pub mod bypass_switch;
pub mod deprecated_matcher;
pub mod unawaited_auth;
pub mod unsafe_metadata;
pub mod unverified_token;
pub mod vulnerable_call_shape;

mod shapes;
