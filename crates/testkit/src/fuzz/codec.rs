//! Targets on the codec: pure functions from bytes to values and back.
//!
//! Imports the core's `wire` and `data`. Memory: a value takes tens of bytes where its encoding takes one, and a
//! vector of few elements room for four.

use aerospike_wasm::data::{Value, ValueRef};
use aerospike_wasm::wire::batch::Rows;
use aerospike_wasm::wire::frame::{Deframer, FrameHeader, FrameType, HEADER_SIZE};
use aerospike_wasm::wire::message::{FieldType, Header, Message, messages, write_request};
use aerospike_wasm::wire::msgpack;
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{DecodeError, DecodeErrorKind, Status, Writer};

use super::bounded;
use super::source::pieces;

/// The largest body in these targets, small enough for a fuzzer to exceed.
const MAX_BODY: usize = 1 << 16;

/// Cuts a stream into frames: whole, and in pieces that the first two bytes choose.
pub fn frame(bytes: &[u8]) {
    let Some((seed, stream)) = bytes.split_first_chunk::<2>() else { return };
    if let Some(header) = stream.first_chunk::<HEADER_SIZE>() {
        assert_eq!(
            FrameHeader::from_bytes(*header).to_bytes(),
            *header,
            "a header is written as it was read"
        );
    }
    let whole = bounded(stream.len(), 64, || frames_of([stream]));
    let seed = u16::from_be_bytes(*seed);
    let in_pieces = bounded(stream.len(), 64, || frames_of(pieces(seed, stream)));
    assert_eq!(in_pieces, whole, "the same frames from the same bytes in pieces");
}

/// The frames of a stream, and what is behind the last of them: how much is missing, or what is wrong.
#[derive(Debug, PartialEq)]
struct Frames {
    frames: Vec<(FrameType, Vec<u8>)>,
    end: Result<Status<usize>, DecodeError>,
}

fn frames_of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Frames {
    let mut deframer = Deframer::new(MAX_BODY);
    let mut all = Frames { frames: Vec::new(), end: deframer.frame_len() };
    for piece in pieces {
        deframer.push(piece);
        all.end = deframer.frame_len();
        while let Ok(Status::Complete(len)) = all.end {
            let frame = deframer.frame(len).expect("a whole frame can be looked at");
            assert_eq!(frame.body.len() + HEADER_SIZE, len);
            all.frames.push((frame.kind, frame.body.to_vec()));
            deframer.consume(len);
            all.end = deframer.frame_len();
        }
    }
    all
}

/// Reads a body as messages, with all their fields, operations, values and batch rows.
pub fn message(bytes: &[u8]) {
    bounded(bytes.len(), 2_048, || {
        let mut at_end = false;
        for message in messages(bytes) {
            assert!(!at_end, "a stream ends with its first error");
            match message {
                Ok(message) => check_message(&message),
                Err(_) => at_end = true,
            }
        }
    });
}

pub(super) fn check_message(message: &Message<'_>) {
    let first = rewritten(message);
    let again = Message::read_only(&first[HEADER_SIZE..]).expect("what was written is read");
    assert_eq!(again.header, message.header);
    assert!(again.fields().eq(message.fields()));
    assert_eq!(rewritten(&again), first, "what is read from what was written is written the same");
    assert_eq!(message.fields().count(), usize::from(message.header.fields));
    assert_eq!(message.ops().count(), usize::from(message.header.ops));
    for op in message.ops() {
        check_particle(op.particle, op.value);
    }
    if let Some(rows) = message.field(FieldType::BATCH) {
        check_rows(rows);
    }
}

fn rewritten(message: &Message<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let header = Header { fields: 0, ops: 0, ..message.header };
    write_request(&mut out, &header, |body| {
        for field in message.fields() {
            body.field(field.kind, field.data);
        }
        for op in message.ops() {
            body.op(op.code, op.particle, op.name, |writer| writer.bytes(op.value));
        }
    });
    out
}

fn check_particle(kind: ParticleType, bytes: &[u8]) {
    let value = ValueRef::from_particle(kind, bytes);
    assert_eq!(value.particle_type(), kind, "a value keeps its type");
    let first = particle(&value);
    assert_eq!(particle(&ValueRef::from_particle(kind, &first)), first, "decoded from what was encoded");
    let owned = value.to_value().expect("a structure that was checked is unpacked");
    assert_eq!(owned.particle_type(), kind, "an owned value keeps its type");
    if let Value::List(_) | Value::Map(_) = owned {
        check_value(&owned);
    } else {
        assert_eq!(particle(&owned.as_ref()), first, "an owned value is written as the borrowed one");
    }
}

fn check_rows(data: &[u8]) {
    let Ok(mut rows) = Rows::new(data) else { return };
    let mut left = rows.left();
    while let Ok(Some(row)) = rows.next_row() {
        left -= 1;
        assert_eq!(rows.left(), left);
        // A row that repeats another has nothing of its own.
        if !row.is_repeat {
            row.fields().for_each(drop);
            row.ops().for_each(|op| check_particle(op.particle, op.value));
        }
    }
}

/// Reads bytes as one MessagePack element.
pub fn msgpack(bytes: &[u8]) {
    let checked = bounded(bytes.len(), 0, || msgpack::check(bytes));
    let value = bounded(bytes.len(), 512, || Value::unpack(bytes));
    match (checked, value) {
        (Ok(()), Err(error)) => panic!("a checked element is not unpacked: {error}"),
        (Err(error), Ok(_)) => {
            assert_eq!(error.kind, DecodeErrorKind::Limit, "an element that fails its check is unpacked");
        }
        (_, Ok(value)) => bounded(bytes.len(), 2_048, || check_value(&value)),
        _ => {}
    }
    for kind in [ParticleType::LIST, ParticleType::MAP, ParticleType::GEOJSON] {
        check_particle(kind, bytes);
    }
}

fn check_value(value: &Value) {
    let first = packed(value);
    let again = Value::unpack(&first).expect("what was packed is unpacked");
    assert_eq!(packed(&again), first, "packed from what was unpacked");
    // Not a number is not equal to itself, so values are compared as text.
    assert_eq!(format!("{again:?}"), format!("{value:?}"), "unpacked from what was packed");
}

fn packed(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    value.pack(&mut Writer::new(&mut out));
    out
}

fn particle(value: &ValueRef<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    value.write_particle(&mut Writer::new(&mut out));
    out
}
