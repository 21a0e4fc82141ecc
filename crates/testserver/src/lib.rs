//! An in-memory Aerospike node or cluster that speaks the real protocol.
//!
//! A sans-IO machine: [`Server::open`] a connection to a node, give [`Server::receive`] the bytes that arrive on
//! it, send what it appends, close when it says so. It has no thread, no socket and no clock of its own: time
//! stands still until [`Server::set_unix_millis`] or [`Server::advance`] moves it. The same bytes in give the same
//! bytes out.
//!
//! It answers as a Community Edition server 8.1.2 does: result codes, order of checks, generations, expiry, which
//! operations answer. What it does not implement (user-defined functions, queries, secondary indexes) it refuses
//! with one of the server's own codes.
//!
//! ```
//! use aerospike_testserver::{Config, Server, Verdict};
//!
//! let mut server = Server::new(Config::default());
//! let connection = server.open(0).ok_or("the node is down")?;
//! let mut replies = Vec::new();
//! let request = b"\x02\x01\0\0\0\0\0\x05node\n";
//! assert_eq!(server.receive(connection, request, &mut replies), Verdict::Keep);
//! assert_eq!(replies, b"\x02\x01\0\0\0\0\0\x08node\tA2\n");
//! # Ok::<(), &str>(())
//! ```
//!
//! Two things that a still clock brings with it: a truncation spares what was written in the same millisecond, and
//! nothing expires. Faults on demand are in [`Fault`] and [`Server::inject`].

#![forbid(unsafe_code)]

extern crate alloc;

mod admin;
mod base64;
mod batch;
mod bits;
mod cdt;
mod check;
mod cluster;
mod config;
mod connection;
mod delete;
mod draft;
mod execute;
mod expression;
mod extension;
mod fault;
mod geo;
mod hll;
mod info;
mod inspect;
mod operate;
mod order;
mod particle;
mod query;
mod read;
mod record;
mod reply;
mod request;
mod scalar;
mod security;
mod server;
mod store;
mod udf;
mod write;

pub use config::{Config, NamespaceConfig, NodeConfig, SecurityConfig, SecurityMode, TlsAddress, UserConfig};
pub use fault::Fault;
pub use particle::Particle;
pub use server::{ConnectionId, Server, Verdict};
