//! One connection's machine: bytes in, frames out in order, and the exchanges that wait for them.
//!
//! Imports `wire`, `time`, `ids`, `error`. The server answers in the order of the requests and messages carry no id,
//! so a connection keeps a FIFO of exchanges. A command that ended early leaves its exchange here, abandoned: the
//! late reply is matched to it and dropped. Invariant: a frame with no exchange to belong to ends the connection.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::ids::{CommandId, NodeId};
use crate::time::Timestamp;
use crate::wire::frame::{Deframer, Frame, FrameType};
use crate::wire::message::Message;
use crate::wire::{DecodeError, DecodeErrorKind, Reader, Status};

/// What a connection is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// Getting to know a server that is not known yet: index of the candidate.
    Candidate(u32),
    /// The info requests of one node's tend.
    Tend(NodeId),
    /// Commands.
    Commands(NodeId),
}

/// One request that was sent, or is about to be, and its place in the order of replies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exchange {
    /// A command on one record: one frame answers it. The attempt tells a late reply from the one waited for.
    Command { id: CommandId, attempt: u16 },
    /// A mark: so many of the commands behind it were sent as rows of one batch request, whose reply is frames until one
    /// whose last message says so.
    Merged { rows: u8 },
    /// The rows of one node in a batch: frames until one whose last message says so.
    Batch { id: CommandId, group: u32, attempt: u16 },
    /// A command that asks for info values: one frame of text.
    Text { id: CommandId, attempt: u16 },
    /// An info request of the client itself: one frame of text.
    Info,
    /// A request for a session, and its token.
    Login,
    /// A session's token, and whether the server knows it.
    Authenticate,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    /// The host is opening it.
    Connecting { until: Timestamp },
    /// It carries bytes, but the server does not know yet who this is.
    Authenticating { until: Timestamp },
    /// It is ready for what it was made for.
    Open,
}

/// More than any number of commands in flight on a connection.
const OTHER_LANE: usize = 1 << 20;

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) purpose: Purpose,
    pub(crate) state: State,
    /// Requests whose bytes are still to be handed to the host, in order; always a tail of `exchanges`.
    pub(crate) unsent: usize,
    /// Nothing is to be put behind what is in flight, because it may take long.
    pub(crate) alone: bool,
    /// The replica that writes in flight wait for; only where there is no other way do some wait for another one.
    pub(crate) replica: Option<NodeId>,
    /// Whether others do.
    pub(crate) mixed: bool,
    pub(crate) exchanges: VecDeque<Exchange>,
    pub(crate) last_used: Timestamp,
    /// When to give up on a silent connection with abandoned exchanges, or on an info request.
    pub(crate) stalled_at: Timestamp,
    /// How long the peer may stay silent while there are abandoned exchanges, ms.
    pub(crate) stall_delay_ms: u32,
    /// Exchanges that were sent and whose command has ended.
    pub(crate) abandoned: usize,
    /// Whether the node may have waited for another one with the answers to those.
    pub(crate) excused: bool,
    /// Whether its node lists it among those with room.
    pub(crate) listed: bool,
    /// Number of the session that it was authenticated with.
    pub(crate) session: u32,
    /// It takes no more commands, and is closed when those in flight have ended.
    pub(crate) retired: bool,
    /// Bytes of info requests that are to be sent.
    pub(crate) info: Vec<u8>,
    /// The frame that is being read message by message, and how far that has come.
    pub(crate) current: Option<Ready>,
    pub(crate) cursor: usize,
    /// How many of the exchanges are marks.
    marks: usize,
    /// Which rows of the merged commands at the head were answered, one bit each.
    answered: u64,
    deframer: Deframer,
}

/// What the first frame at hand is for the exchange at the head.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ready {
    pub(crate) exchange: Exchange,
    /// Length of the frame with its header.
    pub(crate) len: usize,
    /// Whether the exchange ends with this frame.
    pub(crate) ends: bool,
}

impl Connection {
    pub(crate) fn new(purpose: Purpose, max_message: usize, now: Timestamp, until: Timestamp) -> Self {
        Self {
            purpose,
            state: State::Connecting { until },
            unsent: 0,
            alone: false,
            replica: None,
            mixed: false,
            exchanges: VecDeque::new(),
            last_used: now,
            stalled_at: Timestamp::NEVER,
            stall_delay_ms: 0,
            abandoned: 0,
            excused: false,
            listed: false,
            session: 0,
            retired: false,
            info: Vec::new(),
            current: None,
            cursor: 0,
            marks: 0,
            answered: 0,
            deframer: Deframer::new(max_message),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether bytes may come in.
    pub(crate) const fn is_connected(&self) -> bool {
        !matches!(self.state, State::Connecting { .. })
    }

    /// How many more commands may be put behind those in flight.
    pub(crate) fn room(&self, depth: usize) -> usize {
        let alone = self.alone && !self.exchanges.is_empty();
        if !self.is_open() || self.retired || self.abandoned > 0 || alone {
            0
        } else {
            depth.saturating_sub(self.exchanges.len())
        }
    }

    /// When this connection itself wants the machine to wake up.
    pub(crate) fn wake_at(&self) -> Timestamp {
        match self.state {
            State::Connecting { until } | State::Authenticating { until } => until,
            State::Open => self.stalled_at,
        }
    }

    /// How well a command that waits for a replica fits behind those in flight; the least fits best. Commands keep to
    /// connections whose writes wait for the same replica, so that when one dies no others are behind them.
    pub(crate) fn fit(&self, replica: Option<NodeId>) -> usize {
        let load = self.exchanges.len();
        match replica {
            None => load,
            Some(_) if self.replica == replica => load,
            Some(_) if self.replica.is_none() || load == 0 => load + OTHER_LANE,
            Some(_) => load + 2 * OTHER_LANE,
        }
    }

    /// Puts a request at the end of the order.
    pub(crate) fn enqueue(&mut self, exchange: Exchange, replica: Option<NodeId>) {
        self.alone = false;
        self.mixed &= !self.exchanges.is_empty();
        if self.exchanges.is_empty() || self.replica.is_none() {
            self.replica = replica;
        } else {
            self.mixed |= replica.is_some() && replica != self.replica;
        }
        self.exchanges.push_back(exchange);
        self.unsent += 1;
    }

    /// Takes in bytes that arrived.
    pub(crate) fn handle_received(&mut self, bytes: &[u8]) {
        self.deframer.push(bytes);
    }

    /// Finds the next whole frame and the exchange it belongs to.
    ///
    /// # Errors
    /// Bytes that break the protocol, or a frame that nobody asked for.
    pub(crate) fn poll_ready(&mut self) -> Result<Option<Ready>, DecodeError> {
        if self.current.is_some() {
            return Ok(self.current);
        }
        let Status::Complete(len) = self.deframer.frame_len()? else { return Ok(None) };
        let unasked =
            DecodeError { what: "frame that nobody asked for", at: 0, kind: DecodeErrorKind::Invalid };
        if self.exchanges.len() <= self.unsent {
            return Err(unasked);
        }
        let exchange = *self.exchanges.front().ok_or(unasked)?;
        let frame = self.deframer.frame(len).ok_or(unasked)?;
        let wanted = match exchange {
            Exchange::Info | Exchange::Text { .. } => FrameType::INFO,
            Exchange::Login | Exchange::Authenticate => FrameType::ADMIN,
            Exchange::Command { .. } | Exchange::Merged { .. } | Exchange::Batch { .. } => FrameType::MESSAGE,
        };
        if frame.kind != wanted {
            return Err(DecodeError { what: "proto type of a reply", at: 1, kind: DecodeErrorKind::Invalid });
        }
        let is_stream = matches!(exchange, Exchange::Batch { .. } | Exchange::Merged { .. });
        let ends = !is_stream || ends_stream(frame.body)?;
        self.current = Some(Ready { exchange, len, ends });
        Ok(self.current)
    }

    /// The frame that [`Connection::poll_ready`] found.
    pub(crate) fn frame(&self, len: usize) -> Option<Frame<'_>> {
        self.deframer.frame(len)
    }

    /// Drops the frame, and its exchange if that ended; the connection has made progress.
    pub(crate) fn consume(&mut self, now: Timestamp, len: usize, ends: bool) {
        self.deframer.consume(len);
        self.current = None;
        self.cursor = 0;
        self.last_used = now;
        if ends && let Some(Exchange::Merged { rows }) = self.exchanges.pop_front() {
            self.drop_rows(rows);
        }
    }

    #[inline(never)]
    fn drop_rows(&mut self, rows: u8) {
        for _ in 0..rows {
            self.exchanges.pop_front();
        }
        self.answered = 0;
        self.marks -= 1;
    }

    /// Notes that a row of the merged commands at the head was answered; gives its command and attempt. `None` for a row that
    /// was not asked for, or was answered before.
    pub(crate) fn answer_row(&mut self, row: u32, rows: u8) -> Option<(CommandId, u16)> {
        let bit = 1_u64.checked_shl(row).filter(|bit| row < u32::from(rows) && self.answered & bit == 0)?;
        self.answered |= bit;
        self.merged_command(row as usize)
    }

    /// The next of the merged commands at the head that was not answered; it counts as answered from here on.
    pub(crate) fn take_unanswered(&mut self, rows: u8) -> Option<(CommandId, u16)> {
        self.answer_row((!self.answered).trailing_zeros(), rows)
    }

    /// Whether none of the merged commands at the head was answered.
    pub(crate) const fn none_answered(&self) -> bool {
        self.answered == 0
    }

    fn merged_command(&self, row: usize) -> Option<(CommandId, u16)> {
        match self.exchanges.get(row + 1) {
            Some(Exchange::Command { id, attempt }) => Some((*id, *attempt)),
            _ => None,
        }
    }

    /// How many exchanges wait for a reply.
    pub(crate) fn unanswered(&self) -> usize {
        self.exchanges.len().saturating_sub(self.marks + self.answered.count_ones() as usize)
    }

    /// Notes that so many commands from a place on are sent as one request.
    pub(crate) fn mark(&mut self, at: usize, rows: u8) {
        self.exchanges.insert(at, Exchange::Merged { rows });
        self.marks += 1;
    }

    /// The place from which on exchanges wait for the one at `at`: its own, or that of the mark it belongs to.
    pub(crate) fn held_from(&self, at: usize) -> usize {
        let mut place = 0;
        while place < at {
            let Some(Exchange::Merged { rows }) = self.exchanges.get(place) else {
                place += 1;
                continue;
            };
            let next = place + 1 + usize::from(*rows);
            if at < next {
                return place;
            }
            place = next;
        }
        at
    }
}

/// Whether the last message of a stream's frame says that it is the last; checks the structure of all messages.
fn ends_stream(body: &[u8]) -> Result<bool, DecodeError> {
    let mut reader = Reader::new(body);
    loop {
        let message = Message::read(&mut reader)?;
        if reader.is_empty() {
            return Ok(message.is_last());
        }
    }
}
