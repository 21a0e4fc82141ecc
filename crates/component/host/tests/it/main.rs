//! The components under wasmtime, over real TCP, against the test server.
//!
//! One list of scenarios runs through both versions of the interface (`scenarios`); what needs a server that misbehaves,
//! a sandbox or many calls at a time has files of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_types,
    reason = "a test stops where it fails, and has a clock"
)]

mod bad_input;
mod composition;
mod concurrency;
mod faults;
mod info;
mod ipv6;
mod keyvalue;
mod login;
mod programs;
mod relay;
mod sandbox;
mod scenarios;
mod support;
mod traps;
