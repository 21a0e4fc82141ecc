//! Operations on HyperLogLog sketches (op ids 15 and 16).
//!
//! Imports particles, `bits::params` and this folder. Invariant: a sketch that is stored is valid for its shape.
//! Source: server `particle_hll.c`.

mod estimate;
mod hash;
mod sketch;
#[cfg(test)]
mod tests;

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{ResultCode, Writer};

use crate::bits::params::{self, Params};
use crate::particle::{Applied, Particle, Stored};

use sketch::{Shape, Sketch, smaller};

mod opcode {
    pub(super) const INIT: i64 = 0;
    pub(super) const ADD: i64 = 1;
    pub(super) const SET_UNION: i64 = 2;
    pub(super) const REFRESH_COUNT: i64 = 3;
    pub(super) const FOLD: i64 = 4;
    pub(super) const COUNT: i64 = 50;
    pub(super) const UNION: i64 = 51;
    pub(super) const UNION_COUNT: i64 = 52;
    pub(super) const INTERSECT_COUNT: i64 = 53;
    pub(super) const SIMILARITY: i64 = 54;
    pub(super) const DESCRIBE: i64 = 55;
    pub(super) const MAY_CONTAIN: i64 = 56;
}

const CREATE_ONLY: i64 = 1;
const UPDATE_ONLY: i64 = 2;
const NO_FAIL: i64 = 4;
const ALLOW_FOLD: i64 = 8;

/// Stands for "as the bin has it" among bit counts.
const KEEP: i64 = -1;

/// Runs one operation on a bin's value; `modify` tells op id 16 from 15.
///
/// # Errors
/// 4 for an operation that cannot be read or has the wrong op id, 12 for a bin of another type, 6, 17 and 26 as the
/// operation says.
pub(crate) fn apply(stored: Option<&Particle>, op_value: &[u8], modify: bool) -> Result<Applied, ResultCode> {
    let params = Params::read(op_value)?;
    if modify {
        let change = Change::read(&params)?;
        return match change.run(sketch_of(stored)?) {
            Err(_) if change.flags & NO_FAIL != 0 => Ok(Applied { answer: None, stored: Stored::Unchanged }),
            result => result,
        };
    }
    let read = Read::parse(&params)?;
    let Some(sketch) = sketch_of(stored)? else {
        return Ok(Applied { answer: None, stored: Stored::Unchanged });
    };
    Ok(Applied { answer: Some(read.run(sketch)?), stored: Stored::Unchanged })
}

enum ChangeKind<'a> {
    Init(i64, i64),
    Add(Vec<&'a [u8]>, i64, i64),
    SetUnion(Vec<Sketch>),
    RefreshCount,
    Fold(u8),
}

/// An operation that changes a sketch.
struct Change<'a> {
    kind: ChangeKind<'a>,
    flags: i64,
}

impl<'a> Change<'a> {
    fn read(params: &Params<'a>) -> Result<Self, ResultCode> {
        let (kind, flags, allowed) = match params.opcode {
            opcode::INIT => {
                params.check_count(0, 3)?;
                let (index_bits, minhash_bits) = bit_counts(params, 0)?;
                let flags = params.integer_or(2, 0)?;
                (ChangeKind::Init(index_bits, minhash_bits), flags, CREATE_ONLY | UPDATE_ONLY | NO_FAIL)
            }
            opcode::ADD => {
                params.check_count(1, 4)?;
                let (index_bits, minhash_bits) = bit_counts(params, 1)?;
                let kind = ChangeKind::Add(elements(params.packed(0)?)?, index_bits, minhash_bits);
                (kind, params.integer_or(3, 0)?, CREATE_ONLY | NO_FAIL)
            }
            opcode::SET_UNION => {
                params.check_count(1, 2)?;
                let kind = ChangeKind::SetUnion(sketches(params.packed(0)?)?);
                (kind, params.integer_or(1, 0)?, CREATE_ONLY | UPDATE_ONLY | NO_FAIL | ALLOW_FOLD)
            }
            opcode::REFRESH_COUNT => {
                params.check_count(0, 0)?;
                (ChangeKind::RefreshCount, 0, 0)
            }
            opcode::FOLD => {
                params.check_count(1, 1)?;
                let shape = Shape::new(params.integer(0)?, 0).ok_or(ResultCode::PARAMETER)?;
                (ChangeKind::Fold(shape.index_bits), 0, 0)
            }
            _ => return Err(ResultCode::PARAMETER),
        };
        if flags & !allowed != 0 { Err(ResultCode::PARAMETER) } else { Ok(Self { kind, flags }) }
    }

    fn run(&self, sketch: Option<Sketch>) -> Result<Applied, ResultCode> {
        if self.flags & CREATE_ONLY != 0 && sketch.is_some() {
            return Err(ResultCode::BIN_EXISTS);
        }
        if self.flags & UPDATE_ONLY != 0 && sketch.is_none() {
            return Err(ResultCode::BIN_NOT_FOUND);
        }
        match &self.kind {
            ChangeKind::Init(index_bits, minhash_bits) => {
                let shape = shape(sketch.map(|sketch| sketch.shape), *index_bits, *minhash_bits)?;
                Ok(set(None, &Sketch::empty(shape)))
            }
            ChangeKind::Add(elements, index_bits, minhash_bits) => {
                let mut sketch = match sketch {
                    Some(sketch) => sketch,
                    None => Sketch::empty(shape(None, *index_bits, *minhash_bits)?),
                };
                let changed = elements.iter().filter(|element| sketch.add(element)).count();
                Ok(set(Some(Particle::integer(changed as i64)), &sketch))
            }
            ChangeKind::SetUnion(others) => {
                Ok(set(None, &set_union(sketch, others, self.flags & ALLOW_FOLD != 0)?))
            }
            ChangeKind::RefreshCount => {
                let mut sketch = sketch.ok_or(ResultCode::BIN_NOT_FOUND)?;
                sketch.cached_count = estimate::count(&sketch);
                Ok(set(Some(Particle::integer(sketch.cached_count as i64)), &sketch))
            }
            ChangeKind::Fold(index_bits) => {
                let sketch = sketch.ok_or(ResultCode::BIN_NOT_FOUND)?;
                if *index_bits > sketch.shape.index_bits || sketch.shape.minhash_bits != 0 {
                    return Err(ResultCode::OP_NOT_APPLICABLE);
                }
                Ok(set(None, &sketch.fold(*index_bits)))
            }
        }
    }
}

enum ReadKind<'a> {
    Count,
    Union(Vec<Sketch>),
    UnionCount(Vec<Sketch>),
    IntersectCount(Vec<Sketch>),
    Similarity(Vec<Sketch>),
    Describe,
    MayContain(Vec<&'a [u8]>),
}

/// An operation that reads a sketch.
struct Read<'a>(ReadKind<'a>);

impl<'a> Read<'a> {
    fn parse(params: &Params<'a>) -> Result<Self, ResultCode> {
        let has_list = !matches!(params.opcode, opcode::COUNT | opcode::DESCRIBE);
        params.check_count(usize::from(has_list), usize::from(has_list))?;
        Ok(Self(match params.opcode {
            opcode::COUNT => ReadKind::Count,
            opcode::DESCRIBE => ReadKind::Describe,
            opcode::UNION => ReadKind::Union(sketches(params.packed(0)?)?),
            opcode::UNION_COUNT => ReadKind::UnionCount(sketches(params.packed(0)?)?),
            opcode::INTERSECT_COUNT => ReadKind::IntersectCount(sketches(params.packed(0)?)?),
            opcode::SIMILARITY => ReadKind::Similarity(sketches(params.packed(0)?)?),
            opcode::MAY_CONTAIN => ReadKind::MayContain(elements(params.packed(0)?)?),
            _ => return Err(ResultCode::PARAMETER),
        }))
    }

    fn run(self, sketch: Sketch) -> Result<Particle, ResultCode> {
        Ok(match self.0 {
            ReadKind::Count => Particle::integer(estimate::count(&sketch) as i64),
            ReadKind::Describe => describe(sketch.shape),
            ReadKind::Union(others) => {
                let union = others.iter().fold(sketch, |all, other| all.union(other));
                Particle { kind: ParticleType::HLL, bytes: union.write() }
            }
            ReadKind::UnionCount(others) => {
                let union = others.iter().fold(sketch, |all, other| all.union(other));
                Particle::integer(estimate::count(&union) as i64)
            }
            ReadKind::IntersectCount(others) => {
                Particle::integer(estimate::intersection(&comparable(sketch, others)?) as i64)
            }
            ReadKind::Similarity(others) => {
                let similarity = estimate::similarity(&comparable(sketch, others)?);
                Particle { kind: ParticleType::FLOAT, bytes: similarity.to_be_bytes().into() }
            }
            ReadKind::MayContain(elements) => {
                Particle::integer(i64::from(elements.iter().all(|element| sketch.may_contain(element))))
            }
        })
    }
}

fn sketch_of(stored: Option<&Particle>) -> Result<Option<Sketch>, ResultCode> {
    let Some(particle) = stored else { return Ok(None) };
    if particle.kind != ParticleType::HLL {
        return Err(ResultCode::BIN_TYPE);
    }
    Sketch::read(&particle.bytes).map(Some).ok_or(ResultCode::BIN_TYPE)
}

fn set(answer: Option<Particle>, sketch: &Sketch) -> Applied {
    let stored = Particle { kind: ParticleType::HLL, bytes: sketch.write() };
    Applied { answer, stored: Stored::Set(stored) }
}

/// The shape that two bit counts mean, beside what the bin has.
fn shape(existing: Option<Shape>, index_bits: i64, minhash_bits: i64) -> Result<Shape, ResultCode> {
    let index_bits = match (index_bits, existing) {
        (KEEP, None) => return Err(ResultCode::OP_NOT_APPLICABLE),
        (KEEP, Some(shape)) => i64::from(shape.index_bits),
        (bits, _) => bits,
    };
    let minhash_bits = match (minhash_bits, existing) {
        (KEEP, None) => 0,
        (KEEP, Some(shape)) => i64::from(shape.minhash_bits),
        (bits, _) => bits,
    };
    Shape::new(index_bits, minhash_bits).ok_or(ResultCode::PARAMETER)
}

/// The two bit counts from a parameter on, checked as far as they are given.
fn bit_counts(params: &Params<'_>, at: usize) -> Result<(i64, i64), ResultCode> {
    let (index_bits, minhash_bits) = (params.integer_or(at, KEEP)?, params.integer_or(at + 1, KEEP)?);
    let index_or_least = if index_bits == KEEP { 4 } else { index_bits };
    let minhash_or_least = if minhash_bits == KEEP { 0 } else { minhash_bits };
    Shape::new(index_or_least, minhash_or_least).ok_or(ResultCode::PARAMETER)?;
    Ok((index_bits, minhash_bits))
}

/// The elements of a list, packed; there is one at least.
fn elements(packed: &[u8]) -> Result<Vec<&[u8]>, ResultCode> {
    let elements: Vec<_> = params::items(packed)?.collect::<Result<_, _>>()?;
    if elements.is_empty() { Err(ResultCode::PARAMETER) } else { Ok(elements) }
}

/// The sketches of a list, or the one that is there instead; there is one at least.
fn sketches(packed: &[u8]) -> Result<Vec<Sketch>, ResultCode> {
    if let Token::Raw(_) = params::token(packed)? {
        return Ok(vec![packed_sketch(packed)?]);
    }
    elements(packed)?.into_iter().map(packed_sketch).collect()
}

fn packed_sketch(packed: &[u8]) -> Result<Sketch, ResultCode> {
    match params::token(packed)? {
        Token::Raw([kind, bytes @ ..])
            if matches!(ParticleType(*kind), ParticleType::HLL | ParticleType::BLOB) =>
        {
            Sketch::read(bytes).ok_or(ResultCode::PARAMETER)
        }
        _ => Err(ResultCode::PARAMETER),
    }
}

fn set_union(sketch: Option<Sketch>, others: &[Sketch], allow_fold: bool) -> Result<Sketch, ResultCode> {
    let all = others.iter().map(|other| other.shape).chain(sketch.as_ref().map(|sketch| sketch.shape));
    let least = all.reduce(smaller).ok_or(ResultCode::PARAMETER)?;
    let Some(mut sketch) = sketch else {
        return estimate::union(others).ok_or(ResultCode::PARAMETER);
    };
    if sketch.shape != least {
        // A bin with the fewest registers stays; what it lacks is only the minhash of the others.
        if !allow_fold {
            return Err(ResultCode::OP_NOT_APPLICABLE);
        }
        sketch = sketch.fold(least.index_bits);
    }
    others.iter().for_each(|other| sketch.merge(other));
    Ok(sketch)
}

/// All sketches in one shape. Without minhash no more than two can be intersected.
fn comparable(sketch: Sketch, others: Vec<Sketch>) -> Result<Vec<Sketch>, ResultCode> {
    let all: Vec<_> = core::iter::once(sketch).chain(others).collect();
    let shapes = all.iter().map(|sketch| sketch.shape);
    let least = shapes.reduce(smaller).ok_or(ResultCode::PARAMETER)?;
    if least.minhash_bits == 0 && all.len() > 2 {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let fit = |sketch: Sketch| if sketch.shape == least { sketch } else { sketch.fold(least.index_bits) };
    Ok(all.into_iter().map(fit).collect())
}

fn describe(shape: Shape) -> Particle {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    msgpack::write_list_header(&mut writer, 2, 0);
    msgpack::write_integer(&mut writer, i64::from(shape.index_bits));
    msgpack::write_integer(&mut writer, i64::from(shape.minhash_bits));
    Particle { kind: ParticleType::LIST, bytes }
}
