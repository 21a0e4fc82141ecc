//! Digest of a key and the partition it falls into.
//!
//! Imports `ripemd`. Source: client `as_key.c`, `as_partition.h`. The namespace is not part of the digest.

use core::fmt;

use ripemd::{Digest as _, Ripemd160};

use super::key::UserKeyRef;

/// How many partitions a namespace has.
pub const PARTITIONS: usize = 4096;

/// RIPEMD-160 of set name, type byte of the user key and the user key.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest(pub [u8; 20]);

impl Digest {
    /// The digest of a user key within a set; an empty set adds nothing.
    #[must_use]
    pub fn of(set: &str, user_key: UserKeyRef<'_>) -> Self {
        let mut hash = Ripemd160::new();
        hash.update(set.as_bytes());
        hash.update([user_key.particle_type().0]);
        match user_key {
            UserKeyRef::Integer(integer) => hash.update(integer.to_be_bytes()),
            UserKeyRef::String(text) => hash.update(text.as_bytes()),
            UserKeyRef::Blob(bytes) => hash.update(bytes),
        }
        Self(hash.finalize().into())
    }

    /// The partition: low 12 bits of the first two bytes, little-endian.
    #[must_use]
    pub const fn partition(&self) -> PartitionId {
        let [low, high, ..] = self.0;
        PartitionId(u16::from_le_bytes([low, high]) & (PARTITIONS as u16 - 1))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One of the 4,096 parts of a namespace.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct PartitionId(pub u16);
