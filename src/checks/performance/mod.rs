//! What authentication costs each request.
