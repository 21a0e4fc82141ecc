//! What the fuzz targets run: one function per target, each taking any bytes.
//!
//! The targets in `fuzz/` only call these; they live here so that they are compiled with everything else, and so that
//! `tests/fuzz_corpus.rs` can replay the committed corpora without a fuzzer. Every body holds more than "no panic":
//! the same bytes in other pieces give the same, what is decoded and encoded is decoded the same, and memory follows
//! the bytes that came. A broken promise is a panic. Memory is looked at where [`Counting`] is the global allocator.
#![expect(clippy::panic, clippy::expect_used, reason = "a fuzz target reports by panicking")]

mod admin;
mod api;
mod client;
mod codec;
mod host;
mod server;
mod source;

pub use admin::admin;
pub use api::api;
pub use client::{batch_reply, info, merged_reply};
pub use codec::{frame, message, msgpack};
pub use server::{deep_streams, server, server_answer, server_stream};

use crate::Counting;

/// A target's name and its body.
pub type Target = (&'static str, fn(&[u8]));

/// All targets by name.
pub const TARGETS: [Target; 9] = [
    ("frame", frame),
    ("message", message),
    ("batch_reply", batch_reply),
    ("merged_reply", merged_reply),
    ("info", info),
    ("msgpack", msgpack),
    ("admin", admin),
    ("server", server),
    ("api", api),
];

/// Runs something that may ask for `per_byte` bytes of memory for each of `len` bytes of input, and a little more.
fn bounded<R>(len: usize, per_byte: u64, run: impl FnOnce() -> R) -> R {
    let before = Counting::asked();
    let result = run();
    let spent = Counting::asked() - before;
    let limit = 4_096 + per_byte * len as u64;
    assert!(spent <= limit, "{spent} bytes of memory asked for by {len} bytes of input, {limit} allowed");
    result
}
