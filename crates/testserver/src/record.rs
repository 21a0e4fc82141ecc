//! A record as it is stored: bins in order of creation, metadata, and the size of its stored form.
//!
//! Imports particles. Invariants: at least one bin (a record without bins is not stored), generation 1 to 65,535,
//! no two bins of one name. Source: server `record_ce.c`, `datamodel.h`; sizes as observed (`flat.c`).

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use crate::particle::Particle;
use crate::reply::Outcome;

/// The most bins a record may have.
pub(crate) const MAX_BINS: usize = 32_767;
const MAX_NAME: usize = 15;
const MAX_SET: usize = 63;
/// Fixed part of the stored form: metadata, digest and end mark.
const BASE_SIZE: usize = 39;
/// The stored form is a whole number of these blocks.
const BLOCK: usize = 16;

/// Name of a bin, held in place: its bytes, filled up with zeros, then its length. One number to compare.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BinName([u8; MAX_NAME + 1]);

impl BinName {
    /// A name of up to 15 bytes without NUL; the empty name is one.
    pub(crate) fn new(name: &[u8]) -> Result<Self, ResultCode> {
        if name.len() > MAX_NAME || name.contains(&0) {
            return Err(ResultCode::BIN_NAME);
        }
        let mut bytes = [0; MAX_NAME + 1];
        bytes[..name.len()].copy_from_slice(name);
        bytes[MAX_NAME] = name.len() as u8;
        Ok(Self(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0[..usize::from(self.0[MAX_NAME])]
    }

    const fn as_number(self) -> u128 {
        u128::from_ne_bytes(self.0)
    }
}

/// A named value.
#[derive(Clone, Debug)]
pub(crate) struct Bin {
    pub(crate) name: BinName,
    pub(crate) value: Particle,
}

/// A stored record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) set: Box<[u8]>,
    /// Particle type and value of the user key, if a write sent it.
    pub(crate) user_key: Option<Box<[u8]>>,
    pub(crate) bins: Vec<Bin>,
    pub(crate) generation: u16,
    /// Seconds since 2010; 0 for never.
    pub(crate) void_time: u32,
    /// The TTL that `void_time` came from, in seconds.
    pub(crate) ttl: u32,
    /// Unix milliseconds.
    pub(crate) last_update: u64,
}

impl Record {
    /// Where a bin is.
    pub(crate) fn position(&self, name: &[u8]) -> Option<usize> {
        let name = BinName::new(name).ok()?.as_number();
        self.bins.iter().position(|bin| bin.name.as_number() == name)
    }

    /// The value of a bin.
    pub(crate) fn bin(&self, name: &[u8]) -> Option<&Particle> {
        self.position(name).map(|at| &self.bins[at].value)
    }

    /// The header of a reply about it.
    pub(crate) const fn outcome(&self, code: ResultCode) -> Outcome {
        Outcome { code, generation: self.generation, void_time: self.void_time, keeps_ops: false }
    }

    /// Whether its void time has come.
    pub(crate) const fn is_expired(&self, now_seconds: u32) -> bool {
        self.void_time != 0 && self.void_time <= now_seconds
    }

    /// The generation after one more write: 65,535 wraps to 1.
    pub(crate) const fn next_generation(&self) -> u16 {
        if self.generation == u16::MAX { 1 } else { self.generation + 1 }
    }

    /// Size of the stored form, which `max-record-size` limits.
    pub(crate) fn stored_size(&self) -> usize {
        let set = if self.set.is_empty() { 0 } else { 1 + self.set.len() };
        let key = self.user_key.as_ref().map_or(0, |key| varint_size(key.len()) + key.len());
        let void_time = if self.void_time == 0 { 0 } else { 4 };
        let bins: usize = self.bins.iter().map(bin_size).sum();
        let size = BASE_SIZE + set + key + void_time + varint_size(self.bins.len()) + bins;
        size.next_multiple_of(BLOCK)
    }
}

/// Whether a set name can be stored; the empty one stands for "no set".
pub(crate) fn is_valid_set(set: &[u8]) -> bool {
    set.len() <= MAX_SET && !set.contains(&0)
}

fn bin_size(bin: &Bin) -> usize {
    let bytes = &bin.value.bytes;
    let value = match bin.value.kind {
        ParticleType::INTEGER => 1 + integer_size(bytes),
        ParticleType::FLOAT => 8,
        ParticleType::BOOL => 1,
        _ => 4 + bytes.len(),
    };
    1 + bin.name.as_bytes().len() + 1 + value
}

fn integer_size(bytes: &[u8]) -> usize {
    match bytes.iter().take_while(|byte| **byte == 0).count() {
        7.. => 1,
        6 => 2,
        4..6 => 4,
        _ => 8,
    }
}

const fn varint_size(mut value: usize) -> usize {
    let mut size = 1;
    while value >= 0x80 {
        value >>= 7;
        size += 1;
    }
    size
}
