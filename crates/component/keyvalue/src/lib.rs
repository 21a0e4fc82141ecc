//! The component `aerospike-keyvalue.wasm`: the standard interface `wasi:keyvalue` on an Aerospike cluster.
//!
//! Imports the core's public API and the blocking driver. A bucket is a namespace and a set, a key a string user key,
//! a value one bin. `connection` runs commands, `store`, `atomics` and `batch` are one interface each.
//! Invariants: no argument and no byte of a server traps; nothing of a refused call is sent.
//! Source: wasi:keyvalue 0.2.0-draft2, in `wit/keyvalue`.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code, reason = "nothing is exported elsewhere"))]

mod atomics;
mod batch;
mod connection;
mod failure;
mod location;
mod settings;
mod store;
mod value;

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]
    wit_bindgen::generate!({
        path: "../../../wit/keyvalue",
        world: "provider",
        generate_all,
    });
}

/// What exports the interfaces.
struct Component;

#[cfg(target_family = "wasm")]
bindings::export!(Component with_types_in bindings);
