//! Types and values of expressions.
//!
//! Imports particles, `geo` and the core's wire codec. Invariant: the bytes of a list or map are packed, those of
//! GeoJSON are its text. Source: server `exp.c`.

use alloc::borrow::Cow;

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::particle::{self, ParticleType};
use aerospike_wasm::wire::{Reader, ResultCode, Writer};

use crate::geo;
use crate::particle::Particle;

/// The type of an expression.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Nil,
    Bool,
    Integer,
    String,
    List,
    Map,
    Blob,
    Float,
    GeoJson,
    Hll,
    /// That of UNKNOWN, which fits every other.
    Any,
}

impl Kind {
    /// The type of a type id.
    pub(super) const fn from_id(id: i64) -> Option<Self> {
        Some(match id {
            0 => Self::Nil,
            1 => Self::Bool,
            2 => Self::Integer,
            3 => Self::String,
            4 => Self::List,
            5 => Self::Map,
            6 => Self::Blob,
            7 => Self::Float,
            8 => Self::GeoJson,
            9 => Self::Hll,
            _ => return None,
        })
    }

    /// Whether a value of this type may stand where the other is needed.
    pub(super) fn fits(self, needed: Self) -> bool {
        self == needed || self == Self::Any || needed == Self::Any
    }

    const fn of_particle(particle: ParticleType) -> Option<Self> {
        Some(match particle {
            ParticleType::STRING => Self::String,
            ParticleType::BLOB => Self::Blob,
            ParticleType::GEOJSON => Self::GeoJson,
            ParticleType::HLL => Self::Hll,
            ParticleType::LIST => Self::List,
            ParticleType::MAP => Self::Map,
            _ => return None,
        })
    }

    const fn particle(self) -> ParticleType {
        match self {
            Self::Nil | Self::Any => ParticleType::NULL,
            Self::Bool => ParticleType::BOOL,
            Self::Integer => ParticleType::INTEGER,
            Self::String => ParticleType::STRING,
            Self::List => ParticleType::LIST,
            Self::Map => ParticleType::MAP,
            Self::Blob => ParticleType::BLOB,
            Self::Float => ParticleType::FLOAT,
            Self::GeoJson => ParticleType::GEOJSON,
            Self::Hll => ParticleType::HLL,
        }
    }
}

/// What an expression evaluates to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Unknown,
    /// Asks a path operation to remove the element.
    Remove,
    Nil,
    Bool(bool),
    Integer(i64),
    Float(f64),
    /// Any type that is held as bytes.
    Bytes(Kind, Cow<'a, [u8]>),
}

impl<'a> Value<'a> {
    /// The value of a bin.
    pub(super) fn from_particle(particle: &'a Particle) -> Self {
        let bytes = particle.bytes.as_slice();
        match particle.kind {
            ParticleType::INTEGER => {
                bytes.try_into().map_or(Self::Unknown, |bytes| Self::Integer(i64::from_be_bytes(bytes)))
            }
            ParticleType::FLOAT => {
                bytes.try_into().map_or(Self::Unknown, |bytes| Self::Float(f64::from_be_bytes(bytes)))
            }
            ParticleType::BOOL => Self::Bool(bytes == [1]),
            ParticleType::GEOJSON => particle::geojson_text(bytes).map_or(Self::Unknown, Self::geo_json),
            kind => Kind::of_particle(kind).map_or(Self::Unknown, |kind| Self::Bytes(kind, bytes.into())),
        }
    }

    /// The value of one packed element.
    pub(super) fn from_packed(packed: &'a [u8]) -> Self {
        match msgpack::read_token(&mut Reader::new(packed)) {
            Ok(Token::Nil) => Self::Nil,
            Ok(Token::Bool(value)) => Self::Bool(value),
            Ok(Token::Integer(value)) => Self::Integer(value),
            Ok(Token::Unsigned(value)) => Self::Integer(value as i64),
            Ok(Token::Float(value)) => Self::Float(value),
            Ok(Token::List(_)) => Self::Bytes(Kind::List, packed.into()),
            Ok(Token::Map(_)) => Self::Bytes(Kind::Map, packed.into()),
            Ok(Token::Raw([kind, bytes @ ..])) => match Kind::of_particle(ParticleType(*kind)) {
                None | Some(Kind::List | Kind::Map) => Self::Unknown,
                Some(kind) => Self::Bytes(kind, bytes.into()),
            },
            _ => Self::Unknown,
        }
    }

    fn geo_json(text: &'a [u8]) -> Self {
        Self::Bytes(Kind::GeoJson, text.into())
    }

    /// Its type; that of no value in particular for UNKNOWN.
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Unknown | Self::Remove => Kind::Any,
            Self::Nil => Kind::Nil,
            Self::Bool(_) => Kind::Bool,
            Self::Integer(_) => Kind::Integer,
            Self::Float(_) => Kind::Float,
            Self::Bytes(kind, _) => *kind,
        }
    }

    /// The value if it has the type, else UNKNOWN.
    pub(super) fn of_kind(self, kind: Kind) -> Self {
        if self.kind() == kind { self } else { Self::Unknown }
    }

    /// The bytes of a value of that type.
    pub(super) fn bytes(&self, wanted: Kind) -> Option<&[u8]> {
        match self {
            Self::Bytes(kind, bytes) if *kind == wanted => Some(bytes),
            _ => None,
        }
    }

    /// The value without what it borrows.
    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Unknown => Value::Unknown,
            Self::Remove => Value::Remove,
            Self::Nil => Value::Nil,
            Self::Bool(value) => Value::Bool(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Float(value) => Value::Float(value),
            Self::Bytes(kind, bytes) => Value::Bytes(kind, bytes.into_owned().into()),
        }
    }

    /// The value, borrowed from this one.
    pub(super) fn borrowed(&self) -> Value<'_> {
        match self {
            Self::Bytes(kind, bytes) => Value::Bytes(*kind, Cow::Borrowed(bytes)),
            Self::Unknown => Value::Unknown,
            Self::Remove => Value::Remove,
            Self::Nil => Value::Nil,
            Self::Bool(value) => Value::Bool(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Float(value) => Value::Float(*value),
        }
    }

    /// Appends the packed form; `None` for what has none.
    pub(super) fn pack(&self, out: &mut Vec<u8>) -> Option<()> {
        let mut writer = Writer::new(out);
        match self {
            Self::Unknown | Self::Remove => return None,
            Self::Nil => msgpack::write_nil(&mut writer),
            Self::Bool(value) => msgpack::write_bool(&mut writer, *value),
            Self::Integer(value) => msgpack::write_integer(&mut writer, *value),
            Self::Float(value) => msgpack::write_float(&mut writer, *value),
            Self::Bytes(Kind::List | Kind::Map, bytes) => writer.bytes(bytes),
            Self::Bytes(kind, bytes) => msgpack::write_typed(&mut writer, kind.particle(), bytes),
        }
        Some(())
    }

    /// The particle of a value; `None` for nil, UNKNOWN and the like.
    ///
    /// # Errors
    /// 160 for a text that is not GeoJSON.
    pub(super) fn into_particle(self) -> Result<Option<Particle>, ResultCode> {
        let kind = self.kind().particle();
        let bytes = match self {
            Self::Unknown | Self::Remove | Self::Nil => return Ok(None),
            Self::Bool(value) => vec![u8::from(value)],
            Self::Integer(value) => value.to_be_bytes().into(),
            Self::Float(value) => value.to_be_bytes().into(),
            Self::Bytes(Kind::GeoJson, text) => geo::particle(&[&[0, 0, 0], text.as_ref()].concat())?,
            Self::Bytes(_, bytes) => bytes.into_owned(),
        };
        Ok(Some(Particle { kind, bytes }))
    }
}
