//! Bytes to values and back: pure functions without state or policy.
//!
//! Imports `core`, `alloc` and itself. Every reader here takes bytes that may be hostile: it never panics, never
//! allocates by a declared length, and names what was wrong and where. Byte layouts follow the Aerospike server's
//! `proto.h`, `datamodel.h` and `batch.c` (8.1.2).

pub mod admin;
pub mod batch;
pub mod flags;
pub mod frame;
pub mod info;
pub mod message;
pub mod msgpack;
pub mod particle;
pub mod password;
mod reader;
mod result_code;
mod row;
mod writer;

pub use reader::{DecodeError, DecodeErrorKind, Reader, Status};
pub use result_code::ResultCode;
pub(crate) use row::RequestParts;
pub use writer::Writer;
