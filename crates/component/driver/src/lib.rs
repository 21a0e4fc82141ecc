//! Drivers of the core for WASI: sockets, names, clocks and the run loop.
//!
//! Imports the core's public API and the bindings of WASI. Knows nothing of the interface `aerospike:client`: a
//! component, or a program that links this crate directly, submits commands of the core and hears of their answers.

#![no_std]

extern crate alloc;

mod address;
#[cfg(feature = "p2")]
pub mod p2;
#[cfg(feature = "p3")]
pub mod p3;
#[cfg(any(feature = "p2", feature = "p3"))]
mod slots;
mod turn;

pub use address::endpoint;
pub use turn::{ConnectFailure, Failed, Told};
