//! How the client's work grows with the cluster: getting to know it, one tend round, a large batch.
//!
//! Prints a row per cluster size, with the time spent inside the client alone (servers and network are virtual and
//! not counted), and the bytes its memory grew by. Times are of this machine; their growth is what matters.
#![expect(clippy::disallowed_types, reason = "a benchmark is a host, and hosts own the clock")]

use std::collections::{BTreeMap, VecDeque};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aerospike_testkit::{Counting, Seen};
use aerospike_testserver::{ConnectionId, NamespaceConfig, Server};
use aerospike_wasm::data::{Key, ValueRef};
use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{
    Action, BatchRow, Client, Command, CommandId, Config, ConnId, Endpoint, Input, Operation, Output, Policy,
    RowAction, RowPolicy,
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NAMESPACES: usize = 12;
const ROWS: usize = 100_000;
const FIRST_PORT: u16 = 20_000;

fn main() -> ExitCode {
    println!("{NAMESPACES} namespaces; a batch of {ROWS} keys, one increment and one read each");
    println!(
        "{:>5} {:>14} {:>14} {:>14} {:>14} {:>14} {:>14}",
        "nodes", "connect ms", "map KB", "tend us", "tend us/node", "batch ms", "batch ns/key"
    );
    for nodes in [8, 32, 128] {
        let Some(row) = measure(nodes) else {
            eprintln!("a batch failed: no figures");
            return ExitCode::FAILURE;
        };
        println!("{row}");
    }
    ExitCode::SUCCESS
}

/// One row of the table; `None` if the batch did not succeed whole.
fn measure(nodes: usize) -> Option<String> {
    let before = Counting::live();
    let mut bench = Bench::new(nodes);
    let connect = bench.take_spent();
    let map = (Counting::live() - before - bench.server_bytes) / 1024;
    bench.now = bench.now.plus_millis(1_000);
    bench.input(Input::Timeout);
    bench.settle();
    bench.take_spent();
    bench.now = bench.now.plus_millis(1_000);
    bench.input(Input::Timeout);
    bench.settle();
    let tend = bench.take_spent();
    let batch = bench.batch()?;
    Some(format!(
        "{nodes:>5} {:>14.2} {map:>14} {:>14.1} {:>14.2} {:>14.2} {:>14.0}",
        connect.as_secs_f64() * 1e3,
        tend.as_secs_f64() * 1e6,
        tend.as_secs_f64() * 1e6 / nodes as f64,
        batch.as_secs_f64() * 1e3,
        batch.as_secs_f64() * 1e9 / ROWS as f64,
    ))
}

/// A client, a cluster, and a stopwatch that runs only inside the client.
struct Bench {
    client: Client,
    server: Server,
    server_bytes: i64,
    now: Timestamp,
    spent: Duration,
    links: BTreeMap<ConnId, ConnectionId>,
    arrived: VecDeque<(ConnId, Vec<u8>)>,
    ended: Vec<(CommandId, bool)>,
    rows: usize,
    transmit: Vec<u8>,
}

impl Bench {
    fn new(nodes: usize) -> Self {
        let before = Counting::live();
        let mut config = aerospike_testserver::Config::with_nodes(nodes);
        config.namespaces =
            (0..NAMESPACES).map(|n| NamespaceConfig::new(&format!("namespace-{n}"))).collect();
        let mut server = Server::new(config);
        for node in 0..nodes {
            server.set_node_address(node, "127.0.0.1", FIRST_PORT + node as u16);
        }
        let server_bytes = Counting::live() - before;
        let seed = Endpoint { host: "127.0.0.1".into(), port: FIRST_PORT, tls_name: String::new() };
        let now = Timestamp::from_millis(1);
        let start = Instant::now();
        let client = Client::new(Config { seeds: vec![seed], ..Config::default() }, 1, now);
        let mut bench = Self {
            client,
            server,
            server_bytes,
            now,
            spent: start.elapsed(),
            links: BTreeMap::new(),
            arrived: VecDeque::new(),
            ended: Vec::new(),
            rows: 0,
            transmit: Vec::new(),
        };
        bench.settle();
        bench
    }

    fn take_spent(&mut self) -> Duration {
        core::mem::take(&mut self.spent)
    }

    fn input(&mut self, input: Input<'_>) {
        let start = Instant::now();
        self.client.handle_input(self.now, input);
        self.spent += start.elapsed();
    }

    /// Moves bytes until nothing moves any more.
    fn settle(&mut self) {
        loop {
            self.drain();
            let Some((conn, bytes)) = self.arrived.pop_front() else { return };
            self.input(Input::Received(conn, &bytes));
        }
    }

    fn drain(&mut self) {
        loop {
            let from = self.transmit.len();
            let start = Instant::now();
            let output = self.client.poll_output(&mut self.transmit);
            self.spent += start.elapsed();
            match output {
                Output::Wait(_) => return,
                Output::Connect(conn, endpoint) => {
                    let node = usize::from(endpoint.port - FIRST_PORT);
                    if let Some(link) = self.server.open(node) {
                        self.links.insert(conn, link);
                        self.input(Input::Connected(conn));
                    }
                }
                Output::Close(conn) => drop(self.links.remove(&conn)),
                Output::Transmit { conn, .. } => self.deliver(conn, from),
                Output::Event(event) => match Seen::of(&event) {
                    Seen::Finished(id, result) => self.ended.push((id, result.is_ok())),
                    Seen::Row(_, _, result) => self.rows += usize::from(result.is_ok()),
                    _ => {}
                },
            }
        }
    }

    fn deliver(&mut self, conn: ConnId, from: usize) {
        let Some(link) = self.links.get(&conn).copied() else { return };
        let bytes = self.transmit.split_off(from);
        let mut out = Vec::new();
        let _ = self.server.receive(link, &bytes, &mut out);
        self.arrived.push_back((conn, out));
    }

    /// The time of the second of two equal batches: the first opens the connections.
    fn batch(&mut self) -> Option<Duration> {
        let keys: Vec<Key> = (0..ROWS as i64).map(|n| Key::new("namespace-3", "bench", n)).collect();
        let ops = [Operation::increment("n", ValueRef::Integer(1)), Operation::read("n")];
        let rows: Vec<BatchRow<'_>> = keys
            .iter()
            .map(|key| BatchRow { key: key.as_ref(), action: RowAction::Operate(&ops, RowPolicy::default()) })
            .collect();
        let command =
            Command { action: Action::Batch { rows: &rows }, policy: &Policy::write(), filter: None };
        for _ in 0..2 {
            self.ended.clear();
            self.rows = 0;
            self.take_spent();
            let start = Instant::now();
            let id = self.client.submit(self.now, &command).ok()?;
            self.spent += start.elapsed();
            self.settle();
            if self.ended != [(id, true)] || self.rows != ROWS {
                return None;
            }
        }
        Some(self.take_spent())
    }
}
