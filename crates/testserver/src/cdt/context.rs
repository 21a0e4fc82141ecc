//! Paths into nested lists and maps.
//!
//! Imports lists, maps. A path narrows a range of the packed value; a change is spliced in there, and lists around it
//! that are ordered are sorted again. A create flag describes the collection that an item looks into: it lets that
//! collection and the element in it be made. Source: server `cdt.c`.

use core::ops::Range;

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::msgpack::{Token, order};

use super::list::List;
use super::list_select;
use super::map::Map;
use super::map_select;
use super::op::Call;
use super::packed::{self, Kind};
use super::span::Span;
use super::{Outcome, leaf};
use super::{compare, normalize};

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) what: i64,
    pub(super) value: &'a [u8],
}

/// What a step looks for, without its flags.
mod look {
    pub(super) const LIST_INDEX: i64 = 0x10;
    pub(super) const LIST_RANK: i64 = 0x11;
    pub(super) const LIST_VALUE: i64 = 0x13;
    pub(super) const MAP_INDEX: i64 = 0x20;
    pub(super) const MAP_RANK: i64 = 0x21;
    pub(super) const MAP_KEY: i64 = 0x22;
    pub(super) const MAP_VALUE: i64 = 0x23;
}

const CREATE: i64 = 0xc0;
const CREATE_PADDED: i64 = 0x80;
const CREATE_ORDERED: i64 = 0xc0;
const PERSIST_INDEX: i64 = 0x100;

/// Reads a path.
pub(super) fn parse(context: &[u8]) -> Result<Vec<Item<'_>>, ResultCode> {
    if Kind::of(context) != Some(Kind::List) {
        return Err(ResultCode::PARAMETER);
    }
    let (_, items) = packed::children(context)?;
    if items.is_empty() || items.len() % 2 != 0 {
        return Err(ResultCode::PARAMETER);
    }
    let mut steps = Vec::new();
    for pair in items.chunks_exact(2) {
        let Token::Integer(what) = packed::token(pair[0])? else { return Err(ResultCode::PARAMETER) };
        steps.push(Item { what, value: pair[1] });
    }
    Ok(steps)
}

/// Runs an operation on the element at the end of a path.
pub(super) fn run(base: Option<&[u8]>, path: &[Item<'_>], call: &Call<'_>) -> Result<Outcome, ResultCode> {
    let Some(base) = base else {
        return if call.modifies { create(path, call) } else { Ok(Outcome::default()) };
    };
    let mut around = Vec::new();
    let mut at = 0..base.len();
    for (step, item) in path.iter().enumerate() {
        let Some(found) = item.locate(&base[at.clone()])? else {
            if !call.modifies || !item.creates() {
                return Err(ResultCode::OP_NOT_APPLICABLE);
            }
            let made = create(&path[step + 1..], call)?;
            let Some(value) = made.value else { return Ok(made) };
            let extended = item.extend(Some(&base[at.clone()]), &value)?;
            return Ok(Outcome::changed(made.answer, splice(base, &around, at, extended)?));
        };
        around.push(at.clone());
        at = at.start + found.start..at.start + found.end;
    }
    let outcome = leaf(Some(&base[at.clone()]), call)?;
    match outcome.value {
        None => Ok(outcome),
        Some(value) => Ok(Outcome::changed(outcome.answer, splice(base, &around, at, value)?)),
    }
}

/// Runs an operation where there is nothing, and makes the collections that lead there.
fn create(path: &[Item<'_>], call: &Call<'_>) -> Result<Outcome, ResultCode> {
    if path.iter().any(|item| !item.creates()) {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let mut outcome = leaf(None, call)?;
    for item in path.iter().rev() {
        let Some(value) = outcome.value else { break };
        outcome.value = Some(item.extend(None, &value)?);
    }
    Ok(outcome)
}

/// Puts `value` in the place of a range, and sorts the ordered lists around it again.
fn splice(
    base: &[u8],
    around: &[Range<usize>],
    at: Range<usize>,
    value: Vec<u8>,
) -> Result<Vec<u8>, ResultCode> {
    let (mut at, mut value) = (at, value);
    for outer in around.iter().rev() {
        if is_ordered_list(&base[outer.clone()]) {
            let packed = replaced(&base[outer.clone()], at.start - outer.start..at.end - outer.start, &value);
            let mut list = List::load(&packed)?;
            list.settle();
            (at, value) = (outer.clone(), list.pack());
        }
    }
    Ok(replaced(base, at, &value))
}

fn replaced(base: &[u8], at: Range<usize>, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(base.len() - at.len() + value.len());
    out.extend_from_slice(&base[..at.start]);
    out.extend_from_slice(value);
    out.extend_from_slice(&base[at.end..]);
    out
}

fn is_ordered_list(container: &[u8]) -> bool {
    Kind::of(container) == Some(Kind::List)
        && packed::children(container).is_ok_and(|(flags, _)| flags & order::ORDERED != 0)
}

impl Item<'_> {
    const fn look(&self) -> i64 {
        self.what & !(CREATE | PERSIST_INDEX)
    }

    const fn create(&self) -> i64 {
        self.what & CREATE
    }

    const fn creates(&self) -> bool {
        self.create() != 0 && matches!(self.look(), look::LIST_INDEX | look::MAP_KEY)
    }

    /// Where the element is in a packed container; `None` if it is not there.
    pub(super) fn locate(&self, container: &[u8]) -> Result<Option<Range<usize>>, ResultCode> {
        let (_, ranges) = packed::child_ranges(container).map_err(|_| ResultCode::OP_NOT_APPLICABLE)?;
        let position = match (self.look(), Kind::of(container)) {
            (look::LIST_INDEX..=look::LIST_VALUE, Some(Kind::List)) => self.list_index(container)?,
            (look::MAP_INDEX..=look::MAP_VALUE, Some(Kind::Map)) => {
                let map = Map::load(container)?;
                // Pairs are in key order, bytes perhaps not.
                self.map_index(&map)?.and_then(|at| {
                    let key = map.pairs[at].0;
                    let at = ranges.iter().step_by(2).position(|range| container[range.clone()] == *key);
                    at.map(|at| 2 * at + 1)
                })
            }
            _ => return Err(ResultCode::OP_NOT_APPLICABLE),
        };
        Ok(position.and_then(|at| ranges.get(at).cloned()))
    }

    fn list_index(&self, container: &[u8]) -> Result<Option<usize>, ResultCode> {
        let list = List::load(container)?;
        let size = list.items.len();
        Ok(match self.look() {
            look::LIST_INDEX => Span::position(self.integer()?, size),
            look::LIST_RANK => {
                Span::position(self.integer()?, size).map(|rank| list_select::by_ranks(&list)[rank])
            }
            look::LIST_VALUE => {
                self.check_value()?;
                list.items.iter().position(|item| compare::order(item, self.value).is_eq())
            }
            _ => return Err(ResultCode::OP_NOT_APPLICABLE),
        })
    }

    fn map_index(&self, map: &Map<'_>) -> Result<Option<usize>, ResultCode> {
        let size = map.pairs.len();
        Ok(match self.look() {
            look::MAP_INDEX => Span::position(self.integer()?, size),
            look::MAP_RANK => {
                Span::position(self.integer()?, size).map(|rank| map_select::by_ranks(map)[rank])
            }
            look::MAP_KEY => map.find(&self.key()?).ok(),
            _ => {
                self.check_value()?;
                map.pairs.iter().position(|pair| compare::order(pair.1, self.value).is_eq())
            }
        })
    }

    /// A container with the element that this item names set to `value`; a new container if there is none.
    fn extend(&self, container: Option<&[u8]>, value: &[u8]) -> Result<Vec<u8>, ResultCode> {
        if self.look() == look::MAP_KEY {
            let key = self.key()?;
            let flags = match self.create() {
                CREATE_ORDERED => order::KEY_VALUE_ORDERED,
                CREATE_PADDED => order::ORDERED,
                _ => 0,
            };
            let new = Map { flags, pairs: Vec::new() };
            let mut map = container.map_or(Ok(new), Map::load)?;
            map.put(&key, value);
            return Ok(map.pack());
        }
        let new = List { ordered: self.create() == CREATE_ORDERED, items: Vec::new() };
        let mut list = container.map_or(Ok(new), List::load)?;
        let at = usize::try_from(self.integer()?).map_err(|_| ResultCode::OP_NOT_APPLICABLE)?;
        if at > list.items.len() && self.create() != CREATE_PADDED {
            return Err(ResultCode::OP_NOT_APPLICABLE);
        }
        list.pad(at)?;
        list.items.push(value);
        list.settle();
        Ok(list.pack())
    }

    fn integer(&self) -> Result<i64, ResultCode> {
        match packed::token(self.value)? {
            Token::Integer(value) => Ok(value),
            _ => Err(ResultCode::OP_NOT_APPLICABLE),
        }
    }

    fn key(&self) -> Result<Vec<u8>, ResultCode> {
        if !packed::is_key(&packed::token(self.value)?) {
            return Err(ResultCode::OP_NOT_APPLICABLE);
        }
        Ok(normalize::element(self.value)?)
    }

    fn check_value(&self) -> Result<(), ResultCode> {
        if packed::is_wildcard(self.value) { Err(ResultCode::OP_NOT_APPLICABLE) } else { Ok(()) }
    }
}
