//! Particle types: how a bin's value is stored and sent.
//!
//! Imports the reader. Source: server `datamodel.h`, `particle_*.c`.

use super::reader::{DecodeError, Reader};
use super::writer::Writer;

/// Type byte of a stored value. Open: types this client does not know are kept and can be written back.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ParticleType(pub u8);

impl ParticleType {
    /// No value; in a write, "delete the bin".
    pub const NULL: Self = Self(0);
    /// 64-bit signed integer.
    pub const INTEGER: Self = Self(1);
    /// IEEE-754 double.
    pub const FLOAT: Self = Self(2);
    /// UTF-8 text (which the server does not check).
    pub const STRING: Self = Self(3);
    /// Bytes.
    pub const BLOB: Self = Self(4);
    /// Boolean.
    pub const BOOL: Self = Self(17);
    /// HyperLogLog sketch.
    pub const HLL: Self = Self(18);
    /// Map, as MessagePack.
    pub const MAP: Self = Self(19);
    /// List, as MessagePack.
    pub const LIST: Self = Self(20);
    /// GeoJSON text with the cells that cover it.
    pub const GEOJSON: Self = Self(23);
}

/// The JSON text of a GeoJSON particle: a flag byte, a 16-bit count of 8-byte cells, the cells, the text.
///
/// # Errors
/// The cells reach beyond the value.
pub fn geojson_text(value: &[u8]) -> Result<&[u8], DecodeError> {
    let mut reader = Reader::new(value);
    reader.u8("GeoJSON flags")?;
    let cells = reader.u16("GeoJSON cell count")? as usize;
    reader.take(cells * 8, "GeoJSON cells")?;
    Ok(reader.rest())
}

/// Appends a GeoJSON particle without cells, as clients send it.
pub fn write_geojson(writer: &mut Writer<'_>, text: &[u8]) {
    writer.bytes(&[0, 0, 0]);
    writer.bytes(text);
}
