//! What a bin holds, as the bytes that the standard calls a value.
//!
//! Imports the core's public API. Bytes and text are taken as they are, an integer as its decimal digits, as stores do
//! that keep counters as text; anything else has no form here.

use aerospike_wasm::data::ValueRef;
use aerospike_wasm::{Answer, Reply};

/// The value in the last answer about the bin; `None` if there is none.
///
/// # Errors
/// What the bin holds instead.
pub(crate) fn value(reply: &Reply<'_>, bin: &str) -> Result<Option<Vec<u8>>, String> {
    Ok(match last(reply, bin).unwrap_or(ValueRef::Nil) {
        ValueRef::Nil => None,
        ValueRef::Blob(bytes) => Some(bytes.to_vec()),
        ValueRef::String(text) => Some(text.as_bytes().to_vec()),
        ValueRef::Integer(integer) => Some(integer.to_string().into_bytes()),
        other => {
            let particle = other.particle_type().0;
            return Err(format!(
                "bin '{bin}' holds a value of particle type {particle}, which has no form in wasi:keyvalue"
            ));
        }
    })
}

/// The integer in the last answer about the bin.
pub(crate) fn integer(reply: &Reply<'_>, bin: &str) -> Option<i64> {
    match last(reply, bin) {
        Some(ValueRef::Integer(integer)) => Some(integer),
        _ => None,
    }
}

fn last<'a>(reply: &Reply<'a>, bin: &str) -> Option<ValueRef<'a>> {
    let about = |answer: &Answer<'_>| answer.bin == bin.as_bytes();
    reply.answers().filter(about).last().map(|answer| answer.value)
}

/// Reads decimal digits, as another application may have set them.
pub(crate) fn decimal(bytes: &[u8]) -> Option<i64> {
    core::str::from_utf8(bytes).ok()?.parse().ok()
}
