//! Replies, and everything else that is handed to the host.
//!
//! Part of [`super::Client`]. A poll first finds a [`Step`], which owns nothing borrowed, and then renders it into an
//! [`Output`] that borrows from the receive buffer.

use super::running::{Running, Stage, Work};
use super::{Client, Consumed, Ended, Event, HostAction, Output, Reply, merge};
use crate::conn::{Exchange, Ready};
use crate::error::{CloseReason, Error, ErrorKind, in_doubt};
use crate::ids::{CommandId, ConnId, NodeId};
use crate::wire::frame::HEADER_SIZE;
use crate::wire::message::Message;
use crate::wire::{DecodeError, DecodeErrorKind, Reader, ResultCode, info};

use alloc::vec::Vec;

/// An info value the server left out although it reports no error.
const ANSWER_MISSING: DecodeError =
    DecodeError { what: "answer to an info command", at: 0, kind: DecodeErrorKind::Truncated };

/// What to hand to the host, with positions in place of borrows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// The action in `last_action`.
    Action,
    /// Bytes were appended.
    Transmit { conn: ConnId, len: usize },
    /// A command ended with an error, or a batch ended.
    Finished { id: CommandId, error: Option<Error> },
    /// A command ended with the reply at an offset of the frame at hand.
    Reply { id: CommandId, conn: ConnId, len: usize, offset: usize, node: Option<NodeId> },
    /// A command ended with the info values in the frame at hand.
    Text { id: CommandId, conn: ConnId, len: usize, node: Option<NodeId> },
    /// A row of a batch without an answer.
    RowFailed { id: CommandId, index: u32, error: Error },
    /// A row of a batch, at an offset of the frame at hand.
    Row {
        id: CommandId,
        index: u32,
        conn: ConnId,
        len: usize,
        offset: usize,
        node: NodeId,
        error: Option<Error>,
    },
}

impl Client {
    /// Finds the next reply that ends a command or answers a row.
    #[inline(never)]
    pub(super) fn poll_replies(&mut self) -> Option<Step> {
        while let Some(id) = self.readable.front().copied() {
            let ready = match self.conns.get_mut(id).map(crate::conn::Connection::poll_ready) {
                Some(Ok(Some(ready))) => ready,
                Some(Err(error)) => {
                    self.readable.pop_front();
                    self.close_connection(id, CloseReason::BadBytes, Some(error), true);
                    continue;
                }
                Some(Ok(None)) | None => {
                    self.readable.pop_front();
                    continue;
                }
            };
            let step = match ready.exchange {
                Exchange::Info => self.take_info(id, ready),
                Exchange::Login | Exchange::Authenticate => {
                    self.take_admin(id, ready);
                    None
                }
                Exchange::Text { id: command, attempt } => self.take_text(id, ready, command, attempt),
                Exchange::Command { id: command, attempt } => self.take_reply(id, ready, command, attempt),
                Exchange::Batch { .. } | Exchange::Merged { .. } => self.take_message(id, ready),
            };
            if step.is_some() {
                return step;
            }
            if !self.ended.is_empty() || !self.actions.is_empty() {
                return None;
            }
        }
        None
    }

    /// The next command that ended without a reply of its own.
    #[inline(never)]
    pub(super) fn poll_ended(&mut self) -> Option<Step> {
        match *self.ended.front()? {
            Ended::Single(id, error) => {
                self.ended.pop_front();
                self.running.free(id);
                Some(Step::Finished { id, error: Some(error) })
            }
            Ended::Batch(id, error) => {
                let failed = self
                    .running
                    .get_mut(id)
                    .and_then(Running::batch_mut)
                    .and_then(|batch| batch.failed.pop());
                if let Some((index, error)) = failed {
                    return Some(Step::RowFailed { id, index, error });
                }
                self.ended.pop_front();
                self.release(id);
                self.running.free(id);
                Some(Step::Finished { id, error })
            }
        }
    }

    /// Hands out the requests that wait on one connection, all in one write.
    #[inline(never)]
    pub(super) fn poll_transmit(&mut self, tx: &mut Vec<u8>) -> Option<Step> {
        while let Some(id) = self.dirty.pop_front() {
            let start = tx.len();
            self.append_requests(id, tx);
            if tx.len() > start {
                return Some(Step::Transmit { conn: id, len: tx.len() - start });
            }
        }
        None
    }

    /// Turns a step into what the host sees.
    pub(super) fn render(&mut self, step: Step) -> Output<'_> {
        match step {
            Step::Action => self.render_action(),
            Step::Transmit { conn, len } => Output::Transmit { conn, len },
            Step::Finished { id, error } => {
                let result = error.map_or(Ok(Reply { message: None, text: &[], node: None }), Err);
                Output::Event(Event::Finished { id, result })
            }
            Step::RowFailed { id, index, error } => {
                Output::Event(Event::Row { id, index, result: Err(error) })
            }
            Step::Reply { id, conn, len, offset, node } => {
                let reply = Reply { message: self.message_at(conn, len, offset), text: &[], node };
                Output::Event(Event::Finished { id, result: Ok(reply) })
            }
            Step::Text { id, conn, len, node } => {
                let reply = Reply { message: None, text: self.text_at(conn, len), node };
                Output::Event(Event::Finished { id, result: Ok(reply) })
            }
            Step::Row { id, index, conn, len, offset, node, error } => {
                let result = match error {
                    Some(error) => Err(error),
                    None => {
                        let message = self.message_at(conn, len, offset);
                        Ok(Reply { message, text: &[], node: Some(node) })
                    }
                };
                Output::Event(Event::Row { id, index, result })
            }
        }
    }

    fn render_action(&mut self) -> Output<'_> {
        match &self.last_action {
            Some(HostAction::Connect(conn, endpoint)) => Output::Connect(*conn, endpoint),
            Some(HostAction::Close(conn)) => Output::Close(*conn),
            Some(HostAction::Ready) => Output::Event(Event::Ready),
            Some(HostAction::ConnectFailed(reason, kind)) => {
                Output::Event(Event::ConnectFailed { reason, kind: *kind })
            }
            Some(HostAction::NodeAdded(node)) => Output::Event(Event::NodeAdded(*node)),
            Some(HostAction::NodeRemoved(node)) => Output::Event(Event::NodeRemoved(*node)),
            Some(HostAction::Closed) | None => Output::Event(Event::Closed),
        }
    }

    fn message_at(&self, conn: ConnId, len: usize, offset: usize) -> Option<Message<'_>> {
        Message::read(&mut Reader::new(self.body(conn, len)?.get(offset..)?)).ok()
    }

    /// Not inlined, for the reason that `poll_step` gives; nor is what else only info commands need.
    #[inline(never)]
    fn text_at(&self, conn: ConnId, len: usize) -> &[u8] {
        self.body(conn, len).unwrap_or_default()
    }

    fn body(&self, conn: ConnId, len: usize) -> Option<&[u8]> {
        Some(self.conns.get(conn)?.frame(len)?.body)
    }

    /// The reply to a command on one record.
    fn take_reply(&mut self, conn: ConnId, ready: Ready, id: CommandId, attempt: u16) -> Option<Step> {
        let consumed = Consumed { conn, len: ready.len, ends: true };
        if !self.expects_single(conn, id, attempt) {
            return self.drop_late(consumed);
        }
        let body = self.conns.get(conn)?.frame(ready.len)?.body;
        let header = match Message::read_only(body) {
            Ok(message) => message.header,
            Err(error) => {
                self.close_connection(conn, CloseReason::BadBytes, Some(error), true);
                return None;
            }
        };
        self.consumed = Some(consumed);
        let node = self.count_answer(id, !header.result_code.is_ok());
        if header.result_code.is_ok() {
            self.release(id);
            self.running.free(id);
            return Some(Step::Reply { id, conn, len: ready.len, offset: 0, node });
        }
        self.refused(conn, id, attempt, header.result_code);
        None
    }

    /// The reply to a command that asks for info values.
    #[inline(never)]
    fn take_text(&mut self, conn: ConnId, ready: Ready, id: CommandId, attempt: u16) -> Option<Step> {
        let consumed = Consumed { conn, len: ready.len, ends: true };
        if !self.expects_single(conn, id, attempt) {
            return self.drop_late(consumed);
        }
        let Work::Single(single) = &self.running.get(id)?.work else { return None };
        let asked = single.request.get(HEADER_SIZE..)?;
        let missing = match info::check_reply(asked, self.body(conn, ready.len)?) {
            Ok(()) => None,
            Err(Some(refused)) => Some(refused.code),
            Err(None) => {
                self.close_connection(conn, CloseReason::BadBytes, Some(ANSWER_MISSING), true);
                return None;
            }
        };
        self.consumed = Some(consumed);
        let node = self.count_answer(id, missing.is_some());
        if let Some(code) = missing {
            self.refused(conn, id, attempt, code);
            return None;
        }
        self.release(id);
        self.running.free(id);
        Some(Step::Text { id, conn, len: ready.len, node })
    }

    pub(super) fn expects_single(&self, conn: ConnId, id: CommandId, attempt: u16) -> bool {
        self.running.get(id).is_some_and(|running| match &running.work {
            Work::Single(single) => single.attempts == attempt && single.stage == Stage::OnConnection(conn),
            Work::Batch(_) => false,
        })
    }

    /// A reply came for a command that had ended.
    fn drop_late(&mut self, consumed: Consumed) -> Option<Step> {
        self.consumed = Some(consumed);
        self.settle_abandoned(consumed.conn);
        self.finish_consumed();
        None
    }

    /// The server answered an attempt with a code.
    pub(super) fn refused(&mut self, conn: ConnId, id: CommandId, attempt: u16, code: ResultCode) {
        let session_ended = self.session_ended(conn, code);
        if session_ended {
            self.unsend(id);
        }
        self.finish_consumed();
        self.set_stage(id, super::connections::NO_GROUP, Stage::Done);
        self.attempt_failed(id, attempt, ErrorKind::Server(code));
        if !session_ended {
            self.close_after(conn, code);
        }
    }

    /// Counts the answer to an attempt; gives the node that answered.
    pub(super) fn count_answer(&mut self, id: CommandId, failed: bool) -> Option<NodeId> {
        let now = self.now;
        let single = self.running.get_mut(id).and_then(Running::single_mut)?;
        let (node, started) = (single.node?, single.started);
        if let Some(node) = self.nodes.get_mut(usize::from(node.0)) {
            node.counters.count_answer(started, now, failed);
        }
        Some(node)
    }

    /// Closes a connection after result codes that leave its state unclear.
    pub(super) fn close_after(&mut self, conn: ConnId, code: ResultCode) {
        let closing =
            [ResultCode::QUERY_ABORTED_BY_USER, ResultCode::NOT_AUTHENTICATED, ResultCode::QUERY_ABORTED];
        if closing.contains(&code) {
            self.close_connection(conn, CloseReason::Dropped, None, true);
        }
    }

    /// The error of a row that was answered with a code.
    pub(super) fn row_error(code: ResultCode, writes: bool, sent: u16, attempts: u16, node: NodeId) -> Error {
        let kind = ErrorKind::Server(code);
        Error { kind, in_doubt: in_doubt(writes, sent, &kind), attempts, node: Some(node) }
    }

    #[inline(never)]
    fn take_info(&mut self, conn: ConnId, ready: Ready) -> Option<Step> {
        let body: Vec<u8> = self.conns.get(conn)?.frame(ready.len)?.body.into();
        self.consumed = Some(Consumed { conn, len: ready.len, ends: true });
        self.finish_consumed();
        self.handle_info(conn, &body);
        None
    }

    fn append_requests(&mut self, id: ConnId, tx: &mut Vec<u8>) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        let first = conn.exchanges.len() - conn.unsent;
        if core::mem::take(&mut conn.unsent) >= merge::FEWEST {
            self.merge(id, first);
        }
        let Some(conn) = self.conns.get_mut(id) else { return };
        let purpose = conn.purpose;
        tx.append(&mut conn.info);
        let mut at = first;
        while let Some(exchange) = conn.exchanges.get(at) {
            at += 1;
            match *exchange {
                Exchange::Info => {}
                Exchange::Merged { rows } => {
                    merge::append_request(&mut self.running, &conn.exchanges, at, rows, tx);
                    at += usize::from(rows);
                }
                Exchange::Login | Exchange::Authenticate => {
                    Self::append_greeting(&self.config.auth, &self.nodes, purpose, *exchange, tx);
                }
                Exchange::Command { id, .. } | Exchange::Text { id, .. } => {
                    if let Some(single) = self.running.get_mut(id).and_then(Running::single_mut) {
                        tx.extend_from_slice(&single.request);
                        single.sent = single.sent.saturating_add(1);
                    }
                }
                Exchange::Batch { id, group, .. } => {
                    let Some(running) = self.running.get_mut(id) else { continue };
                    let timeout = running.timing.server_timeout_ms(self.now);
                    if let Some(batch) = running.batch_mut() {
                        batch.append_request(group, timeout, tx);
                    }
                }
            }
        }
    }
}
