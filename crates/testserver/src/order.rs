//! Sorting, compiled once for everything that is sorted here: the library's sort is large, and in a WebAssembly module
//! each use with another type or comparison would be a copy of it.
//!
//! Imports nothing. Equal items keep their order.

use core::cmp::Ordering;

/// The indexes of `count` items in their order.
pub(crate) fn ranks(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut indexes: Vec<usize> = (0..count).collect();
    indexes.sort_by(|a, b| compare(*a, *b));
    indexes
}

/// Sorts small items.
pub(crate) fn sort<T: Copy>(items: &mut Vec<T>, compare: impl Fn(T, T) -> Ordering) {
    let ranks = ranks(items.len(), &mut |a, b| compare(items[a], items[b]));
    *items = ranks.into_iter().map(|at| items[at]).collect();
}

/// Sorts positions, ascending.
pub(crate) fn ascending(positions: &mut Vec<usize>) {
    sort(positions, |a, b| a.cmp(&b));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_keep_their_order() {
        let mut items = vec![(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd'), (0, 'e')];
        sort(&mut items, |a, b| a.0.cmp(&b.0));
        assert_eq!(items, [(0, 'e'), (1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
        assert_eq!(ranks(3, &mut |a, b| b.cmp(&a)), [2, 1, 0]);
    }
}
