//! The life of a command: attempts, retries, timeouts and its end.
//!
//! Part of [`super::Client`]. Rules follow the C client's `as_command.c` (`protocol` section on retries): retried are
//! connection failures, timeouts and the server's 9, 11 and 18; a write only if its policy allows retries at all.
//! `in_doubt` is computed in one place, `crate::error::in_doubt`.

use super::connections::NO_GROUP;
use super::route::Target;
use super::running::{Running, Single, Stage, Subject, Timing, Work};
use super::{Client, Ended};
use crate::cluster::Waiting;
use crate::error::{Error, ErrorKind, in_doubt};
use crate::ids::{CommandId, NodeId};
use crate::wire::ResultCode;
use crate::wire::Writer;
use crate::wire::message::TIMEOUT_OFFSET;

/// Whether another attempt may help.
pub(super) fn is_retryable(kind: &ErrorKind) -> bool {
    match kind {
        ErrorKind::Timeout | ErrorKind::Connection(_) | ErrorKind::BadReply(_) | ErrorKind::TooManyErrors => {
            true
        }
        ErrorKind::Server(code) => {
            matches!(
                *code,
                ResultCode::TIMEOUT | ResultCode::PARTITION_UNAVAILABLE | ResultCode::DEVICE_OVERLOAD
            )
        }
        _ => false,
    }
}

impl Client {
    /// Starts an attempt of a command that is no batch, or the first of those to come whose node is not left alone.
    pub(super) fn dispatch(&mut self, id: CommandId) {
        while let Some(attempt) = self.start_attempt(id) {
            if !self.tries_again_now(id, attempt, ErrorKind::TooManyErrors) {
                return;
            }
        }
    }

    /// Starts an attempt; gives its number if its node is left alone.
    fn start_attempt(&mut self, id: CommandId) -> Option<u16> {
        let now = self.now;
        let running = self.running.get_mut(id)?;
        let (timing, writes) = (running.timing, running.writes);
        let single = running.single_mut()?;
        let Single { subject, namespace, partition, column, node: previous, .. } = *single;
        let node = match subject {
            Subject::Record => self.route(Target { namespace, partition, column, previous, writes }, &timing),
            Subject::Node(node) => self.route_to_node(node),
        };
        let Some(node) = node else {
            self.end(id, ErrorKind::NoNode);
            return None;
        };
        let single = self.running.get_mut(id).and_then(Running::single_mut)?;
        single.attempts = single.attempts.saturating_add(1);
        single.node = Some(node);
        single.stage = Stage::Done;
        single.started = now;
        let attempt = single.attempts;
        if self.is_tripped(node) {
            return Some(attempt);
        }
        if let Some(code) = self.refused_login(node) {
            self.leave_in_doubt(id);
            self.end(id, ErrorKind::Server(code));
            return None;
        }
        let single = self.running.get_mut(id).and_then(Running::single_mut)?;
        if attempt > 1 && subject == Subject::Record {
            let timeout = timing.server_timeout_ms(now);
            Writer::new(&mut single.request).patch_u32(TIMEOUT_OFFSET, timeout);
        }
        self.command_deadlines.set(id.slot(), timing.attempt_deadline(now));
        let replica = if writes { self.awaited_replica(namespace, partition, node) } else { None };
        // Info values may take the server long.
        let whole = subject != Subject::Record || self.may_wait_for_ailing(id);
        let stage = self.assign(node, Waiting { id, group: NO_GROUP, attempt, whole, replica });
        self.set_stage(id, NO_GROUP, stage);
        None
    }

    /// What comes next answers none of the attempts that left: more than one are in doubt whatever it says, none never is.
    pub(super) fn leave_in_doubt(&mut self, id: CommandId) {
        if let Some(single) = self.running.get_mut(id).and_then(Running::single_mut) {
            single.sent = single.sent.saturating_mul(2);
        }
    }

    /// An attempt that was sent ended with its session: the server has done nothing of it.
    pub(super) fn unsend(&mut self, id: CommandId) {
        if let Some(single) = self.running.get_mut(id).and_then(Running::single_mut) {
            single.sent = single.sent.saturating_sub(1);
        }
        self.leave_in_doubt(id);
    }

    /// An attempt ended without success: try again, or end the command.
    pub(super) fn attempt_failed(&mut self, id: CommandId, attempt: u16, kind: ErrorKind) {
        if self.tries_again_now(id, attempt, kind) {
            self.dispatch(id);
        }
    }

    /// Settles an attempt that failed: says whether the next is to start now; else that is later, or the command has ended.
    fn tries_again_now(&mut self, id: CommandId, attempt: u16, kind: ErrorKind) -> bool {
        let now = self.now;
        let is_login_matter = self.is_login_matter(&kind);
        let Some(running) = self.running.get_mut(id) else { return false };
        let (timing, writes) = (running.timing, running.writes);
        let Some(single) = running.single_mut() else { return false };
        if single.attempts != attempt || single.stage == Stage::Sleeping {
            return false;
        }
        let node = single.node;
        let resume = now.plus_millis(u64::from(timing.sleep_ms));
        let may_help = is_retryable(&kind) || is_login_matter;
        if !may_help || single.attempts > timing.max_retries || resume >= timing.deadline {
            self.end(id, kind);
            return false;
        }
        // A write that timed out stays with the master, and one whose session has ended with the node that ended it;
        // anything else moves on to the next replica.
        if !is_login_matter && (!writes || kind != ErrorKind::Timeout) {
            single.column = single.column.wrapping_add(1);
        }
        single.stage = Stage::Sleeping;
        self.count_failure(node, &kind, &timing, true);
        if timing.sleep_ms > 0 {
            self.command_deadlines.set(id.slot(), resume);
        }
        timing.sleep_ms == 0
    }

    /// Whether an attempt failed for want of a session, which is being made anew.
    pub(super) fn is_login_matter(&self, kind: &ErrorKind) -> bool {
        matches!(kind, ErrorKind::Server(code) if self.is_session_code(*code))
    }

    /// A command's deadline has come: of the whole, of the attempt, or of the pause before the next.
    pub(super) fn handle_command_due(&mut self, id: CommandId) {
        let now = self.now;
        let Some(running) = self.running.get_mut(id) else { return };
        let timing = running.timing;
        if !running.admitted {
            return self.end(id, ErrorKind::Backpressure);
        }
        if timing.deadline <= now {
            return self.end(id, ErrorKind::Timeout);
        }
        let Work::Single(single) = &mut running.work else { return self.handle_batch_due(id) };
        let (stage, attempt, exchange) = (single.stage, single.attempts, single.exchange(id));
        match stage {
            Stage::Sleeping => self.dispatch(id),
            Stage::OnConnection(conn) => {
                single.stage = Stage::Done;
                // The exchange keeps the attempt's number, so its late reply will not be taken for the next one's.
                self.abandon(conn, exchange, &timing);
                self.attempt_failed(id, attempt, ErrorKind::Timeout);
            }
            Stage::Waiting | Stage::Done => self.attempt_failed(id, attempt, ErrorKind::Timeout),
        }
    }

    /// Ends a command without a reply of its own.
    pub(super) fn end(&mut self, id: CommandId, kind: ErrorKind) {
        let Some(running) = self.running.get_mut(id) else { return };
        let (writes, timing) = (running.writes, running.timing);
        let Work::Single(single) = &running.work else { return self.end_batch(id, kind) };
        let (stage, exchange) = (single.stage, single.exchange(id));
        let error = Error {
            kind,
            in_doubt: in_doubt(writes, single.sent, &kind),
            attempts: single.attempts,
            node: single.node,
        };
        self.release(id);
        self.count_failure(error.node, &kind, &timing, false);
        self.ended.push_back(Ended::Single(id, error));
        if let Stage::OnConnection(conn) = stage {
            self.abandon(conn, exchange, &timing);
        }
    }

    /// Takes a command out of its slot; its id is dead from here on. The slot is used again only after its end was told
    /// (`running.free`), so that hosts can keep what belongs to a command by its slot.
    pub(super) fn release(&mut self, id: CommandId) {
        self.command_deadlines.clear(id.slot());
        let Some(running) = self.running.take(id) else { return };
        self.working -= usize::from(running.admitted);
        if let Work::Single(single) = running.work {
            self.recycle(single.request);
        }
    }

    /// Counts an attempt that ended without success, and holds it against its node where the node is to blame.
    /// Connections that end are counted as such, once each, not per command.
    pub(super) fn count_failure(
        &mut self,
        node: Option<NodeId>,
        kind: &ErrorKind,
        timing: &Timing,
        retried: bool,
    ) {
        let excused = node.is_some_and(|node| self.is_attempt_excused(node, timing));
        let Some(node) = node.and_then(|node| self.nodes.get_mut(usize::from(node.0))) else { return };
        let counters = &mut node.counters;
        counters.retries += u64::from(retried);
        match kind {
            ErrorKind::Timeout => {
                counters.timeouts += 1;
                node.recent_errors += u32::from(!excused);
            }
            ErrorKind::Connection(_) | ErrorKind::BadReply(_) => counters.connection_errors += 1,
            ErrorKind::Server(ResultCode::DEVICE_OVERLOAD) => node.recent_errors += 1,
            _ => {}
        }
    }

    /// Whether a node failed so often of late that it is left alone.
    pub(super) fn is_tripped(&self, node: NodeId) -> bool {
        let limit = self.config.max_error_rate;
        limit > 0 && self.nodes.get(usize::from(node.0)).is_some_and(|node| node.recent_errors >= limit)
    }

    pub(super) fn set_stage(&mut self, id: CommandId, group: u32, stage: Stage) {
        match self.running.get_mut(id).map(|running| &mut running.work) {
            Some(Work::Single(single)) => single.stage = stage,
            Some(Work::Batch(batch)) => {
                if let Some(group) = batch.groups.get_mut(group as usize) {
                    group.stage = stage;
                }
            }
            None => {}
        }
    }

    /// Whether an entry in a node's queue is still what it was when it was put there.
    pub(super) fn is_waiting(&self, waiting: Waiting) -> bool {
        let Waiting { id, group, attempt, .. } = waiting;
        match self.running.get(id).map(|running| &running.work) {
            Some(Work::Single(single)) => single.stage == Stage::Waiting && single.attempts == attempt,
            Some(Work::Batch(batch)) => batch
                .groups
                .get(group as usize)
                .is_some_and(|group| group.stage == Stage::Waiting && group.attempt == attempt),
            None => false,
        }
    }
}
