//! Packed values as bin values.
//!
//! Imports the core's MessagePack, `particle` and `geo`. Source: server `particle_*.c`.

use aerospike_wasm::wire::msgpack::Token;
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{ResultCode, Writer, particle};

use super::packed;
use crate::geo;
use crate::particle::Particle;

/// The bin value of a packed one; `None` for nil, and for what no bin can hold.
pub(super) fn particle(value: &[u8]) -> Result<Option<Particle>, ResultCode> {
    let (kind, bytes) = match packed::token(value)? {
        Token::Nil | Token::Ext(..) => return Ok(None),
        Token::Bool(value) => (ParticleType::BOOL, vec![u8::from(value)]),
        Token::Integer(value) => (ParticleType::INTEGER, value.to_be_bytes().into()),
        Token::Unsigned(value) => (ParticleType::INTEGER, value.to_be_bytes().into()),
        Token::Float(value) => (ParticleType::FLOAT, value.to_be_bytes().into()),
        Token::List(_) => (ParticleType::LIST, value.into()),
        Token::Map(_) => (ParticleType::MAP, value.into()),
        Token::Raw(raw) => typed(raw)?,
    };
    Ok(Some(Particle { kind, bytes }))
}

/// A raw element leads with its type; one without a type that it can have is a blob.
fn typed(raw: &[u8]) -> Result<(ParticleType, Vec<u8>), ResultCode> {
    let Some((kind, bytes)) = raw.split_first() else { return Ok((ParticleType::BLOB, Vec::new())) };
    match ParticleType(*kind) {
        kind @ (ParticleType::STRING | ParticleType::BLOB | ParticleType::HLL) => Ok((kind, bytes.into())),
        ParticleType::GEOJSON => {
            let mut wire = Vec::new();
            particle::write_geojson(&mut Writer::new(&mut wire), bytes);
            Ok((ParticleType::GEOJSON, geo::particle(&wire)?))
        }
        _ => Ok((ParticleType::BLOB, bytes.into())),
    }
}
