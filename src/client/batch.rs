//! Batches: rows split over nodes into groups, groups sent and retried, rows answered one by one.
//!
//! Part of [`super::Client`]. Invariants: every row is answered or failed once; a retry regroups only the rows without
//! an answer, by their next replica; a batch of which no row was answered fails as a whole.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::dispatch::is_retryable;
use super::replies::Step;
use super::route::Target;
use super::running::{BatchRun, Group, RowState, Running, Stage, Work};
use super::{Client, Consumed, Ended};
use crate::cluster::Waiting;
use crate::command::{BatchPlan, Command};
use crate::conn::{Exchange, Ready};
use crate::error::{ArgError, CloseReason, Error, ErrorKind};
use crate::ids::{CommandId, ConnId, NodeId};
use crate::time::Timestamp;
use crate::wire::message::{Header, Message};
use crate::wire::{DecodeError, DecodeErrorKind, Reader, ResultCode};

/// A row the server left out although it reports success.
pub(super) const ROW_MISSING: DecodeError =
    DecodeError { what: "row of a batch", at: 0, kind: DecodeErrorKind::Truncated };

/// One message of a frame that holds several.
struct NextMessage {
    /// Where it begins.
    offset: usize,
    header: Header,
    /// Whether it ends the reply.
    is_last: bool,
}

impl BatchRun {
    /// Appends the request of a group and notes that its rows were sent.
    pub(super) fn append_request(&mut self, group: u32, timeout_ms: u32, tx: &mut Vec<u8>) {
        let Some(group) = self.groups.get_mut(group as usize) else { return };
        self.plan.encode(&group.rows, timeout_ms, tx);
        for row in &group.rows {
            if let Some(state) = self.rows.get_mut(*row as usize) {
                state.sent = state.sent.saturating_add(1);
            }
        }
    }

    /// Ends a row without an answer.
    fn fail_row(&mut self, row: u32, kind: ErrorKind, attempts: u16, node: Option<NodeId>) {
        let (Some(state), Some(planned)) =
            (self.rows.get_mut(row as usize), self.plan.rows.get(row as usize))
        else {
            return;
        };
        if state.answered {
            return;
        }
        state.answered = true;
        self.unanswered -= 1;
        // No answer came for the row itself, so whatever ended its group, it may have happened if it was sent.
        let in_doubt = planned.writes && state.sent > 0;
        self.failed.push((row, Error { kind, in_doubt, attempts, node }));
    }

    /// The earliest time at which one of its groups wants attention.
    fn wake_at(&self) -> Timestamp {
        // Asked one node after another, the groups behind the one that is out wait for it, not for a time.
        let held = self.sequential && self.groups.iter().any(Group::is_out);
        let live =
            self.groups.iter().filter(|group| group.is_out() || !held && group.stage == Stage::Sleeping);
        live.map(|group| group.until).min().unwrap_or(Timestamp::NEVER)
    }
}

impl Client {
    pub(super) fn submit_batch(&mut self, command: &Command<'_>) -> Result<CommandId, ArgError> {
        let plan = BatchPlan::new(command)?;
        let (size, limit) = (plan.size(), self.config.max_message_bytes);
        if size > limit {
            return Err(ArgError::MessageTooLarge { size, limit });
        }
        let count = plan.rows.len();
        let batch = BatchRun {
            plan,
            rows: vec![RowState { column: self.first_column(command), ..RowState::default() }; count],
            unanswered: count,
            groups: Vec::new(),
            sequential: command.policy.sequential,
            failed: Vec::new(),
            ended: false,
        };
        self.start(command, Work::Batch(Box::new(batch)))
    }

    /// The batch's turn has come.
    pub(super) fn begin_batch(&mut self, id: CommandId) {
        let Some(batch) = self.running.get_mut(id).and_then(Running::batch_mut) else { return };
        let rows = (0..batch.rows.len() as u32).collect();
        self.group_rows(id, rows, 1, self.now);
        self.start_groups(id);
    }

    /// Splits rows over the nodes that own them; the groups are to start at `when`.
    fn group_rows(&mut self, id: CommandId, rows: Vec<u32>, attempt: u16, when: Timestamp) {
        // In the order of the nodes, of which there are few.
        let mut by_node: Vec<(NodeId, Vec<u32>)> = Vec::new();
        for row in rows {
            match self.route_row(id, row) {
                Ok(node) => {
                    let found = by_node.binary_search_by_key(&node, |(node, _)| *node);
                    let at = found.unwrap_or_else(|at| {
                        by_node.insert(at, (node, Vec::new()));
                        at
                    });
                    by_node[at].1.push(row);
                }
                Err(kind) => {
                    if let Some(batch) = self.running.get_mut(id).and_then(Running::batch_mut) {
                        batch.fail_row(row, kind, attempt, None);
                    }
                }
            }
        }
        let Some(batch) = self.running.get_mut(id).and_then(Running::batch_mut) else { return };
        for (node, rows) in by_node {
            batch.groups.push(Group {
                node,
                rows,
                attempt,
                stage: Stage::Sleeping,
                started: when,
                until: when,
            });
        }
    }

    /// Starts the groups whose time has come: all of them, or one at a time.
    fn start_groups(&mut self, id: CommandId) {
        let now = self.now;
        // Those before it are not due: what a failure adds comes last.
        let mut from = 0;
        loop {
            let Some(running) = self.running.get_mut(id) else { return };
            let timing = running.timing;
            let Some(batch) = running.batch_mut() else { return };
            let held = batch.sequential && batch.groups.iter().any(Group::is_out);
            let due = |group: &Group| group.stage == Stage::Sleeping && group.until <= now;
            let next = if held { None } else { batch.groups.iter().skip(from).position(due) };
            let Some(index) = next.map(|next| from + next) else { break };
            from = index;
            let group = &mut batch.groups[index];
            group.until = timing.attempt_deadline(now);
            group.stage = Stage::Waiting;
            group.started = now;
            let (node, attempt, large) = (group.node, group.attempt, group.is_large());
            if self.is_tripped(node) {
                self.fail_group(id, index as u32, attempt, ErrorKind::TooManyErrors);
                continue;
            }
            if let Some(code) = self.refused_login(node) {
                self.fail_group(id, index as u32, attempt, ErrorKind::Server(code));
                continue;
            }
            let whole = large || self.may_wait_for_ailing(id);
            let stage = self.assign(node, Waiting { id, group: index as u32, attempt, whole, replica: None });
            self.set_stage(id, index as u32, stage);
        }
        self.settle_batch(id);
    }

    /// A group ended without (all) its rows: try them again, or fail them.
    pub(super) fn group_failed(&mut self, id: CommandId, group: u32, attempt: u16, kind: ErrorKind) {
        self.fail_group(id, group, attempt, kind);
        self.start_groups(id);
    }

    /// The same, but that the groups to come are not started.
    fn fail_group(&mut self, id: CommandId, group: u32, attempt: u16, kind: ErrorKind) {
        let is_login_matter = self.is_login_matter(&kind);
        let Some(running) = self.running.get_mut(id) else { return };
        let timing = running.timing;
        let Some(batch) = running.batch_mut() else { return };
        let Some(entry) = batch.groups.get_mut(group as usize).filter(|entry| entry.attempt == attempt)
        else {
            return;
        };
        if matches!(entry.stage, Stage::Done | Stage::Sleeping) {
            return;
        }
        entry.stage = Stage::Done;
        let node = entry.node;
        let mut rows = core::mem::take(&mut entry.rows);
        rows.retain(|row| batch.rows.get(*row as usize).is_some_and(|state| !state.answered));
        let resume = self.now.plus_millis(u64::from(timing.sleep_ms));
        let may_help = is_retryable(&kind) || is_login_matter;
        let again = may_help && attempt <= timing.max_retries && resume < timing.deadline;
        if rows.is_empty() || !again {
            let failed = !rows.is_empty();
            rows.into_iter().for_each(|row| batch.fail_row(row, kind, attempt, Some(node)));
            if failed {
                self.count_failure(Some(node), &kind, &timing, false);
            }
            return;
        }
        for row in &rows {
            let writes = batch.plan.rows.get(*row as usize).is_some_and(|row| row.writes);
            let Some(state) = batch.rows.get_mut(*row as usize) else { continue };
            state.node = Some(node);
            if !is_login_matter && (!writes || kind != ErrorKind::Timeout) {
                state.column = state.column.wrapping_add(1);
            }
        }
        self.count_failure(Some(node), &kind, &timing, true);
        self.group_rows(id, rows, attempt.saturating_add(1), resume);
    }

    /// Time came for some group: to start, or to give up on.
    pub(super) fn handle_batch_due(&mut self, id: CommandId) {
        let now = self.now;
        loop {
            let Some(running) = self.running.get_mut(id) else { return };
            let timing = running.timing;
            let Some(batch) = running.batch_mut() else { return };
            let late = |group: &Group| group.is_out() && group.until <= now;
            let Some(index) = batch.groups.iter().position(late) else { break };
            let late = &batch.groups[index];
            let (stage, attempt) = (late.stage, late.attempt);
            let group = index as u32;
            if let Stage::OnConnection(conn) = stage {
                self.abandon(conn, Exchange::Batch { id, group, attempt }, &timing);
            }
            self.fail_group(id, group, attempt, ErrorKind::Timeout);
        }
        self.start_groups(id);
    }

    /// Ends a batch early: rows without an answer fail.
    pub(super) fn end_batch(&mut self, id: CommandId, kind: ErrorKind) {
        let Some(running) = self.running.get_mut(id) else { return };
        let timing = running.timing;
        let Some(batch) = running.batch_mut() else { return };
        let mut abandoned = Vec::new();
        for (index, group) in batch.groups.iter_mut().enumerate() {
            if let Stage::OnConnection(conn) = group.stage {
                let attempt = group.attempt;
                abandoned.push((conn, Exchange::Batch { id, group: index as u32, attempt }, group.node));
            }
            group.stage = Stage::Done;
        }
        let attempts = batch.groups.iter().map(|group| group.attempt).max().unwrap_or_default();
        (0..batch.rows.len() as u32).for_each(|row| batch.fail_row(row, kind, attempts, None));
        for (conn, exchange, node) in abandoned {
            self.count_failure(Some(node), &kind, &timing, false);
            self.abandon(conn, exchange, &timing);
        }
        self.settle_batch(id);
    }

    /// Takes the next message of the reply to a batch, or to merged commands.
    #[inline(never)]
    pub(super) fn take_message(&mut self, conn: ConnId, ready: Ready) -> Option<Step> {
        if let Exchange::Batch { id, group, attempt } = ready.exchange
            && !self.expects_group(conn, id, group, attempt)
        {
            self.consumed = Some(Consumed { conn, len: ready.len, ends: ready.ends });
            if ready.ends {
                self.settle_abandoned(conn);
            }
            self.finish_consumed();
            return None;
        }
        let NextMessage { offset, header, is_last } = self.next_message(conn, ready)?;
        let code = header.result_code;
        match ready.exchange {
            Exchange::Merged { rows } if is_last => self.end_merged(conn, rows, code),
            Exchange::Merged { rows } => {
                return self.take_merged(conn, ready.len, offset, rows, header.timeout, code);
            }
            Exchange::Batch { id, group, attempt } if is_last => {
                self.session_ended(conn, code);
                self.finish_consumed();
                self.end_group(id, group, attempt, code);
            }
            Exchange::Batch { id, group, .. } => {
                return self.take_row(conn, ready.len, id, group, offset, header.timeout, code);
            }
            _ => {}
        }
        None
    }

    /// Reads the next message of a frame that holds several; closes the connection when it cannot be read.
    fn next_message(&mut self, conn: ConnId, ready: Ready) -> Option<NextMessage> {
        let connection = self.conns.get_mut(conn)?;
        let offset = connection.cursor;
        let body = connection.frame(ready.len)?.body;
        let mut reader = Reader::new(body.get(offset..)?);
        let message = match Message::read(&mut reader) {
            Ok(message) => message,
            Err(error) => {
                self.close_connection(conn, CloseReason::BadBytes, Some(error), true);
                return None;
            }
        };
        let (header, is_last, at_end) = (message.header, message.is_last(), reader.is_empty());
        connection.cursor = offset + reader.position();
        if at_end {
            self.consumed = Some(Consumed { conn, len: ready.len, ends: ready.ends });
        }
        if is_last && !at_end {
            let (what, kind) = ("batch message after the last", DecodeErrorKind::Trailing);
            let error = DecodeError { what, at: offset, kind };
            self.close_connection(conn, CloseReason::BadBytes, Some(error), true);
            return None;
        }
        Some(NextMessage { offset, header, is_last })
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one row, passed once")]
    fn take_row(
        &mut self,
        conn: ConnId,
        len: usize,
        id: CommandId,
        group: u32,
        offset: usize,
        index: u32,
        code: ResultCode,
    ) -> Option<Step> {
        let batch = self.running.get_mut(id).and_then(Running::batch_mut)?;
        let entry = batch.groups.get(group as usize)?;
        let (node, attempt) = (entry.node, entry.attempt);
        let Some(state) = batch.rows.get_mut(index as usize).filter(|state| !state.answered) else {
            let error = DecodeError { what: "batch row index", at: offset, kind: DecodeErrorKind::Invalid };
            self.close_connection(conn, CloseReason::BadBytes, Some(error), true);
            return None;
        };
        state.answered = true;
        let sent = state.sent;
        batch.unanswered -= 1;
        let writes = batch.plan.rows.get(index as usize).is_some_and(|row| row.writes);
        let error = (!code.is_ok()).then(|| Self::row_error(code, writes, sent, attempt, node));
        Some(Step::Row { id, index, conn, len, offset, node, error })
    }

    /// A group's stream ended by itself.
    fn end_group(&mut self, id: CommandId, group: u32, attempt: u16, code: ResultCode) {
        let now = self.now;
        let of = |entry: &Group| (entry.node, entry.started);
        let batch = self.running.get_mut(id).and_then(Running::batch_mut);
        let entry = batch.and_then(|batch| batch.groups.get(group as usize)).map(of);
        if let Some((node, started)) = entry
            && let Some(node) = self.nodes.get_mut(usize::from(node.0))
        {
            node.counters.count_answer(started, now, !code.is_ok());
        }
        let kind = if code.is_ok() { ErrorKind::BadReply(ROW_MISSING) } else { ErrorKind::Server(code) };
        self.group_failed(id, group, attempt, kind);
    }

    /// Ends the batch when all its rows have, and otherwise sets its next deadline.
    fn settle_batch(&mut self, id: CommandId) {
        let Some(running) = self.running.get_mut(id) else { return };
        let deadline = running.timing.deadline;
        let Some(batch) = running.batch_mut() else { return };
        if batch.unanswered > 0 {
            let at = batch.wake_at().min(deadline);
            return self.command_deadlines.set(id.slot(), at);
        }
        let is_open = |group: &Group| group.stage != Stage::Done;
        if batch.ended || batch.groups.iter().any(is_open) {
            return;
        }
        batch.ended = true;
        let own = |error: &Error| {
            error.kind == ErrorKind::Server(ResultCode::INVALID_NAMESPACE) && error.node.is_none()
        };
        let whole =
            batch.failed.len() == batch.rows.len() && !batch.failed.iter().all(|(_, error)| own(error));
        let error = whole.then(|| {
            let in_doubt = batch.failed.iter().any(|(_, error)| error.in_doubt);
            batch.failed.first().map(|(_, error)| Error { in_doubt, ..*error })
        });
        if whole {
            batch.failed.clear();
        }
        self.command_deadlines.clear(id.slot());
        self.ended.push_back(Ended::Batch(id, error.flatten()));
    }

    fn expects_group(&self, conn: ConnId, id: CommandId, group: u32, attempt: u16) -> bool {
        match self.running.get(id).map(|running| &running.work) {
            Some(Work::Batch(batch)) => batch
                .groups
                .get(group as usize)
                .is_some_and(|group| group.attempt == attempt && group.stage == Stage::OnConnection(conn)),
            _ => false,
        }
    }

    fn route_row(&mut self, id: CommandId, row: u32) -> Result<NodeId, ErrorKind> {
        let missing = ErrorKind::NoNode;
        let running = self.running.get(id).ok_or(missing)?;
        let Work::Batch(batch) = &running.work else { return Err(missing) };
        let (planned, state) = (batch.plan.rows.get(row as usize), batch.rows.get(row as usize));
        let (Some(planned), Some(state)) = (planned, state) else { return Err(missing) };
        let name = batch.plan.namespaces.get(usize::from(planned.namespace)).map_or("", |name| name.as_str());
        // The server would answer one such row by failing all rows of its request. A client that has met no node yet
        // does not know better.
        let is_lost = self.map.is_empty();
        let unknown = if is_lost { missing } else { ErrorKind::Server(ResultCode::INVALID_NAMESPACE) };
        let namespace = self.map.namespace(name).ok_or(unknown)?;
        let target = Target {
            namespace: Some(namespace),
            partition: planned.digest.partition(),
            column: state.column,
            previous: state.node,
            writes: planned.writes,
        };
        let timing = running.timing;
        self.route(target, &timing).ok_or(missing)
    }
}
