//! List and map operations.
