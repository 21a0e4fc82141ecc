//! Runs the WASI components under wasmtime.
//!
//! Imports wasmtime. [`runtime`] has the engine and what a component may do; [`client`] calls the interface
//! `aerospike:client` of either version in the same way, so that one test serves both; [`keyvalue`] calls `wasi:keyvalue`;
//! [`command`] runs a program and keeps its output.

pub mod application;
pub mod client;
pub mod command;
pub mod keyvalue;
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

/// A configuration with the default of every setting; hosts are still to be named.
#[must_use]
pub const fn plain_config() -> types::Config {
    types::Config {
        hosts: Vec::new(),
        cluster_name: None,
        user: None,
        password: None,
        auth_mode: None,
        application_id: None,
        timeout: None,
        tend_interval: None,
        idle_timeout: None,
        max_conns_per_node: None,
        min_conns_per_node: None,
        use_services_alternate: None,
        pipeline_depth: None,
        pipeline_connections: None,
        merge_commands: None,
        max_error_rate: None,
        error_rate_window: None,
        max_concurrent_operations: None,
        operation_queue_timeout: None,
        max_message_bytes: None,
        policies: None,
    }
}
