//! Sets of bytes.
//!
//! Imports nothing.

use core::ops::{BitOrAssign, Not};

/// Which of the 256 bytes are in it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct ByteSet([u64; 4]);

impl ByteSet {
    fn of(is_member: impl Fn(&u8) -> bool) -> Self {
        let mut set = Self::default();
        (0..=u8::MAX).filter(is_member).for_each(|byte| set.add(byte));
        set
    }

    /// A named class of POSIX; `None` for a name that is none.
    pub(super) fn class(name: &[u8]) -> Option<Self> {
        Some(Self::of(match name {
            b"alnum" => u8::is_ascii_alphanumeric,
            b"alpha" => u8::is_ascii_alphabetic,
            b"blank" => |byte: &u8| matches!(byte, b' ' | b'\t'),
            b"cntrl" => u8::is_ascii_control,
            b"digit" => u8::is_ascii_digit,
            b"graph" => u8::is_ascii_graphic,
            b"lower" => u8::is_ascii_lowercase,
            b"print" => |byte: &u8| matches!(byte, b' '..=b'~'),
            b"punct" => u8::is_ascii_punctuation,
            // The library's own has no vertical tab.
            b"space" => |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r'),
            b"upper" => u8::is_ascii_uppercase,
            b"xdigit" => u8::is_ascii_hexdigit,
            _ => return None,
        }))
    }

    /// What words are made of.
    pub(super) fn word() -> Self {
        Self::of(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    }

    pub(super) const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize >> 6] >> (byte & 63) & 1 != 0
    }

    pub(super) const fn add(&mut self, byte: u8) {
        self.0[byte as usize >> 6] |= 1 << (byte & 63);
    }

    /// `None` if the ends are the wrong way round.
    pub(super) fn add_range(&mut self, from: u8, to: u8) -> Option<()> {
        (from..=to).for_each(|byte| self.add(byte));
        (from <= to).then_some(())
    }

    /// Adds the other case of every letter.
    pub(super) fn fold_case(&mut self) {
        let other = |byte: &u8| self.has(byte.to_ascii_lowercase()) || self.has(byte.to_ascii_uppercase());
        *self = Self::of(|byte| self.has(*byte) || other(byte));
    }
}

impl Not for ByteSet {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0.map(|bits| !bits))
    }
}

impl BitOrAssign for ByteSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(bits, more)| *bits |= more);
    }
}
