//! The exported class: a client, its tapes and its buffers.
//!
//! Imports the core's public API, `tape` and wasm-bindgen. Pointers given to JavaScript are valid until the next call
//! that may grow memory.

use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{Auth, Client, CloseReason, CommandId, Config, ConnId, Endpoint, Event, Input, Output};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::tape::{self, Scratch, TapeWriter};

const READY: u8 = 1;
const CONNECT_FAILED: u8 = 2;
const NODE_ADDED: u8 = 3;
const NODE_REMOVED: u8 = 4;
const CLOSED: u8 = 5;

/// Settings of an engine; what is not set keeps the core's default.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct EngineConfig {
    config: Config,
}

#[wasm_bindgen]
impl EngineConfig {
    /// The defaults.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an address to start from; an empty TLS name means clear text.
    pub fn add_seed(&mut self, host: &str, port: u16, tls_name: &str) {
        self.config.seeds.push(Endpoint { host: host.into(), port, tls_name: tls_name.into() });
    }

    /// The name the cluster must have; empty for any.
    #[wasm_bindgen(setter)]
    pub fn set_cluster_name(&mut self, name: String) {
        self.config.cluster_name = name;
    }

    /// Name of the application, for the server's statistics.
    #[wasm_bindgen(setter)]
    pub fn set_application_id(&mut self, name: String) {
        self.config.application_id = name;
    }

    /// Longest time to wait for the answer to a login, ms.
    #[wasm_bindgen(setter)]
    pub fn set_login_timeout_ms(&mut self, millis: u32) {
        self.config.login_timeout_ms = millis;
    }

    /// Who the client says it is. Modes: 0 internal, 1 external, 2 PKI, which takes neither user nor password.
    ///
    /// # Errors
    /// The setting at fault and what is wrong with it, separated by a colon.
    pub fn set_auth(&mut self, mode: u8, user: &str, password: &str) -> Result<(), String> {
        let auth = match mode {
            0 => Auth::internal(user, password.as_bytes()),
            1 => Auth::external(user, password.as_bytes()),
            _ => Ok(Auth::Pki),
        };
        self.config.auth = auth.map_err(|error| format!("{}: {error}", error.field()))?;
        self.config.check().map_err(|error| format!("{}: {error}", error.field()))
    }

    /// Longest time to make a connection, ms.
    #[wasm_bindgen(setter)]
    pub fn set_connect_timeout_ms(&mut self, millis: u32) {
        self.config.connect_timeout_ms = millis;
    }

    /// Time between two looks at the cluster, ms.
    #[wasm_bindgen(setter)]
    pub fn set_tend_interval_ms(&mut self, millis: u32) {
        self.config.tend_interval_ms = millis;
    }

    /// Connections unused for longer are closed, ms; 0 keeps them.
    #[wasm_bindgen(setter)]
    pub fn set_idle_timeout_ms(&mut self, millis: u32) {
        self.config.idle_timeout_ms = millis;
    }

    /// Most connections to one node.
    #[wasm_bindgen(setter)]
    pub fn set_max_conns_per_node(&mut self, count: u32) {
        self.config.max_conns_per_node = count;
    }

    /// Connections kept open to every node.
    #[wasm_bindgen(setter)]
    pub fn set_min_conns_per_node(&mut self, count: u32) {
        self.config.min_conns_per_node = count;
    }

    /// Most connections being made to one node at a time; 0 for no limit of its own.
    #[wasm_bindgen(setter)]
    pub fn set_opening_connection_threshold(&mut self, count: u32) {
        self.config.opening_connection_threshold = count;
    }

    /// Adds a rack this client is close to, after those that are closer.
    pub fn add_rack(&mut self, rack: u32) {
        self.config.rack_ids.push(rack);
    }

    /// Failed attempts on one node within the window, after which it is left alone; 0 never.
    #[wasm_bindgen(setter)]
    pub fn set_max_error_rate(&mut self, count: u32) {
        self.config.max_error_rate = count;
    }

    /// Tends after which failed attempts are forgotten.
    #[wasm_bindgen(setter)]
    pub fn set_error_rate_window(&mut self, tends: u32) {
        self.config.error_rate_window = tends;
    }

    /// Most commands at work at a time; 0 for no limit.
    #[wasm_bindgen(setter)]
    pub fn set_max_concurrent_operations(&mut self, count: u32) {
        self.config.max_concurrent_operations = count;
    }

    /// Longest time a command may wait its turn, ms; 0 as long as it takes.
    #[wasm_bindgen(setter)]
    pub fn set_operation_queue_timeout_ms(&mut self, millis: u32) {
        self.config.operation_queue_timeout_ms = millis;
    }

    /// Connections per node over which commands are spread.
    #[wasm_bindgen(setter)]
    pub fn set_pipeline_connections(&mut self, count: u16) {
        self.config.pipeline_connections = count;
    }

    /// Most commands in flight on one connection.
    #[wasm_bindgen(setter)]
    pub fn set_pipeline_depth(&mut self, depth: u16) {
        self.config.pipeline_depth = depth;
    }

    /// Whether to use the alternate addresses that nodes announce.
    #[wasm_bindgen(setter)]
    pub fn set_use_services_alternate(&mut self, alternate: bool) {
        self.config.use_services_alternate = alternate;
    }

    /// Whether commands that leave together may travel as the rows of one batch request.
    #[wasm_bindgen(setter)]
    pub fn set_merge_commands(&mut self, merge: bool) {
        self.config.merge_commands = merge;
    }

    /// Largest message sent or accepted, bytes.
    #[wasm_bindgen(setter)]
    pub fn set_max_message_bytes(&mut self, bytes: u32) {
        self.config.max_message_bytes = bytes as usize;
    }
}

/// One client.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    client: Client,
    connect_timeout_ms: u32,
    input: Vec<u8>,
    received: Vec<u8>,
    output: TapeWriter,
    transmit: Vec<u8>,
    patches: Vec<usize>,
    scratch: Scratch,
}

#[wasm_bindgen]
impl Engine {
    /// A client that starts to connect at once; call `poll` to learn where to.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(config: EngineConfig, seed: u64, now_ms: f64) -> Self {
        let config = config.config;
        Self {
            connect_timeout_ms: config.connect_timeout_ms,
            client: Client::new(config, seed, timestamp(now_ms)),
            input: Vec::new(),
            received: Vec::new(),
            output: TapeWriter::default(),
            transmit: Vec::new(),
            patches: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// Address of an input buffer of at least `len` bytes; what it held is kept when it grows.
    pub fn input(&mut self, len: usize) -> usize {
        grow(&mut self.input, len)
    }

    /// Submits the command on the first `len` bytes of the input tape. Gives its id, or -1 with the reason on the
    /// output tape.
    pub fn submit(&mut self, len: usize, now_ms: f64) -> f64 {
        let tape = self.input.get(..len).unwrap_or_default();
        match tape::submit(&mut self.client, timestamp(now_ms), tape, &mut self.scratch) {
            Ok(id) => f64::from(id.0),
            Err(error) => {
                self.output.clear();
                self.output.refusal(&error);
                -1.0
            }
        }
    }

    /// Address of a buffer for `len` received bytes.
    pub fn receive_buffer(&mut self, len: usize) -> usize {
        grow(&mut self.received, len)
    }

    /// Takes in `len` bytes from the receive buffer.
    pub fn received(&mut self, connection: u32, len: usize, now_ms: f64) {
        let bytes = self.received.get(..len).unwrap_or_default();
        self.client.handle_input(timestamp(now_ms), Input::Received(ConnId(connection), bytes));
    }

    /// A connection is open.
    pub fn connected(&mut self, connection: u32, now_ms: f64) {
        self.client.handle_input(timestamp(now_ms), Input::Connected(ConnId(connection)));
    }

    /// A connection could not be made, or ended. Reasons: 0 closed by peer, 1 refused, 2 unreachable, 3 reset,
    /// 4 timed out, 5 name not found; about TLS 7 expired, 8 other name, 9 self-signed, 10 untrusted, 11 client refused,
    /// 12 handshake failed; others other.
    pub fn closed(&mut self, connection: u32, reason: u8, now_ms: f64) {
        let reason = match reason {
            0 => CloseReason::ClosedByPeer,
            1 => CloseReason::Refused,
            2 => CloseReason::Unreachable,
            3 => CloseReason::Reset,
            4 => CloseReason::TimedOut,
            5 => CloseReason::NameNotFound,
            7 => CloseReason::CertificateExpired,
            8 => CloseReason::CertificateName,
            9 => CloseReason::CertificateSelfSigned,
            10 => CloseReason::CertificateUntrusted,
            11 => CloseReason::ClientCertificate,
            12 => CloseReason::Tls,
            _ => CloseReason::Other,
        };
        self.client.handle_input(timestamp(now_ms), Input::Closed(ConnId(connection), reason));
    }

    /// The wake-up time has come.
    pub fn timeout(&mut self, now_ms: f64) {
        self.client.handle_input(timestamp(now_ms), Input::Timeout);
    }

    /// Ends a command with an error that says whether it may have happened.
    pub fn cancel(&mut self, command: u32, now_ms: f64) {
        self.client.cancel(timestamp(now_ms), CommandId(command));
    }

    /// Ends everything.
    pub fn close(&mut self, now_ms: f64) {
        self.client.close(timestamp(now_ms));
    }

    /// Writes everything there is to say onto the output tape and gives its length.
    pub fn poll(&mut self, _now_ms: f64) -> usize {
        self.output.clear();
        self.transmit.clear();
        self.patches.clear();
        while !self.poll_one() {}
        // The transmit buffer has its final place only now.
        let base = self.transmit.as_ptr() as usize as u32;
        for at in &self.patches {
            self.output.patch_u32(*at, base);
        }
        self.output.bytes.len()
    }

    /// Address of the output tape.
    #[must_use]
    pub fn output(&self) -> usize {
        self.output.bytes.as_ptr() as usize
    }

    /// Names of the nodes that are part of the cluster, joined by commas.
    #[must_use]
    pub fn node_names(&self) -> String {
        self.client.node_names().collect::<Vec<_>>().join(",")
    }

    /// What was counted so far, as JSON; for looking now and then, not per command.
    #[must_use]
    pub fn statistics(&self) -> String {
        crate::statistics::to_json(&self.client.statistics())
    }

    /// Whether the cluster is known and has a node.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.client.is_connected()
    }

    /// Handles one output; `true` when there is nothing left.
    fn poll_one(&mut self) -> bool {
        let start = self.transmit.len();
        // Names are looked up after the event's borrow of the client has ended; the event itself is written at once.
        let named = match self.client.poll_output(&mut self.transmit) {
            Output::Wait(at) => {
                self.output.wake(at.map_or(f64::NAN, |at| at.as_nanos() as f64 / 1e6));
                return true;
            }
            Output::Connect(conn, endpoint) => {
                self.output.connect(conn, endpoint, self.connect_timeout_ms);
                None
            }
            Output::Transmit { conn, len } => {
                let at = self.output.transmit(conn, start, len);
                self.patches.push(at);
                None
            }
            Output::Close(conn) => {
                self.output.close(conn);
                None
            }
            Output::Event(event) => write_event(&mut self.output, event),
        };
        match named {
            Some(Named::Finished(id, error)) => {
                let node = error.node.map_or("", |node| self.client.node_name(node));
                self.output.finished(id, &Err(error), node);
            }
            Some(Named::Row(id, index, error)) => {
                let node = error.node.map_or("", |node| self.client.node_name(node));
                self.output.row(id, index, &Err(error), node);
            }
            Some(Named::Node(event, node)) => self.output.event(event, self.client.node_name(node)),
            None => {}
        }
        false
    }
}

/// What still needs the name of a node.
enum Named {
    Finished(CommandId, aerospike_wasm::Error),
    Row(CommandId, u32, aerospike_wasm::Error),
    Node(u8, aerospike_wasm::NodeId),
}

fn write_event(output: &mut TapeWriter, event: Event<'_>) -> Option<Named> {
    match event {
        Event::Finished { id, result: Err(error) } => return Some(Named::Finished(id, error)),
        Event::Row { id, index, result: Err(error) } => return Some(Named::Row(id, index, error)),
        Event::Finished { id, result } => output.finished(id, &result, ""),
        Event::Row { id, index, result } => output.row(id, index, &result, ""),
        Event::Ready => output.event(READY, ""),
        Event::ConnectFailed { reason, kind } => output.failure(CONNECT_FAILED, reason, &kind),
        Event::NodeAdded(node) => return Some(Named::Node(NODE_ADDED, node)),
        Event::NodeRemoved(node) => return Some(Named::Node(NODE_REMOVED, node)),
        Event::Closed => output.event(CLOSED, ""),
        _ => {}
    }
    None
}

fn grow(buffer: &mut Vec<u8>, len: usize) -> usize {
    if buffer.len() < len {
        buffer.resize(len.next_power_of_two(), 0);
    }
    buffer.as_ptr() as usize
}

fn timestamp(millis: f64) -> Timestamp {
    Timestamp::from_nanos((millis * 1e6) as u64)
}
