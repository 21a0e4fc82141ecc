//! A cursor over bytes from outside, with named takes.
//!
//! Imports `core`. Invariant: `at <= bytes.len()`; a failed take moves nothing.

use core::fmt;

/// "Not yet" as a value: whether the bytes at hand held a whole item.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status<T> {
    /// The item is whole.
    Complete(T),
    /// `need` more bytes, at least, must arrive first.
    Partial {
        /// How many bytes are missing, as far as can be told now.
        need: usize,
    },
}

/// Bytes from a peer that break the protocol: what was being read, where, and how it failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DecodeError {
    /// The item that was being read, in the protocol's words.
    pub what: &'static str,
    /// Offset of the failure from the start of the buffer given to the reader.
    pub at: usize,
    /// How it failed.
    pub kind: DecodeErrorKind,
}

/// How decoding failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The buffer ended inside the item.
    Truncated,
    /// A length, count or code that cannot be right.
    Invalid,
    /// Larger or deeper than the limit in force.
    Limit,
    /// Bytes were left after the last item.
    Trailing,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.kind {
            DecodeErrorKind::Truncated => "is cut short",
            DecodeErrorKind::Invalid => "is invalid",
            DecodeErrorKind::Limit => "is over the limit",
            DecodeErrorKind::Trailing => "is followed by extra bytes",
        };
        write!(f, "{} {how} at byte {}", self.what, self.at)
    }
}

impl core::error::Error for DecodeError {}

/// A cursor over a borrowed buffer.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A cursor at the start of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Offset of the cursor.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.at
    }

    /// Bytes after the cursor.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Whether the cursor is at the end.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.remaining() == 0
    }

    /// The bytes between an earlier position and the cursor.
    #[must_use]
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(len).filter(|end| *end <= self.bytes.len());
        let Some(end) = end else { return Err(self.error(what, DecodeErrorKind::Truncated)) };
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        let taken = self.take(N, what)?;
        let mut array = [0; N];
        array.copy_from_slice(taken);
        Ok(array)
    }

    /// Everything after the cursor.
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        self.at = self.bytes.len();
        rest
    }

    /// One byte.
    pub fn u8(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        let [byte] = self.array(what)?;
        Ok(byte)
    }

    /// A big-endian 16-bit number.
    pub fn u16(&mut self, what: &'static str) -> Result<u16, DecodeError> {
        Ok(u16::from_be_bytes(self.array(what)?))
    }

    /// A big-endian 32-bit number.
    pub fn u32(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.array(what)?))
    }

    /// A big-endian 64-bit number.
    pub fn u64(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        Ok(u64::from_be_bytes(self.array(what)?))
    }

    /// Fails unless the cursor is at the end.
    pub fn finish(&self, what: &'static str) -> Result<(), DecodeError> {
        if self.is_empty() { Ok(()) } else { Err(self.error(what, DecodeErrorKind::Trailing)) }
    }

    /// An error about the item at the cursor.
    #[must_use]
    pub const fn error(&self, what: &'static str, kind: DecodeErrorKind) -> DecodeError {
        DecodeError { what, at: self.at, kind }
    }
}
