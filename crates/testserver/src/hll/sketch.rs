//! A HyperLogLog sketch as it is stored: header and bit-packed registers.
//!
//! Imports the hash. Invariant: `registers` holds exactly `2^index_bits` registers of `6 + minhash_bits` bits, most
//! significant bit first, padded to whole bytes. Source: server `particle_hll.c`; the place of index, rank and
//! minhash in the hash as captured sketches show it.

use super::hash::murmur;

const HEADER: usize = 11;
const RANK_BITS: u32 = 6;
const MAX_RANK: u32 = (1 << RANK_BITS) - 1;

/// Sizes of a sketch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Shape {
    pub(crate) index_bits: u8,
    pub(crate) minhash_bits: u8,
}

impl Shape {
    /// A shape within the limits, if it is one.
    pub(crate) fn new(index_bits: i64, minhash_bits: i64) -> Option<Self> {
        let fits = (4..=16).contains(&index_bits) && (minhash_bits == 0 || (4..=51).contains(&minhash_bits));
        let fits = fits && index_bits + minhash_bits <= 64;
        fits.then_some(Self { index_bits: index_bits as u8, minhash_bits: minhash_bits as u8 })
    }

    pub(crate) const fn count(self) -> usize {
        1 << self.index_bits
    }

    const fn width(self) -> usize {
        RANK_BITS as usize + self.minhash_bits as usize
    }

    const fn size(self) -> usize {
        (self.count() * self.width()).div_ceil(8)
    }

    /// Register index and value of an element.
    const fn place(self, element: (u64, u64)) -> (usize, u64) {
        let (low, high) = element;
        let index = low & ((1 << self.index_bits) - 1);
        let minhash = (low >> self.index_bits) & ((1 << self.minhash_bits) - 1);
        let zeros = high.trailing_zeros() + 1;
        let rank = if zeros > MAX_RANK { MAX_RANK } else { zeros };
        (index as usize, (rank as u64) << self.minhash_bits | minhash)
    }
}

/// A sketch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Sketch {
    pub(crate) shape: Shape,
    /// The count as last refreshed; 0 after any change.
    pub(crate) cached_count: u64,
    registers: Vec<u8>,
}

impl Sketch {
    pub(crate) fn empty(shape: Shape) -> Self {
        Self { shape, cached_count: 0, registers: vec![0; shape.size()] }
    }

    /// Reads the body of a particle.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (header, registers) = bytes.split_first_chunk::<HEADER>()?;
        let [0, index_bits, minhash_bits, cached @ ..] = *header else { return None };
        let shape = Shape::new(i64::from(index_bits), i64::from(minhash_bits))?;
        let cached_count = u64::from_be_bytes(cached);
        (registers.len() == shape.size()).then(|| Self { shape, cached_count, registers: registers.into() })
    }

    /// The body of a particle.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + self.registers.len());
        bytes.extend_from_slice(&[0, self.shape.index_bits, self.shape.minhash_bits]);
        bytes.extend_from_slice(&self.cached_count.to_be_bytes());
        bytes.extend_from_slice(&self.registers);
        bytes
    }

    /// Counts a packed element; whether it changed a register.
    pub(crate) fn add(&mut self, element: &[u8]) -> bool {
        let (index, value) = self.shape.place(murmur(element));
        let changes = value > self.register(index);
        if changes {
            self.set_register(index, value);
            self.cached_count = 0;
        }
        changes
    }

    /// Whether an element may have been counted.
    pub(crate) fn may_contain(&self, element: &[u8]) -> bool {
        let (index, value) = self.shape.place(murmur(element));
        self.register(index) >= value
    }

    /// The value of a register: rank, then minhash.
    pub(crate) fn register(&self, index: usize) -> u64 {
        let width = self.shape.width();
        let at = index * width;
        let bytes = self.registers.get(at / 8..).unwrap_or_default();
        let window =
            bytes.iter().take(8).enumerate().fold(0, |all, (i, byte)| all | u64::from(*byte) << (56 - 8 * i));
        (window << (at % 8)) >> (64 - width)
    }

    /// Its rank.
    pub(crate) fn rank(&self, index: usize) -> usize {
        (self.register(index) >> self.shape.minhash_bits) as usize
    }

    /// The union with another sketch, of the smaller shape of both. Minhash is kept only between equal shapes.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut union = Self::empty(smaller(self.shape, other.shape));
        union.merge(self);
        union.merge(other);
        union
    }

    /// Takes in the registers of a sketch that is not smaller.
    pub(crate) fn merge(&mut self, other: &Self) {
        let mask = self.shape.count() - 1;
        let keeps_minhash = self.shape == other.shape;
        for index in 0..other.shape.count() {
            let value = if keeps_minhash {
                other.register(index)
            } else {
                (other.rank(index) as u64) << self.shape.minhash_bits
            };
            if value > self.register(index & mask) {
                self.set_register(index & mask, value);
                self.cached_count = 0;
            }
        }
    }

    /// The sketch with fewer registers and no minhash.
    pub(crate) fn fold(&self, index_bits: u8) -> Self {
        let mut folded = Self::empty(Shape { index_bits, minhash_bits: 0 });
        folded.merge(self);
        folded
    }

    fn set_register(&mut self, index: usize, value: u64) {
        let width = self.shape.width();
        for bit in 0..width {
            let at = index * width + bit;
            let mask = 0x80 >> (at % 8);
            if let Some(byte) = self.registers.get_mut(at / 8) {
                let is_set = value >> (width - 1 - bit) & 1 == 1;
                *byte = if is_set { *byte | mask } else { *byte & !mask };
            }
        }
    }
}

/// The shape that sketches of two shapes can both be brought to.
pub(crate) fn smaller(a: Shape, b: Shape) -> Shape {
    if a == b { a } else { Shape { index_bits: a.index_bits.min(b.index_bits), minhash_bits: 0 } }
}
