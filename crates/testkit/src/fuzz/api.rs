//! The target on the whole machine: a sequence of API calls and network events.
//!
//! Imports the core's and the test server's public APIs. The bytes are a list of [`step`]s; replies come from a test
//! server of two nodes over a network that holds, cuts, bends and loses them. What must hold is in [`Host`].

use std::collections::{BTreeMap, VecDeque};

use aerospike_testserver::{ConnectionId, Fault, Server, Verdict};
use aerospike_wasm::data::{Key, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{
    Action, BatchRow, Bins, CloseReason, Command, CommandId, Config, ConnId, Endpoint, Input, NodeId,
    Operation, Policy, RowAction, RowPolicy,
};

use super::host::Host;
use super::source::Source;
use crate::key;

/// Most steps of a run.
const MAX_STEPS: usize = 300;
const NODES: u16 = 2;
const REASONS: [CloseReason; 5] = [
    CloseReason::Reset,
    CloseReason::ClosedByPeer,
    CloseReason::TimedOut,
    CloseReason::NameNotFound,
    CloseReason::Other,
];

/// One connection of the network.
#[derive(Debug)]
struct Link {
    server: ConnectionId,
    /// Bytes on their way to the client.
    inbound: VecDeque<u8>,
    /// The server has closed its side.
    ends: bool,
}

/// A client, servers, and the network between them.
struct World {
    host: Host,
    server: Server,
    links: BTreeMap<ConnId, Link>,
}

/// Runs a list of steps, then lets all peers fall silent.
pub fn api(bytes: &[u8]) {
    let mut source = Source::new(bytes);
    let mut world = World::new(&mut source);
    if source.bool() {
        world.settle();
    }
    for _ in 0..MAX_STEPS {
        if source.is_empty() || !step(&mut world, &mut source) {
            break;
        }
    }
    world.host.finish();
}

/// One step; `false` after the last.
fn step(world: &mut World, source: &mut Source<'_>) -> bool {
    match source.below(20) {
        0..=4 => submit(world, source),
        5 => batch(world, source),
        6 => world.cancel(source),
        7 => world.settle(),
        8 => world.host.pass_ms(u64::from(source.u8()), 200),
        9 => world.host.pass_ms(u64::from(source.u8()) * 32, 200),
        10 => world.host.late_ms(u64::from(source.u16())),
        11 => world.connect(source),
        12 => world.deliver(source),
        13 => world.carry(),
        14 => world.bend(source),
        15 => world.invent(source),
        16 => world.cut(source),
        17 => world.nonsense(source),
        18 => world.server_step(source),
        _ => match source.u8() % 8 {
            0 => return false,
            1..=4 => {}
            _ => info(world, source),
        },
    }
    true
}

/// Asks a node, which may have left or never been, or a random one for info values.
fn info(world: &mut World, source: &mut Source<'_>) {
    let policy = policy(source);
    let choice = source.u8();
    let node = (choice & 1 != 0).then_some(NodeId(u16::from(choice >> 1 & 3)));
    let names = [["node", "build"], ["node", ""], ["sets/test", "no-such-thing"], ["a", "b\nc"]];
    let names = &names[usize::from(choice >> 3 & 3)][..1 + usize::from(choice >> 5 & 1)];
    world.host.submit(&Command { action: Action::Info { node, names }, policy: &policy, filter: None });
}

fn policy(source: &mut Source<'_>) -> Policy {
    let flags = source.u8();
    Policy {
        socket_timeout_ms: [30_000, 0, 50, 7][usize::from(flags & 3)],
        total_timeout_ms: [1_000, 0, 100, 1][usize::from(flags >> 2 & 3)],
        timeout_delay_ms: [3_000, 0][usize::from(flags >> 4 & 1)],
        sleep_between_retries_ms: [0, 10][usize::from(flags >> 5 & 1)],
        max_retries: [0, 1, 2, 5][usize::from(flags >> 6)],
        ..Policy::read()
    }
}

/// Submits a command on one record.
fn submit(world: &mut World, source: &mut Source<'_>) {
    let (policy, key) = (policy(source), any_key(source));
    let blob = source.sized();
    let one = ValueRef::Integer(1);
    let lists: [&[Operation<'_>]; 8] = [
        &[Operation::write("a", one)],
        &[Operation::increment("a", one), Operation::read("a")],
        &[Operation::append("s", ValueRef::String("x")), Operation::read_all()],
        &[Operation::write("b", ValueRef::Blob(blob)), Operation::touch()],
        &[Operation::delete()],
        &[Operation::read("a"), Operation::read("b")],
        &[Operation::write("a", ValueRef::Nil)],
        &[],
    ];
    let names = ["a", "b"];
    let action = match source.below(12) {
        0 => Action::Read { key: key.as_ref(), bins: Bins::All },
        1 => Action::Read { key: key.as_ref(), bins: Bins::None },
        2 => Action::Read { key: key.as_ref(), bins: Bins::Named(&names) },
        3 => Action::Remove { key: key.as_ref() },
        other => Action::Operate { key: key.as_ref(), ops: lists[other - 4] },
    };
    let filter = source.bool().then_some(&[0x93, 1, 0x92, 0x51, 2, 7][..]);
    world.host.submit(&Command { action, policy: &policy, filter });
}

/// A key of few, in a namespace that exists or not.
fn any_key(source: &mut Source<'_>) -> Key {
    let number = source.u8();
    match number {
        0xff => Key::new("nowhere", "demo", i64::from(number)),
        0xfe => Key::new("", "demo", i64::from(number)),
        _ => key(i64::from(number % 16)),
    }
}

/// Submits a batch: few rows, or enough for connections of their own.
fn batch(world: &mut World, source: &mut Source<'_>) {
    let policy = Policy { sequential: source.bool(), respond_all_keys: source.bool(), ..policy(source) };
    let count = source.pick(&[1, 2, 5, 40, 100, 0]);
    let keys: Vec<Key> = match source.bool() {
        true => (0..count).map(|_| any_key(source)).collect(),
        false => (0..count).map(key).collect(),
    };
    let ops = [Operation::increment("a", ValueRef::Integer(1)), Operation::read("a")];
    let mut kinds = source.u8();
    let mut action = || {
        kinds = kinds.rotate_left(1);
        match kinds & 7 {
            0..=2 => RowAction::Read(Bins::All),
            3 => RowAction::Read(Bins::None),
            4 | 5 => RowAction::Operate(&ops, RowPolicy::default()),
            _ => RowAction::Remove(RowPolicy::default()),
        }
    };
    let rows: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: action() }).collect();
    world.host.submit(&Command { action: Action::Batch { rows: &rows }, policy: &policy, filter: None });
}

impl World {
    fn new(source: &mut Source<'_>) -> Self {
        let mut servers = aerospike_testserver::Config::with_nodes(NODES.into());
        // Partition maps take the most time of a run.
        servers.namespaces.truncate(1);
        let mut server = Server::new(servers);
        for node in 0..NODES {
            server.set_node_address(node.into(), "127.0.0.1", 3000 + node);
        }
        let seed = |port| Endpoint { host: "127.0.0.1".into(), port, tls_name: String::new() };
        let shape = source.u8();
        let config = Config {
            seeds: vec![seed(3000), seed(3001 + u16::from(shape >> 7))],
            max_conns_per_node: [100, 1, 2, 3][usize::from(shape & 3)],
            min_conns_per_node: u32::from(shape >> 2 & 1),
            pipeline_depth: [64, 1, 2, 4][usize::from(shape >> 3 & 3)],
            pipeline_connections: u16::from(shape >> 5 & 1) + 1,
            max_concurrent_operations: if shape & 0x40 != 0 { 3 } else { 0 },
            operation_queue_timeout_ms: if source.bool() { 200 } else { 0 },
            max_error_rate: source.pick(&[100, 0, 2]),
            idle_timeout_ms: source.pick(&[55_000, 500]),
            ..Config::default()
        };
        Self { host: Host::new(config), server, links: BTreeMap::new() }
    }

    /// Makes connections and moves bytes until nothing moves.
    fn settle(&mut self) {
        for _ in 0..1_000 {
            self.carry();
            if let Some((conn, endpoint)) = self.host.asked.front().cloned() {
                self.open(conn, &endpoint);
            } else if let Some(conn) = self.first_link(|link| !link.inbound.is_empty() || link.ends) {
                self.hand_over(conn, usize::MAX);
            } else if self.host.written.is_empty() {
                return;
            }
        }
    }

    fn first_link(&self, wanted: impl Fn(&Link) -> bool) -> Option<ConnId> {
        self.links.iter().find(|(_, link)| wanted(link)).map(|(conn, _)| *conn)
    }

    /// Brings what the client wrote to the servers; links that the client closed go.
    fn carry(&mut self) {
        while let Some((conn, bytes)) = self.host.written.pop_front() {
            let Some(link) = self.links.get_mut(&conn) else { continue };
            let mut out = Vec::new();
            let verdict = self.server.receive(link.server, &bytes, &mut out);
            link.inbound.extend(out);
            link.ends |= verdict == Verdict::Close;
        }
        let open = &self.host.open;
        let server = &mut self.server;
        self.links.retain(|conn, link| {
            let stays = open.contains(conn);
            if !stays {
                server.close(link.server);
            }
            stays
        });
    }

    fn open(&mut self, conn: ConnId, endpoint: &Endpoint) {
        let node = usize::from(endpoint.port.saturating_sub(3000));
        match self.server.open(node).filter(|_| node < NODES.into()) {
            Some(server) => {
                self.links.insert(conn, Link { server, inbound: VecDeque::new(), ends: false });
                self.host.connect(conn);
            }
            None => self.host.end(conn, CloseReason::Refused),
        }
    }

    /// Hands the client bytes of one link, and its end after the last.
    fn hand_over(&mut self, conn: ConnId, len: usize) {
        let Some(link) = self.links.get_mut(&conn) else { return };
        let len = len.min(link.inbound.len());
        let bytes: Vec<u8> = link.inbound.drain(..len).collect();
        let ends = link.ends && link.inbound.is_empty();
        if !bytes.is_empty() {
            self.host.receive(conn, &bytes);
        }
        if ends && self.host.open.contains(&conn) {
            self.host.end(conn, CloseReason::ClosedByPeer);
        }
    }

    fn any_link(&mut self, source: &mut Source<'_>) -> Option<ConnId> {
        self.carry();
        let choice = usize::from(source.u8()) % self.links.len().max(1);
        self.links.keys().nth(choice).copied()
    }

    fn cancel(&mut self, source: &mut Source<'_>) {
        let choice = source.u8();
        let id = match choice {
            0xff => Some(CommandId(u32::from(source.u16()) << 8)),
            _ => self.host.running(choice.into()),
        };
        if let Some(id) = id {
            self.host.cancel(id);
        }
    }

    /// Makes one connection that was asked for, or does not.
    fn connect(&mut self, source: &mut Source<'_>) {
        let choice = usize::from(source.u8() >> 1) % self.host.asked.len().max(1);
        let Some((conn, endpoint)) = self.host.asked.get(choice).cloned() else { return };
        if source.bool() { self.host.end(conn, source.pick(&REASONS)) } else { self.open(conn, &endpoint) }
    }

    /// Hands over some bytes of one link.
    fn deliver(&mut self, source: &mut Source<'_>) {
        let len = usize::from(source.u8());
        if let Some(conn) = self.any_link(source) {
            self.hand_over(conn, len);
        }
    }

    /// Changes a byte that is on its way.
    fn bend(&mut self, source: &mut Source<'_>) {
        let (at, bits) = (usize::from(source.u8()), source.u8());
        let Some(link) = self.any_link(source).and_then(|conn| self.links.get_mut(&conn)) else { return };
        if let Some(byte) = link.inbound.get_mut(at) {
            *byte ^= bits;
        }
    }

    /// Adds bytes that nobody asked for, or sends what is on its way twice.
    fn invent(&mut self, source: &mut Source<'_>) {
        let bytes = source.sized();
        let Some(link) = self.any_link(source).and_then(|conn| self.links.get_mut(&conn)) else { return };
        if bytes.is_empty() {
            link.inbound.extend(link.inbound.clone());
        }
        link.inbound.extend(bytes);
    }

    fn cut(&mut self, source: &mut Source<'_>) {
        let reason = source.pick(&REASONS);
        let Some(conn) = self.any_link(source) else { return };
        if source.bool() {
            // Only the server's side ends: what is on its way still comes.
            self.links.get_mut(&conn).into_iter().for_each(|link| link.ends = true);
        } else {
            self.host.end(conn, reason);
        }
    }

    /// Inputs that make no sense: about connections that are gone, or not made yet.
    fn nonsense(&mut self, source: &mut Source<'_>) {
        let conn = ConnId(u32::from(source.u8() & 0x0f) | u32::from(source.u8() & 3) << 20);
        if self.host.open.contains(&conn) || self.host.asked.iter().any(|(asked, _)| *asked == conn) {
            return;
        }
        match source.below(3) {
            0 => self.host.input(Input::Connected(conn)),
            1 => self.host.input(Input::Received(conn, b"\x02\x03\0\0\0\0\0\x01")),
            _ => self.host.input(Input::Closed(conn, CloseReason::Reset)),
        }
    }

    /// Changes the servers: nodes that go and come, faults.
    fn server_step(&mut self, source: &mut Source<'_>) {
        let node = source.below(NODES.into());
        match source.below(8) {
            0 => {
                let dead = self.server.set_node_up(node, false);
                self.links.values_mut().for_each(|link| link.ends |= dead.contains(&link.server));
            }
            1 => drop(self.server.set_node_up(node, true)),
            2 => self.server.set_node_balanced(node, source.bool()),
            3 => self.server.inject(None, Fault::Answer(ResultCode(source.u8())), 2),
            4 => self.server.inject(Some(node), Fault::Drop, 1),
            5 => self.server.inject(Some(node), Fault::Swallow, 1),
            6 => self.server.inject(Some(node), Fault::Garbage, 1),
            _ => self.server.inject(None, Fault::Cut(source.u8().into()), 1),
        }
    }
}
