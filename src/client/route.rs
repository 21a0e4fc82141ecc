//! Which node an attempt goes to.
//!
//! Part of [`super::Client`]. Rules follow the C client's `as_partition.c`. A node that does not own the partition passes
//! the request on, so a wrong choice costs a hop, not the answer; nodes that are not part of the cluster are passed over.

use super::Client;
use super::running::Timing;
use crate::command::Command;
use crate::data::{KeyRef, PartitionId};
use crate::ids::NodeId;
use crate::policy::{ReadModeSc, Replica};

/// What an attempt is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// Index into the partition map; `None` for a namespace that no node has named.
    pub(super) namespace: Option<usize>,
    pub(super) partition: PartitionId,
    /// How many replicas further than the first it begins.
    pub(super) column: u8,
    /// The node of the attempt before.
    pub(super) previous: Option<NodeId>,
    pub(super) writes: bool,
}

impl Client {
    /// The node for an attempt; `None` if no replica is part of the cluster.
    pub(super) fn route(&mut self, target: Target, timing: &Timing) -> Option<NodeId> {
        // Nobody named the namespace: whoever is asked will answer so.
        let Some(namespace) = target.namespace else { return self.random_node() };
        let columns = self.map.columns(namespace).max(1);
        let replica = self.effective_replica(namespace, target.writes, timing);
        if replica == Replica::PreferRack && !self.config.rack_ids.is_empty() {
            return self.route_by_rack(namespace, target);
        }
        let is_linear = timing.read_mode_sc == ReadModeSc::Linearize && self.map.is_strong(namespace);
        let from_first = replica == Replica::Master || is_linear && !target.writes;
        let start = if from_first { 0 } else { usize::from(target.column) };
        let tries = if replica == Replica::Master && !target.writes { 1 } else { columns };
        (0..tries).find_map(|step| self.live_owner(namespace, target.partition, (start + step) % columns))
    }

    /// That node if it is part of the cluster; a random one if none is named.
    #[inline(never)]
    pub(super) fn route_to_node(&mut self, node: Option<NodeId>) -> Option<NodeId> {
        let Some(id) = node else { return self.random_node() };
        self.nodes.get(usize::from(id.0)).filter(|node| node.active).map(|_| id)
    }

    /// The node with the master copy of a record: where a command that writes it begins. `None` while no node of the cluster
    /// says that it has it.
    #[must_use]
    pub fn master(&self, key: &KeyRef<'_>) -> Option<NodeId> {
        self.live_owner(self.map.namespace(key.namespace)?, key.digest.partition(), 0)
    }

    /// How many replicas further than the first a command's first attempt begins.
    pub(super) fn first_column(&mut self, command: &Command<'_>) -> u8 {
        if command.policy.replica != Replica::Any || command.writes() {
            return 0;
        }
        self.rotation = self.rotation.wrapping_add(1);
        self.rotation
    }

    /// The replica policy that holds. A strongly consistent namespace answers session reads at the master only, and
    /// linearized ones without regard to racks; writes begin at the master.
    fn effective_replica(&self, namespace: usize, writes: bool, timing: &Timing) -> Replica {
        let replica = timing.replica;
        if writes {
            return if replica == Replica::Master { replica } else { Replica::Sequence };
        }
        match timing.read_mode_sc {
            ReadModeSc::Session if self.map.is_strong(namespace) => Replica::Master,
            ReadModeSc::Linearize if replica == Replica::PreferRack && self.map.is_strong(namespace) => {
                Replica::Sequence
            }
            _ => replica,
        }
    }

    /// By closeness of racks, but another node than the last time while there is one.
    fn route_by_rack(&self, namespace: usize, target: Target) -> Option<NodeId> {
        let columns = self.map.columns(namespace).max(1);
        let start = usize::from(target.column);
        let owners = || {
            (0..columns)
                .filter_map(|step| self.live_owner(namespace, target.partition, (start + step) % columns))
        };
        let others = || owners().filter(|owner| Some(*owner) != target.previous);
        let in_rack = |owner: &NodeId, rack: u32| {
            self.nodes.get(usize::from(owner.0)).is_some_and(|node| node.rack(namespace) == Some(rack))
        };
        let racks = &self.config.rack_ids;
        let close = racks.iter().find_map(|rack| others().find(|owner| in_rack(owner, *rack)));
        close.or_else(|| others().next()).or_else(|| owners().next())
    }

    fn live_owner(&self, namespace: usize, partition: PartitionId, column: usize) -> Option<NodeId> {
        let owner = self.map.owner(namespace, partition, column)?;
        self.nodes.get(usize::from(owner.0)).filter(|node| node.active).map(|_| owner)
    }

    fn random_node(&mut self) -> Option<NodeId> {
        let random = self.next_random();
        let active = || self.nodes.iter().enumerate().filter(|(_, node)| node.active);
        let count = active().count() as u64;
        let (index, _) = active().nth((random % count.max(1)) as usize)?;
        Some(NodeId(index as u16))
    }
}
