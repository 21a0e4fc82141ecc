//! Lists and the operations that change them.
//!
//! Imports packed values, operations. Invariant: the items of an ordered list are sorted after every change. Source:
//! server `cdt.c`, `particle_list.c`. One difference, on purpose: a value to append that claims to be ordered and is
//! not is refused (4); the server stores it damaged.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::msgpack::order;

use super::Outcome;
use super::compare;
use super::list_select;
use super::number;
use super::op::{Call, Params, code};
use super::packed::{self, Kind, Malformed, NIL};
use super::span::Span;

/// Write flags.
mod flag {
    pub(super) const ADD_UNIQUE: i64 = 1;
    pub(super) const INSERT_BOUNDED: i64 = 2;
    pub(super) const NO_FAIL: i64 = 4;
    pub(super) const PARTIAL: i64 = 8;
}

/// Flags of SET_TYPE beside [`order::ORDERED`].
const PERSIST_INDEX: i64 = 0x10;
const SORT_DESCENDING: i64 = 1;
const SORT_DROP_DUPLICATES: i64 = 2;
/// The most elements that an index beyond the end fills up: more make a record too big by default.
const MAX_PADDING: usize = 1 << 20;

/// A list, its items packed.
#[derive(Clone, Debug, Default)]
pub(super) struct List<'a> {
    pub(super) ordered: bool,
    pub(super) items: Vec<&'a [u8]>,
}

impl<'a> List<'a> {
    pub(super) fn load(packed: &'a [u8]) -> Result<Self, Malformed> {
        if Kind::of(packed) != Some(Kind::List) {
            return Err(Malformed);
        }
        let (flags, items) = packed::children(packed)?;
        Ok(Self { ordered: flags & order::ORDERED != 0, items })
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        packed::list(if self.ordered { order::ORDERED } else { 0 }, self.items.iter().copied())
    }

    /// Restores the order of an ordered list.
    pub(super) fn settle(&mut self) {
        if self.ordered {
            crate::order::sort(&mut self.items, compare::order);
        }
    }

    /// Fills up to `size` elements.
    pub(super) fn pad(&mut self, size: usize) -> Result<(), ResultCode> {
        if size.saturating_sub(self.items.len()) > MAX_PADDING {
            return Err(ResultCode::RECORD_TOO_BIG);
        }
        self.items.resize(size.max(self.items.len()), NIL);
        Ok(())
    }

    /// Where an element may go: negative indexes count from the end, those beyond it are as they are.
    fn place(&self, index: i64) -> Result<usize, ResultCode> {
        let size = self.items.len() as i64;
        let at = if index < 0 { index.saturating_add(size) } else { index };
        usize::try_from(at).map_err(|_| ResultCode::OP_NOT_APPLICABLE)
    }
}

/// Runs an operation on a list, or on none.
pub(super) fn run(base: Option<&[u8]>, call: &Call<'_>) -> Result<Outcome, ResultCode> {
    let params = &call.params;
    match call.opcode {
        code::SET_TYPE => set_type(base, params),
        code::APPEND => {
            let value = params.value(0)?;
            append(base, &[&value], params)
        }
        code::APPEND_ITEMS => {
            let values = params.container(0, Kind::List)?;
            append(base, &packed::children(&values)?.1, params)
        }
        code::INSERT => {
            let value = params.value(1)?;
            insert(base, &[&value], params)
        }
        code::INSERT_ITEMS => {
            let values = params.container(1, Kind::List)?;
            insert(base, &packed::children(&values)?.1, params)
        }
        code::SET => set(base, params),
        code::INCREMENT => increment(base, params),
        code::SORT => sort(base.ok_or(ResultCode::BIN_TYPE)?, params),
        _ => base.map_or_else(|| Ok(Outcome::default()), |base| run_on_list(base, call)),
    }
}

/// The operations that do nothing where there is no list.
fn run_on_list(base: &[u8], call: &Call<'_>) -> Result<Outcome, ResultCode> {
    let params = &call.params;
    let mut list = List::load(base)?;
    let size = list.items.len();
    match call.opcode {
        code::SIZE => Ok(Outcome::answer(packed::count(size))),
        code::CLEAR => {
            list.items.clear();
            Ok(Outcome::changed(None, list.pack()))
        }
        code::GET | code::POP | code::REMOVE => {
            let at = Span::position(params.integer(0)?, size).ok_or(ResultCode::OP_NOT_APPLICABLE)?;
            cut(list, Span::one(at), call, |items| items.first().map(|item| item.to_vec()))
        }
        code::GET_RANGE | code::POP_RANGE | code::REMOVE_RANGE => {
            let span = Span::clip(params.integer(0)?, params.count(1)?, size);
            cut(list, span, call, |items| Some(packed::list(0, items.iter().copied())))
        }
        code::TRIM => {
            let span = Span::clip(params.integer(0)?, params.count(1)?, size);
            list.items = list.items[span.positions()].to_vec();
            Ok(Outcome::changed(Some(packed::count(size - span.count)), list.pack()))
        }
        _ => list_select::run(list, call),
    }
}

/// Answers a run of items, or removes it and answers them or their count.
fn cut(
    mut list: List<'_>,
    span: Span,
    call: &Call<'_>,
    answer: impl Fn(&[&[u8]]) -> Option<Vec<u8>>,
) -> Result<Outcome, ResultCode> {
    let items: Vec<_> = if call.modifies {
        list.items.drain(span.positions()).collect()
    } else {
        return Ok(Outcome { answer: answer(&list.items[span.positions()]), value: None });
    };
    let removes = matches!(call.opcode, code::REMOVE | code::REMOVE_RANGE);
    let answer = if removes { Some(packed::count(items.len())) } else { answer(&items) };
    Ok(Outcome::changed(answer, list.pack()))
}

fn set_type(base: Option<&[u8]>, params: &Params<'_>) -> Result<Outcome, ResultCode> {
    let flags = params.integer(0)?;
    if flags & !(i64::from(order::ORDERED) | PERSIST_INDEX) != 0 {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let mut list = base.map_or_else(|| Ok(List::default()), List::load)?;
    list.ordered = is_ordered(flags);
    list.settle();
    Ok(Outcome::changed(None, list.pack()))
}

fn append(base: Option<&[u8]>, values: &[&[u8]], params: &Params<'_>) -> Result<Outcome, ResultCode> {
    let (creation, flags) = (params.flags(1)?, params.flags(2)?);
    let mut list = load_or_create(base, creation)?;
    let size = list.items.len();
    let added = match admitted(&list, values, flags) {
        Ok(values) => values,
        Err(_) if flags & flag::NO_FAIL != 0 => return Ok(Outcome::answer(packed::count(size))),
        Err(code) => return Err(code),
    };
    list.items.extend(added);
    list.settle();
    Ok(Outcome::changed(Some(packed::count(list.items.len())), list.pack()))
}

fn insert(base: Option<&[u8]>, values: &[&[u8]], params: &Params<'_>) -> Result<Outcome, ResultCode> {
    let (index, flags) = (params.integer(0)?, params.flags(2)?);
    let mut list = load_or_create(base, 0)?;
    if list.ordered {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let at = list.place(index)?;
    let size = list.items.len();
    let added = match bounded(&list, at, flags).and_then(|()| admitted(&list, values, flags)) {
        Ok(values) => values,
        Err(_) if flags & flag::NO_FAIL != 0 => return Ok(Outcome::answer(packed::count(size))),
        Err(code) => return Err(code),
    };
    if !added.is_empty() {
        list.pad(at)?;
        list.items.splice(at..at, added);
    }
    Ok(Outcome::changed(Some(packed::count(list.items.len())), list.pack()))
}

fn set(base: Option<&[u8]>, params: &Params<'_>) -> Result<Outcome, ResultCode> {
    let (index, value, flags) = (params.integer(0)?, params.value(1)?, params.flags(2)?);
    let mut list = load_or_create(base, 0)?;
    if list.ordered {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let at = list.place(index)?;
    match bounded(&list, at, flags).and_then(|()| unique_at(&list, at, &value, flags)) {
        Ok(()) => {}
        Err(_) if flags & flag::NO_FAIL != 0 => return Ok(Outcome::default()),
        Err(code) => return Err(code),
    }
    put(&mut list, at, &value)?;
    Ok(Outcome::changed(None, list.pack()))
}

fn increment(base: Option<&[u8]>, params: &Params<'_>) -> Result<Outcome, ResultCode> {
    let (index, delta) = (params.integer(0)?, params.delta(1)?);
    let (creation, flags) = (params.flags(2)?, params.flags(3)?);
    let mut list = load_or_create(base, creation)?;
    let at = list.place(index)?;
    let sum = number::add(list.items.get(at).copied(), delta, false)?;
    match bounded(&list, at, flags).and_then(|()| unique_at(&list, at, &sum, flags)) {
        Ok(()) => {}
        Err(_) if flags & flag::NO_FAIL != 0 => {
            return Ok(Outcome { answer: list.items.get(at).map(|item| item.to_vec()), value: None });
        }
        Err(code) => return Err(code),
    }
    put(&mut list, at, &sum)?;
    list.settle();
    let value = list.pack();
    Ok(Outcome::changed(Some(sum), value))
}

fn sort(base: &[u8], params: &Params<'_>) -> Result<Outcome, ResultCode> {
    let flags = params.flags(0)? & (SORT_DESCENDING | SORT_DROP_DUPLICATES);
    if flags == SORT_DESCENDING | SORT_DROP_DUPLICATES {
        return Err(ResultCode::PARAMETER);
    }
    let mut list = List::load(base)?;
    if list.ordered {
        return Ok(Outcome::default());
    }
    crate::order::sort(&mut list.items, compare::order);
    match flags {
        SORT_DESCENDING => list.items.reverse(),
        SORT_DROP_DUPLICATES => list.items.dedup_by(|a, b| compare::order(a, b).is_eq()),
        _ => {}
    }
    Ok(Outcome::changed(None, list.pack()))
}

fn load_or_create(base: Option<&[u8]>, creation: i64) -> Result<List<'_>, ResultCode> {
    match base {
        Some(base) => Ok(List::load(base)?),
        None => Ok(List { ordered: is_ordered(creation), items: Vec::new() }),
    }
}

const fn is_ordered(flags: i64) -> bool {
    flags & order::ORDERED as i64 != 0
}

fn put<'a>(list: &mut List<'a>, at: usize, value: &'a [u8]) -> Result<(), ResultCode> {
    list.pad(at)?;
    match list.items.get_mut(at) {
        Some(item) => *item = value,
        None => list.items.push(value),
    }
    Ok(())
}

/// The values that write flags let in.
fn admitted<'a>(list: &List<'a>, values: &[&'a [u8]], flags: i64) -> Result<Vec<&'a [u8]>, ResultCode> {
    if flags & flag::ADD_UNIQUE == 0 {
        return Ok(values.to_vec());
    }
    let is_partial = flags & flag::NO_FAIL != 0 && flags & flag::PARTIAL != 0;
    let there = ranked(&list.items);
    let is_there = |value| there.binary_search_by(|at| compare::order(list.items[*at], value)).is_ok();
    let mut is_first = vec![true; values.len()];
    for pair in ranked(values).windows(2) {
        is_first[pair[1]] = compare::order(values[pair[0]], values[pair[1]]).is_ne();
    }
    let mut admitted = Vec::new();
    for (value, is_first) in values.iter().zip(is_first) {
        if is_there(value) {
            if !is_partial {
                return Err(ResultCode::ELEMENT_EXISTS);
            }
        } else if is_first {
            admitted.push(*value);
        } else if !is_partial {
            return Err(ResultCode::OP_NOT_APPLICABLE);
        }
    }
    Ok(admitted)
}

/// The positions of values in their order.
fn ranked(values: &[&[u8]]) -> Vec<usize> {
    crate::order::ranks(values.len(), &mut |a, b| compare::order(values[a], values[b]))
}

fn bounded(list: &List<'_>, at: usize, flags: i64) -> Result<(), ResultCode> {
    if flags & flag::INSERT_BOUNDED != 0 && at > list.items.len() {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    Ok(())
}

fn unique_at(list: &List<'_>, at: usize, value: &[u8], flags: i64) -> Result<(), ResultCode> {
    let is_same = |(other, item): (usize, &&[u8])| other != at && compare::order(item, value).is_eq();
    if flags & flag::ADD_UNIQUE != 0 && list.items.iter().enumerate().any(is_same) {
        return Err(ResultCode::ELEMENT_EXISTS);
    }
    Ok(())
}
