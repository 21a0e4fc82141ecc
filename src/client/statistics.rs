//! The statistics of a client, put together when asked for.
//!
//! Part of [`super::Client`].

use alloc::vec::Vec;

use super::Client;
use crate::conn::Purpose;
use crate::statistics::{NodeStatistics, Statistics};

impl Client {
    /// What was counted so far, and the state of now.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let mut nodes: Vec<NodeStatistics> = self
            .nodes
            .iter()
            .map(|node| NodeStatistics {
                name: node.name.clone(),
                endpoint: node.endpoint.clone(),
                active: node.active,
                open: node.open,
                connecting: node.connecting,
                in_flight: 0,
                waiting: node.waiting.len() + node.waiting_whole.len(),
                counters: node.counters,
            })
            .collect();
        for conn in self.conns.ids().filter_map(|id| self.conns.get(id)) {
            if let Purpose::Commands(node) = conn.purpose
                && let Some(entry) = nodes.get_mut(usize::from(node.0))
            {
                entry.in_flight += conn.unanswered();
            }
        }
        Statistics { in_flight: self.running.len(), queued: self.queued.len(), nodes }
    }
}
