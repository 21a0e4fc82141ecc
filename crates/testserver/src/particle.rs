//! A stored value: particle type and bytes; and what an operation on one gives back.
//!
//! Imports the core's wire types. Invariant: a [`Particle`] inside the store is valid for its type and in the form
//! in which replies carry it.

use aerospike_wasm::wire::particle::ParticleType;

/// A bin's value as it is stored and sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Particle {
    /// Its type.
    pub kind: ParticleType,
    /// Its bytes, in the form of a reply.
    pub bytes: Vec<u8>,
}

/// What an operation did: what it answers and what becomes of the bin.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Applied {
    /// The value answered; `None` for "no result".
    pub(crate) answer: Option<Particle>,
    /// What the bin holds afterwards.
    pub(crate) stored: Stored,
}

/// What a bin holds after an operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Stored {
    /// What it held before.
    Unchanged,
    /// This value.
    Set(Particle),
    /// Nothing: the bin is gone.
    Removed,
}
