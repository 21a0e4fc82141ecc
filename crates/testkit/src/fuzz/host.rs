//! A host of one client that checks every step against the contract.
//!
//! Imports the core's public API. It moves no bytes by itself: a target takes what the client wrote and decides what
//! comes back. What is checked: no output without end; no wake-up in the past and none that changes nothing; bytes
//! only for connections that are open; every command ends once and within its total timeout, a batch after all its
//! rows; in doubt only where a write left; nothing left open at the end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{
    Action, Client, CloseReason, Command, CommandId, Config, ConnId, Endpoint, Error, Event, Input, Output,
    Reply,
};

use crate::Seen;

/// More outputs in a row than any sequence of inputs here can cause.
const MAX_OUTPUTS: usize = 200_000;
/// How often a client may ask to be woken at the time it is.
const MAX_IDLE_WAKES: usize = 16;

/// What is known of a command that was accepted.
#[derive(Debug)]
struct Expected {
    writes: bool,
    /// Rows that have ended, of a batch.
    rows: Option<Vec<bool>>,
    /// How many writes to connections there were before it.
    transmits: u64,
    deadline: Option<Timestamp>,
}

/// The client, and what its host knows.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) client: Client,
    pub(super) now: Timestamp,
    /// Everything the client told.
    pub(super) seen: Vec<Seen>,
    /// Connections that are asked for and neither made nor refused.
    pub(super) asked: VecDeque<(ConnId, Endpoint)>,
    /// Connections that are open.
    pub(super) open: BTreeSet<ConnId>,
    /// What the client wrote and the target did not take yet.
    pub(super) written: VecDeque<(ConnId, Vec<u8>)>,
    expected: BTreeMap<CommandId, Expected>,
    wake: Option<Timestamp>,
    /// How often the client wrote.
    pub(super) transmits: u64,
    max_conns: usize,
    /// Commands wait their turn, so their time may begin late.
    queues: bool,
    closed: bool,
}

impl Host {
    pub(super) fn new(config: Config) -> Self {
        let now = Timestamp::from_millis(1);
        let max_conns = config.max_conns_per_node as usize;
        let queues = config.max_concurrent_operations > 0;
        let mut host = Self {
            client: Client::new(config, 42, now),
            now,
            seen: Vec::new(),
            asked: VecDeque::new(),
            open: BTreeSet::new(),
            written: VecDeque::new(),
            expected: BTreeMap::new(),
            wake: None,
            transmits: 0,
            max_conns,
            queues,
            closed: false,
        };
        host.drain();
        host
    }

    /// Submits a command; `None` if it is refused.
    pub(super) fn submit(&mut self, command: &Command<'_>) -> Option<CommandId> {
        let rows = match command.action {
            Action::Batch { rows } => Some(vec![false; rows.len()]),
            _ => None,
        };
        let total = u64::from(command.policy.total_timeout_ms);
        let deadline = (total > 0 && !self.queues).then(|| self.now.plus_millis(total));
        let submitted = self.client.submit(self.now, command);
        if let Ok(id) = submitted {
            assert!(!self.closed, "a closed client takes no commands");
            let expected = Expected { writes: command.writes(), rows, transmits: self.transmits, deadline };
            assert!(self.expected.insert(id, expected).is_none(), "{id:?} is given out twice");
        }
        self.drain();
        submitted.ok()
    }

    /// A command that has not ended, if any.
    pub(super) fn running(&self, choice: usize) -> Option<CommandId> {
        let len = self.expected.len().max(1);
        self.expected.keys().nth(choice % len).copied()
    }

    pub(super) fn cancel(&mut self, id: CommandId) {
        self.client.cancel(self.now, id);
        self.drain();
        assert!(!self.expected.contains_key(&id), "a cancelled command has ended");
    }

    pub(super) fn close(&mut self) {
        self.client.close(self.now);
        self.drain();
        assert!(self.expected.is_empty(), "commands outlive their client: {:?}", self.expected);
        assert!(self.closed, "a closed client says so");
        assert!(self.open.is_empty() && self.asked.is_empty(), "a closed client holds no connections");
        assert_eq!(self.wake, None, "a closed client has nothing to wake for");
        assert_eq!(self.client.in_flight(), 0);
    }

    /// Makes a connection that was asked for.
    pub(super) fn connect(&mut self, conn: ConnId) {
        self.asked.retain(|(other, _)| *other != conn);
        self.open.insert(conn);
        self.input(Input::Connected(conn));
    }

    /// Ends a connection, or does not make it.
    pub(super) fn end(&mut self, conn: ConnId, reason: CloseReason) {
        self.asked.retain(|(other, _)| *other != conn);
        self.open.remove(&conn);
        self.written.retain(|(other, _)| *other != conn);
        self.input(Input::Closed(conn, reason));
    }

    pub(super) fn receive(&mut self, conn: ConnId, bytes: &[u8]) {
        self.input(Input::Received(conn, bytes));
    }

    /// Hands over any input, also one that no right host would.
    pub(super) fn input(&mut self, input: Input<'_>) {
        self.client.handle_input(self.now, input);
        self.drain();
    }

    /// Lets time pass and wakes the client whenever it asked for it, at most `wakes` times.
    pub(super) fn pass_ms(&mut self, millis: u64, wakes: usize) {
        let end = self.now.plus_millis(millis);
        let mut idle = 0;
        for _ in 0..wakes {
            let Some(at) = self.wake.filter(|at| *at <= end) else { break };
            idle = if at > self.now { 0 } else { idle + 1 };
            assert!(idle < MAX_IDLE_WAKES, "the client asks to be woken at once, again and again");
            self.now = at;
            self.input(Input::Timeout);
        }
        self.late_ms(end.since(self.now).as_millis() as u64);
    }

    /// Lets time pass on a host that was busy elsewhere and wakes the client late.
    pub(super) fn late_ms(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        self.input(Input::Timeout);
    }

    /// Lets every peer fall silent, then closes the client; afterwards nothing may move any more.
    pub(super) fn finish(&mut self) {
        self.pass_ms(5_000, 500);
        self.close();
        let told = self.seen.len();
        self.input(Input::Connected(ConnId(0)));
        self.input(Input::Received(ConnId(0), b"\x02\x03"));
        self.input(Input::Closed(ConnId(0), CloseReason::Reset));
        self.late_ms(60_000);
        assert_eq!(self.seen.len(), told, "a closed client has nothing to tell");
        assert_eq!(self.wake, None);
    }

    /// Does what the client asks for until it waits.
    fn drain(&mut self) {
        let mut tx = Vec::new();
        for _ in 0..MAX_OUTPUTS {
            let start = tx.len();
            match self.client.poll_output(&mut tx) {
                Output::Wait(at) => {
                    self.wake = at;
                    return self.check_rest();
                }
                Output::Connect(conn, endpoint) => {
                    let known =
                        self.open.contains(&conn) || self.asked.iter().any(|(other, _)| *other == conn);
                    assert!(!known && !self.closed, "{conn:?} is asked for while it is in use");
                    self.asked.push_back((conn, endpoint.clone()));
                }
                Output::Close(conn) => {
                    let asked = self.asked.len();
                    self.asked.retain(|(other, _)| *other != conn);
                    let known = self.open.remove(&conn) || self.asked.len() < asked;
                    assert!(known, "{conn:?} is to be closed and is not open");
                    self.written.retain(|(other, _)| *other != conn);
                }
                Output::Transmit { conn, len } => {
                    assert_eq!(tx.len() - start, len, "a transmit says how many bytes it appended");
                    assert!(self.open.contains(&conn), "bytes for {conn:?}, which is not open");
                    self.transmits += 1;
                    self.written.push_back((conn, tx.split_off(start)));
                }
                Output::Event(event) => {
                    assert!(!self.closed, "an event after the last: {event:?}");
                    let seen = Seen::of(&event);
                    Ledger { expected: &mut self.expected, transmits: self.transmits }.enter(&event);
                    self.closed |= seen == Seen::Closed;
                    self.seen.push(seen);
                }
            }
        }
        panic!("the client has outputs without end");
    }

    /// What holds whenever the client waits.
    fn check_rest(&self) {
        if let Some(at) = self.wake {
            assert!(at >= self.now, "woken {:?} in the past", self.now.since(at));
        }
        // A host that was held up gets a turn to read what arrived meanwhile.
        let is_respite = self.wake.is_some_and(|at| at <= self.now.plus_millis(20));
        for (id, expected) in &self.expected {
            let late = expected.deadline.is_some_and(|deadline| deadline <= self.now);
            assert!(!late || is_respite, "{id:?} outlives its total timeout");
        }
        assert_eq!(self.client.in_flight(), self.expected.len(), "commands in flight");
        for node in self.client.statistics().nodes {
            assert!(node.open + node.connecting <= self.max_conns, "too many connections to {}", node.name);
        }
    }
}

/// Holds what the client tells of commands against what was submitted.
struct Ledger<'h> {
    expected: &'h mut BTreeMap<CommandId, Expected>,
    transmits: u64,
}

impl Ledger<'_> {
    fn enter(&mut self, event: &Event<'_>) {
        match event {
            Event::Finished { id, result } => {
                let expected =
                    self.expected.remove(id).unwrap_or_else(|| panic!("{id:?} ends, which does not run"));
                self.check(&expected, result);
                let all = expected.rows.is_none_or(|rows| rows.iter().all(|ended| *ended));
                assert!(all || result.is_err(), "{id:?} ends before its rows");
            }
            Event::Row { id, index, result } => {
                let expected = self
                    .expected
                    .get_mut(id)
                    .unwrap_or_else(|| panic!("a row of {id:?}, which does not run"));
                let row = expected.rows.as_mut().and_then(|rows| rows.get_mut(*index as usize));
                let ended = row.unwrap_or_else(|| panic!("{id:?} has no row {index}"));
                assert!(!core::mem::replace(ended, true), "row {index} of {id:?} ends twice");
                let expected = &self.expected[id];
                self.check(expected, result);
            }
            _ => {}
        }
    }

    fn check(&self, expected: &Expected, result: &Result<Reply<'_>, Error>) {
        match result {
            Ok(reply) => {
                assert_eq!(reply.answers().count(), reply.len(), "a reply counts its answers");
                let sound = reply.answers().all(|answer| answer.value.to_value().is_ok());
                assert!(sound, "a structure that was checked is unpacked");
            }
            Err(error) => {
                assert!(!error.in_doubt || expected.writes, "a read is never in doubt: {error:?}");
                let left = self.transmits > expected.transmits;
                assert!(!error.in_doubt || left, "in doubt, and no byte left: {error:?}");
            }
        }
    }
}
