//! The value of a list or map operation: opcode, parameters, context.
//!
//! Imports the core's MessagePack. Forms: `[opcode, parameters…]`, `[0xff, [context…], [opcode, parameters…]]`,
//! `[0xfe, [context…], flags, (expression)]`, and an old one, a 16-bit opcode and a list of parameters. Surplus
//! parameters and bytes after the list are ignored. Source: server `cdt.c` (operation table).

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::{Reader, ResultCode};

use super::normalize;
use super::packed::{self, Kind};
use super::returns::Return;

/// An operation that was read: what to do, and where.
#[derive(Clone, Debug)]
pub(super) enum Operation<'a> {
    /// An opcode on the value itself or on an element inside.
    Plain { context: Option<&'a [u8]>, call: Call<'a> },
    /// A selection by path, whole: expressions are part of it.
    Select { flags: i64, value: &'a [u8] },
}

/// An opcode with its parameters.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    pub(super) opcode: u8,
    pub(super) kind: Kind,
    pub(super) modifies: bool,
    pub(super) params: Params<'a>,
}

/// Packed parameters.
#[derive(Clone, Debug)]
pub(super) struct Params<'a>(Vec<&'a [u8]>);

const CONTEXT: i64 = 0xff;
const SELECT: i64 = 0xfe;
/// Select: change what was found.
const APPLY: i64 = 4;

/// Reads an operation's value.
pub(super) fn parse(value: &[u8]) -> Result<Operation<'_>, ResultCode> {
    if Kind::of(value) != Some(Kind::List) {
        return parse_old(value);
    }
    let items = parameters(value)?;
    let (first, rest) = items.split_first().ok_or(ResultCode::PARAMETER)?;
    match integer(first)? {
        CONTEXT => {
            let [context, call, ..] = rest else { return Err(ResultCode::PARAMETER) };
            let items = parameters(call)?;
            let (opcode, params) = items.split_first().ok_or(ResultCode::PARAMETER)?;
            Ok(Operation::Plain { context: Some(context), call: Call::new(integer(opcode)?, params)? })
        }
        SELECT => {
            let [_, flags, ..] = rest else { return Err(ResultCode::PARAMETER) };
            Ok(Operation::Select { flags: integer(flags)?, value })
        }
        opcode => Ok(Operation::Plain { context: None, call: Call::new(opcode, rest)? }),
    }
}

fn parse_old(value: &[u8]) -> Result<Operation<'_>, ResultCode> {
    let (opcode, rest) = value.split_first_chunk().ok_or(ResultCode::PARAMETER)?;
    let params = if rest.is_empty() { Vec::new() } else { parameters(rest)? };
    let call = Call::new(i64::from(u16::from_be_bytes(*opcode)), &params)?;
    Ok(Operation::Plain { context: None, call })
}

impl Operation<'_> {
    /// Fails unless the op id, modify or read, is the one for the operation.
    pub(super) const fn check(&self, modify: bool) -> Result<(), ResultCode> {
        let modifies = match self {
            Self::Plain { call, .. } => call.modifies,
            Self::Select { flags, .. } => *flags & 0x0f == APPLY,
        };
        if modifies == modify { Ok(()) } else { Err(ResultCode::PARAMETER) }
    }

    /// The error on a bin that holds neither list nor map.
    pub(super) const fn wrong_bin(&self) -> ResultCode {
        match self {
            Self::Plain { context: Some(_), .. } => ResultCode::PARAMETER,
            Self::Plain { .. } | Self::Select { .. } => ResultCode::BIN_TYPE,
        }
    }
}

impl<'a> Call<'a> {
    fn new(opcode: i64, params: &[&'a [u8]]) -> Result<Self, ResultCode> {
        let opcode = u8::try_from(opcode).map_err(|_| ResultCode::PARAMETER)?;
        let (kind, modifies, least) = signature(opcode).ok_or(ResultCode::PARAMETER)?;
        if params.len() < least || (opcode == code::ADD && params.len() > 3) {
            return Err(ResultCode::PARAMETER);
        }
        Ok(Self { opcode, kind, modifies, params: Params(params.to_vec()) })
    }
}

impl<'a> Params<'a> {
    /// Parameter `at` as it is packed.
    pub(super) fn raw(&self, at: usize) -> Result<&'a [u8], ResultCode> {
        self.0.get(at).copied().ok_or(ResultCode::PARAMETER)
    }

    /// Parameter `at` as it is packed, if it was sent.
    pub(super) fn optional(&self, at: usize) -> Option<&'a [u8]> {
        self.0.get(at).copied()
    }

    /// Parameter `at` as a value to store.
    pub(super) fn value(&self, at: usize) -> Result<Vec<u8>, ResultCode> {
        Ok(normalize::element(self.raw(at)?)?)
    }

    /// Parameter `at`, a list or map to store the elements of.
    pub(super) fn container(&self, at: usize, kind: Kind) -> Result<Vec<u8>, ResultCode> {
        let packed = self.raw(at)?;
        if Kind::of(packed) != Some(kind) {
            return Err(ResultCode::PARAMETER);
        }
        Ok(normalize::element(packed)?)
    }

    /// Parameter `at`, a list of values to look for.
    pub(super) fn list(&self, at: usize) -> Result<Vec<&'a [u8]>, ResultCode> {
        let packed = self.raw(at)?;
        if Kind::of(packed) != Some(Kind::List) {
            return Err(ResultCode::PARAMETER);
        }
        Ok(packed::children(packed)?.1)
    }

    /// Parameter `at`, an integer.
    pub(super) fn integer(&self, at: usize) -> Result<i64, ResultCode> {
        integer(self.raw(at)?)
    }

    /// Parameter `at`, flags; 0 if it was not sent.
    pub(super) fn flags(&self, at: usize) -> Result<i64, ResultCode> {
        self.optional(at).map_or(Ok(0), integer)
    }

    /// Parameter `at`, a count; everything if it was not sent.
    pub(super) fn count(&self, at: usize) -> Result<u64, ResultCode> {
        match self.optional(at) {
            None => Ok(u64::MAX),
            Some(packed) => u64::try_from(integer(packed)?).map_err(|_| ResultCode::PARAMETER),
        }
    }

    /// Parameter `at`, a return type.
    pub(super) fn returns(&self, at: usize) -> Result<Return, ResultCode> {
        Ok(Return::new(self.integer(at)?))
    }

    /// Parameter `at`, what an increment adds: 1 if it was not sent or is nil.
    pub(super) fn delta(&self, at: usize) -> Result<&'a [u8], ResultCode> {
        match self.optional(at) {
            None | Some([0xc0]) => Ok(&[1]),
            Some(packed) => Ok(packed),
        }
    }
}

/// The elements of a packed list.
fn parameters(list: &[u8]) -> Result<Vec<&[u8]>, ResultCode> {
    let mut reader = Reader::new(list);
    let Ok(Token::List(count)) = msgpack::read_token(&mut reader) else { return Err(ResultCode::PARAMETER) };
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(packed::element(&mut reader)?);
    }
    Ok(items)
}

fn integer(packed: &[u8]) -> Result<i64, ResultCode> {
    match packed::token(packed)? {
        Token::Integer(value) => Ok(value),
        _ => Err(ResultCode::PARAMETER),
    }
}

/// An opcode's kind of value, whether it modifies, and the fewest parameters.
const fn signature(opcode: u8) -> Option<(Kind, bool, usize)> {
    Some(match opcode {
        0..=2 | 5..=8 | 12 => (Kind::List, true, 1),
        3 | 4 | 9 | 10 | 32..=39 => (Kind::List, true, 2),
        11 | 13 => (Kind::List, true, 0),
        40 => (Kind::List, true, 3),
        16 => (Kind::List, false, 0),
        17 | 18 => (Kind::List, false, 1),
        19..=26 => (Kind::List, false, 2),
        27 => (Kind::List, false, 3),
        64 | 66 | 68 | 70 | 73 | 74 => (Kind::Map, true, 1),
        65 | 67 | 69 | 76..=79 | 81..=87 => (Kind::Map, true, 2),
        75 => (Kind::Map, true, 0),
        88 | 89 => (Kind::Map, true, 3),
        96 => (Kind::Map, false, 0),
        97..=100 | 102..=108 => (Kind::Map, false, 2),
        109 | 110 => (Kind::Map, false, 3),
        _ => return None,
    })
}

/// Opcodes, as far as they are named one by one.
pub(super) mod code {
    pub(in super::super) const SET_TYPE: u8 = 0;
    pub(in super::super) const APPEND: u8 = 1;
    pub(in super::super) const APPEND_ITEMS: u8 = 2;
    pub(in super::super) const INSERT: u8 = 3;
    pub(in super::super) const INSERT_ITEMS: u8 = 4;
    pub(in super::super) const POP: u8 = 5;
    pub(in super::super) const POP_RANGE: u8 = 6;
    pub(in super::super) const REMOVE: u8 = 7;
    pub(in super::super) const REMOVE_RANGE: u8 = 8;
    pub(in super::super) const SET: u8 = 9;
    pub(in super::super) const TRIM: u8 = 10;
    pub(in super::super) const CLEAR: u8 = 11;
    pub(in super::super) const INCREMENT: u8 = 12;
    pub(in super::super) const SORT: u8 = 13;
    pub(in super::super) const SIZE: u8 = 16;
    pub(in super::super) const GET: u8 = 17;
    pub(in super::super) const GET_RANGE: u8 = 18;
    pub(in super::super) const MAP_SET_TYPE: u8 = 64;
    pub(in super::super) const ADD: u8 = 65;
    pub(in super::super) const ADD_ITEMS: u8 = 66;
    pub(in super::super) const PUT: u8 = 67;
    pub(in super::super) const PUT_ITEMS: u8 = 68;
    pub(in super::super) const REPLACE: u8 = 69;
    pub(in super::super) const REPLACE_ITEMS: u8 = 70;
    pub(in super::super) const MAP_INCREMENT: u8 = 73;
    pub(in super::super) const MAP_DECREMENT: u8 = 74;
    pub(in super::super) const MAP_CLEAR: u8 = 75;
    pub(in super::super) const MAP_SIZE: u8 = 96;
}
