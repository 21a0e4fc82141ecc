//! Operations on the bits and bytes of blobs (op ids 12 and 13).
//!
//! Imports particles and this folder. Invariant: no blob grows over [`MAX_SIZE`]. Source: server
//! `particle_blob.c`.

mod modify;
pub(crate) mod params;
mod read;
mod region;
#[cfg(test)]
mod tests;

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use crate::particle::{Applied, Particle, Stored};

use modify::Change;
use params::Params;
use read::Read;

/// The most bytes a blob may grow to by an operation: the server's largest `max-record-size`.
const MAX_SIZE: u64 = 8 << 20;

/// Runs one operation on a bin's value; `modify` tells op id 13 from 12.
///
/// # Errors
/// 4 for an operation that cannot be read or has the wrong op id, 12 for a bin of another type, 6, 17 and 26 as the
/// operation says, 13 for a blob that becomes too large.
pub(crate) fn apply(stored: Option<&Particle>, op_value: &[u8], modify: bool) -> Result<Applied, ResultCode> {
    let params = Params::read(op_value)?;
    if modify {
        let change = Change::read(&params)?;
        let stored = match change.run(blob_of(stored)?)? {
            Some(bytes) => Stored::Set(Particle { kind: ParticleType::BLOB, bytes }),
            None => Stored::Unchanged,
        };
        return Ok(Applied { answer: None, stored });
    }
    let read = Read::parse(&params)?;
    let answer = blob_of(stored)?.map(|bytes| read.run(bytes)).transpose()?;
    Ok(Applied { answer, stored: Stored::Unchanged })
}

fn blob_of(stored: Option<&Particle>) -> Result<Option<&[u8]>, ResultCode> {
    match stored {
        None => Ok(None),
        Some(particle) if particle.kind == ParticleType::BLOB => Ok(Some(&particle.bytes)),
        Some(_) => Err(ResultCode::BIN_TYPE),
    }
}

/// A number of bits or bytes; 0 is none.
fn size(params: &Params<'_>, at: usize) -> Result<u64, ResultCode> {
    u64::try_from(params.integer(at)?).ok().filter(|size| *size > 0).ok_or(ResultCode::PARAMETER)
}

/// A number of bits that fits an integer.
fn integer_size(params: &Params<'_>, at: usize) -> Result<u64, ResultCode> {
    size(params, at).and_then(|size| if size > 64 { Err(ResultCode::PARAMETER) } else { Ok(size) })
}
