//! Choices out of arbitrary bytes.
//!
//! Imports nothing. Where the bytes end every choice is the first one, so that short inputs mean something too.

/// A cursor over the fuzzer's bytes.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    bytes: &'a [u8],
}

impl<'a> Source<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn u8(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_be_bytes([self.u8(), self.u8()])
    }

    pub(super) fn bool(&mut self) -> bool {
        self.u8() & 1 != 0
    }

    /// A number below `count`, which must not be 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(self.u8()) % count
    }

    /// One of a few.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// The next bytes, fewer where they end.
    pub(super) fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.bytes.split_at(len.min(self.bytes.len()));
        self.bytes = rest;
        taken
    }

    /// Bytes with their length before them.
    pub(super) fn sized(&mut self) -> &'a [u8] {
        let len = match self.u8() {
            short @ 0..=0xf0 => usize::from(short),
            long => usize::from(long & 0x0f) << 8 | usize::from(self.u8()),
        };
        self.take(len)
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        self.take(usize::MAX)
    }

    /// All bytes up to a separator, which is taken too.
    pub(super) fn line(&mut self) -> &'a [u8] {
        let end = self.bytes.iter().position(|byte| *byte == b'\n').unwrap_or(self.bytes.len());
        let line = self.take(end);
        self.take(1);
        line
    }
}

/// Cuts bytes into pieces whose sizes follow from a seed: from one by one to a few large ones.
pub(super) fn pieces(seed: u16, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut random = u64::from(seed);
    let mut rest = bytes;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let widest = 1u64 << (seed % 9);
        let (piece, behind) = rest.split_at((1 + (random >> 33) % widest).min(rest.len() as u64) as usize);
        rest = behind;
        Some(piece)
    })
}
