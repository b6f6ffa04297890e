//! The rules by themselves, without a network.
