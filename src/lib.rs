//! Sans-IO Aerospike client.
#![no_std]

extern crate alloc;

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
pub mod time;
pub mod wire;

pub use client::{Answer, Client, Event, Input, Output, Reply};
pub use command::{
    Action, BatchRow, Bins, Command, MAX_BIN_NAME, MAX_NAMESPACE, MAX_OPERATIONS, MAX_SET, RowAction,
};
pub use config::{Config, Endpoint};
pub use error::{ArgError, CloseReason, Error, ErrorKind, in_doubt};
pub use ids::{CommandId, ConnId, NodeId};
pub use operation::Operation;
pub use policy::{CommitLevel, Exists, GenerationPolicy, Policy, ReadModeAp, ReadModeSc, Replica, RowPolicy};
