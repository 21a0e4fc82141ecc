//! Selecting elements of a list, to answer or to remove them.
//!
//! Imports lists, selections. Values are answered in index order, those of rank ranges of an unordered list in the
//! order in which a heap gives them: descending when the range is nearer to the lowest rank, else ascending. Source:
//! server `particle_list.c`, and captured replies for what follows from no rule.

use core::cmp::Ordering;

use aerospike_wasm::wire::ResultCode;

use super::Outcome;
use super::compare;
use super::list::List;
use super::op::{Call, Params};
use super::packed;
use super::returns::{Elements, Made, Picked, Positions, Return};
use super::selector::Selector;
use super::span::{NOTHING, Span};
use crate::order;

impl Elements for List<'_> {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn value(&self, at: usize) -> &[u8] {
        self.items.get(at).copied().unwrap_or(packed::NIL)
    }

    fn is_map(&self) -> bool {
        false
    }

    fn is_ordered(&self) -> bool {
        self.ordered
    }

    fn key(&self, _: usize) -> &[u8] {
        &[]
    }
}

/// Runs a GET_BY_… or REMOVE_BY_… operation.
pub(super) fn run(mut list: List<'_>, call: &Call<'_>) -> Result<Outcome, ResultCode> {
    let selector = Selector::of(call.opcode).ok_or(ResultCode::PARAMETER)?;
    let returns = call.params.returns(0)?;
    let picked = pick(&list, selector, &call.params, returns)?;
    let answer = returns.answer(&list, &picked)?;
    if !call.modifies {
        return Ok(Outcome { answer, value: None });
    }
    let mut gone = vec![false; list.items.len()];
    picked.items.iter().for_each(|at| gone[*at] = true);
    let mut gone = gone.into_iter();
    list.items.retain(|_| !gone.next().unwrap_or(false));
    Ok(Outcome::changed(answer, list.pack()))
}

/// What a selector chose, before an inversion.
struct Chosen {
    items: Vec<usize>,
    indexes: Option<Span>,
    ranks: Option<Span>,
}

fn pick(
    list: &List<'_>,
    selector: Selector,
    params: &Params<'_>,
    returns: Return,
) -> Result<Picked, ResultCode> {
    let mut chosen = match selector {
        Selector::Index | Selector::IndexRange => by_index(list, selector, params)?,
        Selector::Rank | Selector::RankRange | Selector::ValueRelativeRankRange => {
            by_rank(list, selector, params)?
        }
        _ => by_value(list, selector, params)?,
    };
    if list.ordered {
        chosen.indexes = chosen.indexes.or(chosen.ranks);
        chosen.ranks = chosen.indexes;
    }
    let made = match selector {
        Selector::Index | Selector::IndexRange => Made::Index,
        Selector::Rank | Selector::RankRange | Selector::ValueRelativeRankRange => Made::Rank,
        Selector::ValueList => Made::List,
        _ => Made::Value,
    };
    let run = chosen.ranks.or(chosen.indexes);
    let mut items = chosen.items;
    if returns.inverted {
        items = others(&items, list.items.len());
    }
    let is_all = items.len() == list.items.len();
    let listed = || if list.ordered { items.clone() } else { ascending(&items) };
    let indexes = chosen.indexes.map_or_else(|| Positions::Listed(listed()), Positions::Span);
    let known = if is_all { chosen.ranks.or(chosen.indexes) } else { chosen.ranks };
    let ranks = match known {
        Some(span) => Positions::Span(span),
        None if !returns.needs_ranks() => Positions::Unknown,
        None if list.ordered && selector == Selector::ValueList => Positions::Listed(items.clone()),
        None if selector == Selector::ValueList && returns.inverted && is_all => Positions::Span(NOTHING),
        None if selector == Selector::ValueList => Positions::Listed(ranks_ascending(list, &items)),
        None => Positions::Listed(items.iter().map(|at| rank_of(list, list.value(*at))).collect()),
    };
    Ok(Picked { single: selector.is_single(), items, indexes, ranks, made, run })
}

fn by_index(list: &List<'_>, selector: Selector, params: &Params<'_>) -> Result<Chosen, ResultCode> {
    let size = list.items.len();
    let span = match selector {
        Selector::Index => Span::one(single(params.integer(1)?, size)?),
        _ => Span::clip(params.integer(1)?, params.count(2)?, size),
    };
    Ok(Chosen { items: span.positions().collect(), indexes: Some(span), ranks: None })
}

fn by_rank(list: &List<'_>, selector: Selector, params: &Params<'_>) -> Result<Chosen, ResultCode> {
    let size = list.items.len();
    let span = match selector {
        Selector::Rank => Span::one(single(params.integer(1)?, size)?),
        Selector::RankRange => Span::clip(params.integer(1)?, params.count(2)?, size),
        _ => Span::relative(rank_of(list, params.raw(1)?), params.integer(2)?, params.count(3)?, size),
    };
    let mut items = by_ranks(list)[span.positions()].to_vec();
    if !list.ordered && span.start <= span.reversed(size).start {
        order::sort(&mut items, |a, b| compare::order(list.value(b), list.value(a)).then_with(|| a.cmp(&b)));
    }
    Ok(Chosen { items, indexes: None, ranks: Some(span) })
}

fn by_value(list: &List<'_>, selector: Selector, params: &Params<'_>) -> Result<Chosen, ResultCode> {
    if selector == Selector::ValueList {
        return by_value_list(list, &params.list(1)?);
    }
    let begin = params.raw(1)?;
    let end = params.optional(2).filter(|end| !packed::is_infinity(end));
    let is_chosen = |value: &[u8]| match selector {
        Selector::ValueInterval => {
            compare::order(value, begin).is_ge() && end.is_none_or(|end| compare::order(value, end).is_lt())
        }
        _ => compare::order(value, begin).is_eq(),
    };
    let mut items: Vec<_> = (0..list.items.len()).filter(|at| is_chosen(list.value(*at))).collect();
    if selector == Selector::Value {
        items.truncate(1);
    }
    let span = Span { start: rank_of(list, begin), count: items.len() };
    Ok(Chosen { items, indexes: None, ranks: Some(span) })
}

fn by_value_list(list: &List<'_>, values: &[&[u8]]) -> Result<Chosen, ResultCode> {
    if list.ordered {
        // Each value by itself: one that is named twice is found twice.
        let run = |value: &&[u8]| {
            let end = list.items.partition_point(|item| compare::order(item, value).is_le());
            rank_of(list, value)..end
        };
        return Ok(Chosen { items: values.iter().flat_map(run).collect(), indexes: None, ranks: None });
    }
    let is_wanted = |at: &usize| values.iter().any(|value| compare::order(list.value(*at), value).is_eq());
    let items = (0..list.items.len()).filter(is_wanted).collect();
    Ok(Chosen { items, indexes: None, ranks: None })
}

fn ascending(items: &[usize]) -> Vec<usize> {
    let mut items = items.to_vec();
    order::ascending(&mut items);
    items
}

/// The position of a single element; out of range is an error.
pub(super) fn single(at: i64, size: usize) -> Result<usize, ResultCode> {
    Span::position(at, size).ok_or(ResultCode::OP_NOT_APPLICABLE)
}

/// The positions that are not in `items`, ascending.
pub(super) fn others(items: &[usize], size: usize) -> Vec<usize> {
    let mut chosen = vec![false; size];
    items.iter().for_each(|at| chosen[*at] = true);
    (0..size).filter(|at| !chosen[*at]).collect()
}

/// How many elements are less than a value: the rank of the first one that equals it.
fn rank_of(list: &List<'_>, value: &[u8]) -> usize {
    let is_less = |item: &&[u8]| compare::order(item, value) == Ordering::Less;
    if list.ordered {
        return list.items.partition_point(is_less);
    }
    list.items.iter().filter(|item| is_less(item)).count()
}

/// Indexes by rank; equal elements in index order.
pub(super) fn by_ranks(list: &List<'_>) -> Vec<usize> {
    order::ranks(list.items.len(), &mut |a, b| compare::order(list.value(a), list.value(b)))
}

/// The ranks of elements, each its own, ascending.
fn ranks_ascending(list: &List<'_>, items: &[usize]) -> Vec<usize> {
    let mut wanted = vec![false; list.items.len()];
    items.iter().for_each(|at| wanted[*at] = true);
    let ranked = by_ranks(list);
    ranked.iter().enumerate().filter(|(_, at)| wanted[**at]).map(|(rank, _)| rank).collect()
}
