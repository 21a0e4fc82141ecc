//! A client and a test server on a virtual network and clock.
//!
//! Imports the core's and the test server's public APIs. Everything is deterministic: bytes move when [`Lab::settle`]
//! is called, time when [`Lab::advance_ms`] is. The network can be told to chunk, hold back, refuse and cut.

use std::collections::{BTreeMap, VecDeque};

use aerospike_testserver::{ConnectionId, Server, Verdict};
use aerospike_wasm::data::{Key, UserKey};
use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{
    Client, CloseReason, Command, CommandId, Config, ConnId, Endpoint, Error, Input, Output,
};

use crate::seen::{Answered, Seen};

/// The port of the first node.
const FIRST_PORT: u16 = 3000;
/// The server's clock when the client's says 0, Unix milliseconds.
const UNIX_MILLIS: u64 = 1_800_000_000_000;

/// A key in namespace `test`, set `demo`.
pub fn key(user_key: impl Into<UserKey>) -> Key {
    Key::new("test", "demo", user_key)
}

/// One connection of the virtual network.
#[derive(Debug)]
struct Link {
    server: ConnectionId,
    /// Bytes on their way to the client.
    inbound: VecDeque<u8>,
    /// The server has closed its side.
    ends: bool,
}

/// A client and a server.
#[derive(Debug)]
pub struct Lab {
    /// The client under test.
    pub client: Client,
    /// The server it talks to.
    pub server: Server,
    /// What the client told its host, oldest first.
    pub seen: Vec<Seen>,
    /// How many bytes the network hands to the client at once.
    pub chunk: usize,
    /// Whether the network keeps replies to itself.
    pub hold: bool,
    /// Flips bits of the byte at an offset of the next replies.
    pub corrupt: Option<(usize, u8)>,
    /// Whether connections are refused.
    pub refuse: bool,
    /// Bytes the client wrote, per write.
    pub writes: Vec<(ConnId, Vec<u8>)>,
    /// Connections the client asked for.
    pub connects: usize,
    now: Timestamp,
    wake: Option<Timestamp>,
    links: BTreeMap<ConnId, Link>,
    opening: VecDeque<(ConnId, Endpoint)>,
    ports: BTreeMap<u16, usize>,
    /// What the nodes' certificates are for; empty when they listen in clear.
    tls_name: String,
    transmit: Vec<u8>,
}

impl Lab {
    /// A lab with a server of `nodes` nodes, and a client that knows the first.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self::with_config(nodes, Config::default())
    }

    /// As [`Lab::new`], with settings for the client. The lab's first node is added to its seeds.
    #[must_use]
    pub fn with_config(nodes: usize, config: Config) -> Self {
        Self::with_server(Self::servers(nodes), config)
    }

    /// Settings of a server whose nodes say where the lab's network has them: 127.0.0.1, ports from 3000 on.
    #[must_use]
    pub fn servers(nodes: usize) -> aerospike_testserver::Config {
        let mut config = aerospike_testserver::Config::with_nodes(nodes);
        for (node, port) in config.nodes.iter_mut().zip(FIRST_PORT..) {
            node.port = port;
        }
        config
    }

    /// As [`Lab::with_config`], with settings for the server too. Nodes that have a TLS address are reached by TLS, under
    /// their name and no other.
    #[must_use]
    pub fn with_server(server: aerospike_testserver::Config, mut config: Config) -> Self {
        let ports = (0..server.nodes.len()).map(|node| (FIRST_PORT + node as u16, node)).collect();
        let tls_name = server.nodes.first().and_then(|node| node.tls.as_ref()).map(|tls| tls.name.clone());
        let tls_name = tls_name.unwrap_or_default();
        let mut server = Server::new(server);
        server.set_unix_millis(UNIX_MILLIS);
        let host = String::from("127.0.0.1");
        config.seeds.push(Endpoint { host, port: FIRST_PORT, tls_name: tls_name.clone() });
        let now = Timestamp::from_millis(1);
        let mut lab = Self {
            client: Client::new(config, 42, now),
            server,
            seen: Vec::new(),
            chunk: usize::MAX,
            hold: false,
            corrupt: None,
            refuse: false,
            writes: Vec::new(),
            connects: 0,
            now,
            wake: None,
            links: BTreeMap::new(),
            opening: VecDeque::new(),
            ports,
            tls_name,
            transmit: Vec::new(),
        };
        lab.settle();
        lab
    }

    /// The virtual time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// How many connections are open.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.links.len()
    }

    /// Moves bytes until nothing moves any more.
    pub fn settle(&mut self) {
        loop {
            self.drain();
            if !self.step_network() {
                return;
            }
        }
    }

    /// Moves one chunk per connection, as [`Lab::settle`] does until nothing moves.
    pub fn step(&mut self) {
        self.drain();
        self.step_network();
    }

    /// Moves the clock, stopping at every time the client asked to be woken.
    pub fn advance_ms(&mut self, millis: u64) {
        let end = self.now.plus_millis(millis);
        loop {
            self.settle();
            let Some(at) = self.wake.filter(|at| *at <= end) else { break };
            assert!(at >= self.now || at == self.now, "woken in the past");
            self.now = self.now.max(at);
            self.apply_clock();
            self.client.handle_input(self.now, Input::Timeout);
        }
        self.now = end;
        self.apply_clock();
        self.client.handle_input(self.now, Input::Timeout);
        self.settle();
    }

    /// Holds the host up: the client is woken late, before the host reads what arrived meanwhile.
    pub fn stall_ms(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        self.apply_clock();
        self.client.handle_input(self.now, Input::Timeout);
        self.drain();
    }

    /// The server's clock goes with the client's.
    fn apply_clock(&mut self) {
        self.server.set_unix_millis(UNIX_MILLIS + self.now.as_nanos() / 1_000_000);
    }

    /// Submits a command and hands its id back.
    ///
    /// # Panics
    /// If the core refuses it.
    #[expect(clippy::expect_used, reason = "a test that submits nonsense by accident should stop")]
    pub fn submit(&mut self, command: &Command<'_>) -> CommandId {
        self.client.submit(self.now, command).expect("command refused")
    }

    /// Submits a command and runs the lab until it ended, for up to a virtual minute.
    ///
    /// # Errors
    /// What ended the command.
    ///
    /// # Panics
    /// If it never ends.
    #[expect(clippy::panic, reason = "a command that never finishes is the worst failure there is")]
    pub fn call(&mut self, command: &Command<'_>) -> Result<Answered, Error> {
        let id = self.submit(command);
        for _ in 0..600 {
            self.settle();
            if let Some(result) = self.take_finished(id) {
                return result;
            }
            self.advance_ms(100);
        }
        panic!("command never finished");
    }

    /// Takes out how a command ended, if it has.
    pub fn take_finished(&mut self, id: CommandId) -> Option<Result<Answered, Error>> {
        let at =
            self.seen.iter().position(|seen| matches!(seen, Seen::Finished(other, _) if *other == id))?;
        match self.seen.remove(at) {
            Seen::Finished(_, result) => Some(result),
            _ => None,
        }
    }

    /// Takes out the rows of a batch, by index.
    pub fn take_rows(&mut self, id: CommandId) -> BTreeMap<u32, Result<Answered, Error>> {
        let mut rows = BTreeMap::new();
        self.seen.retain(|seen| match seen {
            Seen::Row(other, index, result) if *other == id => {
                assert!(rows.insert(*index, result.clone()).is_none(), "row {index} came twice");
                false
            }
            _ => true,
        });
        rows
    }

    /// Submits a batch and gives its rows by index.
    ///
    /// # Errors
    /// What ended the batch as a whole.
    #[expect(clippy::panic, reason = "a command that never finishes is the worst failure there is")]
    pub fn call_batch(
        &mut self,
        command: &Command<'_>,
    ) -> Result<BTreeMap<u32, Result<Answered, Error>>, Error> {
        let id = self.submit(command);
        for _ in 0..600 {
            self.settle();
            if let Some(result) = self.take_finished(id) {
                return result.map(|_| self.take_rows(id));
            }
            self.advance_ms(100);
        }
        panic!("batch never finished");
    }

    /// Cuts all connections, as a network that fails.
    pub fn cut(&mut self, reason: CloseReason) {
        for (conn, link) in std::mem::take(&mut self.links) {
            self.server.close(link.server);
            self.client.handle_input(self.now, Input::Closed(conn, reason));
        }
        self.settle();
    }

    /// Hands the client bytes on every open connection, as a peer gone mad.
    pub fn inject(&mut self, bytes: &[u8]) {
        for conn in self.links.keys().copied().collect::<Vec<_>>() {
            self.client.handle_input(self.now, Input::Received(conn, bytes));
            self.drain();
        }
        self.settle();
    }

    /// Takes a node down or up; its connections end.
    pub fn set_node_up(&mut self, node: usize, is_up: bool) {
        let ended = self.server.set_node_up(node, is_up);
        let of_node = |link: &Link| ended.contains(&link.server);
        let conns: Vec<ConnId> =
            self.links.iter().filter(|(_, link)| of_node(link)).map(|(conn, _)| *conn).collect();
        for conn in conns {
            self.links.remove(&conn);
            self.client.handle_input(self.now, Input::Closed(conn, CloseReason::Reset));
        }
        self.settle();
    }

    /// The bytes that the network keeps to itself, of all connections.
    #[must_use]
    pub fn held(&self) -> Vec<u8> {
        self.links.values().flat_map(|link| link.inbound.iter().copied()).collect()
    }

    /// Does what the client asks for until it waits.
    fn drain(&mut self) {
        loop {
            let start = self.transmit.len();
            match self.client.poll_output(&mut self.transmit) {
                Output::Wait(at) => {
                    self.wake = at;
                    return;
                }
                Output::Connect(conn, endpoint) => {
                    self.connects += 1;
                    self.opening.push_back((conn, endpoint.clone()));
                }
                Output::Close(conn) => {
                    self.opening.retain(|(other, _)| *other != conn);
                    if let Some(link) = self.links.remove(&conn) {
                        self.server.close(link.server);
                    }
                }
                Output::Transmit { conn, len } => {
                    let bytes = self.transmit.split_off(start);
                    assert_eq!(bytes.len(), len, "transmit says how many bytes it appended");
                    self.deliver(conn, &bytes);
                    self.writes.push((conn, bytes));
                }
                Output::Event(event) => self.seen.push(Seen::of(&event)),
            }
        }
    }

    fn deliver(&mut self, conn: ConnId, bytes: &[u8]) {
        let Some(link) = self.links.get_mut(&conn) else { return };
        let mut out = Vec::new();
        let verdict = self.server.receive(link.server, bytes, &mut out);
        if let Some((at, bits)) = self.corrupt
            && let Some(byte) = out.get_mut(at)
        {
            *byte ^= bits;
        }
        link.inbound.extend(out);
        link.ends |= verdict == Verdict::Close;
    }

    /// Opens one connection or moves one chunk per connection; `false` when there was nothing to do.
    fn step_network(&mut self) -> bool {
        if let Some((conn, endpoint)) = self.opening.pop_front() {
            self.open(conn, &endpoint);
            return true;
        }
        if self.hold {
            return false;
        }
        let mut moved = false;
        for conn in self.links.keys().copied().collect::<Vec<_>>() {
            let Some(link) = self.links.get_mut(&conn) else { continue };
            let len = link.inbound.len().min(self.chunk);
            if len > 0 {
                let bytes: Vec<u8> = link.inbound.drain(..len).collect();
                self.client.handle_input(self.now, Input::Received(conn, &bytes));
                self.drain();
                moved = true;
            } else if link.ends {
                self.links.remove(&conn);
                self.client.handle_input(self.now, Input::Closed(conn, CloseReason::ClosedByPeer));
                moved = true;
            }
        }
        moved
    }

    fn open(&mut self, conn: ConnId, endpoint: &Endpoint) {
        let node = self.ports.get(&endpoint.port).filter(|_| !self.refuse);
        let reason = match (self.tls_name.is_empty(), endpoint.tls_name == self.tls_name) {
            (_, true) => CloseReason::Refused,
            (true, false) => CloseReason::Tls,
            (false, false) => CloseReason::CertificateName,
        };
        let node = node.filter(|_| endpoint.tls_name == self.tls_name);
        match node.and_then(|node| self.server.open(*node)) {
            Some(server) => {
                self.links.insert(conn, Link { server, inbound: VecDeque::new(), ends: false });
                self.client.handle_input(self.now, Input::Connected(conn));
            }
            None => self.client.handle_input(self.now, Input::Closed(conn, reason)),
        }
    }
}
