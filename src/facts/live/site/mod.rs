//! The deployed site, from outside.

pub mod front;
pub mod surface;
pub mod visited;

pub use front::Front;
pub use surface::Surface;
pub use visited::Visited;
