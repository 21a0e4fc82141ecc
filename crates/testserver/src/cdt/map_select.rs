//! Selecting pairs of a map, to answer or to remove them.
//!
//! Imports maps, selections. An index is a position in key order, a rank one in the order of values (equal ones in
//! key order). Index, key and value selections answer in key order, rank selections in rank order unless an inversion
//! makes two runs of them; ranks of values ascend. When an index selection covers the whole map, its ranks are not looked up: they count up. Source: server `particle_map.c`, and captured replies.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::msgpack::order as order_flags;

use super::Outcome;
use super::compare;
use super::list_select::{others, single};
use super::map::Map;
use super::op::{Call, Params};
use super::packed;
use super::returns::{Elements, Made, Picked, Positions, Return};
use super::selector::Selector;
use super::span::{NOTHING, Span};
use crate::order;

impl Elements for Map<'_> {
    fn len(&self) -> usize {
        self.pairs.len()
    }

    fn value(&self, at: usize) -> &[u8] {
        self.pairs.get(at).map_or(packed::NIL, |pair| pair.1)
    }

    fn is_map(&self) -> bool {
        true
    }

    fn is_ordered(&self) -> bool {
        self.flags & order_flags::ORDERED != 0
    }

    fn key(&self, at: usize) -> &[u8] {
        self.pairs.get(at).map_or(packed::NIL, |pair| pair.0)
    }
}

/// Runs a GET_BY_… or REMOVE_BY_… operation.
pub(super) fn run(mut map: Map<'_>, call: &Call<'_>) -> Result<Outcome, ResultCode> {
    let selector = Selector::of(call.opcode).ok_or(ResultCode::PARAMETER)?;
    let mut returns = call.params.returns(0)?;
    // An ordered map takes no notice of an inversion when a single key is not there.
    if selector == Selector::Key && map.is_ordered() && map.find(call.params.raw(1)?).is_err() {
        returns.inverted = false;
    }
    let picked = pick(&map, selector, &call.params, returns)?;
    let answer = returns.answer(&map, &picked)?;
    if !call.modifies {
        return Ok(Outcome { answer, value: None });
    }
    let kept = others(&picked.items, map.pairs.len());
    map.pairs = kept.into_iter().map(|at| map.pairs[at]).collect();
    Ok(Outcome::changed(answer, map.pack()))
}

/// What a selector chose, before an inversion.
enum Chosen {
    /// A run of indexes.
    Indexes(Span),
    /// Some indexes, by key.
    Keys(Vec<usize>),
    /// A run of ranks.
    Ranks(Span),
    /// A run of ranks, or some ranks, answered in key order.
    Values(Option<Span>, Vec<usize>),
}

fn pick(
    map: &Map<'_>,
    selector: Selector,
    params: &Params<'_>,
    returns: Return,
) -> Result<Picked, ResultCode> {
    let chosen = choose(map, selector, params)?;
    let size = map.pairs.len();
    // Positions chosen, by index or by rank.
    let (span, mut at) = match &chosen {
        Chosen::Indexes(span) | Chosen::Ranks(span) => (Some(*span), span.positions().collect()),
        Chosen::Keys(at) => (None, at.clone()),
        Chosen::Values(span, at) => (*span, at.clone()),
    };
    if returns.inverted {
        at = others(&at, size);
    }
    let made = match selector {
        Selector::KeyList | Selector::ValueList => Made::List,
        Selector::KeyInterval if !map.is_ordered() => Made::Key,
        Selector::Value | Selector::AllByValue | Selector::ValueInterval => Made::Value,
        _ if matches!(chosen, Chosen::Indexes(_)) => Made::Index,
        _ => Made::Rank,
    };
    let is_nothing = at.len() == if returns.inverted { size } else { 0 };
    let positions = span.map_or_else(|| Positions::Listed(at.clone()), Positions::Span);
    let (items, indexes, ranks) = match chosen {
        Chosen::Indexes(_) if returns.needs_ranks() && at.len() < size => {
            let ranks = Positions::Listed(ranks_of(&by_ranks(map), &at));
            (at, positions, ranks)
        }
        Chosen::Indexes(span) => (at, positions, Positions::Span(span)),
        // Around nothing, an unordered map counts indexes up from either end.
        Chosen::Keys(_) if is_nothing && !map.is_ordered() => {
            (at, Positions::Span(NOTHING), Positions::Unknown)
        }
        Chosen::Keys(_) => (at, positions, Positions::Unknown),
        Chosen::Ranks(_) | Chosen::Values(..) => {
            let ranked = by_ranks(map);
            let mut items: Vec<_> = at.iter().map(|rank| ranked[*rank]).collect();
            let is_split = returns.inverted && span.is_some_and(|span| span.is_inside(size));
            if is_split || matches!(chosen, Chosen::Values(..)) {
                order::ascending(&mut items);
            }
            let is_around_nothing = made == Made::Value && is_nothing && returns.inverted;
            let indexes =
                if is_around_nothing { Positions::Span(NOTHING) } else { Positions::Listed(items.clone()) };
            let is_around_list = made == Made::List && is_nothing && returns.inverted;
            (items, indexes, if is_around_list { Positions::Span(NOTHING) } else { positions })
        }
    };
    Ok(Picked { single: selector.is_single(), items, indexes, ranks, made, run: span })
}

fn choose(map: &Map<'_>, selector: Selector, params: &Params<'_>) -> Result<Chosen, ResultCode> {
    let size = map.pairs.len();
    Ok(match selector {
        Selector::Index => Chosen::Indexes(Span::one(single(params.integer(1)?, size)?)),
        Selector::IndexRange => Chosen::Indexes(Span::clip(params.integer(1)?, params.count(2)?, size)),
        Selector::Rank => Chosen::Ranks(Span::one(single(params.integer(1)?, size)?)),
        Selector::RankRange => Chosen::Ranks(Span::clip(params.integer(1)?, params.count(2)?, size)),
        Selector::Key => Chosen::Indexes(match map.find(params.raw(1)?) {
            Ok(at) => Span::one(at),
            Err(at) => Span { start: at, count: 0 },
        }),
        Selector::KeyList => Chosen::Keys(by_key_list(map, &params.list(1)?)),
        Selector::KeyInterval => {
            let start = map.lower_bound(params.raw(1)?);
            let end = params.optional(2).filter(|end| !packed::is_infinity(end));
            let end = end.map_or(size, |end| map.lower_bound(end));
            Chosen::Indexes(Span { start, count: end.saturating_sub(start) })
        }
        Selector::KeyRelativeIndexRange => {
            let base = map.lower_bound(params.raw(1)?);
            Chosen::Indexes(Span::relative(base, params.integer(2)?, params.count(3)?, size))
        }
        Selector::ValueRelativeRankRange => {
            let base = rank_of(map, params.raw(1)?);
            Chosen::Ranks(Span::relative(base, params.integer(2)?, params.count(3)?, size))
        }
        Selector::ValueList => Chosen::Values(None, by_value_list(map, &params.list(1)?)),
        Selector::Value | Selector::AllByValue | Selector::ValueInterval => {
            let ranks = by_value(map, selector, params)?;
            let start = || rank_of(map, params.raw(1).unwrap_or(packed::NIL));
            let span =
                if ranks.is_empty() { Some(Span { start: start(), count: 0 }) } else { Span::of(&ranks) };
            Chosen::Values(span, ranks)
        }
    })
}

fn by_key_list(map: &Map<'_>, keys: &[&[u8]]) -> Vec<usize> {
    let mut found: Vec<_> = keys.iter().filter_map(|key| map.find(key).ok()).collect();
    order::ascending(&mut found);
    found.dedup();
    found
}

/// Ranks, ascending.
fn by_value(map: &Map<'_>, selector: Selector, params: &Params<'_>) -> Result<Vec<usize>, ResultCode> {
    let begin = params.raw(1)?;
    let end = params.optional(2).filter(|end| !packed::is_infinity(end));
    let is_chosen = |value: &[u8]| match selector {
        Selector::ValueInterval => {
            compare::order(value, begin).is_ge() && end.is_none_or(|end| compare::order(value, end).is_lt())
        }
        _ => compare::order(value, begin).is_eq(),
    };
    let mut ranks = ranks_where(map, is_chosen);
    if selector == Selector::Value {
        ranks.truncate(1);
    }
    Ok(ranks)
}

fn by_value_list(map: &Map<'_>, values: &[&[u8]]) -> Vec<usize> {
    ranks_where(map, |value| values.iter().any(|wanted| compare::order(value, wanted).is_eq()))
}

/// The ranks of the pairs with certain values, ascending.
fn ranks_where(map: &Map<'_>, is_chosen: impl Fn(&[u8]) -> bool) -> Vec<usize> {
    let ranked = by_ranks(map);
    ranked.iter().enumerate().filter(|(_, at)| is_chosen(map.value(**at))).map(|(rank, _)| rank).collect()
}

/// How many values are less than one.
fn rank_of(map: &Map<'_>, value: &[u8]) -> usize {
    map.pairs.iter().filter(|pair| compare::order(pair.1, value).is_lt()).count()
}

/// Indexes by rank.
pub(super) fn by_ranks(map: &Map<'_>) -> Vec<usize> {
    order::ranks(map.pairs.len(), &mut |a, b| compare::order(map.value(a), map.value(b)))
}

/// The rank of every index in `items`.
fn ranks_of(ranked: &[usize], items: &[usize]) -> Vec<usize> {
    let mut ranks = vec![0; ranked.len()];
    ranked.iter().enumerate().for_each(|(rank, at)| ranks[*at] = rank);
    items.iter().map(|at| ranks[*at]).collect()
}
