//! The engine as a WebAssembly module for JavaScript hosts.
//!
//! Imports the core's public API and wasm-bindgen, nothing of a runtime: sockets, promises and timers belong to
//! JavaScript. Every export is synchronous. Commands and results cross on flat tapes in linear memory (module `tape`);
//! wasm-bindgen carries only numbers per command, and strings only while connecting.

mod engine;
mod statistics;
mod tape;

pub use engine::{Engine, EngineConfig};

/// Version of the package and of the tapes. JavaScript compares it with its own before it uses anything else.
#[wasm_bindgen::prelude::wasm_bindgen]
#[must_use]
pub fn build() -> String {
    format!("{} tape {}", env!("CARGO_PKG_VERSION"), tape::TAPE_VERSION)
}
