//! Operations that change bits.
//!
//! Imports this folder. Source: server `particle_blob.c`.

use aerospike_wasm::wire::ResultCode;

use super::params::Params;
use super::region::{Region, bit};
use super::{MAX_SIZE, integer_size, size};

mod opcode {
    pub(super) const RESIZE: i64 = 0;
    pub(super) const INSERT: i64 = 1;
    pub(super) const REMOVE: i64 = 2;
    pub(super) const SET: i64 = 3;
    pub(super) const OR: i64 = 4;
    pub(super) const XOR: i64 = 5;
    pub(super) const AND: i64 = 6;
    pub(super) const NOT: i64 = 7;
    pub(super) const LSHIFT: i64 = 8;
    pub(super) const RSHIFT: i64 = 9;
    pub(super) const ADD: i64 = 10;
    pub(super) const SUBTRACT: i64 = 11;
    pub(super) const SET_INT: i64 = 12;
}

const CREATE_ONLY: i64 = 1;
const UPDATE_ONLY: i64 = 2;
const NO_FAIL: i64 = 4;
const PARTIAL: i64 = 8;

const FROM_FRONT: i64 = 1;
const GROW_ONLY: i64 = 2;
const SHRINK_ONLY: i64 = 4;

const SIGNED: i64 = 1;
const SATURATE: i64 = 2;
const WRAP: i64 = 4;

#[derive(Debug)]
enum Kind<'a> {
    Resize { size: u64, how: i64 },
    Insert { offset: i64, bytes: &'a [u8] },
    Remove { offset: i64, size: u64 },
    Bits { offset: i64, size: u64, edit: Edit<'a> },
}

/// What becomes of a range of bits.
#[derive(Clone, Copy, Debug)]
enum Edit<'a> {
    Set(&'a [u8]),
    Or(&'a [u8]),
    Xor(&'a [u8]),
    And(&'a [u8]),
    Not,
    Left(u64),
    Right(u64),
    Add { value: u64, subtracts: bool, how: i64 },
    Number(u64),
}

/// An operation that changes a blob.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    kind: Kind<'a>,
    flags: i64,
}

impl<'a> Change<'a> {
    pub(crate) fn read(params: &Params<'a>) -> Result<Self, ResultCode> {
        let (least, most, flags_at, allowed) = match params.opcode {
            opcode::RESIZE => (1, 3, 1, CREATE_ONLY | UPDATE_ONLY | NO_FAIL),
            opcode::INSERT => (2, 3, 2, CREATE_ONLY | UPDATE_ONLY | NO_FAIL),
            opcode::REMOVE | opcode::NOT => (2, 3, 2, UPDATE_ONLY | NO_FAIL | PARTIAL),
            opcode::SET..=opcode::AND | opcode::LSHIFT | opcode::RSHIFT => {
                (3, 4, 3, UPDATE_ONLY | NO_FAIL | PARTIAL)
            }
            opcode::ADD | opcode::SUBTRACT => (3, 5, 3, UPDATE_ONLY | NO_FAIL),
            opcode::SET_INT => (3, 4, 3, UPDATE_ONLY | NO_FAIL),
            _ => return Err(ResultCode::PARAMETER),
        };
        params.check_count(least, most)?;
        let flags = params.integer_or(flags_at, 0)?;
        if flags & !allowed != 0 {
            return Err(ResultCode::PARAMETER);
        }
        Ok(Self { kind: Kind::read(params)?, flags })
    }

    /// The new bytes; `None` for no change.
    pub(crate) fn run(&self, stored: Option<&[u8]>) -> Result<Option<Vec<u8>>, ResultCode> {
        match self.changed(stored) {
            Err(ResultCode::BIN_EXISTS | ResultCode::BIN_NOT_FOUND | ResultCode::OP_NOT_APPLICABLE)
                if self.flags & NO_FAIL != 0 =>
            {
                Ok(None)
            }
            result => result.map(Some),
        }
    }

    fn changed(&self, stored: Option<&[u8]>) -> Result<Vec<u8>, ResultCode> {
        if stored.is_some() && self.flags & CREATE_ONLY != 0 {
            return Err(ResultCode::BIN_EXISTS);
        }
        let creates =
            matches!(self.kind, Kind::Resize { .. } | Kind::Insert { .. }) && self.flags & UPDATE_ONLY == 0;
        if stored.is_none() && !creates {
            return Err(ResultCode::BIN_NOT_FOUND);
        }
        let old = stored.unwrap_or_default();
        let partial = self.flags & PARTIAL != 0;
        match self.kind {
            Kind::Resize { size, how } => resize(old, size, how),
            Kind::Insert { offset, bytes } => insert(old, offset, bytes),
            Kind::Remove { offset, size } => {
                let gone = Region::find(offset, size, old.len(), partial).ok_or(ResultCode::PARAMETER)?;
                Ok([&old[..gone.at], &old[gone.at + gone.len..]].concat())
            }
            Kind::Bits { offset, size, edit } => {
                let region = Region::find(offset, size, old.len() * 8, partial);
                let region = region.ok_or(ResultCode::OP_NOT_APPLICABLE)?;
                let mut bytes = old.to_vec();
                edit.run(&mut bytes, region)?;
                Ok(bytes)
            }
        }
    }
}

impl<'a> Kind<'a> {
    fn read(params: &Params<'a>) -> Result<Self, ResultCode> {
        match params.opcode {
            opcode::RESIZE => {
                let how = params.integer_or(2, 0)?;
                if how & !(FROM_FRONT | GROW_ONLY | SHRINK_ONLY) != 0 || has_both(how, GROW_ONLY, SHRINK_ONLY)
                {
                    return Err(ResultCode::PARAMETER);
                }
                Ok(Self::Resize { size: size(params, 0)?, how })
            }
            opcode::INSERT => {
                let bytes = params.bytes(1)?;
                if bytes.is_empty() {
                    return Err(ResultCode::PARAMETER);
                }
                Ok(Self::Insert { offset: params.integer(0)?, bytes })
            }
            opcode::REMOVE => Ok(Self::Remove { offset: params.integer(0)?, size: size(params, 1)? }),
            _ => {
                let offset = params.integer(0)?;
                let edit = Edit::read(params)?;
                let is_number = matches!(edit, Edit::Add { .. } | Edit::Number(_));
                let size = if is_number { integer_size(params, 1)? } else { size(params, 1)? };
                if edit.bytes().is_some_and(|bytes| (bytes.len() as u64).saturating_mul(8) < size) {
                    return Err(ResultCode::PARAMETER);
                }
                Ok(Self::Bits { offset, size, edit })
            }
        }
    }
}

impl<'a> Edit<'a> {
    fn read(params: &Params<'a>) -> Result<Self, ResultCode> {
        Ok(match params.opcode {
            opcode::SET => Self::Set(params.bytes(2)?),
            opcode::OR => Self::Or(params.bytes(2)?),
            opcode::XOR => Self::Xor(params.bytes(2)?),
            opcode::AND => Self::And(params.bytes(2)?),
            opcode::NOT => Self::Not,
            opcode::LSHIFT => Self::Left(shift(params)?),
            opcode::RSHIFT => Self::Right(shift(params)?),
            opcode::SET_INT => Self::Number(params.bits(2)?),
            code => {
                let how = params.integer_or(4, 0)?;
                if how & !(SIGNED | SATURATE | WRAP) != 0 || has_both(how, SATURATE, WRAP) {
                    return Err(ResultCode::PARAMETER);
                }
                Self::Add { value: params.bits(2)?, subtracts: code == opcode::SUBTRACT, how }
            }
        })
    }

    const fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Set(bytes) | Self::Or(bytes) | Self::Xor(bytes) | Self::And(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn run(self, bytes: &mut [u8], region: Region) -> Result<(), ResultCode> {
        match self {
            Self::Set(value) => region.update(bytes, |i, _| bit(value, i)),
            Self::Or(value) => region.update(bytes, |i, old| old | bit(value, i)),
            Self::Xor(value) => region.update(bytes, |i, old| old ^ bit(value, i)),
            Self::And(value) => region.update(bytes, |i, old| old & bit(value, i)),
            Self::Not => region.update(bytes, |_, old| !old),
            Self::Left(by) => {
                let old = region.extract(bytes);
                let from = |i: usize| usize::try_from(by).ok().and_then(|by| i.checked_add(by));
                region.update(bytes, |i, _| from(i).is_some_and(|i| i < region.len && bit(&old, i)));
            }
            Self::Right(by) => {
                let old = region.extract(bytes);
                let from = |i: usize| usize::try_from(by).ok().and_then(|by| i.checked_sub(by));
                region.update(bytes, |i, _| from(i).is_some_and(|i| bit(&old, i)));
            }
            Self::Add { value, subtracts, how } => {
                let sum = add(region.number(bytes), value, region.len, subtracts, how)?;
                region.set_number(bytes, sum);
            }
            Self::Number(value) => region.set_number(bytes, value),
        }
        Ok(())
    }
}

const fn has_both(flags: i64, a: i64, b: i64) -> bool {
    flags & a != 0 && flags & b != 0
}

fn shift(params: &Params<'_>) -> Result<u64, ResultCode> {
    u64::try_from(params.integer(2)?).map_err(|_| ResultCode::PARAMETER)
}

fn resize(old: &[u8], size: u64, how: i64) -> Result<Vec<u8>, ResultCode> {
    let old_size = old.len() as u64;
    if (how & GROW_ONLY != 0 && size < old_size) || (how & SHRINK_ONLY != 0 && size > old_size) {
        return Err(ResultCode::PARAMETER);
    }
    if size > MAX_SIZE {
        return Err(ResultCode::RECORD_TOO_BIG);
    }
    let (size, from_front) = (size as usize, how & FROM_FRONT != 0);
    let mut new = vec![0; size];
    let kept = size.min(old.len());
    if from_front {
        new[size - kept..].copy_from_slice(&old[old.len() - kept..]);
    } else {
        new[..kept].copy_from_slice(&old[..kept]);
    }
    Ok(new)
}

fn insert(old: &[u8], offset: i64, bytes: &[u8]) -> Result<Vec<u8>, ResultCode> {
    let at = if offset < 0 { offset.saturating_add(old.len() as i64) } else { offset };
    let at = u64::try_from(at).map_err(|_| ResultCode::OP_NOT_APPLICABLE)?;
    if at > MAX_SIZE {
        return Err(ResultCode::RECORD_TOO_BIG);
    }
    let at = at as usize;
    let mut new = old.to_vec();
    if new.len() < at {
        new.resize(at, 0);
    }
    let after = new.split_off(at);
    new.extend_from_slice(bytes);
    new.extend_from_slice(&after);
    Ok(new)
}

/// Sum or difference of numbers of `size` bits.
fn add(old: u64, value: u64, size: usize, subtracts: bool, how: i64) -> Result<u64, ResultCode> {
    let unused = 64 - size;
    let (old, value, least, most) = if how & SIGNED != 0 {
        let old = ((old << unused) as i64) >> unused;
        (
            i128::from(old),
            i128::from(value as i64),
            i128::from(i64::MIN >> unused),
            i128::from(i64::MAX >> unused),
        )
    } else {
        (i128::from(old), i128::from(value), 0, i128::from(u64::MAX >> unused))
    };
    let result = if subtracts { old - value } else { old + value };
    if (least..=most).contains(&result) || how & WRAP != 0 {
        Ok(result as u64)
    } else if how & SATURATE != 0 {
        Ok(result.clamp(least, most) as u64)
    } else {
        Err(ResultCode::OP_NOT_APPLICABLE)
    }
}
