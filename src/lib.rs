//! Sans-IO Aerospike client.
#![no_std]

extern crate alloc;

pub mod data;
pub mod time;
pub mod wire;
