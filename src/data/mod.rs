//! What users hold: keys, values, operations' inputs, records.
//!
//! Imports `wire`. Borrowed forms ([`KeyRef`], [`ValueRef`]) go into commands without a copy; owned forms ([`Key`],
//! [`Value`]) come out where a caller wants to keep them.

mod digest;
mod key;
mod ttl;
mod value;

pub use digest::{Digest, PARTITIONS, PartitionId};
pub use key::{Key, KeyRef, UserKey, UserKeyRef};
pub use ttl::{CITRUSLEAF_EPOCH, Ttl, VoidTime};
pub use value::{List, Map, Value, ValueRef};
