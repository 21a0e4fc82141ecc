//! The 8-byte proto header, and the cutting of a byte stream into frames.
//!
//! Imports the reader. Layout: version (2), type, 48-bit big-endian size of the body. Source: server `proto.h`.
//! Invariant of [`Deframer`]: memory grows with bytes received, never with a size that a peer declared.

use alloc::vec::Vec;
use core::fmt;

use super::reader::{DecodeError, DecodeErrorKind, Status};
use super::writer::Writer;

/// The protocol version that every frame carries.
pub const VERSION: u8 = 2;
/// Size of the proto header.
pub const HEADER_SIZE: usize = 8;
/// The largest body a server accepts or sends: 128 MiB.
pub const MAX_BODY: usize = 128 << 20;

/// What a frame's body holds. Open: unknown codes are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameType(pub u8);

impl FrameType {
    /// Text of the info protocol.
    pub const INFO: Self = Self(1);
    /// A security (admin) message.
    pub const ADMIN: Self = Self(2);
    /// One or more record messages.
    pub const MESSAGE: Self = Self(3);
    /// A zlib-compressed record message (Enterprise Edition).
    pub const COMPRESSED: Self = Self(4);
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameHeader {
    /// Protocol version; 2.
    pub version: u8,
    /// What the body holds.
    pub kind: FrameType,
    /// Size of the body in bytes, without this header.
    pub size: u64,
}

impl FrameHeader {
    /// Reads a header.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; HEADER_SIZE]) -> Self {
        let [version, kind, size @ ..] = bytes;
        let [a, b, c, d, e, f] = size;
        Self { version, kind: FrameType(kind), size: u64::from_be_bytes([0, 0, a, b, c, d, e, f]) }
    }

    /// The header as bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; HEADER_SIZE] {
        let [_, _, a, b, c, d, e, f] = self.size.to_be_bytes();
        [self.version, self.kind.0, a, b, c, d, e, f]
    }
}

/// Appends a whole frame: the header, then what `write` appends.
pub fn write_frame<R>(out: &mut Vec<u8>, kind: FrameType, write: impl FnOnce(&mut Writer<'_>) -> R) -> R {
    let mut writer = Writer::new(out);
    let start = writer.position();
    writer.bytes(&[0; HEADER_SIZE]);
    let result = write(&mut writer);
    let size = (writer.position() - start - HEADER_SIZE) as u64;
    writer.patch(start, &FrameHeader { version: VERSION, kind, size }.to_bytes());
    result
}

/// A whole frame, borrowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frame<'a> {
    /// What the body holds.
    pub kind: FrameType,
    /// The body, without the header.
    pub body: &'a [u8],
}

/// Cuts a byte stream, arriving in pieces of any size, into frames.
///
/// Cursor: `0 <= start <= buffer.len()`; bytes before `start` are consumed and reclaimed on the next push.
pub struct Deframer {
    buffer: Vec<u8>,
    start: usize,
    max_body: usize,
}

impl fmt::Debug for Deframer {
    /// Without the bytes: they may be somebody's data, or what lets a client in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deframer")
            .field("buffered", &self.buffered())
            .field("max_body", &self.max_body)
            .finish()
    }
}

impl Deframer {
    /// A deframer that refuses bodies over `max_body` bytes.
    #[must_use]
    pub const fn new(max_body: usize) -> Self {
        Self { buffer: Vec::new(), start: 0, max_body }
    }

    /// Adds bytes that arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        } else if self.start > 0 && self.buffer.len() + bytes.len() > self.buffer.capacity() {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes that arrived and are not consumed.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// Whether the bytes at hand begin with a whole frame, and how long it is with its header.
    ///
    /// # Errors
    /// A version other than 2, a type that is not 1 to 4, or a size over the limit: this stream cannot be trusted.
    pub fn frame_len(&self) -> Result<Status<usize>, DecodeError> {
        let waiting = &self.buffer[self.start..];
        let Some(header) = waiting.first_chunk::<HEADER_SIZE>() else {
            return Ok(Status::Partial { need: HEADER_SIZE - waiting.len() });
        };
        let header = FrameHeader::from_bytes(*header);
        let error = |what, kind| Err(DecodeError { what, at: 0, kind });
        if header.version != VERSION {
            return error("proto version", DecodeErrorKind::Invalid);
        }
        if !matches!(header.kind.0, 1..=4) {
            return error("proto type", DecodeErrorKind::Invalid);
        }
        if header.size > self.max_body as u64 {
            return error("proto size", DecodeErrorKind::Limit);
        }
        let len = HEADER_SIZE + header.size as usize;
        if waiting.len() < len {
            return Ok(Status::Partial { need: len - waiting.len() });
        }
        Ok(Status::Complete(len))
    }

    /// The first `len` bytes at hand as a frame; `len` must come from [`Deframer::frame_len`].
    #[must_use]
    pub fn frame(&self, len: usize) -> Option<Frame<'_>> {
        let bytes = self.buffer.get(self.start..self.start + len)?;
        let (header, body) = bytes.split_first_chunk::<HEADER_SIZE>()?;
        Some(Frame { kind: FrameHeader::from_bytes(*header).kind, body })
    }

    /// Drops the first `len` bytes at hand.
    pub fn consume(&mut self, len: usize) {
        self.start = (self.start + len).min(self.buffer.len());
    }
}
