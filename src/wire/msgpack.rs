//! The MessagePack dialect of lists, maps and operation parameters.
//!
//! Imports this folder. Differences from plain MessagePack: a raw (string family) element starts with a byte that
//! gives its particle type; an ordered list starts, and the first pair of an ordered map is keyed, with an ext
//! element whose type holds the order flags, counted in the header. Source: server `msgpack_in.c`,
//! `particle_list.c`, `particle_map.c`. Invariant: reading is bounded by the bytes at hand and by `MAX_DEPTH`.

use super::particle::ParticleType;
use super::reader::{DecodeError, DecodeErrorKind, Reader};
use super::writer::Writer;

/// Deepest nesting this client reads or writes. The server has no limit; a recursive reader needs one.
pub const MAX_DEPTH: usize = 128;

/// Order flags of a list or map (the type byte of the leading ext element).
pub mod order {
    /// List: ordered. Map: key-ordered.
    pub const ORDERED: u8 = 0x01;
    /// Map: key-value-ordered.
    pub const KEY_VALUE_ORDERED: u8 = 0x03;
    /// Map: pairs in the order of a result.
    pub const PRESERVE: u8 = 0x08;
}

/// One MessagePack element; containers give only their header.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    /// Nil.
    Nil,
    /// Boolean.
    Bool(bool),
    /// An integer within `i64`.
    Integer(i64),
    /// An integer above `i64::MAX`.
    Unsigned(u64),
    /// A float, single ones widened.
    Float(f64),
    /// A raw element, its leading type byte included; plain MessagePack bin elements too.
    Raw(&'a [u8]),
    /// An ext element: type and data.
    Ext(u8, &'a [u8]),
    /// Header of a list of that many elements.
    List(u32),
    /// Header of a map of that many pairs.
    Map(u32),
}

/// Reads the next element, or the header of the next container.
///
/// # Errors
/// Cut short, or the one code (0xc1) that MessagePack leaves undefined.
pub fn read_token<'a>(reader: &mut Reader<'a>) -> Result<Token<'a>, DecodeError> {
    const WHAT: &str = "MessagePack element";
    let code = reader.u8(WHAT)?;
    Ok(match code {
        0x00..=0x7f => Token::Integer(i64::from(code)),
        0x80..=0x8f => Token::Map(u32::from(code & 0x0f)),
        0x90..=0x9f => Token::List(u32::from(code & 0x0f)),
        0xa0..=0xbf => Token::Raw(reader.take(usize::from(code & 0x1f), WHAT)?),
        0xc0 => Token::Nil,
        0xc1 => return Err(reader.error(WHAT, DecodeErrorKind::Invalid)),
        0xc2 | 0xc3 => Token::Bool(code == 0xc3),
        0xc4 | 0xd9 => raw(reader, 1)?,
        0xc5 | 0xda => raw(reader, 2)?,
        0xc6 | 0xdb => raw(reader, 4)?,
        0xc7 => ext(reader, 1)?,
        0xc8 => ext(reader, 2)?,
        0xc9 => ext(reader, 4)?,
        0xca => Token::Float(f64::from(f32::from_be_bytes(reader.array(WHAT)?))),
        0xcb => Token::Float(f64::from_be_bytes(reader.array(WHAT)?)),
        0xcc..=0xcf => unsigned(reader.take(1 << (code & 3), WHAT)?),
        0xd0 => Token::Integer(i64::from(i8::from_be_bytes(reader.array(WHAT)?))),
        0xd1 => Token::Integer(i64::from(i16::from_be_bytes(reader.array(WHAT)?))),
        0xd2 => Token::Integer(i64::from(i32::from_be_bytes(reader.array(WHAT)?))),
        0xd3 => Token::Integer(i64::from_be_bytes(reader.array(WHAT)?)),
        0xd4..=0xd8 => ext_sized(reader, 1 << (code - 0xd4))?,
        0xdc => Token::List(u32::from(reader.u16(WHAT)?)),
        0xdd => Token::List(reader.u32(WHAT)?),
        0xde => Token::Map(u32::from(reader.u16(WHAT)?)),
        0xdf => Token::Map(reader.u32(WHAT)?),
        0xe0..=0xff => Token::Integer(i64::from(code as i8)),
    })
}

/// Skips one whole element, containers with everything inside.
///
/// # Errors
/// As [`read_token`], and for nesting over [`MAX_DEPTH`].
pub fn skip(reader: &mut Reader<'_>) -> Result<(), DecodeError> {
    skip_nested(reader, 0)
}

/// Checks that bytes are exactly one well-formed element.
///
/// # Errors
/// As [`skip`], and for bytes after the element.
pub fn check(bytes: &[u8]) -> Result<(), DecodeError> {
    let mut reader = Reader::new(bytes);
    skip(&mut reader)?;
    reader.finish("MessagePack element")
}

/// If a container of `count` elements (or pairs) starts with an order ext, takes it and gives its flags.
///
/// # Errors
/// As [`read_token`].
pub fn read_order(reader: &mut Reader<'_>, count: &mut u32, is_map: bool) -> Result<u8, DecodeError> {
    if *count == 0 {
        return Ok(0);
    }
    let mut ahead = reader.clone();
    let Token::Ext(flags, []) = read_token(&mut ahead)? else { return Ok(0) };
    if is_map {
        skip(&mut ahead)?;
    }
    *reader = ahead;
    *count -= 1;
    Ok(flags)
}

/// Appends nil.
pub fn write_nil(writer: &mut Writer<'_>) {
    writer.u8(0xc0);
}

/// Appends a boolean.
pub fn write_bool(writer: &mut Writer<'_>, value: bool) {
    writer.u8(if value { 0xc3 } else { 0xc2 });
}

/// Appends an integer in its shortest form.
pub fn write_integer(writer: &mut Writer<'_>, value: i64) {
    match value {
        0..=0x7f => writer.u8(value as u8),
        -0x20..=-1 => writer.u8(value as u8),
        0x80..=0xff => writer.bytes(&[0xcc, value as u8]),
        0x100..=0xffff => with_u16(writer, 0xcd, value as u16),
        0x1_0000..=0xffff_ffff => with_u32(writer, 0xce, value as u32),
        0x1_0000_0000.. => with_u64(writer, 0xcf, value as u64),
        -0x80..=-0x21 => writer.bytes(&[0xd0, value as u8]),
        -0x8000..=-0x81 => with_u16(writer, 0xd1, value as u16),
        -0x8000_0000..=-0x8001 => with_u32(writer, 0xd2, value as u32),
        ..=-0x8000_0001 => with_u64(writer, 0xd3, value as u64),
    }
}

/// Appends an integer above `i64::MAX` (any other works too).
pub fn write_unsigned(writer: &mut Writer<'_>, value: u64) {
    match i64::try_from(value) {
        Ok(value) => write_integer(writer, value),
        Err(_) => with_u64(writer, 0xcf, value),
    }
}

/// Appends a double.
pub fn write_float(writer: &mut Writer<'_>, value: f64) {
    with_u64(writer, 0xcb, value.to_bits());
}

/// Appends a string, blob, GeoJSON or HLL: a raw element led by its particle type.
pub fn write_typed(writer: &mut Writer<'_>, particle: ParticleType, bytes: &[u8]) {
    write_raw_header(writer, bytes.len() + 1);
    writer.u8(particle.0);
    writer.bytes(bytes);
}

/// Appends a raw element without a type byte (names inside expressions).
pub fn write_raw(writer: &mut Writer<'_>, bytes: &[u8]) {
    write_raw_header(writer, bytes.len());
    writer.bytes(bytes);
}

/// Appends a list header; a list with order flags counts and starts with an ext element.
pub fn write_list_header(writer: &mut Writer<'_>, count: usize, flags: u8) {
    let total = count + usize::from(flags != 0);
    write_count(writer, total, 0x90, 0xdc);
    if flags != 0 {
        writer.bytes(&[0xc7, 0, flags]);
    }
}

/// Appends a map header; a map with order flags counts and starts with a pair of an ext element and nil.
pub fn write_map_header(writer: &mut Writer<'_>, count: usize, flags: u8) {
    let total = count + usize::from(flags != 0);
    write_count(writer, total, 0x80, 0xde);
    if flags != 0 {
        writer.bytes(&[0xc7, 0, flags, 0xc0]);
    }
}

fn skip_nested(reader: &mut Reader<'_>, depth: usize) -> Result<(), DecodeError> {
    if depth > MAX_DEPTH {
        return Err(reader.error("MessagePack nesting", DecodeErrorKind::Limit));
    }
    let elements = match read_token(reader)? {
        Token::List(count) => u64::from(count),
        Token::Map(count) => u64::from(count) * 2,
        _ => 0,
    };
    // Every element takes a byte at least, so a count beyond the bytes at hand fails early.
    if elements > reader.remaining() as u64 {
        return Err(reader.error("MessagePack count", DecodeErrorKind::Truncated));
    }
    (0..elements).try_for_each(|_| skip_nested(reader, depth + 1))
}

fn raw<'a>(reader: &mut Reader<'a>, size: usize) -> Result<Token<'a>, DecodeError> {
    let len = length(reader, size)?;
    Ok(Token::Raw(reader.take(len, "MessagePack raw")?))
}

fn ext<'a>(reader: &mut Reader<'a>, size: usize) -> Result<Token<'a>, DecodeError> {
    let len = length(reader, size)?;
    ext_sized(reader, len)
}

fn ext_sized<'a>(reader: &mut Reader<'a>, len: usize) -> Result<Token<'a>, DecodeError> {
    let kind = reader.u8("MessagePack ext")?;
    Ok(Token::Ext(kind, reader.take(len, "MessagePack ext")?))
}

fn length(reader: &mut Reader<'_>, size: usize) -> Result<usize, DecodeError> {
    let bytes = reader.take(size, "MessagePack length")?;
    Ok(bytes.iter().fold(0, |total, byte| total << 8 | usize::from(*byte)))
}

fn unsigned(bytes: &[u8]) -> Token<'static> {
    let value = bytes.iter().fold(0u64, |total, byte| total << 8 | u64::from(*byte));
    i64::try_from(value).map_or(Token::Unsigned(value), Token::Integer)
}

fn with_u16(writer: &mut Writer<'_>, code: u8, value: u16) {
    writer.u8(code);
    writer.u16(value);
}

fn with_u32(writer: &mut Writer<'_>, code: u8, value: u32) {
    writer.u8(code);
    writer.u32(value);
}

fn with_u64(writer: &mut Writer<'_>, code: u8, value: u64) {
    writer.u8(code);
    writer.u64(value);
}

fn write_raw_header(writer: &mut Writer<'_>, len: usize) {
    match len {
        0..=0x1f => writer.u8(0xa0 | len as u8),
        0x20..=0xff => writer.bytes(&[0xd9, len as u8]),
        0x100..=0xffff => with_u16(writer, 0xda, len as u16),
        _ => with_u32(writer, 0xdb, len as u32),
    }
}

fn write_count(writer: &mut Writer<'_>, count: usize, fix: u8, wide: u8) {
    match count {
        0..=0x0f => writer.u8(fix | count as u8),
        0x10..=0xffff => with_u16(writer, wide, count as u16),
        _ => with_u32(writer, wide + 1, count as u32),
    }
}
