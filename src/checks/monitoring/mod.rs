//! What is seen when something goes wrong.
