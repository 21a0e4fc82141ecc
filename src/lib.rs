//! An Aerospike client without I/O: a state machine that turns commands into bytes and bytes into results.
//!
//! Who wants an Aerospike client in JavaScript or in a WASI component uses the packages built on this crate. Who has
//! sockets and a clock and wants to drive them by hand reads on.
//!
//! # The contract
//!
//! The host owns sockets, time and randomness. It makes a [`Client`] with a [`Config`], a seed and the time, and from
//! then on does two things in turn:
//!
//! 1. tell the client what happened: [`Client::submit`], [`Client::handle_input`], [`Client::cancel`],
//!    [`Client::close`], each with the time now;
//! 2. call [`Client::poll_output`] and do what it says until it says [`Output::Wait`]: open or close a connection, write
//!    bytes, tell the application of an [`Event`].
//!
//! ```
//! use aerospike_wasm::data::{KeyRef, UserKeyRef};
//! use aerospike_wasm::time::Timestamp;
//! use aerospike_wasm::{Action, Bins, Client, Command, Config, Endpoint, Output, Policy};
//!
//! let seed = Endpoint { host: "127.0.0.1".into(), port: 3000, tls_name: String::new() };
//! let mut client = Client::new(Config { seeds: vec![seed], ..Config::default() }, 42, Timestamp::ZERO);
//! let mut bytes = Vec::new();
//! match client.poll_output(&mut bytes) {
//!     Output::Connect(_connection, endpoint) => assert_eq!(endpoint.port, 3000),
//!     other => panic!("{other:?}"),
//! }
//! // … once `Event::Ready` came:
//! let key = KeyRef::new("test", "demo", UserKeyRef::String("user1"));
//! let command = Command { action: Action::Read { key, bins: Bins::All }, policy: &Policy::read(), filter: None };
//! let _id = client.submit(Timestamp::from_millis(5), &command)?;
//! # Ok::<(), aerospike_wasm::ArgError>(())
//! ```
//!
//! Every command that `submit` accepts ends with exactly one [`Event::Finished`]. Replies are borrowed from the receive
//! buffer; a command of a small record allocates nothing once the client is warm. The same seed and the same calls give
//! the same outputs.
#![no_std]

extern crate alloc;

mod auth;
mod client;
mod cluster;
mod command;
mod config;
mod conn;
pub mod data;
mod error;
mod ids;
mod operation;
mod policy;
mod statistics;
pub mod time;
pub mod wire;

pub use auth::{Auth, ConfigError, MAX_CLEAR_PASSWORD, MAX_USER, Secret};
pub use client::{Answer, Client, Event, Input, Output, Reply};
pub use command::{
    Action, BatchRow, Bins, Command, MAX_BIN_NAME, MAX_NAMESPACE, MAX_OPERATIONS, MAX_SET, RowAction,
};
pub use config::{Config, Endpoint};
pub use error::{ArgError, CloseReason, Error, ErrorKind, in_doubt};
pub use ids::{CommandId, ConnId, NodeId};
pub use operation::Operation;
pub use policy::{CommitLevel, Exists, GenerationPolicy, Policy, ReadModeAp, ReadModeSc, Replica, RowPolicy};
pub use statistics::{Counters, LATENCY_BUCKETS, NodeStatistics, Statistics};
