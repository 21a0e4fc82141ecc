//! Nodes that do not answer, and the writes that may have to wait for them.
//!
//! Part of [`super::Client`]. A master answers a write when its replicas have acknowledged it, and a server works on one
//! command of a connection at a time. So when a node dies, the writes it held a replica of keep their masters' connections,
//! and everything behind them, until the cluster has given the node up (two seconds and more with default settings).
//! Writes that wait for different replicas therefore keep to different connections where they can. While a node is ailing,
//! those that may wait for it get connections to themselves, what is in flight with one gets no followers, and reads
//! behind one that have an attempt left are asked again elsewhere.

use alloc::vec::Vec;

use super::running::{Stage, Timing};
use super::{Client, Phase};
use crate::conn::{Exchange, Purpose};
use crate::data::PartitionId;
use crate::ids::{CommandId, ConnId, NodeId};
use crate::time::Timestamp;

impl Client {
    /// Notes how many tends in a row a node has not answered.
    pub(super) fn set_failures(&mut self, id: NodeId, failures: u32) {
        let Some(node) = self.nodes.get_mut(usize::from(id.0)) else { return };
        let before = core::mem::replace(&mut node.failures, failures);
        if (before > 0) == (failures > 0) {
            return;
        }
        self.count_nodes();
        if failures > 0 && self.phase != Phase::Closed {
            self.map.add_owned(id, &mut self.exposed);
            self.keep_clear();
        }
    }

    /// Counts the nodes that are part of the cluster, and those of them that do not answer.
    pub(super) fn count_nodes(&mut self) {
        let before = self.ailing;
        let active = || self.nodes.iter().filter(|node| node.active);
        self.active = active().count();
        self.ailing = active().filter(|node| node.failures > 0).count();
        if self.ailing == 0 && before > 0 {
            self.exposed.clear();
            self.ailing_until = Some(self.now);
        }
    }

    /// Whether a command may have to wait, at the node its attempt goes to, for another one that is ailing. That is still so
    /// when the node has lost its place: the others give it up one after another.
    #[inline]
    pub(super) fn may_wait_for_ailing(&self, id: CommandId) -> bool {
        self.ailing > 0 && self.active > 1 && self.is_exposed(id)
    }

    /// Whether it writes where an ailing node has or had a place. A batch may.
    #[inline(never)]
    fn is_exposed(&self, id: CommandId) -> bool {
        let Some(running) = self.running.get(id).filter(|running| running.writes) else { return false };
        let Some(single) = running.single() else { return true };
        single.namespace.is_some_and(|namespace| self.exposed.contains(namespace, single.partition))
    }

    /// The other node that has to acknowledge a write to a partition, where it is one of several.
    pub(super) fn awaited_replica(
        &self,
        namespace: Option<usize>,
        partition: PartitionId,
        node: NodeId,
    ) -> Option<NodeId> {
        let namespace = namespace.filter(|_| self.active > 2)?;
        (0..self.map.columns(namespace))
            .filter_map(|column| self.map.owner(namespace, partition, column))
            .find(|owner| *owner != node)
    }

    /// Lets nothing follow the writes in flight that may have to wait, and asks again what is behind them and can be.
    fn keep_clear(&mut self) {
        for conn in self.conns.ids().collect::<Vec<_>>() {
            let Some((node, waiting)) = self.first_that_may_wait(conn) else { continue };
            self.leave_alone(node, conn);
            self.ask_elsewhere(conn, waiting);
        }
    }

    /// The place of the first command on a connection that may have to wait for an ailing node.
    fn first_that_may_wait(&self, conn: ConnId) -> Option<(NodeId, usize)> {
        let conn = self.conns.get(conn)?;
        let Purpose::Commands(node) = conn.purpose else { return None };
        let may_wait = |exchange: &Exchange| match *exchange {
            Exchange::Command { id, .. } | Exchange::Batch { id, .. } => self.may_wait_for_ailing(id),
            _ => false,
        };
        let at = conn.exchanges.iter().position(may_wait).filter(|_| !self.is_ailing(node))?;
        Some((node, conn.held_from(at)))
    }

    /// Begins anew, on other connections, the reads behind a place; each that has an attempt left.
    fn ask_elsewhere(&mut self, conn: ConnId, place: usize) {
        let Some(connection) = self.conns.get(conn) else { return };
        let reads = |exchange: &Exchange| match *exchange {
            Exchange::Command { id, attempt } => {
                let running = self.running.get(id).filter(|running| !running.writes)?;
                let single = running.single()?;
                let is_here = single.attempts == attempt && single.stage == Stage::OnConnection(conn);
                (is_here && attempt <= running.timing.max_retries).then_some(id)
            }
            _ => None,
        };
        let behind: Vec<CommandId> = connection.exchanges.iter().skip(place).filter_map(reads).collect();
        for id in behind {
            let Some(running) = self.running.get_mut(id) else { continue };
            let timing = running.timing;
            let Some(single) = running.single_mut() else { continue };
            single.stage = Stage::Done;
            let (exchange, node) = (single.exchange(id), single.node);
            self.abandon(conn, exchange, &timing);
            if let Some(node) = node.and_then(|node| self.nodes.get_mut(usize::from(node.0))) {
                node.counters.retries += 1;
            }
            self.dispatch(id);
        }
    }

    /// Whether a timeout says nothing of a node: it answers tends, and may be waiting for one that does not.
    pub(super) fn is_excused(&self, node: NodeId) -> bool {
        self.ailing > 0 && !self.is_ailing(node)
    }

    /// Whether that of an attempt does: it may also have begun while a node was ailing that no longer is.
    pub(super) fn is_attempt_excused(&self, node: NodeId, timing: &Timing) -> bool {
        let longest = u64::from(timing.attempt_timeout_ms());
        let began_before = |until: Timestamp| self.ailing == 0 && self.now < until.plus_millis(longest);
        self.is_excused(node) || self.ailing_until.is_some_and(began_before)
    }

    fn is_ailing(&self, node: NodeId) -> bool {
        self.nodes.get(usize::from(node.0)).is_some_and(|node| node.active && node.failures > 0)
    }
}
