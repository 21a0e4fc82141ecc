//! Which node owns which partition of which namespace.
//!
//! Rules (C client `as_partition.c`): for each set bit of column r, if the regime is not older than the one stored,
//! store the regime and make the node replica r; a clear bit never erases. Column 0 is the master. A node that another
//! one takes a place from is remembered, because only its own word can tell whether it still has it.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::PartitionSet;
use crate::data::{PARTITIONS, PartitionId};
use crate::ids::NodeId;

/// Bytes of one bitmap.
const BITMAP: usize = PARTITIONS / 8;
/// Most replicas that are kept; a namespace with more works with its first ones.
const MAX_COLUMNS: usize = 8;
/// Most namespaces; a server has at most 32.
const MAX_NAMESPACES: usize = 64;

#[derive(Debug)]
struct Table {
    namespace: String,
    columns: usize,
    is_strong: bool,
    regimes: Vec<u32>,
    /// `PARTITIONS` owners per column, column after column.
    owners: Vec<Option<NodeId>>,
}

/// The partition map of all namespaces.
#[derive(Debug, Default)]
pub(crate) struct PartitionMap {
    tables: Vec<Table>,
    displaced: Vec<NodeId>,
}

impl PartitionMap {
    /// Whether no node has named a namespace yet.
    pub(crate) const fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The index of a namespace, which never changes once it is known.
    pub(crate) fn namespace(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.namespace == name)
    }

    /// How many replicas of each partition a namespace has.
    pub(crate) fn columns(&self, namespace: usize) -> usize {
        self.tables.get(namespace).map_or(0, |table| table.columns)
    }

    /// Whether a namespace is strongly consistent: only such partitions have regimes.
    pub(crate) fn is_strong(&self, namespace: usize) -> bool {
        self.tables.get(namespace).is_some_and(|table| table.is_strong)
    }

    /// Replica `column` of a partition.
    pub(crate) fn owner(&self, namespace: usize, partition: PartitionId, column: usize) -> Option<NodeId> {
        let table = self.tables.get(namespace)?;
        if column >= table.columns {
            return None;
        }
        *table.owners.get(column * PARTITIONS + usize::from(partition.0))?
    }

    /// Takes in one node's `replicas` value: `ns:regime,count,bitmap,…;ns:…`. `false` if it is to be asked again: the value does
    /// not follow that form (what came before the fault is kept, each entry being true by itself), or the node claims
    /// nothing, as one that has only just joined.
    pub(crate) fn apply(&mut self, node: NodeId, value: &str) -> bool {
        let entries = value.split(';').filter(|entry| !entry.is_empty());
        let mut claims = 0;
        for entry in entries {
            match self.apply_namespace(node, entry) {
                Some(count) => claims += count,
                None => return false,
            }
        }
        claims > 0
    }

    /// Nodes whose places others took since the last call: they are to be asked again.
    pub(crate) fn take_displaced(&mut self) -> Vec<NodeId> {
        core::mem::take(&mut self.displaced)
    }

    /// Whether a node owns any partition, as master or replica.
    pub(crate) fn owns_any(&self, node: NodeId) -> bool {
        self.tables.iter().any(|table| table.owners.contains(&Some(node)))
    }

    /// Adds the partitions that a node owns, as master or replica, to a set.
    pub(crate) fn add_owned(&self, node: NodeId, set: &mut PartitionSet) {
        for (namespace, table) in self.tables.iter().enumerate() {
            let owned = table.owners.iter().enumerate().filter(|(_, owner)| **owner == Some(node));
            owned.for_each(|(at, _)| set.insert(namespace, PartitionId((at % PARTITIONS) as u16)));
        }
    }

    /// Forgets a node that left.
    pub(crate) fn remove(&mut self, node: NodeId) {
        for owner in self.tables.iter_mut().flat_map(|table| &mut table.owners) {
            if *owner == Some(node) {
                *owner = None;
            }
        }
    }

    /// How many places the node claims in one namespace; `None` if the entry does not follow the form.
    fn apply_namespace(&mut self, node: NodeId, entry: &str) -> Option<u32> {
        let (name, rest) = entry.split_once(':')?;
        let mut parts = rest.split(',');
        let regime: u32 = parts.next()?.parse().ok()?;
        let count: usize = parts.next()?.parse().ok()?;
        let index = self.table(name, count.min(MAX_COLUMNS))?;
        let table = self.tables.get_mut(index)?;
        table.is_strong = regime > 0;
        let (mut found, mut claims) = (0, 0);
        for (column, text) in parts.take(table.columns).enumerate() {
            let mut bitmap = [0u8; BITMAP + 4];
            let len = STANDARD.decode_slice(text, &mut bitmap).ok()?;
            if len != BITMAP {
                return None;
            }
            let bitmap = &bitmap[..BITMAP];
            claims += bitmap.iter().map(|byte| byte.count_ones()).sum::<u32>();
            table.apply_column(node, regime, column, bitmap, &mut self.displaced);
            found += 1;
        }
        (found >= count.min(MAX_COLUMNS)).then_some(claims)
    }

    fn table(&mut self, name: &str, columns: usize) -> Option<usize> {
        let known = self.namespace(name);
        let index = match known {
            Some(index) => index,
            None if self.tables.len() < MAX_NAMESPACES => {
                self.tables.push(Table {
                    namespace: name.to_string(),
                    columns: 0,
                    is_strong: false,
                    regimes: vec![0; PARTITIONS],
                    owners: Vec::new(),
                });
                self.tables.len() - 1
            }
            None => return None,
        };
        let table = self.tables.get_mut(index)?;
        if columns > table.columns {
            table.columns = columns;
            table.owners.resize(columns * PARTITIONS, None);
        }
        Some(index)
    }
}

impl Table {
    fn apply_column(
        &mut self,
        node: NodeId,
        regime: u32,
        column: usize,
        bitmap: &[u8],
        displaced: &mut Vec<NodeId>,
    ) {
        let regimes = &mut self.regimes;
        let owners = &mut self.owners[column * PARTITIONS..(column + 1) * PARTITIONS];
        for (at, byte) in bitmap.iter().enumerate().filter(|(_, byte)| **byte != 0) {
            for bit in (0..8).filter(|bit| byte & (0x80 >> bit) != 0) {
                let partition = at * 8 + bit;
                if regime >= regimes[partition] {
                    regimes[partition] = regime;
                    let before = owners[partition].replace(node);
                    displaced.extend(before.filter(|before| *before != node && !displaced.contains(before)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `replicas` value for one namespace: one replica, all partitions or none.
    fn claim(all: bool) -> String {
        let bitmap = STANDARD.encode([if all { 0xff } else { 0_u8 }; BITMAP]);
        ["test:0,1,", &bitmap].concat()
    }

    #[test]
    fn a_node_whose_places_another_takes_is_to_be_asked_again() {
        let (first, second) = (NodeId(0), NodeId(1));
        let mut map = PartitionMap::default();
        assert!(map.apply(first, &claim(true)));
        assert!(map.take_displaced().is_empty(), "nobody was there before");
        assert!(map.apply(first, &claim(true)));
        assert!(map.take_displaced().is_empty(), "nothing changed");
        assert!(map.apply(second, &claim(true)));
        assert_eq!(map.take_displaced(), [first]);
        assert!(!map.apply(second, &claim(false)), "who claims nothing is to be asked again");
        assert_eq!(map.owner(0, PartitionId(7), 0), Some(second), "clear bits never erase");
        assert!(map.take_displaced().is_empty());
    }

    #[test]
    fn set_bits_make_owners() {
        let mut few = [0_u8; BITMAP];
        few[0] = 0xc0;
        few[BITMAP - 1] = 0x01;
        let few = ["test:0,1,", &STANDARD.encode(few), ";"].concat();
        let mut map = PartitionMap::default();
        assert!(
            map.apply(
                NodeId(0),
                &[&claim(true), ";bar:0,1,", &STANDARD.encode([0_u8; BITMAP]), ";"].concat()
            )
        );
        assert!(map.apply(NodeId(1), &few));
        let owner = |partition| map.owner(0, PartitionId(partition), 0);
        assert_eq!([0, 1, 2, 4095].map(owner), [1, 1, 0, 1].map(|node| Some(NodeId(node))));
        assert_eq!((map.namespace("bar"), map.namespace("none")), (Some(1), None));
    }

    #[test]
    fn an_older_regime_changes_nothing() {
        let of = |regime: &str| claim(true).replace("test:0", &["test:", regime].concat());
        let mut map = PartitionMap::default();
        assert!(map.apply(NodeId(0), &of("5")) && map.apply(NodeId(1), &of("4")));
        assert_eq!(map.owner(0, PartitionId(7), 0), Some(NodeId(0)));
        assert!(map.apply(NodeId(1), &of("5")));
        assert_eq!(map.owner(0, PartitionId(7), 0), Some(NodeId(1)));
    }

    #[test]
    fn a_node_that_left_owns_nothing() {
        let mut map = PartitionMap::default();
        assert!(map.apply(NodeId(3), &claim(true)) && map.owns_any(NodeId(3)));
        map.remove(NodeId(3));
        assert!(!map.owns_any(NodeId(3)) && map.owner(0, PartitionId(0), 0).is_none());
    }

    #[test]
    fn values_that_lie_are_refused() {
        let all = claim(true);
        let refused = [
            "test",
            "test:",
            "test:0",
            "test:x,1,AAAA",
            "test:0,x,AAAA",
            "test:0,1,AAAA",
            "test:0,1,!!!!",
            &all[..600],
            &[&all, "////"].concat(),
            &all.replace("test:0", "test:4294967296"),
        ];
        for value in refused {
            assert!(!PartitionMap::default().apply(NodeId(0), value), "{}", &value[..value.len().min(40)]);
        }
        let mut map = PartitionMap::default();
        assert!(!map.apply(NodeId(0), "test:0,4294967295,"), "a count is no promise that sizes anything");
        assert_eq!(map.columns(0), MAX_COLUMNS);
    }
}
