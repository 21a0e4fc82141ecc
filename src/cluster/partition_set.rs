//! A set of partitions, by namespace.
//!
//! Imports `data`. 512 bytes for each namespace up to the last that has a partition in it.

use alloc::vec::Vec;

use crate::data::{PARTITIONS, PartitionId};

const WORDS: usize = PARTITIONS / 64;

#[derive(Debug, Default)]
pub(crate) struct PartitionSet {
    namespaces: Vec<[u64; WORDS]>,
}

impl PartitionSet {
    pub(crate) fn clear(&mut self) {
        self.namespaces.clear();
    }

    pub(crate) fn insert(&mut self, namespace: usize, partition: PartitionId) {
        if namespace >= self.namespaces.len() {
            self.namespaces.resize(namespace + 1, [0; WORDS]);
        }
        let (word, bit) = place(partition);
        self.namespaces[namespace][word] |= bit;
    }

    pub(crate) fn contains(&self, namespace: usize, partition: PartitionId) -> bool {
        let (word, bit) = place(partition);
        self.namespaces.get(namespace).is_some_and(|words| words[word] & bit != 0)
    }
}

/// The word of a partition, and its bit there.
const fn place(partition: PartitionId) -> (usize, u64) {
    let at = partition.0 as usize % PARTITIONS;
    (at / 64, 1 << (at % 64))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::PartitionSet;
    use crate::data::PartitionId;

    #[test]
    fn holds_what_was_put_in_and_nothing_else() {
        let mut set = PartitionSet::default();
        for partition in [0, 63, 64, 4_095] {
            set.insert(2, PartitionId(partition));
        }
        let held: Vec<u16> = (0..4_096).filter(|at| set.contains(2, PartitionId(*at))).collect();
        assert_eq!(held, [0, 63, 64, 4_095]);
        assert!(!set.contains(1, PartitionId(0)) && !set.contains(3, PartitionId(0)));
        set.clear();
        assert!(!set.contains(2, PartitionId(0)));
    }
}
