//! Commands of one turn that travel as the rows of one batch request.
//!
//! Part of [`super::Client`]. The server spends five system calls on every request, whether it holds one command or many,
//! and less on a row than on a request of its own. A mark before their exchanges says how many of them share a request.
//! Invariants: each stays a command of its own, with its answer, its deadline, its retries and its doubt; only first
//! attempts are merged; no two rows have the same record, so that the server never has several of one to do at once.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::batch::ROW_MISSING;
use super::replies::Step;
use super::running::{Running, Stage};
use super::slab::Slab;
use super::{Client, connections};
use crate::command::batch_flags;
use crate::conn::{Exchange, Purpose};
use crate::error::{CloseReason, ErrorKind};
use crate::ids::{CommandId, ConnId, NodeId};
use crate::policy::Policy;
use crate::wire::flags::info1;
use crate::wire::message::{self, FieldType, Header, TIMEOUT_OFFSET};
use crate::wire::{DecodeError, DecodeErrorKind, RequestParts, ResultCode, Writer};

/// With fewer commands, what the server does for a batch outweighs what it saves.
pub(super) const FEWEST: usize = 8;
/// Most rows: as many as a connection has bits for.
const MOST: usize = 64;
/// Larger requests travel alone, bytes.
const LARGEST: usize = 4 << 10;
/// How long a node that refused a batch gets none, ms.
const PAUSE_MS: u64 = 10_000;

/// As in a batch of the caller's with default settings.
const FLAGS: u8 = batch_flags(&Policy::read());

/// Commands that fit into one request.
struct Run {
    len: usize,
    timeout: u32,
    writes: bool,
    /// Where reads keep apart from writes, which may wait for a replica.
    apart: bool,
    /// The first bytes of their digests.
    digests: [[u8; 8]; MOST],
}

impl Run {
    fn takes(&mut self, parts: &RequestParts<'_>, writes: bool) -> bool {
        let Some(digest) = parts.digest.first_chunk::<8>() else { return false };
        let timeout = parts.header.timeout;
        if self.len == 0 {
            (self.timeout, self.writes) = (timeout, writes);
        }
        let fits = timeout > 0
            && timeout == self.timeout
            && !(self.apart && writes != self.writes)
            && !self.digests.iter().take(self.len).any(|other| other == digest);
        if fits {
            self.digests[self.len] = *digest;
            self.len += 1;
        }
        fits
    }
}

impl Client {
    /// Marks the commands that are to leave on a connection, from a place on, where enough of them fit together.
    #[inline(never)]
    pub(super) fn merge(&mut self, id: ConnId, first: usize) {
        if !self.may_merge(id) {
            return;
        }
        // Where nodes replicate, a write may have to wait for one of them that is gone, and its whole request with it.
        let apart = self.active > 1;
        if apart {
            self.put_reads_first(id, first);
        }
        let mut at = first;
        while let Some(len) = self.run_at(id, at, apart) {
            let Some(conn) = self.conns.get_mut(id) else { return };
            if len >= FEWEST {
                conn.mark(at, len as u8);
                at += 1;
            }
            at += len.max(1);
        }
    }

    fn may_merge(&self, id: ConnId) -> bool {
        let Some(conn) = self.conns.get(id).filter(|conn| !conn.mixed) else { return false };
        let Purpose::Commands(node) = conn.purpose else { return false };
        let is_ready = |node: &crate::cluster::Node| node.merges_from <= self.now;
        self.config.merge_commands && self.nodes.get(usize::from(node.0)).is_some_and(is_ready)
    }

    /// Puts the reads that are to leave before the writes, each in their order, if nothing else is to leave.
    fn put_reads_first(&mut self, id: ConnId, first: usize) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        let mut place = first;
        for at in first..conn.exchanges.len() {
            let Some(Exchange::Command { id, .. }) = conn.exchanges.get(at) else { return };
            if self.running.get(*id).is_none_or(|running| running.writes) {
                continue;
            }
            if place < at
                && let Some(read) = conn.exchanges.remove(at)
            {
                conn.exchanges.insert(place, read);
            }
            place += 1;
        }
    }

    /// How many commands from a place on fit together; `None` behind the last.
    fn run_at(&self, id: ConnId, at: usize, apart: bool) -> Option<usize> {
        let conn = self.conns.get(id)?;
        conn.exchanges.get(at)?;
        let mut run = Run { len: 0, timeout: 0, writes: false, apart, digests: [[0; 8]; MOST] };
        for exchange in conn.exchanges.range(at..).take(MOST) {
            let Exchange::Command { id, attempt: 1 } = *exchange else { break };
            let Some(running) = self.running.get(id) else { break };
            let request = running.single().map_or(&[][..], |single| &single.request);
            let parts =
                RequestParts::of(request).filter(|parts| request.len() <= LARGEST && parts.fits_row());
            if !parts.is_some_and(|parts| run.takes(&parts, running.writes)) {
                break;
            }
        }
        Some(run.len)
    }

    /// Takes the answer to one of several merged commands, which stands at an offset of the frame at hand.
    #[inline(never)]
    pub(super) fn take_merged(
        &mut self,
        conn: ConnId,
        len: usize,
        offset: usize,
        rows: u8,
        index: u32,
        code: ResultCode,
    ) -> Option<Step> {
        let Some((id, attempt)) = self.conns.get_mut(conn)?.answer_row(index, rows) else {
            let error = DecodeError { what: "batch row index", at: offset, kind: DecodeErrorKind::Invalid };
            self.close_connection(conn, CloseReason::BadBytes, Some(error), true);
            return None;
        };
        if !self.expects_single(conn, id, attempt) {
            self.settle_abandoned(conn);
            return None;
        }
        let node = self.count_answer(id, !code.is_ok());
        if code.is_ok() {
            self.release(id);
            self.running.free(id);
            return Some(Step::Reply { id, conn, len, offset, node });
        }
        self.refused(conn, id, attempt, code);
        None
    }

    /// The reply to merged commands is over: what comes of those without an answer.
    #[inline(never)]
    pub(super) fn end_merged(&mut self, conn: ConnId, rows: u8, code: ResultCode) {
        let Some(connection) = self.conns.get(conn) else { return };
        let (none_answered, purpose) = (connection.none_answered(), connection.purpose);
        let is_session_matter = none_answered && self.session_ended(conn, code);
        let is_refused = none_answered && !is_session_matter && refuses_whole(code);
        if is_refused && let Purpose::Commands(node) = purpose {
            self.pause_merging(node);
        }
        let missing = ErrorKind::BadReply(ROW_MISSING);
        let kind = if is_session_matter { ErrorKind::Server(code) } else { missing };
        while let Some((id, attempt)) = self.conns.get_mut(conn).and_then(|conn| conn.take_unanswered(rows)) {
            if !self.expects_single(conn, id, attempt) {
                self.settle_abandoned(conn);
                continue;
            }
            self.set_stage(id, connections::NO_GROUP, Stage::Done);
            if is_session_matter {
                self.unsend(id);
            }
            if is_refused {
                self.send_alone(id);
            } else {
                self.attempt_failed(id, attempt, kind);
            }
        }
        self.finish_consumed();
    }

    fn pause_merging(&mut self, node: NodeId) {
        if let Some(node) = self.nodes.get_mut(usize::from(node.0)) {
            node.merges_from = self.now.plus_millis(PAUSE_MS);
        }
    }

    /// Makes the same attempt again, of which the server has done nothing.
    fn send_alone(&mut self, id: CommandId) {
        let Some(single) = self.running.get_mut(id).and_then(Running::single_mut) else { return };
        single.attempts = 0;
        single.sent = 0;
        self.dispatch(id);
    }
}

/// Whether a server finds it out before it does the first row of a batch: that it takes none, or none of this size, that its
/// queues are full, or that the user may not. Other codes may come in the middle.
const fn refuses_whole(code: ResultCode) -> bool {
    matches!(
        code,
        ResultCode::BATCH_DISABLED
            | ResultCode::BATCH_MAX_REQUESTS
            | ResultCode::BATCH_QUEUES_FULL
            | ResultCode::NOT_AUTHENTICATED
            | ResultCode::ROLE_VIOLATION
            | ResultCode::NOT_WHITELISTED
    )
}

/// Appends the request for the commands from a place on and notes that they were sent.
#[inline(never)]
pub(super) fn append_request(
    running: &mut Slab<CommandId, Running>,
    exchanges: &VecDeque<Exchange>,
    first: usize,
    rows: u8,
    tx: &mut Vec<u8>,
) {
    let id_of = |row: u8| match exchanges.get(first + usize::from(row)) {
        Some(Exchange::Command { id, .. }) => Some(*id),
        _ => None,
    };
    let header = Header { info1: info1::BATCH, ..Header::default() };
    let start = tx.len();
    let mut timeout = 0;
    message::write_request(tx, &header, |body| {
        body.field_with(FieldType::BATCH, |writer| {
            writer.u32(rows.into());
            writer.u8(FLAGS);
            let mut last = None;
            for row in 0..rows {
                let single = id_of(row).and_then(|id| running.get(id)).and_then(Running::single);
                let Some(parts) = single.and_then(|single| RequestParts::of(&single.request)) else { return };
                timeout = parts.header.timeout;
                parts.write_row(writer, row.into(), last.as_ref());
                last = Some(parts);
            }
        });
    });
    Writer::new(tx).patch_u32(start + TIMEOUT_OFFSET, timeout);
    for id in (0..rows).filter_map(id_of) {
        if let Some(single) = running.get_mut(id).and_then(Running::single_mut) {
            single.sent = single.sent.saturating_add(1);
        }
    }
}
