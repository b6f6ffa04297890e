//! (gather/net)
