//! What a client counts: per node and in all.
//!
//! Imports `time` and `config`. Counting allocates nothing; [`Statistics`] is made when asked for.

use alloc::string::String;
use alloc::vec::Vec;

use crate::config::Endpoint;
use crate::time::Timestamp;

/// How many buckets a latency histogram has.
pub const LATENCY_BUCKETS: usize = 24;

/// What is counted for one node.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counters {
    /// Attempts that the node answered, with success or an error.
    pub answered: u64,
    /// Of these, answered with an error.
    pub server_errors: u64,
    /// Attempts that timed out.
    pub timeouts: u64,
    /// Attempts that ended with their connection.
    pub connection_errors: u64,
    /// Attempts after the first, of commands whose attempt before was on this node.
    pub retries: u64,
    /// Connections opened.
    pub opened: u64,
    /// Connections ended, for whatever reason.
    pub closed: u64,
    /// Answers by latency: bucket `n` counts those that took less than `2^n` microseconds, and no less than the bucket
    /// before; the last counts all that took longer.
    pub latency: [u64; LATENCY_BUCKETS],
    /// Latencies of all answers together, in microseconds.
    pub latency_sum: u64,
}

impl Counters {
    /// Counts an answer to an attempt that began at `start`.
    pub(crate) fn count_answer(&mut self, start: Timestamp, now: Timestamp, failed: bool) {
        self.answered += 1;
        self.server_errors += u64::from(failed);
        let micros = now.since(start).as_micros() as u64;
        self.latency_sum += micros;
        let bucket = (u64::BITS - micros.leading_zeros()) as usize;
        if let Some(count) = self.latency.get_mut(bucket.min(LATENCY_BUCKETS - 1)) {
            *count += 1;
        }
    }
}

/// One node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeStatistics {
    /// Its name.
    pub name: String,
    /// Where it is reached.
    pub endpoint: Endpoint,
    /// Whether it is part of the cluster now.
    pub active: bool,
    /// Connections for commands that are open.
    pub open: usize,
    /// Connections for commands that are being made.
    pub connecting: usize,
    /// Commands and groups of batches that are on a connection.
    pub in_flight: usize,
    /// Commands and groups of batches that wait for a connection.
    pub waiting: usize,
    /// What was counted since the client began.
    pub counters: Counters,
}

/// A client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statistics {
    /// Commands that were submitted and have not ended.
    pub in_flight: usize,
    /// Of these, commands that wait for their turn.
    pub queued: usize,
    /// Its nodes, also those that left.
    pub nodes: Vec<NodeStatistics>,
}
