//! What a user meets when something goes wrong.
