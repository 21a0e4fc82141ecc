//! Operations on numbers, strings and blobs.
//!
//! Imports particles. Source: server `particle_integer.c`, `particle_float.c`, `particle_blob.c`. On a missing bin
//! all of them write their value as it is, whatever its type.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use crate::particle::Particle;

/// The sum of a bin and the value of an INCR; integers wrap.
pub(crate) fn incr(stored: &Particle, value: &Particle) -> Result<Particle, ResultCode> {
    if stored.kind != value.kind {
        return Err(ResultCode::BIN_TYPE);
    }
    let (old, added) = (eight(stored)?, eight(value)?);
    let bytes = match stored.kind {
        ParticleType::INTEGER => {
            i64::from_be_bytes(old).wrapping_add(i64::from_be_bytes(added)).to_be_bytes()
        }
        ParticleType::FLOAT => (f64::from_be_bytes(old) + f64::from_be_bytes(added)).to_be_bytes(),
        _ => return Err(ResultCode::BIN_TYPE),
    };
    Ok(Particle { kind: stored.kind, bytes: bytes.into() })
}

/// A bin's text or bytes with the value of an APPEND behind it.
pub(crate) fn append(stored: &Particle, value: &Particle) -> Result<Particle, ResultCode> {
    joined(stored, value, &stored.bytes, &value.bytes)
}

/// A bin's text or bytes with the value of a PREPEND before it.
pub(crate) fn prepend(stored: &Particle, value: &Particle) -> Result<Particle, ResultCode> {
    joined(stored, value, &value.bytes, &stored.bytes)
}

fn joined(stored: &Particle, value: &Particle, first: &[u8], second: &[u8]) -> Result<Particle, ResultCode> {
    match stored.kind {
        ParticleType::STRING | ParticleType::BLOB if stored.kind == value.kind => {}
        ParticleType::GEOJSON => return Err(ResultCode::SERVER_ERROR),
        _ => return Err(ResultCode::BIN_TYPE),
    }
    Ok(Particle { kind: stored.kind, bytes: [first, second].concat() })
}

fn eight(particle: &Particle) -> Result<[u8; 8], ResultCode> {
    particle.bytes.as_slice().try_into().map_err(|_| ResultCode::BIN_TYPE)
}
