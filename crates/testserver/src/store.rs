//! The data: namespaces, and in each 4,096 ordered partitions of records.
//!
//! Imports records. All nodes of a cluster share one store: which of them a request reaches does not change the
//! answer, as with a proxying server. Expired records stay until something replaces or removes them, as records do
//! that the server's expiry thread has not reached yet.

use alloc::collections::BTreeMap;

use aerospike_wasm::data::{CITRUSLEAF_EPOCH, Digest, PARTITIONS};

use crate::config::NamespaceConfig;
use crate::order;
use crate::record::Record;

/// The wall clock, Unix milliseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Clock(pub(crate) u64);

impl Clock {
    /// Seconds since 2010, the unit of void times.
    pub(crate) fn seconds(self) -> u32 {
        u32::try_from((self.0 / 1000).saturating_sub(CITRUSLEAF_EPOCH)).unwrap_or(u32::MAX)
    }
}

/// One namespace.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) config: NamespaceConfig,
    /// `stop-writes-count` of sets: how many records they may have.
    set_limits: Vec<(Box<[u8]>, usize)>,
    partitions: Vec<BTreeMap<Digest, Record>>,
}

impl Namespace {
    fn new(config: NamespaceConfig) -> Self {
        let partitions = (0..PARTITIONS).map(|_| BTreeMap::new()).collect();
        Self { config, set_limits: Vec::new(), partitions }
    }

    /// The settings, and the partition that a digest falls into.
    pub(crate) fn split(&mut self, digest: &Digest) -> (&NamespaceConfig, &mut BTreeMap<Digest, Record>) {
        (&self.config, &mut self.partitions[digest.partition().0 as usize])
    }

    /// Every record.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.partitions.iter().flat_map(BTreeMap::values)
    }

    /// Whether a set has as many records as it may have.
    pub(crate) fn is_full(&self, set: &[u8]) -> bool {
        let count = || self.records().filter(|record| *record.set == *set).count();
        let limit = self.set_limits.iter().find(|(name, _)| **name == *set);
        limit.is_some_and(|(_, limit)| count() >= *limit)
    }

    /// Bounds the records of a set; 0 takes the bound away.
    pub(crate) fn limit(&mut self, set: &[u8], limit: usize) {
        self.set_limits.retain(|(name, _)| **name != *set);
        if limit > 0 {
            self.set_limits.push((set.into(), limit));
        }
    }

    /// Every set: how many records it has and how large they are together.
    pub(crate) fn sets(&self) -> Vec<(&[u8], (usize, usize))> {
        let records: Vec<_> = self.records().filter(|record| !record.set.is_empty()).collect();
        let mut sets: Vec<(&[u8], (usize, usize))> = Vec::new();
        for at in order::ranks(records.len(), &mut |a, b| records[a].set.cmp(&records[b].set)) {
            let (name, size) = (&*records[at].set, records[at].stored_size());
            match sets.last_mut().filter(|(last, _)| *last == name) {
                Some((_, (objects, used))) => {
                    *objects += 1;
                    *used += size;
                }
                None => sets.push((name, (1, size))),
            }
        }
        sets
    }

    /// Removes the records of `set` (of all sets if `None`) last written before `until`, Unix milliseconds.
    pub(crate) fn truncate(&mut self, set: Option<&[u8]>, until: u64) {
        let stays =
            |record: &Record| record.last_update >= until || set.is_some_and(|set| *record.set != *set);
        for partition in &mut self.partitions {
            partition.retain(|_, record| stays(record));
        }
    }
}

/// All namespaces.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) clock: Clock,
}

impl Store {
    pub(crate) fn new(namespaces: &[NamespaceConfig], unix_millis: u64) -> Self {
        let namespaces = namespaces.iter().cloned().map(Namespace::new).collect();
        Self { namespaces, clock: Clock(unix_millis) }
    }

    /// The namespace of that name.
    pub(crate) fn namespace(&mut self, name: &[u8]) -> Option<&mut Namespace> {
        self.namespaces.iter_mut().find(|namespace| namespace.config.name.as_bytes() == name)
    }
}
