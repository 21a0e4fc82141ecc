//! One turn of the core: what it tells goes to the application, what it asks for comes back.
//!
//! Imports the core's public API.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{Client, CommandId, ConnId, Endpoint, Error, ErrorKind, Event, NodeId, Output, Reply};

/// How a command or a row of it failed, with the name of the node.
#[derive(Clone, Copy, Debug)]
pub struct Failed<'a> {
    /// What the core said.
    pub error: Error,
    /// Name of the node of the last attempt; empty for none.
    pub node: &'a str,
}

/// What the application is told.
#[derive(Debug)]
pub enum Told<'a> {
    /// A row of a batch.
    Row {
        /// The batch.
        id: CommandId,
        /// Index of the row.
        index: u32,
        /// Its answer.
        result: Result<Reply<'a>, Failed<'a>>,
    },
    /// A command ended.
    Finished {
        /// Which.
        id: CommandId,
        /// Its answer.
        result: Result<Reply<'a>, Failed<'a>>,
    },
    /// The cluster is known.
    Ready,
    /// No server could be reached; why, seed by seed, and the most telling of the reasons.
    ConnectFailed(&'a str, ErrorKind),
}

/// Why a client could not connect.
#[derive(Clone, Debug)]
pub struct ConnectFailure {
    /// The reasons, seed by seed.
    pub reasons: String,
    /// The most telling one: that the login was refused, else the first.
    pub kind: ErrorKind,
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reasons)
    }
}

impl core::error::Error for ConnectFailure {}

/// What the driver is to do.
#[derive(Debug)]
pub(crate) enum Task {
    Connect(ConnId, Endpoint),
    /// Write this part of the transmit buffer.
    Transmit(ConnId, Range<usize>),
    Close(ConnId),
    Wait(Option<Timestamp>),
}

/// What still needs the name of a node, which can be looked up only after the event was let go.
enum Named {
    Row(CommandId, u32, Error),
    Finished(CommandId, Error),
}

/// Tells the application everything there is to tell, up to the next task.
pub(crate) fn next_task(client: &mut Client, transmit: &mut Vec<u8>, tell: &mut dyn FnMut(Told<'_>)) -> Task {
    loop {
        let start = transmit.len();
        let named = match client.poll_output(transmit) {
            Output::Connect(conn, endpoint) => return Task::Connect(conn, endpoint.clone()),
            Output::Transmit { conn, len } => return Task::Transmit(conn, start..start + len),
            Output::Close(conn) => return Task::Close(conn),
            Output::Wait(at) => return Task::Wait(at),
            Output::Event(event) => tell_event(event, tell),
        };
        match named {
            Some(Named::Row(id, index, error)) => {
                let node = name(client, error.node);
                tell(Told::Row { id, index, result: Err(Failed { error, node }) });
            }
            Some(Named::Finished(id, error)) => {
                let node = name(client, error.node);
                tell(Told::Finished { id, result: Err(Failed { error, node }) });
            }
            None => {}
        }
    }
}

fn tell_event(event: Event<'_>, tell: &mut dyn FnMut(Told<'_>)) -> Option<Named> {
    match event {
        Event::Finished { id, result: Err(error) } => return Some(Named::Finished(id, error)),
        Event::Row { id, index, result: Err(error) } => return Some(Named::Row(id, index, error)),
        Event::Finished { id, result: Ok(reply) } => tell(Told::Finished { id, result: Ok(reply) }),
        Event::Row { id, index, result: Ok(reply) } => tell(Told::Row { id, index, result: Ok(reply) }),
        Event::Ready => tell(Told::Ready),
        Event::ConnectFailed { reason, kind } => tell(Told::ConnectFailed(reason, kind)),
        // Nodes that come and go are looked up when somebody asks.
        _ => {}
    }
    None
}

fn name(client: &Client, node: Option<NodeId>) -> &str {
    node.map_or("", |node| client.node_name(node))
}
