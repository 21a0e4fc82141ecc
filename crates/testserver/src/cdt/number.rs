//! Adding to a packed number.
//!
//! Imports packed values. The number that is there decides the type: a double added to an integer is truncated,
//! integers wrap at 64 bits. Source: server `cdt.c`.

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::{ResultCode, Writer};

use super::packed;

/// A number plus (or minus) a delta; no number is 0 of the delta's type.
pub(super) fn add(number: Option<&[u8]>, delta: &[u8], negate: bool) -> Result<Vec<u8>, ResultCode> {
    let delta = read(delta)?;
    let delta = if negate { delta.negated() } else { delta };
    let number = match (number, delta) {
        (Some(number), _) => read(number)?,
        (None, Number::Integer(_)) => Number::Integer(0),
        (None, Number::Float(_)) => Number::Float(0.0),
    };
    Ok(match (number, delta) {
        (Number::Integer(a), Number::Integer(b)) => packed::integer(a.wrapping_add(b)),
        (Number::Integer(a), Number::Float(b)) => packed::integer(a.wrapping_add(b as i64)),
        (Number::Float(a), Number::Integer(b)) => float(a + b as f64),
        (Number::Float(a), Number::Float(b)) => float(a + b),
    })
}

#[derive(Clone, Copy)]
enum Number {
    Integer(i64),
    Float(f64),
}

impl Number {
    const fn negated(self) -> Self {
        match self {
            Self::Integer(value) => Self::Integer(value.wrapping_neg()),
            Self::Float(value) => Self::Float(-value),
        }
    }
}

fn read(element: &[u8]) -> Result<Number, ResultCode> {
    match packed::token(element)? {
        Token::Integer(value) => Ok(Number::Integer(value)),
        Token::Unsigned(value) => Ok(Number::Integer(value as i64)),
        Token::Float(value) => Ok(Number::Float(value)),
        _ => Err(ResultCode::PARAMETER),
    }
}

fn float(value: f64) -> Vec<u8> {
    let mut out = Vec::new();
    msgpack::write_float(&mut Writer::new(&mut out), value);
    out
}
