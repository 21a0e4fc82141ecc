//! Operations on blobs.

use aerospike_wasm::wire::ResultCode;

use crate::particle::{Applied, Particle};

/// Runs one operation on a bin's value.
///
/// # Errors
/// As the operation says.
pub(crate) fn apply(stored: Option<&Particle>, op_value: &[u8], modify: bool) -> Result<Applied, ResultCode> {
    let _ = (stored, op_value, modify);
    Err(ResultCode::PARAMETER)
}
