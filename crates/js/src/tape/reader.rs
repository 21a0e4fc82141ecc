//! Reads one command from the input tape.
//!
//! Imports the core's public API. The tape is written by our own JavaScript, yet read as if it came from anywhere: a
//! malformed one is an error, never a panic. Lists and maps are packed on the way into `scratch`, whose bytes the
//! operations then borrow.

use aerospike_wasm::data::{Digest, KeyRef, UserKeyRef, ValueRef};
use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{Writer, msgpack};
use aerospike_wasm::{
    ArgError, CommitLevel, Exists, GenerationPolicy, Operation, Policy, ReadModeAp, ReadModeSc, Replica,
    RowPolicy,
};

/// Deepest nesting of a value.
const MAX_DEPTH: usize = 64;

/// Little-endian reads with one error.
#[derive(Clone, Debug)]
pub(crate) struct TapeReader<'a> {
    bytes: &'a [u8],
}

impl<'a> TapeReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], ArgError> {
        let (taken, rest) = self.bytes.split_at_checked(len).ok_or(ArgError::Malformed { what: "tape" })?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ArgError> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(ArgError::Malformed { what: "tape" })?;
        self.bytes = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, ArgError> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, ArgError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, ArgError> {
        self.array().map(u32::from_le_bytes)
    }

    fn short_text(&mut self) -> Result<&'a str, ArgError> {
        let len = usize::from(self.u8()?);
        text(self.take(len)?)
    }

    fn long_bytes(&mut self) -> Result<&'a [u8], ArgError> {
        let len = self.u32()? as usize;
        self.take(len)
    }

    /// Bytes left.
    pub(crate) const fn left(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn key(&mut self) -> Result<KeyRef<'a>, ArgError> {
        let namespace = self.short_text()?;
        let set = self.short_text()?;
        let user_key = match self.u8()? {
            0 => None,
            1 => Some(UserKeyRef::Integer(i64::from_le_bytes(self.array()?))),
            3 => Some(UserKeyRef::String(text(self.long_bytes()?)?)),
            4 => Some(UserKeyRef::Blob(self.long_bytes()?)),
            _ => return Err(ArgError::Malformed { what: "key" }),
        };
        let digest = if self.u8()? != 0 { Some(Digest(self.array()?)) } else { None };
        match (user_key, digest) {
            (Some(user_key), None) => Ok(KeyRef::new(namespace, set, user_key)),
            (user_key, Some(digest)) => {
                Ok(KeyRef { user_key, ..KeyRef::with_digest(namespace, set, digest) })
            }
            (None, None) => Err(ArgError::Nothing { what: "key" }),
        }
    }

    /// The policy block, and the filter expression behind it.
    pub(crate) fn policy(&mut self) -> Result<(Policy, Option<&'a [u8]>), ArgError> {
        let mut block = TapeReader::new(self.take(48)?);
        let block = &mut block;
        let mut policy = Policy {
            socket_timeout_ms: block.u32()?,
            total_timeout_ms: block.u32()?,
            timeout_delay_ms: block.u32()?,
            sleep_between_retries_ms: block.u32()?,
            max_retries: block.u16()?,
            replica: replica(block.u8()?)?,
            read_mode_ap: read_mode_ap(block.u8()?)?,
            read_mode_sc: read_mode_sc(block.u8()?)?,
            ..Policy::read()
        };
        policy.row.exists = exists(block.u8()?)?;
        policy.row.generation_policy = generation_policy(block.u8()?)?;
        policy.row.commit_level = commit_level(block.u8()?)?;
        let (bits, batch) = (block.u8()?, block.u8()?);
        block.u16()?;
        policy.row.send_key = bits & 1 != 0;
        policy.row.durable_delete = bits & 2 != 0;
        policy.respond_all_ops = bits & 4 != 0;
        policy.allow_inline = batch & 1 != 0;
        policy.allow_inline_ssd = batch & 2 != 0;
        policy.respond_all_keys = batch & 4 != 0;
        policy.sequential = batch & 8 != 0;
        policy.row.ttl = block.u32()?;
        policy.row.generation = block.u32()?;
        policy.read_touch_ttl_percent = block.u32()?;
        let filter = self.long_bytes()?;
        Ok((policy, (!filter.is_empty()).then_some(filter)))
    }

    pub(crate) fn row_policy(&mut self) -> Result<RowPolicy, ArgError> {
        let exists = exists(self.u8()?)?;
        let generation_policy = generation_policy(self.u8()?)?;
        let commit_level = commit_level(self.u8()?)?;
        let bits = self.u8()?;
        Ok(RowPolicy {
            exists,
            generation_policy,
            commit_level,
            send_key: bits & 1 != 0,
            durable_delete: bits & 2 != 0,
            ttl: self.u32()?,
            generation: self.u32()?,
        })
    }

    /// A list of operations, appended to `ops`. Every list or map takes the next element of `packed`, which
    /// [`pack_values`] filled from the same tape.
    pub(crate) fn operations(
        &mut self,
        packed: &mut core::slice::Iter<'a, Vec<u8>>,
        ops: &mut Vec<Operation<'a>>,
    ) -> Result<(), ArgError> {
        for _ in 0..self.u16()? {
            let code = OpCode(self.u8()?);
            let bin = self.short_text()?;
            ops.push(Operation { code, bin, value: self.value(packed)? });
        }
        Ok(())
    }

    /// Passes over a list of operations.
    pub(crate) fn skip_operations(&mut self) -> Result<(), ArgError> {
        for _ in 0..self.u16()? {
            self.u8()?;
            self.short_text()?;
            self.skip_value()?;
        }
        Ok(())
    }

    fn value(&mut self, packed: &mut core::slice::Iter<'a, Vec<u8>>) -> Result<ValueRef<'a>, ArgError> {
        Ok(match self.u8()? {
            0 => ValueRef::Nil,
            1 => ValueRef::Integer(i64::from_le_bytes(self.array()?)),
            2 => ValueRef::Float(f64::from_le_bytes(self.array()?)),
            3 => ValueRef::String(text(self.long_bytes()?)?),
            4 => ValueRef::Blob(self.long_bytes()?),
            17 => ValueRef::Bool(self.u8()? != 0),
            18 => ValueRef::Hll(self.long_bytes()?),
            23 => ValueRef::GeoJson(text(self.long_bytes()?)?),
            tag @ (19 | 20) => {
                self.skip_container(tag)?;
                let bytes = packed.next().ok_or(ArgError::Malformed { what: "value" })?;
                ValueRef::Packed(ParticleType(tag), bytes)
            }
            255 => ValueRef::Unknown(ParticleType(self.u8()?), self.long_bytes()?),
            _ => return Err(ArgError::Malformed { what: "value" }),
        })
    }

    fn skip_container(&mut self, tag: u8) -> Result<(), ArgError> {
        self.u8()?;
        let count = u64::from(self.u32()?) * if tag == 19 { 2 } else { 1 };
        (0..count).try_for_each(|_| self.skip_value())
    }

    fn skip_value(&mut self) -> Result<(), ArgError> {
        match self.u8()? {
            0 => {}
            1 | 2 => drop(self.take(8)?),
            17 => drop(self.u8()?),
            3 | 4 | 18 | 23 | 254 => drop(self.long_bytes()?),
            255 => {
                self.u8()?;
                self.long_bytes()?;
            }
            tag @ (19 | 20) => self.skip_container(tag)?,
            _ => return Err(ArgError::Malformed { what: "value" }),
        }
        Ok(())
    }
}

/// Packs every list and map among the values of an operation list, in order.
pub(crate) fn pack_values(tape: &TapeReader<'_>, packed: &mut PackedValues) -> Result<(), ArgError> {
    let mut tape = tape.clone();
    for _ in 0..tape.u16()? {
        tape.u8()?;
        tape.short_text()?;
        let mut ahead = tape.clone();
        match ahead.u8()? {
            19 | 20 => pack(&mut tape, &mut Writer::new(packed.add()), 0)?,
            _ => tape.skip_value()?,
        }
    }
    Ok(())
}

/// Packed lists and maps, in buffers that are used again.
#[derive(Debug, Default)]
pub(crate) struct PackedValues {
    buffers: Vec<Vec<u8>>,
    used: usize,
}

impl PackedValues {
    pub(crate) const fn clear(&mut self) {
        self.used = 0;
    }

    pub(crate) fn iter(&self) -> core::slice::Iter<'_, Vec<u8>> {
        self.buffers.get(..self.used).unwrap_or_default().iter()
    }

    fn add(&mut self) -> &mut Vec<u8> {
        if self.used == self.buffers.len() {
            self.buffers.push(Vec::new());
        }
        self.used += 1;
        let buffer = &mut self.buffers[self.used - 1];
        buffer.clear();
        buffer
    }
}

fn pack(tape: &mut TapeReader<'_>, out: &mut Writer<'_>, depth: usize) -> Result<(), ArgError> {
    if depth > MAX_DEPTH {
        return Err(ArgError::Malformed { what: "value (nested too deeply)" });
    }
    match tape.u8()? {
        0 => msgpack::write_nil(out),
        1 => msgpack::write_integer(out, i64::from_le_bytes(tape.array()?)),
        2 => msgpack::write_float(out, f64::from_le_bytes(tape.array()?)),
        17 => msgpack::write_bool(out, tape.u8()? != 0),
        tag @ (3 | 4 | 18 | 23) => msgpack::write_typed(out, ParticleType(tag), tape.long_bytes()?),
        254 => out.bytes(tape.long_bytes()?),
        255 => {
            let particle = ParticleType(tape.u8()?);
            msgpack::write_typed(out, particle, tape.long_bytes()?);
        }
        tag @ (19 | 20) => {
            let order = tape.u8()?;
            let count = tape.u32()? as usize;
            // Every element takes a byte at least.
            if count > tape.left() {
                return Err(ArgError::Malformed { what: "value" });
            }
            if tag == 20 {
                msgpack::write_list_header(out, count, order);
            } else {
                msgpack::write_map_header(out, count, order);
            }
            let elements = if tag == 20 { count } else { count * 2 };
            (0..elements).try_for_each(|_| pack(tape, out, depth + 1))?;
        }
        _ => return Err(ArgError::Malformed { what: "value" }),
    }
    Ok(())
}

fn text(bytes: &[u8]) -> Result<&str, ArgError> {
    core::str::from_utf8(bytes).map_err(|_| ArgError::Malformed { what: "text" })
}

const fn replica(code: u8) -> Result<Replica, ArgError> {
    match code {
        0 => Ok(Replica::Master),
        1 => Ok(Replica::Sequence),
        2 => Ok(Replica::PreferRack),
        3 => Ok(Replica::Any),
        _ => Err(ArgError::Malformed { what: "replica" }),
    }
}

const fn read_mode_ap(code: u8) -> Result<ReadModeAp, ArgError> {
    match code {
        0 => Ok(ReadModeAp::One),
        1 => Ok(ReadModeAp::All),
        _ => Err(ArgError::Malformed { what: "readModeAp" }),
    }
}

const fn read_mode_sc(code: u8) -> Result<ReadModeSc, ArgError> {
    match code {
        0 => Ok(ReadModeSc::Session),
        1 => Ok(ReadModeSc::Linearize),
        2 => Ok(ReadModeSc::AllowReplica),
        3 => Ok(ReadModeSc::AllowUnavailable),
        _ => Err(ArgError::Malformed { what: "readModeSc" }),
    }
}

const fn exists(code: u8) -> Result<Exists, ArgError> {
    match code {
        0 => Ok(Exists::Ignore),
        1 => Ok(Exists::UpdateOnly),
        2 => Ok(Exists::Replace),
        3 => Ok(Exists::ReplaceOnly),
        4 => Ok(Exists::CreateOnly),
        _ => Err(ArgError::Malformed { what: "exists" }),
    }
}

const fn generation_policy(code: u8) -> Result<GenerationPolicy, ArgError> {
    match code {
        0 => Ok(GenerationPolicy::Ignore),
        1 => Ok(GenerationPolicy::Equal),
        2 => Ok(GenerationPolicy::Greater),
        _ => Err(ArgError::Malformed { what: "gen" }),
    }
}

const fn commit_level(code: u8) -> Result<CommitLevel, ArgError> {
    match code {
        0 => Ok(CommitLevel::All),
        1 => Ok(CommitLevel::Master),
        _ => Err(ArgError::Malformed { what: "commitLevel" }),
    }
}
