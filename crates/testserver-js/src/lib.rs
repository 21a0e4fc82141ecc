//! The test server as a WebAssembly module for JavaScript hosts.
//!
//! Imports the test server's public API and wasm-bindgen, nothing of a runtime: sockets, timers and the clock belong to
//! JavaScript. Every export is synchronous. Bytes cross in two buffers of linear memory: JavaScript writes what arrived
//! where [`TestServer::input`] says and reads what to send where [`TestServer::output`] says; both addresses are valid
//! until the next call. Nodes are numbered from 0, connections are named by numbers that are never used again.

use aerospike_testserver::{Config, ConnectionId, Fault, NamespaceConfig, Server, Verdict};
use aerospike_wasm::wire::ResultCode;
use wasm_bindgen::prelude::wasm_bindgen;

/// Version of this package, for the JavaScript to compare with its own.
#[wasm_bindgen]
#[must_use]
pub fn build() -> String {
    env!("CARGO_PKG_VERSION").into()
}

/// Settings of a server; what is not set keeps the server's default.
#[wasm_bindgen]
#[derive(Debug)]
pub struct TestServerConfig {
    config: Config,
}

#[wasm_bindgen]
impl TestServerConfig {
    /// A cluster of so many nodes, without a namespace.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self { config: Config { namespaces: Vec::new(), ..Config::with_nodes(nodes) } }
    }

    /// Name of the cluster.
    #[wasm_bindgen(setter)]
    pub fn set_cluster_name(&mut self, name: String) {
        self.config.cluster_name = name;
    }

    /// How many nodes hold each partition.
    #[wasm_bindgen(setter)]
    pub fn set_replication_factor(&mut self, factor: usize) {
        self.config.replication_factor = factor;
    }

    /// Adds a namespace. Negative numbers keep the server's defaults; the others are: TTL in seconds of a write that asks
    /// for the default, whether a write may ask for a TTL, percent of its TTL below which a read touches a record, largest
    /// stored form of a record in bytes, whether a write must name a set, whether all writes are refused.
    pub fn add_namespace(&mut self, name: &str, settings: &[i32]) {
        let mut one = NamespaceConfig::new(name);
        let given = |index: usize| settings.get(index).and_then(|value| u32::try_from(*value).ok());
        let flag = |index, default: bool| given(index).map_or(default, |value| value != 0);
        one.default_ttl = given(0).unwrap_or(one.default_ttl);
        one.allow_ttl = flag(1, one.allow_ttl);
        one.default_read_touch_percent =
            given(2).and_then(|value| value.try_into().ok()).unwrap_or(one.default_read_touch_percent);
        one.max_record_size = given(3).map_or(one.max_record_size, |bytes| bytes as usize);
        one.disallow_null_set = flag(4, one.disallow_null_set);
        one.reject_writes = flag(5, one.reject_writes);
        self.config.namespaces.push(one);
    }
}

/// An in-memory node or cluster.
#[wasm_bindgen]
#[derive(Debug)]
pub struct TestServer {
    server: Server,
    input: Vec<u8>,
    output: Vec<u8>,
}

#[wasm_bindgen]
impl TestServer {
    /// A server without data; the clock is in Unix milliseconds.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(config: TestServerConfig, unix_millis: f64) -> Self {
        let config = Config { unix_millis: unix_millis as u64, ..config.config };
        Self { server: Server::new(config), input: Vec::new(), output: Vec::new() }
    }

    /// Sets the clock that runs; what `advance` added stays added.
    pub fn set_unix_millis(&mut self, unix_millis: f64) {
        self.server.set_unix_millis(unix_millis as u64);
    }

    /// Moves the server's clock ahead.
    pub fn advance(&mut self, seconds: f64) {
        self.server.advance(seconds as u64);
    }

    /// The server's clock, Unix milliseconds.
    #[must_use]
    pub fn unix_millis(&self) -> f64 {
        self.server.unix_millis() as f64
    }

    /// Opens a connection to a node; -1 if there is no such node or it is down.
    pub fn open(&mut self, node: usize) -> f64 {
        self.server.open(node).map_or(-1.0, number)
    }

    /// Whether a connection is open.
    #[must_use]
    pub fn is_open(&self, connection: f64) -> bool {
        self.server.is_open(id(connection))
    }

    /// Forgets a connection that its client closed.
    pub fn close(&mut self, connection: f64) {
        self.server.close(id(connection));
    }

    /// Address of a buffer for `len` bytes that arrived.
    pub fn input(&mut self, len: usize) -> usize {
        if self.input.len() < len {
            self.input.resize(len.next_power_of_two(), 0);
        }
        self.input.as_ptr() as usize
    }

    /// Takes the first `len` bytes of the input buffer; the output buffer then holds what to send. Whether the
    /// connection stays open afterwards.
    pub fn receive(&mut self, connection: f64, len: usize) -> bool {
        self.output.clear();
        let bytes = self.input.get(..len).unwrap_or_default();
        self.server.receive(id(connection), bytes, &mut self.output) == Verdict::Keep
    }

    /// When the next of the replies that are held back is due, Unix milliseconds of the clock that runs; NaN if none is.
    #[must_use]
    pub fn next_release(&self) -> f64 {
        self.server.next_release().map_or(f64::NAN, |at| at as f64)
    }

    /// Puts the replies of one connection that are due into the output buffer and gives the connection; -1 if none are.
    pub fn release(&mut self) -> f64 {
        self.output.clear();
        self.server.release(&mut self.output).map_or(-1.0, number)
    }

    /// Address of the output buffer.
    #[must_use]
    pub fn output(&self) -> usize {
        self.output.as_ptr() as usize
    }

    /// How many bytes the output buffer holds.
    #[must_use]
    pub fn output_len(&self) -> usize {
        self.output.len()
    }

    /// Takes a node out of the cluster or back into it; its connections are gone.
    pub fn set_node_up(&mut self, node: usize, up: bool) {
        self.server.set_node_up(node, up);
    }

    /// Whether a node is part of the cluster.
    #[must_use]
    pub fn is_node_up(&self, node: usize) -> bool {
        self.server.is_node_up(node)
    }

    /// Changes where clients are told to find a node.
    pub fn set_node_address(&mut self, node: usize, host: &str, port: u16) {
        self.server.set_node_address(node, host, port);
    }

    /// The name that clients know a node by.
    #[must_use]
    pub fn node_name(&self, node: usize) -> String {
        self.server.node_name(node).unwrap_or_default().into()
    }

    /// How many connections a node has.
    #[must_use]
    pub fn connection_count(&self, node: usize) -> usize {
        self.server.connection_count(node)
    }

    /// Makes the next `count` record messages that reach `node` (any node if negative) fail. Kinds: 0 answered with
    /// result code `value`, 1 swallowed, 2 cut after `value` bytes, 3 garbage, 4 dropped, any other held back for `value`
    /// milliseconds.
    pub fn inject(&mut self, node: i32, kind: u8, value: u32, count: u32) {
        let fault = match kind {
            0 => Fault::Answer(ResultCode(value as u8)),
            1 => Fault::Swallow,
            2 => Fault::Cut(value as usize),
            3 => Fault::Garbage,
            4 => Fault::Drop,
            _ => Fault::Delay(value),
        };
        self.server.inject(usize::try_from(node).ok(), fault, count);
    }

    /// Forgets the faults that wait.
    pub fn clear_faults(&mut self) {
        self.server.clear_faults();
    }

    /// How many records there are that have not expired, in a namespace and set or in all.
    #[must_use]
    pub fn record_count(&self, namespace: Option<String>, set: Option<String>) -> usize {
        self.server.record_count(namespace.as_deref(), set.as_deref())
    }

    /// Removes the records of a namespace and set, or all.
    pub fn clear(&mut self, namespace: Option<String>, set: Option<String>) {
        self.server.clear(namespace.as_deref(), set.as_deref());
    }
}

/// Numbers of connections count up from 0, far below where a float is no longer exact.
const fn number(id: ConnectionId) -> f64 {
    id.0 as f64
}

const fn id(number: f64) -> ConnectionId {
    ConnectionId(number as u64)
}
