//! A stored value: particle type and bytes.
//!
//! Imports the core's wire types.

use aerospike_wasm::wire::particle::ParticleType;

/// A bin's value as it is stored and sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Particle {
    /// Its type.
    pub kind: ParticleType,
    /// Its bytes, in the form of a reply.
    pub bytes: Vec<u8>,
}
