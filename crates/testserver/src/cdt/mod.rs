//! List and map operations.

use core::cmp::Ordering;

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use crate::particle::{Applied, Particle};

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
    let _ = (stored, op_value, modify);
    Err(ResultCode::PARAMETER)
}

/// Runs one list or map operation on a packed list or map.
///
/// # Errors
/// As [`apply`].
pub(crate) fn call(value: &[u8], op_value: &[u8], modify: bool) -> Result<Called, ResultCode> {
    let _ = (value, op_value, modify);
    Err(ResultCode::PARAMETER)
}

/// Checks a whole list or map that a write carries and gives its stored form.
///
/// # Errors
/// 1 for anything that is not exactly one well-formed value of that kind.
pub(crate) fn normalize(kind: ParticleType, bytes: &[u8]) -> Result<Vec<u8>, ResultCode> {
    let _ = (kind, bytes);
    Err(ResultCode::SERVER_ERROR)
}

/// The server's order of two packed values.
pub(crate) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    a.cmp(b)
}
