//! What an app does against forgery, scripts and strangers beside its gate.
