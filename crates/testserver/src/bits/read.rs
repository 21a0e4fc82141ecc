//! Operations that read bits.
//!
//! Imports this folder and particles. Source: server `particle_blob.c`.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use super::params::Params;
use super::region::Region;
use super::{integer_size, size};
use crate::particle::Particle;

mod opcode {
    pub(super) const GET: i64 = 50;
    pub(super) const COUNT: i64 = 51;
    pub(super) const LSCAN: i64 = 52;
    pub(super) const RSCAN: i64 = 53;
    pub(super) const GET_INT: i64 = 54;
}

const SIGNED: i64 = 1;

#[derive(Debug)]
enum Kind {
    Get,
    Count,
    First(bool),
    Last(bool),
    Integer { is_signed: bool },
}

/// An operation that reads bits.
#[derive(Debug)]
pub(crate) struct Read {
    kind: Kind,
    offset: i64,
    size: u64,
}

impl Read {
    pub(crate) fn parse(params: &Params<'_>) -> Result<Self, ResultCode> {
        let (least, most) = match params.opcode {
            opcode::GET | opcode::COUNT => (2, 2),
            opcode::LSCAN | opcode::RSCAN => (3, 3),
            opcode::GET_INT => (2, 3),
            _ => return Err(ResultCode::PARAMETER),
        };
        params.check_count(least, most)?;
        let offset = params.integer(0)?;
        let kind = match params.opcode {
            opcode::GET => Kind::Get,
            opcode::COUNT => Kind::Count,
            opcode::LSCAN => Kind::First(params.boolean(2)?),
            opcode::RSCAN => Kind::Last(params.boolean(2)?),
            _ => match params.integer_or(2, 0)? {
                flags @ (0 | SIGNED) => Kind::Integer { is_signed: flags == SIGNED },
                _ => return Err(ResultCode::PARAMETER),
            },
        };
        let size = if params.opcode == opcode::GET_INT { integer_size(params, 1)? } else { size(params, 1)? };
        Ok(Self { kind, offset, size })
    }

    pub(crate) fn run(&self, bytes: &[u8]) -> Result<Particle, ResultCode> {
        let region = Region::find(self.offset, self.size, bytes.len() * 8, false);
        let region = region.ok_or(ResultCode::OP_NOT_APPLICABLE)?;
        let place = |found: Option<usize>| found.map_or(-1, |at| at as i64);
        Ok(Particle::integer(match self.kind {
            Kind::Get => return Ok(Particle { kind: ParticleType::BLOB, bytes: region.extract(bytes) }),
            Kind::Count => region.count(bytes) as i64,
            Kind::First(value) => place(region.first(bytes, value)),
            Kind::Last(value) => place(region.last(bytes, value)),
            Kind::Integer { is_signed } => {
                let unused = 64 - region.len;
                let number = region.number(bytes) << unused;
                if is_signed { number as i64 >> unused } else { (number >> unused) as i64 }
            }
        }))
    }
}
