//! Maps and the operations that change them.
//!
//! Imports packed values, operations. Invariant: pairs are sorted by key, in unordered maps too. Source: server
//! `cdt.c`, `particle_map.c`.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::msgpack::order;

use super::Outcome;
use super::compare;
use super::map_select;
use super::number;
use super::op::{Call, Params, code};
use super::packed::{self, Kind, Malformed};

/// Write flags.
mod flag {
    pub(super) const CREATE_ONLY: i64 = 1;
    pub(super) const UPDATE_ONLY: i64 = 2;
    pub(super) const NO_FAIL: i64 = 4;
    pub(super) const PARTIAL: i64 = 8;
}

/// The order flags that are stored.
const ORDER: i64 = order::KEY_VALUE_ORDERED as i64;
const PERSIST_INDEX: i64 = 0x10;

/// A map, keys and values packed.
#[derive(Clone, Debug, Default)]
pub(super) struct Map<'a> {
    pub(super) flags: u8,
    pub(super) pairs: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Map<'a> {
    pub(super) fn load(packed: &'a [u8]) -> Result<Self, Malformed> {
        if Kind::of(packed) != Some(Kind::Map) {
            return Err(Malformed);
        }
        let (flags, items) = packed::children(packed)?;
        let mut pairs: Vec<_> = items.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        // A constant that an expression wrote need not be sorted.
        if !pairs.is_sorted_by(|a, b| compare::order(a.0, b.0).is_le()) {
            crate::order::sort(&mut pairs, |a, b| compare::order(a.0, b.0));
        }
        Ok(Self { flags, pairs })
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        packed::map(self.flags, self.pairs.iter().copied())
    }

    /// Where a key is, or where it would be.
    pub(super) fn find(&self, key: &[u8]) -> Result<usize, usize> {
        let at = self.lower_bound(key);
        match self.pairs.get(at) {
            Some((other, _)) if compare::order(other, key).is_eq() => Ok(at),
            _ => Err(at),
        }
    }

    /// How many keys are less.
    pub(super) fn lower_bound(&self, key: &[u8]) -> usize {
        self.pairs.partition_point(|(other, _)| compare::order(other, key).is_lt())
    }

    /// Puts a pair.
    pub(super) fn put(&mut self, key: &'a [u8], value: &'a [u8]) {
        match self.find(key) {
            Ok(at) => self.pairs[at] = (key, value),
            Err(at) => self.pairs.insert(at, (key, value)),
        }
    }
}

/// Runs an operation on a map, or on none.
pub(super) fn run(base: Option<&[u8]>, call: &Call<'_>) -> Result<Outcome, ResultCode> {
    let params = &call.params;
    match call.opcode {
        code::MAP_SET_TYPE => set_type(base, params),
        code::ADD => put_one(base, params, params.flags(2)?, flag::CREATE_ONLY),
        code::ADD_ITEMS => put_items(base, params, params.flags(1)?, flag::CREATE_ONLY),
        code::PUT => put_one(base, params, params.flags(2)?, params.flags(3)?),
        code::PUT_ITEMS => put_items(base, params, params.flags(1)?, params.flags(2)?),
        code::REPLACE => put_one(base, params, 0, flag::UPDATE_ONLY),
        code::REPLACE_ITEMS => put_items(base, params, 0, flag::UPDATE_ONLY),
        code::MAP_INCREMENT | code::MAP_DECREMENT => increment(base, call),
        _ => base.map_or_else(|| Ok(Outcome::default()), |base| run_on_map(base, call)),
    }
}

/// The operations that do nothing where there is no map.
fn run_on_map(base: &[u8], call: &Call<'_>) -> Result<Outcome, ResultCode> {
    let mut map = Map::load(base)?;
    match call.opcode {
        code::MAP_SIZE => Ok(Outcome::answer(packed::count(map.pairs.len()))),
        code::MAP_CLEAR => {
            map.pairs.clear();
            Ok(Outcome::changed(None, map.pack()))
        }
        _ => map_select::run(map, call),
    }
}

fn set_type(base: Option<&[u8]>, params: &Params<'_>) -> Result<Outcome, ResultCode> {
    let flags = params.integer(0)?;
    if flags & !(ORDER | PERSIST_INDEX) != 0 {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let mut map = load_or_create(base, 0)?;
    map.flags = (flags & ORDER) as u8;
    Ok(Outcome::changed(None, map.pack()))
}

fn put_one(
    base: Option<&[u8]>,
    params: &Params<'_>,
    creation: i64,
    flags: i64,
) -> Result<Outcome, ResultCode> {
    let (key, value) = (key(params)?, params.value(1)?);
    put_all(base, &[(&key, &value)], creation, flags)
}

fn put_items(
    base: Option<&[u8]>,
    params: &Params<'_>,
    creation: i64,
    flags: i64,
) -> Result<Outcome, ResultCode> {
    let items = params.container(0, Kind::Map)?;
    put_all(base, &Map::load(&items)?.pairs, creation, flags)
}

fn put_all(
    base: Option<&[u8]>,
    pairs: &[(&[u8], &[u8])],
    creation: i64,
    flags: i64,
) -> Result<Outcome, ResultCode> {
    let map = load_or_create(base, creation)?;
    let mut changed = map.clone();
    for (key, value) in pairs {
        match admitted(&map, key, flags) {
            Ok(()) => changed.put(key, value),
            Err(code) if flags & flag::NO_FAIL == 0 => return Err(code),
            Err(_) if flags & flag::PARTIAL != 0 => {}
            Err(_) => return Ok(Outcome::answer(packed::count(map.pairs.len()))),
        }
    }
    Ok(Outcome::changed(Some(packed::count(changed.pairs.len())), changed.pack()))
}

fn increment(base: Option<&[u8]>, call: &Call<'_>) -> Result<Outcome, ResultCode> {
    let params = &call.params;
    let (key, delta, creation) = (key(params)?, params.delta(1)?, params.flags(2)?);
    let mut map = load_or_create(base, creation)?;
    let there = map.find(&key).ok().map(|at| map.pairs[at].1);
    let sum = number::add(there, delta, call.opcode == code::MAP_DECREMENT)?;
    map.put(&key, &sum);
    let value = map.pack();
    Ok(Outcome::changed(Some(sum), value))
}

fn load_or_create(base: Option<&[u8]>, creation: i64) -> Result<Map<'_>, ResultCode> {
    match base {
        Some(base) => Ok(Map::load(base)?),
        None => Ok(Map { flags: (creation & ORDER) as u8, pairs: Vec::new() }),
    }
}

/// The first parameter, a key to store.
fn key(params: &Params<'_>) -> Result<Vec<u8>, ResultCode> {
    let key = params.value(0)?;
    if packed::is_key(&packed::token(&key)?) { Ok(key) } else { Err(ResultCode::PARAMETER) }
}

/// Whether write flags let a key in.
fn admitted(map: &Map<'_>, key: &[u8], flags: i64) -> Result<(), ResultCode> {
    match map.find(key) {
        Ok(_) if flags & flag::CREATE_ONLY != 0 => Err(ResultCode::ELEMENT_EXISTS),
        Err(_) if flags & flag::UPDATE_ONLY != 0 => Err(ResultCode::ELEMENT_NOT_FOUND),
        _ => Ok(()),
    }
}
