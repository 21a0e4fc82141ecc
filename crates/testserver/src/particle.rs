//! A stored value: particle type and bytes; and what an operation on one gives back.
//!
//! Imports the core's wire types, and for the types with an inner structure `cdt` and `geo`. Invariant: a
//! [`Particle`] inside the store is valid for its type and in the form in which replies carry it. Source: server
//! `particle_*.c`.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use crate::{cdt, geo};

/// A bin's value as it is stored and sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Particle {
    /// Its type.
    pub kind: ParticleType,
    /// Its bytes, in the form of a reply.
    pub bytes: Vec<u8>,
}

impl Particle {
    /// The value that a write carries, checked and in stored form.
    ///
    /// # Errors
    /// 4 for a value that does not fit its type (NULL is none) or an unknown type, 1 for a bad list or map, 160
    /// for bad GeoJSON.
    pub(crate) fn from_wire(kind: ParticleType, value: &[u8]) -> Result<Self, ResultCode> {
        let bytes = match kind {
            ParticleType::INTEGER => widen(value)?,
            ParticleType::FLOAT if value.len() == 8 => value.into(),
            ParticleType::BOOL if matches!(value, [0 | 1]) => value.into(),
            ParticleType::HLL if is_hll(value) => value.into(),
            ParticleType::STRING | ParticleType::BLOB | ParticleType(7..=12 | 16) => value.into(),
            ParticleType::LIST | ParticleType::MAP => cdt::normalize(kind, value)?,
            ParticleType::GEOJSON => geo::particle(value)?,
            _ => return Err(ResultCode::PARAMETER),
        };
        Ok(Self { kind, bytes })
    }

    /// An integer.
    pub(crate) fn integer(value: i64) -> Self {
        Self { kind: ParticleType::INTEGER, bytes: value.to_be_bytes().into() }
    }

    /// A string.
    pub(crate) fn string(text: &str) -> Self {
        Self { kind: ParticleType::STRING, bytes: text.as_bytes().into() }
    }
}

/// Integers of 1, 2 and 4 bytes are filled up with zeros, whatever their sign.
fn widen(value: &[u8]) -> Result<Vec<u8>, ResultCode> {
    if !matches!(value.len(), 1 | 2 | 4 | 8) {
        return Err(ResultCode::PARAMETER);
    }
    let mut wide = vec![0; 8 - value.len()];
    wide.extend_from_slice(value);
    Ok(wide)
}

/// Flags 0, index bits, minhash bits, 8 bytes of cached count, registers of 6 + minhash bits.
fn is_hll(value: &[u8]) -> bool {
    let Some(([flags, index_bits, minhash_bits], rest)) = value.split_first_chunk() else { return false };
    let (index, minhash) = (usize::from(*index_bits), usize::from(*minhash_bits));
    let fits =
        (4..=16).contains(&index) && (minhash == 0 || (4..=51).contains(&minhash)) && index + minhash <= 64;
    *flags == 0 && fits && rest.len() == 8 + ((6 + minhash) << index).div_ceil(8)
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
