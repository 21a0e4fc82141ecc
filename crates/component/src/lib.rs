//! What the WASI components share: the types of the WIT interface, and the way between them and the core.
//!
//! Imports the core's public API. Knows no WASI and no sockets: a component brings a driver, hands [`Calls`] its
//! submit function, and gives every event of the core to the [`Pending`] that the call returned. Both versions of the
//! interface have the same types, so the bindings of both are generated over those of [`types`].
//! Invariants: nothing of a refused call is sent; no argument, however odd, panics.

#![no_std]

extern crate alloc;

mod answer;
mod batch;
mod calls;
mod config;
mod fault;
mod info;
mod key;
mod operations;
mod policy;
mod statistics;
mod value;

pub use answer::{Answer, Clock, Pending};
pub use calls::{Calls, Submit, Submitted};
pub use config::core_config;
pub use fault::{closed, connect_failed};
pub use info::{Asked, nodes};
pub use policy::Policies;
pub use statistics::statistics;

mod bindings {
    #![allow(missing_docs, clippy::all, clippy::use_self, unreachable_pub, reason = "generated")]
    wit_bindgen::generate!({
        path: "../../wit/0.2",
        inline: "package aerospike:shared; world shared { import aerospike:client/types@0.2.0; }",
        world: "aerospike:shared/shared",
        generate_all,
    });
}

/// The types of the interface `aerospike:client/types`, generated from `wit/0.2/types.wit`.
pub use bindings::aerospike::client::types;
