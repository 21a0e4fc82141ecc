//! The one public machine: bytes, time and commands in; bytes, events and a wake-up time out.
//!
//! May import everything; imported by no other part of the core. The contract: after every mutating call, call
//! [`Client::poll_output`] until it gives [`Output::Wait`]. `poll_output` only ranks the sub-machines:
//! `connections` (opening, closing, who may use them), `dispatch` (attempts, retries), `route`, `replies`,
//! `batch`, `login`, `tend`.
//! Invariants: every command finishes exactly once; a connection that broke the protocol is never used again;
//! same seed and same calls give the same output.

mod ailing;
mod batch;
mod connections;
mod deadlines;
mod dispatch;
mod login;
mod merge;
mod output;
mod replies;
mod route;
mod running;
mod slab;
mod statistics;
mod tend;

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

pub use output::{Answer, Event, Input, Output, Reply};

use crate::cluster::{Node, PartitionMap, PartitionSet};
use crate::command::{self, Action, Command};
use crate::config::{Config, Endpoint};
use crate::conn::Connection;
use crate::data::PartitionId;
use crate::error::{ArgError, CloseReason, Error, ErrorKind};
use crate::ids::{CommandId, ConnId, NodeId};
use crate::time::Timestamp;
use deadlines::Deadlines;
use replies::Step;
use running::{Running, Single, Stage, Subject, Timing, Work};
use slab::Slab;
use tend::Candidate;

/// Request buffers that are kept for reuse; each as large as the largest request it held, up to this size.
const KEPT_BUFFERS: usize = 1_024;
const KEPT_BUFFER_BYTES: usize = 16 << 10;

/// A host that comes this late after it wanted to be woken was held up, ms.
const HELD_UP_MS: u64 = 20;
/// How long it then gets to read what arrived, ms: a turn of its event loop, whose timers all come before that.
const RESPITE_MS: u64 = 20;

/// How far the life of the client has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Connecting,
    Ready,
    Closed,
}

/// Something to hand to the host that needs no further looking up.
#[derive(Debug)]
enum HostAction {
    Connect(ConnId, Endpoint),
    Close(ConnId),
    Ready,
    ConnectFailed(String, ErrorKind),
    NodeAdded(NodeId),
    NodeRemoved(NodeId),
    Closed,
}

/// A command that ended without a reply of its own.
#[derive(Clone, Copy, Debug)]
enum Ended {
    Single(CommandId, Error),
    Batch(CommandId, Option<Error>),
}

/// A frame whose event is with the host; dropped on the next poll.
#[derive(Clone, Copy, Debug)]
struct Consumed {
    conn: ConnId,
    len: usize,
    ends: bool,
}

/// An Aerospike client without I/O. See the module's contract.
#[derive(Debug)]
pub struct Client {
    config: Config,
    now: Timestamp,
    random: u64,
    phase: Phase,
    map: PartitionMap,
    nodes: Vec<Node>,
    candidates: Vec<Option<Candidate>>,
    refusals: String,
    /// The most telling of the reasons in `refusals`.
    refusal: ErrorKind,
    /// Sessions opened so far.
    sessions: u32,
    /// When the host was last to come back, so that it reads first what arrived while it was held up.
    respite: Timestamp,
    next_tend: Timestamp,
    /// When all nodes are to be asked again; in between only while one is ailing, and the others.
    next_round: Timestamp,
    /// Nodes of the cluster.
    active: usize,
    /// Those of them that did not answer when they were asked last.
    ailing: usize,
    /// When the last of them answered again or lost its place.
    ailing_until: Option<Timestamp>,
    /// The partitions that such nodes had a place in, until all answer again or are gone.
    exposed: PartitionSet,
    conns: Slab<ConnId, Connection>,
    running: Slab<CommandId, Running>,
    /// Commands whose turn has come and that have not ended.
    working: usize,
    /// Commands that wait for their turn.
    queued: VecDeque<CommandId>,
    tends: u32,
    /// Where the next read that may go to any replica begins.
    rotation: u8,
    conn_deadlines: Deadlines,
    command_deadlines: Deadlines,
    actions: VecDeque<HostAction>,
    ended: VecDeque<Ended>,
    readable: VecDeque<ConnId>,
    dirty: VecDeque<ConnId>,
    consumed: Option<Consumed>,
    last_action: Option<HostAction>,
    buffers: Vec<Vec<u8>>,
}

impl Client {
    /// A client that starts to connect to its seeds at once. `seed` feeds all its random choices.
    #[must_use]
    pub fn new(config: Config, seed: u64, now: Timestamp) -> Self {
        let mut client = Self {
            config,
            now,
            random: seed,
            phase: Phase::Connecting,
            map: PartitionMap::default(),
            nodes: Vec::new(),
            candidates: Vec::new(),
            refusals: String::new(),
            refusal: ErrorKind::NoNode,
            sessions: 0,
            respite: Timestamp::ZERO,
            next_tend: Timestamp::NEVER,
            next_round: Timestamp::NEVER,
            active: 0,
            ailing: 0,
            ailing_until: None,
            exposed: PartitionSet::default(),
            conns: Slab::new(),
            running: Slab::new(),
            working: 0,
            queued: VecDeque::new(),
            tends: 0,
            rotation: 0,
            conn_deadlines: Deadlines::default(),
            command_deadlines: Deadlines::default(),
            actions: VecDeque::new(),
            ended: VecDeque::new(),
            readable: VecDeque::new(),
            dirty: VecDeque::new(),
            consumed: None,
            last_action: None,
            buffers: Vec::new(),
        };
        client.start_tending();
        client
    }

    /// Checks a command, writes its request and puts it on its way.
    ///
    /// # Errors
    /// A mistake of the caller: nothing will be sent and nothing will finish.
    pub fn submit(&mut self, now: Timestamp, command: &Command<'_>) -> Result<CommandId, ArgError> {
        self.advance(now);
        if self.phase == Phase::Closed {
            return Err(ArgError::Closed);
        }
        if matches!(command.action, Action::Batch { .. }) {
            return self.submit_batch(command);
        }
        let mut request = self.buffers.pop().unwrap_or_default();
        let key = match command::encode(command, &mut request) {
            Ok(key) if request.len() <= self.config.max_message_bytes => key,
            Ok(_) => {
                let size = request.len();
                self.recycle(request);
                return Err(ArgError::MessageTooLarge { size, limit: self.config.max_message_bytes });
            }
            Err(error) => {
                self.recycle(request);
                return Err(error);
            }
        };
        let subject = match command.action {
            Action::Info { node, .. } => Subject::Node(node),
            _ => Subject::Record,
        };
        let single = Single {
            request,
            subject,
            namespace: key.and_then(|key| self.map.namespace(key.namespace)),
            partition: key.map_or(PartitionId(0), |key| key.digest.partition()),
            column: self.first_column(command),
            stage: Stage::Done,
            attempts: 0,
            sent: 0,
            node: None,
            started: self.now,
        };
        self.start(command, Work::Single(single))
    }

    /// Ends a command now, with an error that says whether it may have happened. Does nothing if it has ended.
    pub fn cancel(&mut self, now: Timestamp, id: CommandId) {
        self.advance(now);
        self.end(id, ErrorKind::Cancelled);
    }

    /// Takes in what happened outside.
    pub fn handle_input(&mut self, now: Timestamp, input: Input<'_>) {
        self.advance(now);
        match input {
            Input::Connected(conn) => self.handle_connected(conn),
            Input::Received(conn, bytes) => self.handle_received(conn, bytes),
            Input::Closed(conn, reason) => self.close_connection(conn, reason, None, false),
            Input::Timeout => {}
        }
        self.handle_timeouts();
    }

    /// What the host is to do next; bytes to write are appended to `tx`. Call until it gives [`Output::Wait`].
    pub fn poll_output(&mut self, tx: &mut Vec<u8>) -> Output<'_> {
        self.finish_consumed();
        let step = match self.poll_step(tx) {
            Some(step) => step,
            None => return Output::Wait(self.wake_at()),
        };
        self.render(step)
    }

    /// Ends everything: commands in flight finish with an error, connections are closed, and [`Event::Closed`] comes
    /// last.
    pub fn close(&mut self, now: Timestamp) {
        self.advance(now);
        if self.phase == Phase::Closed {
            return;
        }
        self.phase = Phase::Closed;
        self.next_tend = Timestamp::NEVER;
        for id in self.running.ids().collect::<Vec<_>>() {
            self.end(id, ErrorKind::Closed);
        }
        for conn in self.conns.ids().collect::<Vec<_>>() {
            self.close_connection(conn, CloseReason::Dropped, None, true);
        }
        self.candidates.clear();
        self.actions.retain(|action| !matches!(action, HostAction::Connect(..)));
        self.actions.push_back(HostAction::Closed);
    }

    /// Whether the cluster is known and at least one node is part of it.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.phase == Phase::Ready && self.active > 0
    }

    /// The name of a node; names outlive the node's membership.
    #[must_use]
    pub fn node_name(&self, id: NodeId) -> &str {
        self.nodes.get(usize::from(id.0)).map_or("", |node| node.name.as_str())
    }

    /// The names of the nodes that are part of the cluster now.
    pub fn node_names(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter(|node| node.active).map(|node| node.name.as_str())
    }

    /// The nodes that are part of the cluster now.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> {
        let active = self.nodes.iter().enumerate().filter(|(_, node)| node.active);
        active.map(|(index, _)| NodeId(index as u16))
    }

    /// How many commands are in flight.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.running.len()
    }

    /// Ranks the sub-machines: what is queued for the host, ends without a reply, replies, requests. They stay functions of their
    /// own (`inline(never)`): polls come several times per command, and each entry pays for the locals of all that is inlined.
    fn poll_step(&mut self, tx: &mut Vec<u8>) -> Option<Step> {
        // The end of the client is told after the ends of its commands.
        let last = matches!(self.actions.front(), Some(HostAction::Closed)) && !self.ended.is_empty();
        if let Some(action) = self.actions.pop_front_if(|_| !last) {
            self.last_action = Some(action);
            return Some(Step::Action);
        }
        if let Some(step) = self.poll_ended() {
            return Some(step);
        }
        if let Some(step) = self.poll_replies() {
            return Some(step);
        }
        self.admit();
        // Handling replies may have queued something that goes first.
        if !self.actions.is_empty() || !self.ended.is_empty() {
            return self.poll_step(tx);
        }
        self.poll_transmit(tx)
    }

    fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        self.finish_consumed();
    }

    /// Takes a checked command in and, if it is its turn, puts it on its way.
    fn start(&mut self, command: &Command<'_>, work: Work) -> Result<CommandId, ArgError> {
        let timing = Timing::new(command.policy);
        let running = Running { writes: command.writes(), admitted: false, timing, work };
        let id = self.running.insert(running).ok_or(ArgError::TooManyCommands { limit: slab::MAX_SLOTS })?;
        if self.has_turn() && self.queued.is_empty() {
            self.begin(id);
        } else {
            self.queued.push_back(id);
            let wait = u64::from(self.config.operation_queue_timeout_ms);
            let until = if wait == 0 { Timestamp::NEVER } else { self.now.plus_millis(wait) };
            self.command_deadlines.set(id.slot(), until);
        }
        Ok(id)
    }

    /// Gives commands that wait their turn, as far as others have ended.
    fn admit(&mut self) {
        while self.has_turn() {
            let Some(id) = self.queued.pop_front() else { return };
            if self.running.get(id).is_some_and(|running| !running.admitted && !running.is_over()) {
                self.begin(id);
            }
        }
    }

    fn has_turn(&self) -> bool {
        let limit = self.config.max_concurrent_operations as usize;
        limit == 0 || self.working < limit
    }

    /// A command's turn has come: its timeouts begin.
    fn begin(&mut self, id: CommandId) {
        self.working += 1;
        let now = self.now;
        let Some(running) = self.running.get_mut(id) else { return };
        running.admitted = true;
        running.timing.begin(now);
        let deadline = running.timing.deadline;
        let is_batch = matches!(running.work, Work::Batch(_));
        self.command_deadlines.set(id.slot(), deadline);
        if is_batch { self.begin_batch(id) } else { self.dispatch(id) }
    }

    fn wake_at(&self) -> Option<Timestamp> {
        let at = self.next_due().max(self.respite);
        (at != Timestamp::NEVER).then_some(at)
    }

    fn next_due(&self) -> Timestamp {
        self.conn_deadlines.next().min(self.command_deadlines.next()).min(self.next_tend)
    }

    /// Gives up on what is due. A host that comes much too late was held up, and has not read yet what arrived meanwhile; but
    /// what was due by the end of the last respite has had it.
    fn handle_timeouts(&mut self) {
        if self.now < self.respite || self.now < self.next_due() {
            return;
        }
        self.give_up(self.respite);
        if self.next_due().plus_millis(HELD_UP_MS) < self.now {
            self.grant_respite();
        } else {
            self.give_up(self.now);
        }
    }

    /// Gives up on what was due by a time.
    #[inline(never)]
    fn give_up(&mut self, by: Timestamp) {
        // Commands first: one that gives up on a connection without patience makes that due too.
        while let Some(slot) = self.command_deadlines.pop_due(by) {
            if let Some(id) = self.running.id_at(slot) {
                self.handle_command_due(id);
            }
        }
        while let Some(slot) = self.conn_deadlines.pop_due(by) {
            if let Some(conn) = self.conns.id_at(slot) {
                self.close_connection(conn, CloseReason::TimedOut, None, true);
            }
        }
        if self.next_tend <= by {
            self.handle_tend_due();
        }
    }

    /// Has the host come back in a moment. What awaits an answer waits for it until then, because one that is there is none
    /// to give up on; a command that has not left ends in time, as it is not to leave after its end.
    #[inline(never)]
    fn grant_respite(&mut self) {
        self.respite = self.now.plus_millis(RESPITE_MS);
        while let Some(slot) = self.command_deadlines.pop_due(self.now) {
            let Some(id) = self.running.id_at(slot) else { continue };
            if self.running.get(id).is_some_and(Running::awaits_answer) {
                self.command_deadlines.set(slot, self.respite);
            } else {
                self.handle_command_due(id);
            }
        }
    }

    fn recycle(&mut self, mut buffer: Vec<u8>) {
        if self.buffers.len() < KEPT_BUFFERS && buffer.capacity() <= KEPT_BUFFER_BYTES {
            buffer.clear();
            self.buffers.push(buffer);
        }
    }

    fn next_random(&mut self) -> u64 {
        // SplitMix64: one addition and a mix, enough to spread choices.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
