//! The domain of the instance: records and certificates.
