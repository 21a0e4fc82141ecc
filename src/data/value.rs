//! Values of bins and of elements inside lists and maps.
//!
//! Imports `wire`. Invariant: whatever a server sent can be held and written back unchanged, also types and
//! elements that this client has no name for.

use alloc::string::String;
use alloc::vec::Vec;

use crate::wire::msgpack::{self, Token};
use crate::wire::particle::{self, ParticleType};
use crate::wire::{DecodeError, DecodeErrorKind, Reader, Writer};

/// A list and its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// The elements.
    pub items: Vec<Value>,
    /// Order flags ([`msgpack::order`]); 0 for unordered.
    pub order: u8,
}

/// A map and its order; pairs are kept as they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// The pairs.
    pub entries: Vec<(Value, Value)>,
    /// Order flags ([`msgpack::order`]); 0 for unordered.
    pub order: u8,
}

/// A value, owned.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No value; written to a bin it deletes the bin.
    Nil,
    /// Boolean.
    Bool(bool),
    /// 64-bit integer.
    Integer(i64),
    /// Double.
    Float(f64),
    /// Text.
    String(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// GeoJSON text.
    GeoJson(String),
    /// HyperLogLog sketch.
    Hll(Vec<u8>),
    /// List.
    List(List),
    /// Map.
    Map(Map),
    /// A bin of a particle type without a name here, or text that is not UTF-8: type and bytes.
    Unknown(ParticleType, Vec<u8>),
    /// An element inside a list or map that has no type here, as its MessagePack bytes.
    Packed(Vec<u8>),
}

/// A value, borrowed, as a command takes it and a reply gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// No value; written to a bin it deletes the bin.
    Nil,
    /// Boolean.
    Bool(bool),
    /// 64-bit integer.
    Integer(i64),
    /// Double.
    Float(f64),
    /// Text.
    String(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// GeoJSON text.
    GeoJson(&'a str),
    /// HyperLogLog sketch.
    Hll(&'a [u8]),
    /// A list or map held as values.
    Tree(&'a Value),
    /// A list or map that is packed already: particle type and MessagePack bytes.
    Packed(ParticleType, &'a [u8]),
    /// Any other particle: type and bytes.
    Unknown(ParticleType, &'a [u8]),
}

impl<'a> ValueRef<'a> {
    /// The value of a bin in a reply. Lists and maps stay packed, their structure checked. Bytes that do not fit
    /// their type are kept as [`ValueRef::Unknown`]: one odd value does not hide the others.
    #[must_use]
    pub fn from_particle(particle: ParticleType, bytes: &'a [u8]) -> Self {
        let unknown = Self::Unknown(particle, bytes);
        match particle {
            ParticleType::NULL => Self::Nil,
            ParticleType::INTEGER => {
                bytes.try_into().map_or(unknown, |bytes| Self::Integer(i64::from_be_bytes(bytes)))
            }
            ParticleType::FLOAT => {
                bytes.try_into().map_or(unknown, |bytes| Self::Float(f64::from_be_bytes(bytes)))
            }
            ParticleType::BOOL => match bytes {
                [value] => Self::Bool(*value != 0),
                _ => unknown,
            },
            ParticleType::STRING => core::str::from_utf8(bytes).map_or(unknown, Self::String),
            ParticleType::BLOB => Self::Blob(bytes),
            ParticleType::HLL => Self::Hll(bytes),
            ParticleType::GEOJSON => {
                let text =
                    particle::geojson_text(bytes).ok().and_then(|text| core::str::from_utf8(text).ok());
                text.map_or(unknown, Self::GeoJson)
            }
            ParticleType::LIST | ParticleType::MAP if is_container(particle, bytes) => {
                Self::Packed(particle, bytes)
            }
            _ => unknown,
        }
    }

    /// The type it is stored as.
    #[must_use]
    pub const fn particle_type(&self) -> ParticleType {
        match self {
            Self::Nil => ParticleType::NULL,
            Self::Bool(_) => ParticleType::BOOL,
            Self::Integer(_) => ParticleType::INTEGER,
            Self::Float(_) => ParticleType::FLOAT,
            Self::String(_) => ParticleType::STRING,
            Self::Blob(_) => ParticleType::BLOB,
            Self::GeoJson(_) => ParticleType::GEOJSON,
            Self::Hll(_) => ParticleType::HLL,
            Self::Tree(value) => value.particle_type(),
            Self::Packed(particle, _) | Self::Unknown(particle, _) => *particle,
        }
    }

    /// Appends the particle form, as a bin holds it.
    pub fn write_particle(&self, writer: &mut Writer<'_>) {
        match *self {
            Self::Nil => {}
            Self::Bool(value) => writer.u8(u8::from(value)),
            Self::Integer(value) => writer.bytes(&value.to_be_bytes()),
            Self::Float(value) => writer.bytes(&value.to_be_bytes()),
            Self::String(text) => writer.bytes(text.as_bytes()),
            Self::GeoJson(text) => particle::write_geojson(writer, text.as_bytes()),
            Self::Tree(value) => value.pack(writer),
            Self::Blob(bytes) | Self::Hll(bytes) | Self::Packed(_, bytes) | Self::Unknown(_, bytes) => {
                writer.bytes(bytes)
            }
        }
    }

    /// An owned copy, with lists and maps unpacked.
    ///
    /// # Errors
    /// Packed bytes that are not well-formed.
    pub fn to_value(&self) -> Result<Value, DecodeError> {
        Ok(match *self {
            Self::Nil => Value::Nil,
            Self::Bool(value) => Value::Bool(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Float(value) => Value::Float(value),
            Self::String(text) => Value::String(text.into()),
            Self::Blob(bytes) => Value::Blob(bytes.into()),
            Self::GeoJson(text) => Value::GeoJson(text.into()),
            Self::Hll(bytes) => Value::Hll(bytes.into()),
            Self::Tree(value) => value.clone(),
            Self::Packed(_, bytes) => Value::unpack(bytes)?,
            Self::Unknown(particle, bytes) => Value::Unknown(particle, bytes.into()),
        })
    }
}

impl Value {
    /// The borrowed form.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Nil => ValueRef::Nil,
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Float(value) => ValueRef::Float(*value),
            Self::String(text) => ValueRef::String(text),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::GeoJson(text) => ValueRef::GeoJson(text),
            Self::Hll(bytes) => ValueRef::Hll(bytes),
            Self::List(_) | Self::Map(_) | Self::Packed(_) => ValueRef::Tree(self),
            Self::Unknown(particle, bytes) => ValueRef::Unknown(*particle, bytes),
        }
    }

    /// The type it is stored as in a bin.
    #[must_use]
    pub const fn particle_type(&self) -> ParticleType {
        match self {
            Self::Nil => ParticleType::NULL,
            Self::Bool(_) => ParticleType::BOOL,
            Self::Integer(_) => ParticleType::INTEGER,
            Self::Float(_) => ParticleType::FLOAT,
            Self::String(_) => ParticleType::STRING,
            Self::Blob(_) | Self::Packed(_) => ParticleType::BLOB,
            Self::GeoJson(_) => ParticleType::GEOJSON,
            Self::Hll(_) => ParticleType::HLL,
            Self::List(_) => ParticleType::LIST,
            Self::Map(_) => ParticleType::MAP,
            Self::Unknown(particle, _) => *particle,
        }
    }

    /// Reads one whole MessagePack element.
    ///
    /// # Errors
    /// Not well-formed, too deep, or followed by more bytes.
    pub fn unpack(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let value = Self::read(&mut reader, 0)?;
        reader.finish("MessagePack element")?;
        Ok(value)
    }

    /// Appends the MessagePack form, as an element of a list or map.
    pub fn pack(&self, writer: &mut Writer<'_>) {
        match self {
            Self::Nil => msgpack::write_nil(writer),
            Self::Bool(value) => msgpack::write_bool(writer, *value),
            Self::Integer(value) => msgpack::write_integer(writer, *value),
            Self::Float(value) => msgpack::write_float(writer, *value),
            Self::String(text) => msgpack::write_typed(writer, ParticleType::STRING, text.as_bytes()),
            Self::Blob(bytes) => msgpack::write_typed(writer, ParticleType::BLOB, bytes),
            Self::GeoJson(text) => msgpack::write_typed(writer, ParticleType::GEOJSON, text.as_bytes()),
            Self::Hll(bytes) => msgpack::write_typed(writer, ParticleType::HLL, bytes),
            Self::Unknown(particle, bytes) => msgpack::write_typed(writer, *particle, bytes),
            Self::Packed(bytes) => writer.bytes(bytes),
            Self::List(list) => {
                msgpack::write_list_header(writer, list.items.len(), list.order);
                list.items.iter().for_each(|item| item.pack(writer));
            }
            Self::Map(map) => {
                msgpack::write_map_header(writer, map.entries.len(), map.order);
                map.entries.iter().for_each(|(key, value)| {
                    key.pack(writer);
                    value.pack(writer);
                });
            }
        }
    }

    fn read(reader: &mut Reader<'_>, depth: usize) -> Result<Self, DecodeError> {
        if depth > msgpack::MAX_DEPTH {
            return Err(reader.error("MessagePack nesting", DecodeErrorKind::Limit));
        }
        let start = reader.position();
        Ok(match msgpack::read_token(reader)? {
            Token::Nil => Self::Nil,
            Token::Bool(value) => Self::Bool(value),
            Token::Integer(value) => Self::Integer(value),
            Token::Float(value) => Self::Float(value),
            Token::Raw(bytes) => from_raw(bytes).unwrap_or_else(|| Self::Packed(reader.since(start).into())),
            Token::Unsigned(_) | Token::Ext(..) => Self::Packed(reader.since(start).into()),
            Token::List(mut count) => {
                let order = read_order(reader, &mut count, false)?;
                let items = (0..count).map(|_| Self::read(reader, depth + 1)).collect::<Result<_, _>>()?;
                Self::List(List { items, order })
            }
            Token::Map(mut count) => {
                let order = read_order(reader, &mut count, true)?;
                let entry = |reader: &mut Reader<'_>| {
                    Ok((Self::read(reader, depth + 1)?, Self::read(reader, depth + 1)?))
                };
                let entries = (0..count).map(|_| entry(reader)).collect::<Result<_, DecodeError>>()?;
                Self::Map(Map { entries, order })
            }
        })
    }
}

/// As [`msgpack::read_order`]; but a leading ext element without flags stays an element, since nothing else would say
/// that it was there.
fn read_order(reader: &mut Reader<'_>, count: &mut u32, is_map: bool) -> Result<u8, DecodeError> {
    let mut ahead = reader.clone();
    let mut rest = *count;
    let flags = msgpack::read_order(&mut ahead, &mut rest, is_map)?;
    if flags != 0 {
        (*reader, *count) = (ahead, rest);
    }
    Ok(flags)
}

fn is_container(particle: ParticleType, bytes: &[u8]) -> bool {
    let fits = match msgpack::read_token(&mut Reader::new(bytes)) {
        Ok(Token::List(_)) => particle == ParticleType::LIST,
        Ok(Token::Map(_)) => particle == ParticleType::MAP,
        _ => false,
    };
    fits && msgpack::check(bytes).is_ok()
}

fn from_raw(bytes: &[u8]) -> Option<Value> {
    let (kind, rest) = bytes.split_first()?;
    let text = || core::str::from_utf8(rest).ok().map(String::from);
    match ParticleType(*kind) {
        ParticleType::STRING => text().map(Value::String),
        ParticleType::GEOJSON => text().map(Value::GeoJson),
        ParticleType::BLOB => Some(Value::Blob(rest.into())),
        ParticleType::HLL => Some(Value::Hll(rest.into())),
        _ => None,
    }
}
