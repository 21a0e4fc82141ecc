//! Runs the WASI components under wasmtime.
//!
//! Imports wasmtime. [`runtime`] has the engine and what a component may do; [`client`] calls the interface
//! `aerospike:client` of either version in the same way, so that one test serves both.

pub mod client;
pub mod runtime;
pub mod server;

/// The types of the interface. Both versions have the same ones.
pub mod types {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]

    wasmtime::component::bindgen!({
        path: "../../../wit/0.2",
        inline: "package aerospike:host; world host { import aerospike:client/types@0.2.0; }",
        world: "aerospike:host/host",
        additional_derives: [PartialEq, Clone],
    });

    pub use aerospike::client::types::*;
}
