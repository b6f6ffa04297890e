//! The Frontend API, through the customer's own domain.
