//! Return types: what a selection answers.
//!
//! Imports packed values. A selection gives the chosen positions in the order in which their values are answered, and
//! its indexes and ranks where they follow from how it was made. Source: server `proto.h`, `cdt.h`,
//! `particle_list.c`, `particle_map.c`. Not checked against a server: range types of an inverted selection, which
//! are answered as the two runs around the selection.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::msgpack::order;

use super::packed;
use super::span::Span;

/// What a request wants to know about what it selected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Return {
    what: i64,
    /// Everything else is selected.
    pub(super) inverted: bool,
}

/// Positions as an answer gives them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Positions {
    /// A run.
    Span(Span),
    /// One by one.
    Listed(Vec<usize>),
    /// This kind of selection does not tell them.
    Unknown,
}

/// What was selected. Runs are those before an inversion, everything else is after it.
#[derive(Clone, Debug)]
pub(super) struct Picked {
    /// One element at most, answered by itself.
    pub(super) single: bool,
    /// Indexes of what was selected, in the order of the answer.
    pub(super) items: Vec<usize>,
    /// Indexes, as answered.
    pub(super) indexes: Positions,
    /// Ranks, as answered.
    pub(super) ranks: Positions,
}

/// What an answer is made of.
pub(super) trait Elements {
    fn len(&self) -> usize;
    fn value(&self, at: usize) -> &[u8];
    /// Whether there are keys.
    fn is_map(&self) -> bool;
    /// The key; empty where there are none.
    fn key(&self, at: usize) -> &[u8];
}

impl Return {
    const NONE: i64 = 0;
    const INDEX: i64 = 1;
    const REVERSE_INDEX: i64 = 2;
    const RANK: i64 = 3;
    const REVERSE_RANK: i64 = 4;
    const COUNT: i64 = 5;
    const KEY: i64 = 6;
    const VALUE: i64 = 7;
    const KEY_VALUE: i64 = 8;
    const INDEX_RANGE: i64 = 9;
    const REVERSE_INDEX_RANGE: i64 = 10;
    const RANK_RANGE: i64 = 11;
    const REVERSE_RANK_RANGE: i64 = 12;
    const EXISTS: i64 = 13;
    const UNORDERED_MAP: i64 = 16;
    const ORDERED_MAP: i64 = 17;
    const INVERTED: i64 = 0x1_0000;

    pub(super) const fn new(bits: i64) -> Self {
        Self { what: bits & !Self::INVERTED, inverted: bits & Self::INVERTED != 0 }
    }

    /// Whether ranks have to be known.
    pub(super) const fn needs_ranks(self) -> bool {
        matches!(self.what, Self::RANK | Self::REVERSE_RANK | Self::RANK_RANGE | Self::REVERSE_RANK_RANGE)
    }

    /// The answer, packed; `None` for no result.
    pub(super) fn answer(
        self,
        elements: &dyn Elements,
        picked: &Picked,
    ) -> Result<Option<Vec<u8>>, ResultCode> {
        let size = elements.len();
        if self.inverted && picked.single {
            return Err(ResultCode::OP_NOT_APPLICABLE);
        }
        Ok(Some(match self.what {
            Self::NONE => return Ok(None),
            Self::INDEX => self.positions(&picked.indexes, picked.single, size, false)?,
            Self::REVERSE_INDEX => self.positions(&picked.indexes, picked.single, size, true)?,
            Self::RANK => self.positions(&picked.ranks, picked.single, size, false)?,
            Self::REVERSE_RANK => self.positions(&picked.ranks, picked.single, size, true)?,
            Self::COUNT => packed::count(picked.items.len()),
            Self::EXISTS => packed::boolean(!picked.items.is_empty()),
            Self::INDEX_RANGE => self.range(&picked.indexes, elements, false)?,
            Self::REVERSE_INDEX_RANGE => self.range(&picked.indexes, elements, true)?,
            Self::RANK_RANGE => self.range(&picked.ranks, elements, false)?,
            Self::REVERSE_RANK_RANGE => self.range(&picked.ranks, elements, true)?,
            Self::VALUE => return Ok(values(picked, |at| elements.value(at))),
            _ => return keyed(self.what, elements, picked),
        }))
    }

    /// Positions one by one. Those of a run ascend, counted from either end.
    fn positions(
        self,
        positions: &Positions,
        single: bool,
        size: usize,
        reverse: bool,
    ) -> Result<Vec<u8>, ResultCode> {
        let from_end = |list: &[usize]| list.iter().map(|at| signed(size - 1 - at)).collect();
        let from_start = |list: &[usize]| list.iter().copied().map(signed).collect();
        let list: Vec<i64> = match positions {
            Positions::Unknown => return Err(ResultCode::OP_NOT_APPLICABLE),
            Positions::Span(span) if self.inverted && reverse => from_start(&span.others_reversed(size)),
            Positions::Span(span) if self.inverted => from_start(&span.others(size)),
            Positions::Span(span) if reverse => span.reversed(size).positions().map(signed).collect(),
            Positions::Span(span) => span.positions().map(signed).collect(),
            Positions::Listed(list) if reverse => from_end(list),
            Positions::Listed(list) => from_start(list),
        };
        if single {
            return Ok(packed::integer(list.first().copied().unwrap_or(-1)));
        }
        Ok(packed::integers(list.into_iter()))
    }

    fn range(
        self,
        positions: &Positions,
        elements: &dyn Elements,
        reverse: bool,
    ) -> Result<Vec<u8>, ResultCode> {
        let size = elements.len();
        let span = match positions {
            Positions::Span(span) => *span,
            Positions::Listed(_) | Positions::Unknown => return Err(ResultCode::OP_NOT_APPLICABLE),
        };
        if !self.inverted {
            return Ok(run(span, size, reverse));
        }
        if !elements.is_map() {
            return Err(ResultCode::OP_NOT_APPLICABLE);
        }
        let span = if reverse { span.reversed(size) } else { span };
        let rest = [0, span.start, span.end(), size - span.end()];
        Ok(packed::integers(rest.map(signed).into_iter()))
    }
}

fn run(span: Span, size: usize, reverse: bool) -> Vec<u8> {
    if span.count == 0 {
        return packed::integers([-1, 0].into_iter());
    }
    let span = if reverse { span.reversed(size) } else { span };
    packed::integers([signed(span.start), signed(span.count)].into_iter())
}

fn values<'a>(picked: &'a Picked, value: impl Fn(usize) -> &'a [u8]) -> Option<Vec<u8>> {
    if picked.single {
        return picked.items.first().map(|at| value(*at).to_vec());
    }
    Some(packed::list(0, picked.items.iter().map(|at| value(*at))))
}

/// Answers that only maps give.
fn keyed(what: i64, elements: &dyn Elements, picked: &Picked) -> Result<Option<Vec<u8>>, ResultCode> {
    let key = |at: usize| elements.key(at);
    let flags = match what {
        Return::KEY if elements.is_map() => return Ok(values(picked, key)),
        Return::KEY_VALUE if elements.is_map() => order::PRESERVE,
        Return::ORDERED_MAP if elements.is_map() => order::ORDERED,
        Return::UNORDERED_MAP if elements.is_map() => 0,
        _ => return Err(ResultCode::OP_NOT_APPLICABLE),
    };
    let mut items = picked.items.clone();
    if what == Return::ORDERED_MAP {
        crate::order::ascending(&mut items);
    }
    Ok(Some(packed::map(flags, items.iter().map(|at| (key(*at), elements.value(*at))))))
}

fn signed(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
