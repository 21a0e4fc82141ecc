//! One run: the client, the cluster and the network between them, on a virtual clock.
//!
//! Imports all files beside it; each adds its part to [`World`]. This one moves time: it takes the next happening from
//! the queue, tells whom it concerns, and does what the client asks for until the client waits.

use std::collections::{BTreeMap, BTreeSet};

use aerospike_testserver::{SecurityMode, Server};
use aerospike_wasm::time::Timestamp;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{Client, CloseReason, CommandId, ConnId, Input, Output};

use super::ledger::Job;
use super::model::History;
use super::network::Link;
use super::plan::{FIRST_PORT, MS, Plan, USER, security};
use super::random::Random;
use super::report::{Rule, Totals, Trace, Violation};
use crate::{Counting, Seen, key};

/// Unix time at the start, ms.
const START: u64 = 1_800_000_000_000;
/// Makes a second stream of chance of a seed, by which the seeds that once broke a rule make no crowd.
const CROWD: u64 = 0xc412;
const SECURE: u64 = 0x5ec0;
const HELD_UP: u64 = 0x4e1d;
/// A client that has more to say at one time than this never stops.
const MAX_OUTPUTS: usize = 100_000;

/// Names a connection of the simulated network.
pub(super) type LinkId = usize;

/// What waits in the queue for its time.
#[derive(Debug)]
pub(super) enum Happening {
    /// A connection attempt ends.
    Connected(LinkId),
    NotConnected(LinkId, CloseReason),
    /// Bytes arrive.
    AtServer(LinkId, Vec<u8>),
    AtClient(LinkId, Vec<u8>, bool),
    /// A server takes up the next request of a connection.
    Serve(LinkId),
    /// The client learns that a connection has ended.
    Ended(LinkId, CloseReason),
    /// The application submits commands.
    Turn,
    Cancel(CommandId),
    /// Something goes wrong with the world.
    Mischief,
    /// A node is up and well again.
    NodeWell(usize),
    /// Nodes proxy again.
    Proxies,
    /// Nodes let the client log in again.
    Logins,
    /// A client is made anew, after one that could not connect.
    NewClient,
}

impl Happening {
    /// Whether it cannot happen while the client's process stands still.
    const fn needs_client(&self) -> bool {
        !matches!(
            self,
            Self::AtServer(..) | Self::Serve(_) | Self::NodeWell(_) | Self::Proxies | Self::Logins
        )
    }
}

/// What is wrong with a node.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NodeState {
    pub(super) is_down: bool,
    /// Connection attempts are not even refused.
    pub(super) is_dark: bool,
    pub(super) is_unbalanced: bool,
    /// What a request takes longer than usual, ns.
    pub(super) slow: u64,
}

/// One run.
#[derive(Debug)]
pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) random: Random,
    pub(super) now: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    sequence: u64,
    pub(super) client: Client,
    /// Whether there is a client that takes commands.
    pub(super) is_alive: bool,
    pub(super) was_closed: bool,
    /// Whether the client was made when all was well.
    pub(super) is_late_client: bool,
    wake: Option<u64>,
    /// The time that the client asked to be woken at.
    wanted: u64,
    /// When the client was last told the time.
    pub(super) told_time: u64,
    /// When its process stood still, from and until; the last time may not be over.
    held_up: Vec<(u64, u64)>,
    transmit: Vec<u8>,
    pub(super) server: Server,
    pub(super) nodes: Vec<NodeState>,
    pub(super) is_storm: bool,
    pub(super) is_without_proxy: bool,
    pub(super) links: Vec<Link>,
    /// Links before this one were those of clients that are gone.
    pub(super) first_link: LinkId,
    /// Connections that the client has asked for and that have not ended for it.
    pub(super) open: BTreeMap<ConnId, LinkId>,
    /// Connections that ended since the client was last polled.
    pub(super) ended: BTreeSet<ConnId>,
    pub(super) jobs: Vec<Job>,
    /// Commands in flight.
    pub(super) live: BTreeMap<CommandId, u32>,
    pub(super) records: Vec<History>,
    pub(super) turns_left: usize,
    /// Commands from this number on must reach the master and succeed.
    pub(super) probes: Option<u32>,
    masters: Option<BTreeMap<Vec<u8>, Vec<Option<usize>>>>,
    pub(super) totals: Totals,
    pub(super) trace: Trace,
    pub(super) violation: Option<Violation>,
    pub(super) client_bytes: i64,
}

/// What the client asks for, owned.
enum Asked {
    Connect(ConnId, aerospike_wasm::Endpoint),
    Transmit(ConnId, Vec<u8>),
    Close(ConnId),
    Tell(Seen),
    Wait(Option<Timestamp>),
}

impl World {
    pub(super) fn new(seed: u64, lines: usize) -> Self {
        let mut random = Random::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5eed);
        let mut plan = Plan::new(&mut random);
        plan.crowd(&mut Random::new(seed ^ CROWD));
        plan.secure(&mut Random::new(seed ^ SECURE));
        plan.hold_up(&mut Random::new(seed ^ HELD_UP));
        let mut config = aerospike_testserver::Config::with_nodes(plan.nodes);
        config.replication_factor = plan.replication.min(plan.nodes);
        for (node, rack) in config.nodes.iter_mut().zip(&plan.racks) {
            node.rack = Some(*rack);
        }
        if let Some(seconds) = plan.session_ttl {
            config.security = SecurityMode::On(security(seconds));
        }
        let mut server = Server::new(config);
        for node in 0..plan.nodes {
            server.set_node_address(node, "127.0.0.1", FIRST_PORT + node as u16);
        }
        server.set_unix_millis(START);
        let records = (0..plan.keys).map(|at| History::new(key(at as i64))).collect();
        let before = live();
        let client = Client::new(plan.client.clone(), random.next(), Timestamp::from_nanos(MS));
        let client_bytes = live() - before;
        Self {
            random,
            now: MS,
            queue: BTreeMap::new(),
            sequence: 0,
            client,
            is_alive: true,
            was_closed: false,
            is_late_client: false,
            wake: Some(MS),
            wanted: 0,
            told_time: 0,
            held_up: Vec::new(),
            transmit: Vec::new(),
            server,
            nodes: vec![NodeState::default(); plan.nodes],
            is_storm: true,
            is_without_proxy: false,
            links: Vec::new(),
            first_link: 0,
            open: BTreeMap::new(),
            ended: BTreeSet::new(),
            jobs: Vec::new(),
            live: BTreeMap::new(),
            records,
            turns_left: plan.turns,
            probes: None,
            masters: None,
            totals: Totals { runs: 1, ..Totals::default() },
            trace: Trace::new(lines),
            violation: None,
            client_bytes,
            plan,
        }
    }

    pub(super) fn stamp(&self) -> Timestamp {
        Timestamp::from_nanos(self.now)
    }

    /// Notes a broken rule; the first one stays and ends the run.
    pub(super) fn violate(&mut self, rule: Rule, text: String) {
        self.trace.line(self.now, || format!("!! {rule:?}: {text}"));
        self.violation.get_or_insert(Violation { rule, text });
    }

    /// Puts a happening into the queue, `delay` ns from now.
    pub(super) fn after(&mut self, delay: u64, happening: Happening) {
        self.at(self.now + delay, happening);
    }

    pub(super) fn at(&mut self, time: u64, happening: Happening) {
        self.sequence += 1;
        // The moment at which the client goes on belongs to what had to wait for it.
        let after = u64::from(time == self.held_until());
        self.queue.insert((time.max(self.now) + after, self.sequence), happening);
    }

    /// Has the client's process stand still.
    pub(super) fn hold_up(&mut self, span: u64) {
        let until = self.now + span;
        self.held_up.push((self.now, until));
        let due = self.queue.extract_if((until, 0)..(until + 1, 0), |_, _| true);
        let due: Vec<Happening> = due.map(|(_, happening)| happening).collect();
        due.into_iter().for_each(|happening| self.at(until, happening));
    }

    /// Until when it does.
    pub(super) fn held_until(&self) -> u64 {
        self.held_up.last().map_or(0, |(_, until)| *until)
    }

    /// How much later than otherwise something that began then may end, because the client stood still: for as long as it
    /// did, and the turn in which it reads what arrived meanwhile.
    pub(super) fn excused_since(&self, began: u64) -> u64 {
        let turn = 20 * MS + self.plan.weather.lateness;
        let times = self.held_up.iter().rev().take_while(|(_, until)| *until + turn >= began);
        times.map(|(from, until)| until.saturating_sub(began.max(*from)) + turn).sum()
    }

    /// Lets time pass for `span` ns, or until `done` says so; `false` if it never did.
    pub(super) fn run(&mut self, span: u64, done: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + span;
        loop {
            if self.violation.is_some() || done(self) {
                return true;
            }
            let next = self.queue.first_key_value().map_or(u64::MAX, |(key, _)| key.0);
            let wake = self.wake.map_or(u64::MAX, |at| at.max(self.held_until()));
            let time = next.min(wake).max(self.now);
            if time > end {
                self.now = end;
                return false;
            }
            self.advance(time);
        }
    }

    /// Goes to a time and lets everything of that time happen.
    fn advance(&mut self, time: u64) {
        if time / MS != self.now / MS {
            self.server.set_unix_millis(START + time / MS);
        }
        self.now = time;
        if self.wake.is_some_and(|at| at.max(self.held_until()) <= time) {
            self.wake = None;
            self.input(Input::Timeout);
            self.poll();
        }
        while self.violation.is_none() {
            let Some(first) = self.queue.first_entry().filter(|first| first.key().0 <= self.now) else {
                break;
            };
            let happening = first.remove();
            self.totals.events += 1;
            self.happen(happening);
            // Much happens at once where the client stood still, and a turn of the application may come after its end.
            if self.plan.weather.polls_eagerly || self.now == self.held_until() {
                self.poll();
            }
        }
        self.poll();
    }

    fn happen(&mut self, happening: Happening) {
        let held_until = self.held_until();
        if self.now < held_until && happening.needs_client() {
            // What comes later on the same connection stays behind it.
            self.sequence += 1;
            self.queue.insert((held_until, self.sequence), happening);
            return;
        }
        match happening {
            Happening::Connected(link) => self.connected(link),
            Happening::NotConnected(link, reason) | Happening::Ended(link, reason) => {
                self.end_for_client(link, reason);
            }
            Happening::AtServer(link, bytes) => self.arrive_at_server(link, &bytes),
            Happening::AtClient(link, bytes, ends) => self.arrive_at_client(link, &bytes, ends),
            Happening::Serve(link) => self.serve(link),
            Happening::Turn => self.turn(),
            Happening::Cancel(id) => self.cancel(id),
            Happening::Mischief => self.mischief(),
            Happening::NodeWell(node) => self.node_well(node),
            Happening::Proxies => self.is_without_proxy = false,
            Happening::Logins => self.server.refuse_login(USER, ResultCode::OK),
            Happening::NewClient => self.renew_client(),
        }
    }

    /// Tells the client something.
    pub(super) fn input(&mut self, input: Input<'_>) {
        if self.was_closed {
            return;
        }
        self.told_time = self.now;
        let stamp = self.stamp();
        let before = live();
        self.client.handle_input(stamp, input);
        self.note_memory(before);
    }

    pub(super) fn note_memory(&mut self, before: i64) {
        self.client_bytes += live() - before;
        self.totals.peak_bytes = self.totals.peak_bytes.max(self.client_bytes.max(0) as u64);
    }

    /// Does what the client asks for until it waits.
    pub(super) fn poll(&mut self) {
        if self.was_closed {
            return;
        }
        for _ in 0..MAX_OUTPUTS {
            let asked = self.ask();
            match asked {
                Asked::Wait(at) => {
                    self.trace.word(at.map_or(1, Timestamp::as_nanos));
                    return self.wait(at);
                }
                Asked::Connect(conn, endpoint) => self.connect(conn, &endpoint),
                Asked::Transmit(conn, bytes) => self.transmit(conn, &bytes),
                Asked::Close(conn) => self.close_link(conn),
                Asked::Tell(seen) => self.told(seen),
            }
            if self.violation.is_some() || self.was_closed {
                return;
            }
        }
        self.violate(Rule::Wake, "the client never stops asking for things".into());
    }

    fn ask(&mut self) -> Asked {
        self.transmit.clear();
        let before = live();
        let output = self.client.poll_output(&mut self.transmit);
        self.client_bytes += live() - before;
        match output {
            Output::Wait(at) => Asked::Wait(at),
            Output::Connect(conn, endpoint) => Asked::Connect(conn, endpoint.clone()),
            Output::Close(conn) => Asked::Close(conn),
            Output::Event(event) => Asked::Tell(Seen::of(&event)),
            Output::Transmit { conn, len } => {
                let start = self.transmit.len().saturating_sub(len);
                Asked::Transmit(conn, self.transmit[start..].to_vec())
            }
        }
    }

    fn wait(&mut self, at: Option<Timestamp>) {
        self.ended.clear();
        if self.client.in_flight() != self.live.len() {
            let (core, ours) = (self.client.in_flight(), self.live.len());
            self.violate(Rule::Once, format!("the client has {core} commands in flight, not {ours}"));
        }
        let Some(at) = at.map(Timestamp::as_nanos) else {
            self.wake = None;
            return;
        };
        if self.told_time == self.now && at <= self.now {
            self.violate(Rule::Wake, format!("asks for {at} when it was just told that it is {}", self.now));
        }
        // A host keeps its timer when it is asked for the same time again.
        if self.wanted != at || self.wake.is_none() {
            self.wanted = at;
            self.wake = Some(at.max(self.now) + self.random.below(self.plan.weather.lateness + 1));
        }
    }

    /// The node that is the master of a partition now, as the servers see it.
    pub(super) fn master(&mut self, namespace: &[u8], partition: u16) -> Option<usize> {
        let (nodes, is_secured) = (self.plan.nodes, self.plan.session_ttl.is_some());
        let server = &mut self.server;
        let masters = self.masters.get_or_insert_with(|| super::masters::masters(server, nodes, is_secured));
        masters.get(namespace).and_then(|table| table.get(usize::from(partition)).copied().flatten())
    }

    /// Forgets who is master, after the cluster changed.
    pub(super) fn forget_masters(&mut self) {
        self.masters = None;
    }
}

/// What this thread has allocated and not freed, bytes; stands still unless [`Counting`] is the allocator.
pub(super) fn live() -> i64 {
    Counting::live()
}
