//! Return types: what a selection answers.
//!
//! Imports packed values. A selection gives the chosen positions in the order in which their values are answered, and
//! its indexes and ranks where they follow from how it was made. Source: server `proto.h`, `cdt.h`,
//! `particle_list.c`, `particle_map.c`, and a running server's answers to selections made at random, which follow its
//! ways of computing more than any rule.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::msgpack::order;

use super::packed;
use super::span::{NOTHING, Span};

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

/// How a selection was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Made {
    /// By a run of indexes or keys.
    Index,
    /// By a run of keys of an unordered map.
    Key,
    /// By a run of ranks.
    Rank,
    /// By a value, or an interval of values.
    Value,
    /// By a list of keys or values.
    List,
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
    pub(super) made: Made,
    /// The run that was asked for, of indexes or of ranks; none for lists of keys or values.
    pub(super) run: Option<Span>,
}

impl Picked {
    fn is_empty_run(&self) -> bool {
        self.run.is_some_and(|run| run.count == 0)
    }
}

/// What an answer is made of.
pub(super) trait Elements {
    fn len(&self) -> usize;
    fn value(&self, at: usize) -> &[u8];
    /// Whether there are keys.
    fn is_map(&self) -> bool;
    /// Whether it is kept in order: a map of its keys.
    fn is_ordered(&self) -> bool;
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
        if self.inverted && picked.single {
            return Err(ResultCode::OP_NOT_APPLICABLE);
        }
        Ok(Some(match self.what {
            Self::NONE => return Ok(None),
            Self::INDEX => self.positions(&picked.indexes, picked, elements, false)?,
            Self::REVERSE_INDEX => self.positions(&picked.indexes, picked, elements, true)?,
            Self::RANK => self.positions(&picked.ranks, picked, elements, false)?,
            Self::REVERSE_RANK => self.positions(&picked.ranks, picked, elements, true)?,
            Self::COUNT => packed::count(picked.items.len()),
            Self::EXISTS => packed::boolean(self.exists(elements, picked)),
            Self::INDEX_RANGE | Self::REVERSE_INDEX_RANGE => self.range(&picked.indexes, elements, picked)?,
            Self::RANK_RANGE | Self::REVERSE_RANK_RANGE => self.range(&picked.ranks, elements, picked)?,
            Self::VALUE => return Ok(values(picked, |at| elements.value(at))),
            _ => return keyed(self.what, elements, picked),
        }))
    }

    /// Positions one by one. Those of a run ascend, counted from either end.
    fn positions(
        self,
        positions: &Positions,
        picked: &Picked,
        elements: &dyn Elements,
        reverse: bool,
    ) -> Result<Vec<u8>, ResultCode> {
        let size = elements.len();
        // An unordered list turns the two runs around nothing as it does those around something.
        let splits = !elements.is_map() && !elements.is_ordered() && picked.made != Made::Index;
        let from_end = |list: &[usize]| list.iter().map(|at| signed(size - 1 - at)).collect();
        let from_start = |list: &[usize]| list.iter().copied().map(signed).collect();
        let list: Vec<i64> = match positions {
            Positions::Unknown => return Err(ResultCode::OP_NOT_APPLICABLE),
            Positions::Span(span) if self.inverted && reverse && (splits || span.count > 0) => {
                from_start(&span.others_reversed(size))
            }
            Positions::Span(span) if self.inverted => from_start(&span.others(size)),
            Positions::Span(span) if reverse => span.reversed(size).positions().map(signed).collect(),
            Positions::Span(span) => span.positions().map(signed).collect(),
            Positions::Listed(list) if reverse => from_end(list),
            Positions::Listed(list) => from_start(list),
        };
        if picked.single {
            return Ok(packed::integer(list.first().copied().unwrap_or(-1)));
        }
        Ok(packed::integers(list.into_iter()))
    }

    /// Whether there is anything; where an inverted selection leaves two runs, a server may say no.
    fn exists(self, elements: &dyn Elements, picked: &Picked) -> bool {
        let is_something = !picked.items.is_empty();
        if !self.inverted {
            return is_something;
        }
        let is_split = picked.run.is_some_and(|run| run.is_inside(elements.len()));
        is_something
            && match (picked.made, elements.is_map()) {
                (Made::List, _) | (Made::Index, false) => true,
                (Made::Rank | Made::Value, false) => elements.is_ordered() || picked.is_empty_run(),
                (Made::Value, true) => picked.is_empty_run(),
                (Made::Index, true) => elements.is_ordered() || !is_split,
                (Made::Rank | Made::Key, true) => !is_split,
                (Made::Key, false) => true,
            }
    }

    /// Where a run begins and how long it is.
    fn range(
        self,
        positions: &Positions,
        elements: &dyn Elements,
        picked: &Picked,
    ) -> Result<Vec<u8>, ResultCode> {
        let (size, is_map, is_ordered) = (elements.len(), elements.is_map(), elements.is_ordered());
        let reverse = matches!(self.what, Self::REVERSE_INDEX_RANGE | Self::REVERSE_RANK_RANGE);
        let by_ranks = matches!(self.what, Self::RANK_RANGE | Self::REVERSE_RANK_RANGE);
        let by_place = matches!(picked.made, Made::Index | Made::Rank);
        if is_map && size == 0 && picked.made == Made::Value && by_ranks {
            return Ok(packed::integers([-1, 0].into_iter()));
        }
        let is_of_kind = match picked.made {
            Made::Index | Made::Key => !by_ranks,
            Made::Rank | Made::Value => by_ranks,
            Made::List => false,
        };
        let tells_any = !is_map && (is_ordered || by_place && picked.is_empty_run());
        let is_list_of_ranks = !is_map && !is_ordered && picked.made == Made::Rank;
        if self.inverted && is_list_of_ranks && picked.run.is_some_and(|run| run.count == size) {
            return Ok(run(NOTHING));
        }
        let span = match positions {
            Positions::Span(span) if is_of_kind || tells_any => *span,
            _ => picked.run.filter(|_| tells_any).ok_or(ResultCode::OP_NOT_APPLICABLE)?,
        };
        if self.inverted {
            return around(span, elements, picked, reverse);
        }
        if span.count == 0 && picked.single {
            match picked.made {
                Made::Index => return Ok(packed::integers([-1, 0].into_iter())),
                _ if !is_map && is_ordered => return Ok(run(NOTHING)),
                _ => {}
            }
        }
        let turns = picked.made == Made::Key || picked.made == Made::Value && !is_map && !is_ordered;
        Ok(run(if reverse && (span.count > 0 || turns) { span.reversed(size) } else { span }))
    }
}

/// The run beside an inverted selection; where it leaves two, there is no answer.
fn around(
    span: Span,
    elements: &dyn Elements,
    picked: &Picked,
    reverse: bool,
) -> Result<Vec<u8>, ResultCode> {
    let size = elements.len();
    let is_possible = match picked.made {
        Made::Index | Made::Rank => elements.is_map() && !span.is_inside(size),
        Made::Value => elements.is_map() && span.count == 0,
        Made::Key | Made::List => false,
    };
    if !is_possible {
        return Err(ResultCode::OP_NOT_APPLICABLE);
    }
    let rest = match (span.start, span.count) {
        (_, 0) => Span { start: 0, count: size },
        (0, count) => Span { start: count, count: size - count },
        (start, _) => Span { start: 0, count: start },
    };
    Ok(run(if reverse && rest.count > 0 { rest.reversed(size) } else { rest }))
}

fn run(span: Span) -> Vec<u8> {
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
