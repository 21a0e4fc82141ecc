//! List and map operations, as a server runs them.
//!
//! Imports the core's wire types, `particle`, and `expression` for selections by path. Values stay packed: an operation takes one level apart, works on
//! slices and packs the level again. Invariants: no bytes make it panic, nothing recurses over input, nothing is
//! allocated by a declared count. Source: server `cdt.c`, `particle_list.c`, `particle_map.c`, `msgpack_in.c` (8.1.2)
//! and replies captured from one.

mod answer;
mod compare;
mod context;
mod list;
mod list_select;
mod map;
mod map_select;
mod normalize;
mod number;
mod op;
mod packed;
mod returns;
mod selector;
mod span;
#[cfg(test)]
mod tests;

use core::cmp::Ordering;

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use crate::expression;
use crate::particle::{Applied, Particle, Stored};
use op::{Call, Operation};
use packed::Kind;

/// What an operation inside an expression did to a packed list or map.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Called {
    /// The answer, packed; `None` for "no result".
    pub(crate) answer: Option<Vec<u8>>,
    /// The list or map afterwards, packed.
    pub(crate) value: Vec<u8>,
}

/// Runs one list or map operation on a bin's value. `modify` tells op id 4 from 3.
///
/// # Errors
/// 4 for an operation that cannot be read or has the wrong op id, 12 for another kind of value, 23, 24 and 26 as
/// the operation says.
pub(crate) fn apply(stored: Option<&Particle>, op_value: &[u8], modify: bool) -> Result<Applied, ResultCode> {
    let operation = op::parse(op_value)?;
    let base = match stored {
        None => None,
        Some(Particle { kind: ParticleType::LIST | ParticleType::MAP, bytes }) => Some(bytes.as_slice()),
        Some(_) => {
            operation.check(modify)?;
            return Err(operation.wrong_bin());
        }
    };
    let outcome = run(base, &operation, modify)?;
    let stored = match outcome.value {
        None => Stored::Unchanged,
        Some(value) => Stored::Set(answer::particle(&value)?.ok_or(ResultCode::SERVER_ERROR)?),
    };
    let answer = match outcome.answer {
        None => None,
        Some(answer) => answer::particle(&answer)?,
    };
    Ok(Applied { answer, stored })
}

/// Runs one list or map operation on a packed list or map.
///
/// # Errors
/// As [`apply`].
pub(crate) fn call(value: &[u8], op_value: &[u8], modify: bool) -> Result<Called, ResultCode> {
    let value = normalize::element(value)?;
    let outcome = run(Some(&value), &op::parse(op_value)?, modify)?;
    Ok(Called { answer: outcome.answer, value: outcome.value.unwrap_or(value) })
}

/// Checks a whole list or map that a write carries and gives its stored form.
///
/// # Errors
/// 1 for anything that is not exactly one well-formed value of that kind.
pub(crate) fn normalize(kind: ParticleType, bytes: &[u8]) -> Result<Vec<u8>, ResultCode> {
    let is_kind = match Kind::of(bytes) {
        Some(Kind::List) => kind == ParticleType::LIST,
        Some(Kind::Map) => kind == ParticleType::MAP,
        None => false,
    };
    if !is_kind {
        return Err(ResultCode::SERVER_ERROR);
    }
    normalize::element(bytes).map_err(|_| ResultCode::SERVER_ERROR)
}

/// The server's order of two packed values.
pub(crate) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    compare::order(a, b)
}

/// What an operation did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Outcome {
    /// The answer, packed; `None` for no result.
    answer: Option<Vec<u8>>,
    /// The value afterwards, packed; `None` for what it was.
    value: Option<Vec<u8>>,
}

impl Outcome {
    const fn answer(answer: Vec<u8>) -> Self {
        Self { answer: Some(answer), value: None }
    }

    const fn changed(answer: Option<Vec<u8>>, value: Vec<u8>) -> Self {
        Self { answer, value: Some(value) }
    }
}

fn run(base: Option<&[u8]>, operation: &Operation<'_>, modify: bool) -> Result<Outcome, ResultCode> {
    operation.check(modify)?;
    match operation {
        Operation::Plain { context: None, call } => leaf(base, call),
        Operation::Plain { context: Some(context), call } => {
            context::run(base, &context::parse(context)?, call)
        }
        Operation::Select { value, .. } => {
            base.map_or_else(|| Ok(Outcome::default()), |base| select(base, value, modify))
        }
    }
}

fn select(base: &[u8], op_value: &[u8], modify: bool) -> Result<Outcome, ResultCode> {
    let called = expression::select(base, op_value, modify)?;
    if !modify {
        return Ok(Outcome { answer: called.answer, value: None });
    }
    // What an expression made need not be in stored form.
    let value = normalize::element(&called.value).unwrap_or(called.value);
    Ok(Outcome { answer: None, value: Some(value) })
}

/// Runs an opcode on the list or map that it is for, or on none.
fn leaf(base: Option<&[u8]>, call: &Call<'_>) -> Result<Outcome, ResultCode> {
    if base.is_some_and(|base| Kind::of(base) != Some(call.kind)) {
        return Err(ResultCode::BIN_TYPE);
    }
    match call.kind {
        Kind::List => list::run(base, call),
        Kind::Map => map::run(base, call),
    }
}
