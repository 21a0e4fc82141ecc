//! The record message: a 22-byte header, then fields, then operations.
//!
//! Imports this folder. A frame of type 3 holds one message in a single-record exchange and a sequence of them in
//! a batch reply. Source: server `proto.h`, `proto.c`; layout in big-endian.

use super::frame::{self, FrameType};
use super::particle::ParticleType;
use super::reader::{DecodeError, DecodeErrorKind, Reader};
use super::result_code::ResultCode;
use super::writer::Writer;

use alloc::vec::Vec;

/// Size of the message header.
pub const HEADER_SIZE: usize = 22;
/// Offset of `transaction_ttl` (the server's deadline) from the start of a whole frame.
pub const TIMEOUT_OFFSET: usize = frame::HEADER_SIZE + 14;

/// The header of a record message. Some members mean different things in requests and replies.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Header {
    /// Read flags ([`super::flags::info1`]).
    pub info1: u8,
    /// Write flags ([`super::flags::info2`]).
    pub info2: u8,
    /// Further flags ([`super::flags::info3`]).
    pub info3: u8,
    /// Transaction flags ([`super::flags::info4`]).
    pub info4: u8,
    /// Reply: how the command ended.
    pub result_code: ResultCode,
    /// Request: expected generation. Reply: the record's generation.
    pub generation: u32,
    /// Request: TTL in seconds or a special value. Reply: void time, seconds since 2010-01-01 UTC, 0 = never.
    pub ttl: u32,
    /// Request: the server's deadline in ms. Batch reply: index of the row.
    pub timeout: u32,
    /// How many fields follow.
    pub fields: u16,
    /// How many operations follow the fields.
    pub ops: u16,
}

impl Header {
    // With a second caller it is out of line otherwise, which every reply pays for (2 to 4 %).
    #[inline(always)]
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        const WHAT: &str = "message header";
        let [_size, info1, info2, info3, info4, result] = reader.array(WHAT)?;
        Ok(Self {
            info1,
            info2,
            info3,
            info4,
            result_code: ResultCode(result),
            generation: reader.u32(WHAT)?,
            ttl: reader.u32(WHAT)?,
            timeout: reader.u32(WHAT)?,
            fields: reader.u16(WHAT)?,
            ops: reader.u16(WHAT)?,
        })
    }

    /// Appends the header.
    pub fn write(&self, writer: &mut Writer<'_>) {
        let Self { info1, info2, info3, info4, result_code, .. } = *self;
        writer.bytes(&[HEADER_SIZE as u8, info1, info2, info3, info4, result_code.0]);
        writer.u32(self.generation);
        writer.u32(self.ttl);
        writer.u32(self.timeout);
        writer.u16(self.fields);
        writer.u16(self.ops);
    }
}

/// Number of a field. Open: unknown ones are skipped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FieldType(pub u8);

impl FieldType {
    /// Namespace.
    pub const NAMESPACE: Self = Self(0);
    /// Set.
    pub const SET: Self = Self(1);
    /// User key: particle type and value.
    pub const KEY: Self = Self(2);
    /// Record version (transactions).
    pub const RECORD_VERSION: Self = Self(3);
    /// Digest.
    pub const DIGEST: Self = Self(4);
    /// Transaction id.
    pub const TRANSACTION_ID: Self = Self(5);
    /// Batch rows.
    pub const BATCH: Self = Self(41);
    /// Filter expression.
    pub const FILTER: Self = Self(43);
}

/// Number of an operation. Open: unknown ones are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OpCode(pub u8);

impl OpCode {
    /// Read a bin.
    pub const READ: Self = Self(1);
    /// Write a bin; a null value deletes it.
    pub const WRITE: Self = Self(2);
    /// List or map read.
    pub const CDT_READ: Self = Self(3);
    /// List or map modify.
    pub const CDT_MODIFY: Self = Self(4);
    /// Add to a number.
    pub const INCR: Self = Self(5);
    /// Expression read.
    pub const EXP_READ: Self = Self(7);
    /// Expression write.
    pub const EXP_MODIFY: Self = Self(8);
    /// Append to a string or blob.
    pub const APPEND: Self = Self(9);
    /// Prepend to a string or blob.
    pub const PREPEND: Self = Self(10);
    /// Set the record's TTL anew.
    pub const TOUCH: Self = Self(11);
    /// Blob read.
    pub const BITS_READ: Self = Self(12);
    /// Blob modify.
    pub const BITS_MODIFY: Self = Self(13);
    /// Empty the record.
    pub const DELETE_ALL: Self = Self(14);
    /// HyperLogLog read.
    pub const HLL_READ: Self = Self(15);
    /// HyperLogLog modify.
    pub const HLL_MODIFY: Self = Self(16);
}

/// A field, borrowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Field<'a> {
    /// What it is.
    pub kind: FieldType,
    /// Its data, without the type byte.
    pub data: &'a [u8],
}

impl<'a> Field<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let size = reader.u32("field size")? as usize;
        let mut inner = Reader::new(reader.take(size, "field")?);
        Ok(Self { kind: FieldType(inner.u8("field type")?), data: inner.rest() })
    }
}

/// An operation, borrowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Op<'a> {
    /// What it does; in a reply, what it answers.
    pub code: OpCode,
    /// Type of the value.
    pub particle: ParticleType,
    /// Flag byte; 0 from clients.
    pub flags: u8,
    /// Bin name; the server does not promise UTF-8.
    pub name: &'a [u8],
    /// The value in particle form.
    pub value: &'a [u8],
}

impl<'a> Op<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let size = reader.u32("operation size")? as usize;
        let mut inner = Reader::new(reader.take(size, "operation")?);
        let [code, particle, flags, name_size] = inner.array("operation header")?;
        let name = inner.take(name_size as usize, "bin name")?;
        Ok(Self { code: OpCode(code), particle: ParticleType(particle), flags, name, value: inner.rest() })
    }
}

/// A message whose structure was checked, borrowed from the bytes it came in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Message<'a> {
    /// The header.
    pub header: Header,
    fields: &'a [u8],
    ops: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads one message and checks the structure of all its fields and operations.
    ///
    /// # Errors
    /// Anything cut short or contradictory.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let header = Header::read(reader)?;
        let start = reader.position();
        for _ in 0..header.fields {
            Field::read(reader)?;
        }
        let fields = reader.since(start);
        let start = reader.position();
        for _ in 0..header.ops {
            Op::read(reader)?;
        }
        Ok(Self { header, fields, ops: reader.since(start) })
    }

    /// Reads a body that holds exactly one message.
    ///
    /// # Errors
    /// As [`Message::read`], and for bytes after the message.
    pub fn read_only(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let message = Self::read(&mut reader)?;
        reader.finish("message")?;
        Ok(message)
    }

    /// The fields in order.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let mut reader = Reader::new(self.fields);
        core::iter::from_fn(move || if reader.is_empty() { None } else { Field::read(&mut reader).ok() })
    }

    /// The first field of a type.
    #[must_use]
    pub fn field(&self, kind: FieldType) -> Option<&'a [u8]> {
        self.fields().find(|field| field.kind == kind).map(|field| field.data)
    }

    /// The operations in order.
    pub fn ops(&self) -> impl Iterator<Item = Op<'a>> + Clone + use<'a> {
        Ops { reader: Reader::new(self.ops) }
    }

    /// Whether this header ends a multi-part reply.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        self.header.info3 & super::flags::info3::LAST != 0
    }
}

#[derive(Clone)]
struct Ops<'a> {
    reader: Reader<'a>,
}

impl<'a> Iterator for Ops<'a> {
    type Item = Op<'a>;

    fn next(&mut self) -> Option<Op<'a>> {
        if self.reader.is_empty() { None } else { Op::read(&mut self.reader).ok() }
    }
}

/// Writes the fields and operations of one message and counts them.
#[derive(Debug)]
pub struct Body<'w, 'b> {
    writer: &'w mut Writer<'b>,
    fields: u16,
    ops: u16,
}

impl<'w, 'b> Body<'w, 'b> {
    /// A counter over `writer`, for places where only the counts are kept (a batch row).
    pub const fn new(writer: &'w mut Writer<'b>) -> Self {
        Self { writer, fields: 0, ops: 0 }
    }

    /// Appends a field with `data`.
    pub fn field(&mut self, kind: FieldType, data: &[u8]) {
        self.field_with(kind, |writer| writer.bytes(data));
    }

    /// Appends a field whose data `write` appends.
    pub fn field_with<R>(&mut self, kind: FieldType, write: impl FnOnce(&mut Writer<'b>) -> R) -> R {
        self.fields = self.fields.saturating_add(1);
        self.writer.sized_u32(|writer| {
            writer.u8(kind.0);
            write(writer)
        })
    }

    /// Appends an operation whose value `write` appends; names over 255 bytes are the caller's to refuse.
    pub fn op<R>(
        &mut self,
        code: OpCode,
        particle: ParticleType,
        name: &[u8],
        write: impl FnOnce(&mut Writer<'b>) -> R,
    ) -> R {
        self.ops = self.ops.saturating_add(1);
        self.writer.sized_u32(|writer| {
            writer.bytes(&[code.0, particle.0, 0, name.len() as u8]);
            writer.bytes(name);
            write(writer)
        })
    }

    /// How many fields and operations were written.
    #[must_use]
    pub const fn counts(&self) -> (u16, u16) {
        (self.fields, self.ops)
    }
}

/// Appends one message without a frame: `header` with the counts of what `write` appended.
pub fn write_message<'b, R>(
    writer: &mut Writer<'b>,
    header: &Header,
    write: impl FnOnce(&mut Body<'_, 'b>) -> R,
) -> R {
    let start = writer.position();
    header.write(writer);
    let mut body = Body::new(writer);
    let result = write(&mut body);
    let (fields, ops) = body.counts();
    writer.patch_u16(start + 18, fields);
    writer.patch_u16(start + 20, ops);
    result
}

/// Appends a whole frame that holds one message.
pub fn write_request<R>(out: &mut Vec<u8>, header: &Header, write: impl FnOnce(&mut Body<'_, '_>) -> R) -> R {
    frame::write_frame(out, FrameType::MESSAGE, |writer| write_message(writer, header, write))
}

/// Checks that a body is a non-empty sequence of whole messages.
///
/// # Errors
/// As [`Message::read`].
pub fn messages(body: &[u8]) -> impl Iterator<Item = Result<Message<'_>, DecodeError>> {
    let mut reader = Reader::new(body);
    let mut failed = body.is_empty().then(|| reader.error("message", DecodeErrorKind::Truncated));
    core::iter::from_fn(move || {
        if let Some(error) = failed.take() {
            reader.rest();
            return Some(Err(error));
        }
        if reader.is_empty() {
            return None;
        }
        let message = Message::read(&mut reader);
        if message.is_err() {
            reader.rest();
        }
        Some(message)
    })
}
