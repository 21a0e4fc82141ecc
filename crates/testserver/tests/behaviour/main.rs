//! What the server answers, one behaviour per file: requests in, replies out, over the public API.
//!
//! The expectations were observed on a real server.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that meets what it does not expect ends")]

extern crate alloc;

mod support;

mod batch_buffers;
mod batch_errors;
mod batch_support;
mod batches;
mod chunking;
mod clusters;
mod configuration;
mod deep_nesting;
mod deletes;
mod enterprise;
mod expiry;
mod faults;
mod framing;
mod generations;
mod geojson;
mod hostile_bytes;
mod info_data;
mod info_grammar;
mod info_members;
mod inspection;
mod limits;
mod particles;
mod puts;
mod read_touch;
mod reads;
mod replaces;
mod respond_all;
mod scalars;
mod security;
mod selections;
mod sets;
mod truncation;
mod udf;
mod user_keys;
