//! Keys: namespace, set and user key, or a digest in place of the user key.
//!
//! Imports `wire`.

use alloc::string::String;
use alloc::vec::Vec;

use super::digest::Digest;
use crate::wire::Writer;
use crate::wire::particle::ParticleType;

/// What the application chose to name a record by, borrowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UserKeyRef<'a> {
    /// A 64-bit integer.
    Integer(i64),
    /// A string.
    String(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl UserKeyRef<'_> {
    /// The particle type, which is part of the digest.
    #[must_use]
    pub const fn particle_type(self) -> ParticleType {
        match self {
            Self::Integer(_) => ParticleType::INTEGER,
            Self::String(_) => ParticleType::STRING,
            Self::Blob(_) => ParticleType::BLOB,
        }
    }

    /// Appends type and value, the data of field 2.
    pub fn write(self, writer: &mut Writer<'_>) {
        writer.u8(self.particle_type().0);
        match self {
            Self::Integer(integer) => writer.bytes(&integer.to_be_bytes()),
            Self::String(text) => writer.bytes(text.as_bytes()),
            Self::Blob(bytes) => writer.bytes(bytes),
        }
    }
}

/// What the application chose to name a record by.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum UserKey {
    /// A 64-bit integer.
    Integer(i64),
    /// A string.
    String(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl UserKey {
    /// The borrowed form.
    #[must_use]
    pub fn as_ref(&self) -> UserKeyRef<'_> {
        match self {
            Self::Integer(integer) => UserKeyRef::Integer(*integer),
            Self::String(text) => UserKeyRef::String(text),
            Self::Blob(bytes) => UserKeyRef::Blob(bytes),
        }
    }
}

impl From<i64> for UserKey {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<&str> for UserKey {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<&[u8]> for UserKey {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.into())
    }
}

/// Namespace, set, user key if known, and digest; borrowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyRef<'a> {
    /// Namespace, 1 to 31 bytes.
    pub namespace: &'a str,
    /// Set, up to 63 bytes; empty for none.
    pub set: &'a str,
    /// User key; `None` when only the digest is known.
    pub user_key: Option<UserKeyRef<'a>>,
    /// Digest.
    pub digest: Digest,
}

impl<'a> KeyRef<'a> {
    /// A key with a user key; computes the digest.
    #[must_use]
    pub fn new(namespace: &'a str, set: &'a str, user_key: UserKeyRef<'a>) -> Self {
        Self { namespace, set, user_key: Some(user_key), digest: Digest::of(set, user_key) }
    }

    /// A key of which only the digest is known.
    #[must_use]
    pub const fn with_digest(namespace: &'a str, set: &'a str, digest: Digest) -> Self {
        Self { namespace, set, user_key: None, digest }
    }
}

/// Namespace, set, user key if known, and digest.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Key {
    /// Namespace, 1 to 31 bytes.
    pub namespace: String,
    /// Set, up to 63 bytes; empty for none.
    pub set: String,
    /// User key; `None` when only the digest is known.
    pub user_key: Option<UserKey>,
    /// Digest.
    pub digest: Digest,
}

impl Key {
    /// A key with a user key; computes the digest.
    #[must_use]
    pub fn new(namespace: &str, set: &str, user_key: impl Into<UserKey>) -> Self {
        let user_key = user_key.into();
        let digest = Digest::of(set, user_key.as_ref());
        Self { namespace: namespace.into(), set: set.into(), user_key: Some(user_key), digest }
    }

    /// The borrowed form.
    #[must_use]
    pub fn as_ref(&self) -> KeyRef<'_> {
        KeyRef {
            namespace: &self.namespace,
            set: &self.set,
            user_key: self.user_key.as_ref().map(UserKey::as_ref),
            digest: self.digest,
        }
    }
}
