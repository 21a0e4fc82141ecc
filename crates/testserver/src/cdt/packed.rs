//! Packed elements: cutting them out, telling their class, building them.
//!
//! Imports the core's MessagePack. Everything works on packed bytes, one level at a time and without recursion, so
//! that depth is no limit, as in the server. Invariant: nothing is allocated by a declared count. Source: server
//! `msgpack_in.c`.

use core::ops::Range;

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{Reader, ResultCode, Writer};

/// The packed nil, which fills up a list.
pub(super) const NIL: &[u8] = &[0xc0];

/// Bytes that are not well-formed. What that means depends on where they came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Malformed;

impl From<aerospike_wasm::wire::DecodeError> for Malformed {
    fn from(_: aerospike_wasm::wire::DecodeError) -> Self {
        Self
    }
}

impl From<Malformed> for ResultCode {
    fn from(_: Malformed) -> Self {
        Self::PARAMETER
    }
}

/// List or map.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    List,
    Map,
}

impl Kind {
    /// What a packed element is, if it is either.
    pub(super) fn of(element: &[u8]) -> Option<Self> {
        match element.first()? {
            0x90..=0x9f | 0xdc | 0xdd => Some(Self::List),
            0x80..=0x8f | 0xde | 0xdf => Some(Self::Map),
            _ => None,
        }
    }
}

/// Takes one whole element.
pub(super) fn element<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let start = reader.position();
    skip(reader, 1)?;
    Ok(reader.since(start))
}

/// Skips that many whole elements.
pub(super) fn skip(reader: &mut Reader<'_>, count: u64) -> Result<(), Malformed> {
    let mut pending = count;
    while pending > 0 {
        // Every element takes a byte at least.
        if pending > reader.remaining() as u64 {
            return Err(Malformed);
        }
        pending -= 1;
        match msgpack::read_token(reader)? {
            Token::List(count) => pending += u64::from(count),
            Token::Map(count) => pending += 2 * u64::from(count),
            _ => {}
        }
    }
    Ok(())
}

/// The elements of a container, a map's keys and values in turn, and its order flags.
pub(super) fn children(container: &[u8]) -> Result<(u8, Vec<&[u8]>), Malformed> {
    let (flags, ranges) = child_ranges(container)?;
    Ok((flags, ranges.into_iter().map(|range| &container[range]).collect()))
}

/// Where the elements of a container are, and its order flags.
pub(super) fn child_ranges(container: &[u8]) -> Result<(u8, Vec<Range<usize>>), Malformed> {
    let mut reader = Reader::new(container);
    let (flags, count) = match msgpack::read_token(&mut reader)? {
        Token::List(mut count) => (msgpack::read_order(&mut reader, &mut count, false)?, u64::from(count)),
        Token::Map(mut count) => (msgpack::read_order(&mut reader, &mut count, true)?, 2 * u64::from(count)),
        _ => return Err(Malformed),
    };
    let mut ranges = Vec::new();
    for _ in 0..count {
        let start = reader.position();
        skip(&mut reader, 1)?;
        ranges.push(start..reader.position());
    }
    Ok((flags, ranges))
}

/// The scalar or container header that an element starts with.
pub(super) fn token(element: &[u8]) -> Result<Token<'_>, Malformed> {
    Ok(msgpack::read_token(&mut Reader::new(element))?)
}

/// Whether an element is the wildcard.
pub(super) fn is_wildcard(element: &[u8]) -> bool {
    matches!(token(element), Ok(Token::Ext(0xff, [0])))
}

/// Whether an element is infinity.
pub(super) fn is_infinity(element: &[u8]) -> bool {
    matches!(token(element), Ok(Token::Ext(0xff, [1])))
}

/// Whether an element may be a map key.
pub(super) fn is_key(token: &Token<'_>) -> bool {
    match token {
        Token::Integer(_) | Token::Unsigned(_) => true,
        Token::Raw(raw) => raw.first().is_some_and(|kind| is_key_type(ParticleType(*kind))),
        _ => false,
    }
}

const fn is_key_type(kind: ParticleType) -> bool {
    matches!(kind, ParticleType::STRING | ParticleType::BLOB)
}

/// A packed integer.
pub(super) fn integer(value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    msgpack::write_integer(&mut Writer::new(&mut out), value);
    out
}

/// A packed count.
pub(super) fn count(value: usize) -> Vec<u8> {
    integer(i64::try_from(value).unwrap_or(i64::MAX))
}

/// A packed boolean.
pub(super) fn boolean(value: bool) -> Vec<u8> {
    vec![if value { 0xc3 } else { 0xc2 }]
}

/// A packed list of packed elements.
pub(super) fn list<'a>(flags: u8, items: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    msgpack::write_list_header(&mut Writer::new(&mut out), items.len(), flags);
    items.for_each(|item| out.extend_from_slice(item));
    out
}

/// A packed list of integers.
pub(super) fn integers(values: impl ExactSizeIterator<Item = i64>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    msgpack::write_list_header(&mut writer, values.len(), 0);
    values.for_each(|value| msgpack::write_integer(&mut writer, value));
    out
}

/// A packed map of packed pairs.
pub(super) fn map<'a>(flags: u8, pairs: impl ExactSizeIterator<Item = (&'a [u8], &'a [u8])>) -> Vec<u8> {
    let mut out = Vec::new();
    msgpack::write_map_header(&mut Writer::new(&mut out), pairs.len(), flags);
    for (key, value) in pairs {
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
    out
}
