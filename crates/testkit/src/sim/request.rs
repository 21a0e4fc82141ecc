//! Requests as the network sees them: who sent them, for which records.
//!
//! Imports the core's `wire`. Every command carries a filter that is always true and holds its number twice, so that the
//! simulator knows a request wherever it meets its bytes.

use aerospike_wasm::data::{Digest, PartitionId};
use aerospike_wasm::wire::Reader;
use aerospike_wasm::wire::batch::Rows;
use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE};
use aerospike_wasm::wire::message::{FieldType, Message};

/// The filter `number == number`, packed.
pub(super) fn filter(number: u32) -> Vec<u8> {
    let mut filter = vec![0x93, 1, 0xce];
    filter.extend_from_slice(&number.to_be_bytes());
    filter.push(0xce);
    filter.extend_from_slice(&number.to_be_bytes());
    filter
}

/// A record request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The number of its command.
    pub(super) number: u32,
    /// The rows it carries; row 0 for a command on one record.
    pub(super) rows: Vec<u32>,
    pub(super) is_batch: bool,
    /// Namespace and partition of its first record.
    pub(super) namespace: Vec<u8>,
    pub(super) partition: PartitionId,
    /// The deadline it gives the server, ms; 0 for none.
    pub(super) timeout_ms: u32,
}

/// The length of the whole frame at the start of `bytes`, if all of it is there.
pub(super) fn frame_len(bytes: &[u8]) -> Option<usize> {
    let header = FrameHeader::from_bytes(*bytes.first_chunk::<HEADER_SIZE>()?);
    let len = HEADER_SIZE + header.size as usize;
    (bytes.len() >= len).then_some(len)
}

/// Whether a frame holds a record message.
pub(super) fn is_message(frame: &[u8]) -> bool {
    frame.get(1) == Some(&FrameType::MESSAGE.0)
}

impl Request {
    /// Reads a whole frame; `None` if it is none of the simulator's record requests.
    pub(super) fn read(frame: &[u8]) -> Option<Self> {
        if !is_message(frame) {
            return None;
        }
        let message = Message::read_only(frame.get(HEADER_SIZE..)?).ok()?;
        let number = message.field(FieldType::FILTER)?.get(3..7)?;
        let number = u32::from_be_bytes(number.try_into().ok()?);
        let timeout_ms = message.header.timeout;
        let Some(batch) = message.field(FieldType::BATCH) else {
            let digest = Digest(message.field(FieldType::DIGEST)?.try_into().ok()?);
            return Some(Self {
                number,
                rows: vec![0],
                is_batch: false,
                namespace: message.field(FieldType::NAMESPACE)?.into(),
                partition: digest.partition(),
                timeout_ms,
            });
        };
        let mut rows = Rows::new(batch).ok()?;
        let first = rows.next_row().ok()??;
        let (namespace, partition) =
            (first.field(FieldType::NAMESPACE)?.into(), Digest(first.digest).partition());
        let mut indexes = vec![first.index];
        while let Some(row) = rows.next_row().ok()? {
            indexes.push(row.index);
        }
        Some(Self { number, rows: indexes, is_batch: true, namespace, partition, timeout_ms })
    }
}

/// The messages of a reply frame's body, each as its bytes.
pub(super) fn split_messages(body: &[u8]) -> Vec<&[u8]> {
    let mut reader = Reader::new(body);
    let mut messages = Vec::new();
    while !reader.is_empty() {
        let start = reader.position();
        if Message::read(&mut reader).is_err() {
            break;
        }
        messages.push(&body[start..reader.position()]);
    }
    messages
}
