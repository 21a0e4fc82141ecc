//! Targets on the test server: whatever a client may send.
//!
//! Imports the test server's public API and the core's `wire`. The server answers the same in any chunking, and what
//! it answers follows the protocol.

use aerospike_testserver::{Config, Server, Verdict};
use aerospike_wasm::data::{KeyRef, UserKeyRef};
use aerospike_wasm::wire::flags::{info1, info2};
use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE, write_frame};
use aerospike_wasm::wire::message::{Body, FieldType, Header, OpCode, messages, write_request};
use aerospike_wasm::wire::particle::ParticleType;

use super::admin::check_entries;
use super::codec::check_message;
use super::source::{Source, pieces};

/// What a server made of a stream.
#[derive(Debug, PartialEq)]
struct Answered {
    bytes: Vec<u8>,
    open: bool,
}

fn answer<'a>(config: Config, stream: impl IntoIterator<Item = &'a [u8]>) -> Answered {
    let test_commands = config.test_commands;
    let mut server = Server::new(config);
    let mut answered = Answered { bytes: Vec::new(), open: true };
    let Some(id) = server.open(0) else { return answered };
    for piece in stream {
        let verdict = server.receive(id, piece, &mut answered.bytes);
        answered.open &= verdict == Verdict::Keep;
        if verdict == Verdict::Close {
            assert!(!server.is_open(id) || test_commands, "a connection that ended is closed");
            break;
        }
    }
    answered
}

/// Splits a stream into frames as far as they are whole: kind and body.
fn frames(mut bytes: &[u8]) -> Vec<(FrameType, &[u8])> {
    let mut frames = Vec::new();
    while let Some((header, rest)) = bytes.split_first_chunk::<HEADER_SIZE>() {
        let header = FrameHeader::from_bytes(*header);
        let Some((body, rest)) = rest.split_at_checked(usize::try_from(header.size).unwrap_or(usize::MAX))
        else {
            break;
        };
        frames.push((header.kind, body));
        bytes = rest;
    }
    frames
}

/// Holds a server's answer to a stream against the answer to the same stream in pieces, and against the protocol.
pub(super) fn check(seed: u16, config: &Config, stream: &[u8]) {
    let whole = answer(config.clone(), [stream]);
    // An empty frame is answered only if nothing is behind it at the time.
    if frames(stream).iter().all(|(_, body)| !body.is_empty()) {
        assert_eq!(answer(config.clone(), pieces(seed, stream)), whole, "the same answers in any chunking");
    }
    // Its own commands can tell it to answer nonsense.
    if !config.test_commands {
        check_replies(&whole.bytes);
    }
}

fn check_replies(bytes: &[u8]) {
    let replies = frames(bytes);
    let len: usize = replies.iter().map(|(_, body)| body.len() + HEADER_SIZE).sum();
    assert_eq!(len, bytes.len(), "a server answers with whole frames");
    for (kind, body) in replies {
        match kind {
            FrameType::MESSAGE => messages(body).for_each(|message| match message {
                Ok(message) => check_message(&message),
                Err(error) => panic!("a server answers a broken message: {error}"),
            }),
            FrameType::ADMIN => check_entries(body),
            FrameType::INFO => {}
            FrameType(other) => panic!("a server answers with a frame of type {other}"),
        }
    }
}

/// Requests: the first byte says how the rest becomes a stream (as it is, as bodies, as operations on a record with
/// bins of every type, as operations with a filter), the second how it is cut.
pub fn server(bytes: &[u8]) {
    let (mode, seed) = (bytes.first().copied().unwrap_or(0), bytes.get(1).copied().unwrap_or(0));
    let config = Config { test_commands: mode & 4 != 0, ..Config::with_nodes(1) };
    check(seed.into(), &config, &server_stream(bytes));
}

/// The stream of requests that an input stands for.
#[must_use]
pub fn server_stream(bytes: &[u8]) -> Vec<u8> {
    let mut source = Source::new(bytes);
    let (mode, _) = (source.u8(), source.u8());
    let mut stream = Vec::new();
    match mode & 3 {
        0 => stream.extend_from_slice(source.rest()),
        1 => {
            let kind = source.pick(&[FrameType::MESSAGE, FrameType::INFO, FrameType(4), FrameType(5)]);
            while !source.is_empty() {
                write_frame(&mut stream, kind, |writer| writer.bytes(source.sized()));
            }
        }
        kind => {
            write_record(&mut stream);
            while !source.is_empty() {
                write_operate(&mut stream, &mut source, kind == 3);
            }
        }
    }
    stream
}

/// What a server with the default configuration answers to a stream, and whether it keeps the connection.
#[must_use]
pub fn server_answer(stream: &[u8]) -> (Vec<u8>, bool) {
    let Answered { bytes, open } = answer(Config::with_nodes(1), [stream]);
    (bytes, open)
}

/// Streams with values, expressions and texts that nest deeper than any stack.
#[must_use]
pub fn deep_streams() -> Vec<Vec<u8>> {
    const DEPTH: usize = 400_000;
    let nested = |unit: &[u8], inner: &[u8]| [&unit.repeat(DEPTH / unit.len()), inner].concat();
    let values = [nested(&[0x91], &[1]), nested(&[0x81, 1], &[1]), nested(&[0x91], &[])];
    let mut streams = Vec::new();
    let mut ops = |filter: Option<&[u8]>, code: OpCode, kind: ParticleType, name: &[u8], value: &[u8]| {
        let mut stream = Vec::new();
        write_record(&mut stream);
        let header = Header { info1: info1::READ, info2: info2::WRITE, ..Header::default() };
        write_request(&mut stream, &header, |body| {
            write_key(body, 0);
            filter.iter().for_each(|filter| body.field(FieldType::FILTER, filter));
            body.op(code, kind, name, |writer| writer.bytes(value));
        });
        streams.push(stream);
    };
    for value in &values {
        ops(None, OpCode::WRITE, ParticleType::LIST, b"l", value);
        ops(None, OpCode::WRITE, ParticleType::MAP, b"m", value);
        for (code, op) in [(4, 1), (4, 8), (3, 17), (3, 22), (4, 67), (3, 97), (4, 0xff), (13, 0), (16, 1)] {
            let parameters = [&[0x93, 0xcc, op][..], value, &[0]].concat();
            ops(None, OpCode(code), ParticleType::BLOB, b"l", &parameters);
        }
    }
    for filter in [nested(&[0x92, 18], &[0xc3]), nested(&[0x93, 16, 0xc3], &[0xc3]), values[0].clone()] {
        ops(Some(&filter), OpCode::READ, ParticleType(0), b"i", b"");
        let operation = [&[0x92][..], &filter, &[0]].concat();
        ops(None, OpCode(7), ParticleType::BLOB, b"i", &operation);
        ops(None, OpCode(8), ParticleType::BLOB, b"i", &operation);
    }
    for text in [&b"{\"type\":\"Point\",\"coordinates\":["[..], b"{\"type\":{\"a\":"] {
        let json = [&b"\0\0\0"[..], &nested(text, b"")].concat();
        ops(None, OpCode::WRITE, ParticleType(23), b"g", &json);
        ops(None, OpCode::WRITE, ParticleType(23), b"g", &[&json[..50], &nested(b"[", b"")].concat());
    }
    streams
}

/// Bins of every type, and the request that writes them.
fn write_record(out: &mut Vec<u8>) {
    let sketch = [&[0x00, 0x04, 0x00][..], &[0; 16]].concat();
    let bins: [(&[u8], ParticleType, &[u8]); 9] = [
        (b"i", ParticleType::INTEGER, &[0, 0, 0, 0, 0, 0, 0, 7]),
        (b"f", ParticleType::FLOAT, &[0x3f, 0xe0, 0, 0, 0, 0, 0, 0]),
        (b"s", ParticleType::STRING, b"hello"),
        (b"b", ParticleType::BLOB, &[1, 0x42, 3, 4, 0xff]),
        (b"t", ParticleType::BOOL, &[1]),
        (b"l", ParticleType::LIST, b"\x95\x01\x09\x05\xa3\x03hi\x92\x01\x02"),
        (b"o", ParticleType::LIST, b"\x94\xc7\x00\x01\x01\x05\x09"),
        (b"m", ParticleType::MAP, b"\x83\xc7\x00\x01\xc0\xa2\x03a\x01\xa2\x03b\x92\x01\x02"),
        (b"h", ParticleType::HLL, &sketch),
    ];
    let header = Header { info2: info2::WRITE, ..Header::default() };
    write_request(out, &header, |body| {
        write_key(body, 0);
        for (name, kind, value) in bins {
            body.op(OpCode::WRITE, kind, name, |writer| writer.bytes(value));
        }
    });
}

fn write_key(body: &mut Body<'_, '_>, number: u8) {
    let key = KeyRef::new("test", "demo", UserKeyRef::Integer(number.into()));
    body.field(FieldType::NAMESPACE, b"test");
    body.field(FieldType::SET, b"demo");
    body.field(FieldType::DIGEST, &key.digest.0);
}

/// One request with up to eight operations, whose parts the source chooses.
fn write_operate(out: &mut Vec<u8>, source: &mut Source<'_>, filters: bool) {
    let flags = source.u8();
    let reads = [0, info1::READ, info1::READ | info1::GET_ALL, info1::READ | info1::GET_NO_BINS];
    let header = Header {
        info1: reads[usize::from(flags & 3)],
        info2: if flags & 4 != 0 { info2::WRITE } else { 0 },
        info3: if flags & 8 != 0 { source.u8() & 0xfe } else { 0 },
        generation: u32::from(flags >> 4),
        ..Header::default()
    };
    write_request(out, &header, |body| {
        write_key(body, flags >> 7);
        if filters {
            body.field(FieldType::FILTER, source.sized());
        }
        for _ in 0..source.below(9) {
            let code = OpCode(source.u8() % 18);
            let kind = ParticleType(source.u8() % 25);
            let name =
                source.pick::<&[u8]>(&[b"i", b"f", b"s", b"b", b"t", b"l", b"o", b"m", b"h", b"n", b""]);
            let value = source.sized();
            body.op(code, kind, name, |writer| writer.bytes(value));
        }
    });
}
