//! Ranges of bits inside bytes.
//!
//! Imports `core`. Bit 0 is the most significant bit of byte 0. Invariant: every access is checked, a bit outside
//! reads as 0 and cannot be set.

/// A range of bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Region {
    pub(crate) at: usize,
    pub(crate) len: usize,
}

impl Region {
    /// Finds a range in `total` bits; a negative offset counts from the end. With `partial` it is cut at the end.
    pub(crate) fn find(offset: i64, len: u64, total: usize, partial: bool) -> Option<Self> {
        let at = if offset < 0 { offset.checked_add(total as i64)? } else { offset };
        let at = usize::try_from(at).ok().filter(|at| *at < total)?;
        let room = total - at;
        let len = match usize::try_from(len) {
            Ok(len) if len <= room => len,
            _ if partial => room,
            _ => return None,
        };
        Some(Self { at, len })
    }

    /// The bits of the range, left-aligned and padded with zeros.
    pub(crate) fn extract(self, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![0; self.len.div_ceil(8)];
        self.each(|i| set_bit(&mut out, i, bit(bytes, self.at + i)));
        out
    }

    /// Sets every bit from its position in the range and its old value.
    pub(crate) fn update(self, bytes: &mut [u8], new: impl Fn(usize, bool) -> bool) {
        self.each(|i| {
            let value = new(i, bit(bytes, self.at + i));
            set_bit(bytes, self.at + i, value);
        });
    }

    /// The range of up to 64 bits as a number.
    pub(crate) fn number(self, bytes: &[u8]) -> u64 {
        (0..self.len).fold(0, |number, i| number << 1 | u64::from(bit(bytes, self.at + i)))
    }

    /// Stores the low bits of a number in a range of up to 64 bits.
    pub(crate) fn set_number(self, bytes: &mut [u8], number: u64) {
        self.each(|i| set_bit(bytes, self.at + i, number >> (self.len - 1 - i) & 1 == 1));
    }

    /// How many bits are set.
    pub(crate) fn count(self, bytes: &[u8]) -> usize {
        (0..self.len).filter(|i| bit(bytes, self.at + i)).count()
    }

    /// Place in the range of the first bit of a value.
    pub(crate) fn first(self, bytes: &[u8], value: bool) -> Option<usize> {
        (0..self.len).find(|i| bit(bytes, self.at + i) == value)
    }

    /// Place in the range of the last bit of a value.
    pub(crate) fn last(self, bytes: &[u8], value: bool) -> Option<usize> {
        (0..self.len).rev().find(|i| bit(bytes, self.at + i) == value)
    }

    fn each(self, action: impl FnMut(usize)) {
        (0..self.len).for_each(action);
    }
}

/// A bit; 0 outside.
pub(crate) fn bit(bytes: &[u8], at: usize) -> bool {
    bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
}

fn set_bit(bytes: &mut [u8], at: usize, value: bool) {
    if let Some(byte) = bytes.get_mut(at / 8) {
        let mask = 0x80 >> (at % 8);
        *byte = if value { *byte | mask } else { *byte & !mask };
    }
}
