//! Requests as the network sees them: who sent them, for which records.
//!
//! Imports `model` and the core's `wire`. A command carries a filter that is always true and holds its number twice; or,
//! where commands may be merged, which those with a filter are not, a bin of its own name or the mark it writes. One that
//! has neither, a remove, is known as the writer of its record.

use core::fmt;

use aerospike_wasm::data::{Digest, PartitionId};
use aerospike_wasm::wire::Reader;
use aerospike_wasm::wire::batch::Rows;
use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE};
use aerospike_wasm::wire::message::{FieldType, Message, Op};

use super::model::{LOG, number_of};

/// The filter `number == number`, packed.
pub(super) fn filter(number: u32) -> Vec<u8> {
    let mut filter = vec![0x93, 1, 0xce];
    filter.extend_from_slice(&number.to_be_bytes());
    filter.push(0xce);
    filter.extend_from_slice(&number.to_be_bytes());
    filter
}

/// The name of a bin that no record has, by which a read says its number.
pub(super) fn tag(number: u32) -> String {
    format!("{TAG}{number:x}")
}

const TAG: char = '#';

/// What a request is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// One command on one record.
    Single,
    /// Rows of one batch.
    Batch,
    /// Commands that the client has merged.
    Merged,
}

/// One record of a request.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// What the reply calls it.
    pub(super) index: u32,
    /// The number of its command, and its row there.
    pub(super) number: u32,
    pub(super) row: u32,
    pub(super) namespace: Vec<u8>,
    pub(super) partition: PartitionId,
}

/// A record request; it has one place or more.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) kind: Kind,
    pub(super) places: Vec<Place>,
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
    /// Reads a whole frame; `None` if it is none of the simulator's record requests. `writer` gives the command that
    /// writes a record.
    pub(super) fn read(frame: &[u8], writer: impl Fn(&Digest) -> Option<u32>) -> Option<Self> {
        if !is_message(frame) {
            return None;
        }
        let message = Message::read_only(frame.get(HEADER_SIZE..)?).ok()?;
        let timeout_ms = message.header.timeout;
        let filtered = message.field(FieldType::FILTER).and_then(number_of_filter);
        let Some(batch) = message.field(FieldType::BATCH) else {
            let digest = Digest(message.field(FieldType::DIGEST)?.try_into().ok()?);
            let number = filtered.or_else(|| number_of_ops(message.ops())).or_else(|| writer(&digest))?;
            let namespace = message.field(FieldType::NAMESPACE)?.into();
            let place = Place { index: 0, number, row: 0, namespace, partition: digest.partition() };
            return Some(Self { kind: Kind::Single, places: vec![place], timeout_ms });
        };
        let mut rows = Rows::new(batch).ok()?;
        let mut places = Vec::new();
        while let Some(row) = rows.next_row().ok()? {
            let digest = Digest(row.digest);
            let number = filtered.or_else(|| number_of_ops(row.ops())).or_else(|| writer(&digest))?;
            let index = row.index;
            places.push(Place {
                index,
                number,
                row: if filtered.is_some() { index } else { 0 },
                namespace: row.field(FieldType::NAMESPACE)?.into(),
                partition: digest.partition(),
            });
        }
        let kind = if filtered.is_some() { Kind::Batch } else { Kind::Merged };
        (!places.is_empty()).then_some(Self { kind, places, timeout_ms })
    }

    /// Whether the reply is a stream of messages.
    pub(super) fn is_stream(&self) -> bool {
        self.kind != Kind::Single
    }

    /// The numbers of its commands.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.places.iter().map(|place| place.number).collect();
        numbers.dedup();
        numbers
    }

    /// The place that the reply calls so.
    pub(super) fn place(&self, index: u32) -> Option<&Place> {
        self.places.iter().find(|place| place.index == index)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind;
        write!(f, "{kind:?}")?;
        self.places.iter().try_for_each(|place| write!(f, " {}/{}", place.number, place.row))
    }
}

fn number_of_filter(filter: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(filter.get(3..7)?.try_into().ok()?))
}

fn number_of_ops<'a>(mut ops: impl Iterator<Item = Op<'a>>) -> Option<u32> {
    ops.find_map(|op| {
        let name = core::str::from_utf8(op.name).ok()?;
        match name.strip_prefix(TAG) {
            Some(number) => u32::from_str_radix(number, 16).ok(),
            None => (name == LOG).then(|| number_of(op.value)).flatten(),
        }
    })
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
