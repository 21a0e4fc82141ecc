//! Appends to a caller's buffer; lengths are patched in after what they measure is written, never estimated.
//!
//! Imports `alloc`.

use alloc::vec::Vec;

/// Appends big-endian items to a borrowed `Vec`.
#[derive(Debug)]
pub struct Writer<'b> {
    out: &'b mut Vec<u8>,
}

impl<'b> Writer<'b> {
    /// A writer that appends to `out`.
    pub const fn new(out: &'b mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Length of the buffer so far: a position for [`Writer::patch_u16`] and friends.
    #[must_use]
    pub fn position(&self) -> usize {
        self.out.len()
    }

    /// Appends raw bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Appends one byte.
    pub fn u8(&mut self, value: u8) {
        self.out.push(value);
    }

    /// Appends a 16-bit number.
    pub fn u16(&mut self, value: u16) {
        self.bytes(&value.to_be_bytes());
    }

    /// Appends a 32-bit number.
    pub fn u32(&mut self, value: u32) {
        self.bytes(&value.to_be_bytes());
    }

    /// Appends a 64-bit number.
    pub fn u64(&mut self, value: u64) {
        self.bytes(&value.to_be_bytes());
    }

    /// Overwrites bytes written earlier; a position beyond the end is ignored.
    pub fn patch(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.out.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// Overwrites the byte at `at`.
    pub fn patch_u8(&mut self, at: usize, value: u8) {
        self.patch(at, &[value]);
    }

    /// Overwrites the 16-bit number at `at`.
    pub fn patch_u16(&mut self, at: usize, value: u16) {
        self.patch(at, &value.to_be_bytes());
    }

    /// Overwrites the 32-bit number at `at`.
    pub fn patch_u32(&mut self, at: usize, value: u32) {
        self.patch(at, &value.to_be_bytes());
    }

    /// Writes a 32-bit length and then what `write` appends, which is what the length measures.
    pub fn sized_u32<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let at = self.position();
        self.u32(0);
        let result = write(self);
        let length = self.position() - at - 4;
        self.patch_u32(at, u32::try_from(length).unwrap_or(u32::MAX));
        result
    }
}
