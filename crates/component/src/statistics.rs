//! Statistics of the core as the interface gives them.
//!
//! Imports the core's public API and the interface's types.

use aerospike_wasm::{NodeStatistics as CoreNode, Statistics as CoreStatistics};

use crate::types::{NodeStatistics, Statistics};

/// What a client counted, in the form of the interface.
#[must_use]
pub fn statistics(core: CoreStatistics) -> Statistics {
    Statistics {
        in_flight: core.in_flight as u32,
        queued: core.queued as u32,
        nodes: core.nodes.into_iter().map(node).collect(),
    }
}

fn node(core: CoreNode) -> NodeStatistics {
    let counters = core.counters;
    NodeStatistics {
        name: core.name,
        host: core.endpoint.host,
        port: core.endpoint.port,
        active: core.active,
        open: core.open as u32,
        connecting: core.connecting as u32,
        in_flight: core.in_flight as u32,
        waiting: core.waiting as u32,
        opened: counters.opened,
        closed: counters.closed,
        answered: counters.answered,
        server_errors: counters.server_errors,
        timeouts: counters.timeouts,
        connection_errors: counters.connection_errors,
        retries: counters.retries,
        latency: counters.latency.to_vec(),
    }
}
