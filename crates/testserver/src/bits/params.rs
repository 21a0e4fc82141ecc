//! The form that bit and HyperLogLog operations share: a MessagePack list of an opcode and its parameters.
//!
//! Imports the core's wire codec. Invariant: at most [`MAX_PARAMS`] parameters are held, whatever count the list
//! declares. Source: server `particle_blob.c`, `particle_hll.c`.

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::{Reader, ResultCode};

/// No operation of either kind has more parameters.
const MAX_PARAMS: usize = 5;

/// An opcode and its packed parameters.
#[derive(Debug)]
pub(crate) struct Params<'a> {
    /// The operation.
    pub(crate) opcode: i64,
    items: Vec<&'a [u8]>,
}

impl<'a> Params<'a> {
    /// Reads an operation; bytes after the list are ignored.
    pub(crate) fn read(op_value: &'a [u8]) -> Result<Self, ResultCode> {
        let mut items = items(op_value)?;
        let opcode = integer(items.next().ok_or(ResultCode::PARAMETER)??)?;
        let items: Vec<_> = items.take(MAX_PARAMS + 1).collect::<Result<_, _>>()?;
        Ok(Self { opcode, items })
    }

    /// Fails unless there are that many parameters.
    pub(crate) fn check_count(&self, least: usize, most: usize) -> Result<(), ResultCode> {
        if (least..=most).contains(&self.items.len()) { Ok(()) } else { Err(ResultCode::PARAMETER) }
    }

    /// A parameter, packed.
    pub(crate) fn packed(&self, at: usize) -> Result<&'a [u8], ResultCode> {
        self.items.get(at).copied().ok_or(ResultCode::PARAMETER)
    }

    /// An integer.
    pub(crate) fn integer(&self, at: usize) -> Result<i64, ResultCode> {
        integer(self.packed(at)?)
    }

    /// An integer that may be left out.
    pub(crate) fn integer_or(&self, at: usize, default: i64) -> Result<i64, ResultCode> {
        self.items.get(at).map_or(Ok(default), |packed| integer(packed))
    }

    /// The 64 bits of an integer of either sign.
    pub(crate) fn bits(&self, at: usize) -> Result<u64, ResultCode> {
        match token(self.packed(at)?)? {
            Token::Integer(value) => Ok(value as u64),
            Token::Unsigned(value) => Ok(value),
            _ => Err(ResultCode::PARAMETER),
        }
    }

    /// A boolean.
    pub(crate) fn boolean(&self, at: usize) -> Result<bool, ResultCode> {
        match token(self.packed(at)?)? {
            Token::Bool(value) => Ok(value),
            _ => Err(ResultCode::PARAMETER),
        }
    }

    /// Bytes, without their leading type byte.
    pub(crate) fn bytes(&self, at: usize) -> Result<&'a [u8], ResultCode> {
        match token(self.packed(at)?)? {
            Token::Raw([_, bytes @ ..]) => Ok(bytes),
            _ => Err(ResultCode::PARAMETER),
        }
    }
}

/// The elements of a packed list, each packed, without its order element.
pub(crate) fn items(packed: &[u8]) -> Result<impl Iterator<Item = Result<&[u8], ResultCode>>, ResultCode> {
    let mut reader = Reader::new(packed);
    let Ok(Token::List(mut count)) = msgpack::read_token(&mut reader) else {
        return Err(ResultCode::PARAMETER);
    };
    msgpack::read_order(&mut reader, &mut count, false).map_err(|_| ResultCode::PARAMETER)?;
    Ok((0..count).map(move |_| {
        let start = reader.position();
        msgpack::skip(&mut reader).map_err(|_| ResultCode::PARAMETER)?;
        Ok(reader.since(start))
    }))
}

/// The token that packed bytes start with.
pub(crate) fn token(packed: &[u8]) -> Result<Token<'_>, ResultCode> {
    msgpack::read_token(&mut Reader::new(packed)).map_err(|_| ResultCode::PARAMETER)
}

fn integer(packed: &[u8]) -> Result<i64, ResultCode> {
    match token(packed)? {
        Token::Integer(value) => Ok(value),
        _ => Err(ResultCode::PARAMETER),
    }
}
