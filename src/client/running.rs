//! A command that was submitted: its request, its clock, and how far it has come.
//!
//! Imports `command`, `conn`, `ids`, `policy`, `time`.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::command::BatchPlan;
use crate::conn::Exchange;
use crate::data::PartitionId;
use crate::error::Error;
use crate::ids::{CommandId, ConnId, NodeId};
use crate::policy::{Policy, ReadModeSc, Replica};
use crate::time::Timestamp;

/// Parts of the policy that matter after the request is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    pub(super) socket_timeout_ms: u32,
    pub(super) timeout_delay_ms: u32,
    pub(super) sleep_ms: u32,
    pub(super) max_retries: u16,
    pub(super) replica: Replica,
    pub(super) read_mode_sc: ReadModeSc,
    pub(super) total_timeout_ms: u32,
    /// End of the whole command, once its turn has come.
    pub(super) deadline: Timestamp,
}

impl Timing {
    pub(super) const fn new(policy: &Policy) -> Self {
        Self {
            socket_timeout_ms: policy.socket_timeout_ms,
            timeout_delay_ms: policy.timeout_delay_ms,
            sleep_ms: policy.sleep_between_retries_ms,
            // One more attempt than that has to have a number, too.
            max_retries: if policy.max_retries == u16::MAX { u16::MAX - 1 } else { policy.max_retries },
            replica: policy.replica,
            read_mode_sc: policy.read_mode_sc,
            total_timeout_ms: policy.total_timeout_ms,
            deadline: Timestamp::NEVER,
        }
    }

    /// The command's turn has come.
    pub(super) const fn begin(&mut self, now: Timestamp) {
        if self.total_timeout_ms > 0 {
            self.deadline = now.plus_millis(self.total_timeout_ms as u64);
        }
    }

    /// End of an attempt that starts now.
    pub(super) fn attempt_deadline(&self, now: Timestamp) -> Timestamp {
        match self.socket_timeout_ms {
            0 => self.deadline,
            socket => now.plus_millis(u64::from(socket)).min(self.deadline),
        }
    }

    /// How long an attempt can take, ms; 0 for no limit.
    pub(super) fn attempt_timeout_ms(&self) -> u32 {
        match (self.socket_timeout_ms, self.total_timeout_ms) {
            (0, only) | (only, 0) => only,
            (socket, total) => socket.min(total),
        }
    }

    /// What the server may still use of the time, ms; 0 for no limit.
    pub(super) fn server_timeout_ms(&self, now: Timestamp) -> u32 {
        let left = match self.deadline {
            Timestamp::NEVER => return self.socket_timeout_ms,
            deadline => deadline.since(now).as_millis().max(1) as u32,
        };
        if self.socket_timeout_ms == 0 { left } else { left.min(self.socket_timeout_ms) }
    }
}

/// Where an attempt is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// In the queue of its node, for want of a connection.
    Waiting,
    /// On a connection, sent or about to be.
    OnConnection(ConnId),
    /// Pausing before the next attempt.
    Sleeping,
    /// Over (a group of a batch).
    Done,
}

/// What a command that is no batch is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Subject {
    /// A record.
    Record,
    /// A node, or a random one.
    Node(Option<NodeId>),
}

/// A command on one record, or of one node.
#[derive(Debug)]
pub(super) struct Single {
    pub(super) request: Vec<u8>,
    pub(super) subject: Subject,
    /// Index into the partition map; `None` for a namespace that no node has named.
    pub(super) namespace: Option<usize>,
    pub(super) partition: PartitionId,
    pub(super) column: u8,
    pub(super) stage: Stage,
    pub(super) attempts: u16,
    /// None, one, or more attempts left and may have happened; with more the command is in doubt whatever is answered.
    pub(super) sent: u16,
    pub(super) node: Option<NodeId>,
    /// When the attempt began.
    pub(super) started: Timestamp,
}

impl Single {
    /// The exchange of its attempt on a connection.
    pub(super) const fn exchange(&self, id: CommandId) -> Exchange {
        let attempt = self.attempts;
        match self.subject {
            Subject::Record => Exchange::Command { id, attempt },
            Subject::Node(_) => Exchange::Text { id, attempt },
        }
    }
}

/// How far one row of a batch has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowState {
    pub(super) answered: bool,
    pub(super) sent: u16,
    pub(super) column: u8,
    /// The node of its last attempt.
    pub(super) node: Option<NodeId>,
}

/// The rows that go to one node in one request.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) node: NodeId,
    pub(super) rows: Vec<u32>,
    pub(super) attempt: u16,
    pub(super) stage: Stage,
    pub(super) started: Timestamp,
    /// End of the attempt, or of the pause before it.
    pub(super) until: Timestamp,
}

/// Groups with more rows get a connection to themselves.
const SMALL_GROUP: usize = 32;

impl Group {
    /// Whether commands behind it on a connection would wait for long.
    pub(super) const fn is_large(&self) -> bool {
        self.rows.len() > SMALL_GROUP
    }

    /// Whether it has a connection or waits for one.
    pub(super) const fn is_out(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::OnConnection(_))
    }
}

/// A batch.
#[derive(Debug)]
pub(super) struct BatchRun {
    pub(super) plan: BatchPlan,
    pub(super) rows: Vec<RowState>,
    pub(super) unanswered: usize,
    pub(super) groups: Vec<Group>,
    pub(super) sequential: bool,
    /// Rows that ended without an answer, and why; told before the batch finishes.
    pub(super) failed: Vec<(u32, Error)>,
    /// Whether its end is queued for the host.
    pub(super) ended: bool,
}

#[derive(Debug)]
pub(super) enum Work {
    Single(Single),
    Batch(Box<BatchRun>),
}

/// A command that was submitted and has not ended.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) writes: bool,
    /// Whether its turn has come.
    pub(super) admitted: bool,
    pub(super) timing: Timing,
    pub(super) work: Work,
}

impl Running {
    /// Whether its end is already queued for the host.
    pub(super) const fn is_over(&self) -> bool {
        match &self.work {
            Work::Batch(batch) => batch.ended,
            Work::Single(_) => false,
        }
    }

    /// Whether a request of it has left that may still be answered.
    pub(super) fn awaits_answer(&self) -> bool {
        let is_out = |stage| matches!(stage, Stage::OnConnection(_));
        match &self.work {
            Work::Single(single) => is_out(single.stage) && single.sent > 0,
            Work::Batch(batch) => batch.groups.iter().any(|group| is_out(group.stage)),
        }
    }

    pub(super) const fn single(&self) -> Option<&Single> {
        match &self.work {
            Work::Single(single) => Some(single),
            Work::Batch(_) => None,
        }
    }

    pub(super) fn single_mut(&mut self) -> Option<&mut Single> {
        match &mut self.work {
            Work::Single(single) => Some(single),
            Work::Batch(_) => None,
        }
    }

    pub(super) fn batch_mut(&mut self) -> Option<&mut BatchRun> {
        match &mut self.work {
            Work::Batch(batch) => Some(batch),
            Work::Single(_) => None,
        }
    }
}
