//! One connection: what it has told so far, and the bytes of a request that is not whole yet.
//!
//! Imports the core's frame header. Source: server `service.c`, `proto.h`. Version 2, or 0 with an admin message;
//! types 1 to 5, where 5 is swallowed; bodies up to 128 MiB. Anything else ends the connection.

use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE, MAX_BODY, VERSION};

use crate::info::Session;

/// Messages between clusters; the Community Edition drops them.
const XDR: FrameType = FrameType(5);

/// An open connection.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    pub(crate) session: Session,
    pending: Vec<u8>,
    /// Replies that are held back, and until when, Unix milliseconds.
    held: Vec<u8>,
    held_until: u64,
}

impl Connection {
    pub(crate) fn new(node: usize) -> Self {
        Self { session: Session { node, ..Session::default() }, ..Self::default() }
    }

    /// The bytes that wait for the rest of their request.
    pub(crate) fn take_pending(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.pending)
    }

    /// What stays until more bytes arrive.
    pub(crate) fn keep(&mut self, session: Session, pending: Vec<u8>) {
        self.session = session;
        self.pending = pending;
    }

    /// Holds back what stands in `out` from byte `from` on.
    pub(crate) fn hold(&mut self, out: &mut Vec<u8>, from: usize, until: u64) {
        self.held.extend(out.drain(from..));
        self.held_until = self.held_until.max(until);
    }

    /// Until when replies are held back; `None` if none are.
    pub(crate) fn held_until(&self) -> Option<u64> {
        (!self.held.is_empty()).then_some(self.held_until)
    }

    /// Appends the replies that were held back.
    pub(crate) fn release(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
    }
}

/// What a stream of bytes begins with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cut<'a> {
    /// A whole frame, and what follows it.
    Frame { kind: FrameType, body: &'a [u8], rest: &'a [u8] },
    /// Part of a frame.
    Part,
    /// Nothing that a client may send.
    Bad,
}

/// Cuts the first frame off.
pub(crate) fn cut(bytes: &[u8]) -> Cut<'_> {
    let Some((header, behind)) = bytes.split_first_chunk::<HEADER_SIZE>() else { return Cut::Part };
    let header = FrameHeader::from_bytes(*header);
    let is_version = header.version == VERSION || (header.version == 0 && header.kind == FrameType::ADMIN);
    let is_type = (FrameType::INFO.0..=XDR.0).contains(&header.kind.0);
    if !is_version || !is_type || header.size > MAX_BODY as u64 {
        return Cut::Bad;
    }
    match behind.split_at_checked(header.size as usize) {
        Some((body, rest)) => Cut::Frame { kind: header.kind, body, rest },
        None => Cut::Part,
    }
}
