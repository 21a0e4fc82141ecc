//! Filter and operation expressions.
