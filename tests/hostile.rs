//! Hostile bytes, by hand: each case is a peer that lies in one particular way, and the error it must get. Nothing here
//! may panic, and nothing may allocate by a length that was only declared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_wasm::data::{Value, ValueRef};
use aerospike_wasm::wire::batch::Rows;
use aerospike_wasm::wire::frame::{Deframer, HEADER_SIZE};
use aerospike_wasm::wire::message::{Message, messages};
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{DecodeErrorKind, Status, info};

use DecodeErrorKind::{Invalid, Limit, Trailing, Truncated};

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A message header with these counts; what follows is the case.
fn message(fields: u16, ops: u16, rest: &str) -> Vec<u8> {
    let mut bytes = unhex("16000000000000000000000000000000 0000");
    bytes.extend(fields.to_be_bytes());
    bytes.extend(ops.to_be_bytes());
    bytes.extend(unhex(rest));
    bytes
}

#[test]
fn frames() {
    let cases = [
        ("version 0", "0003000000000000", Invalid),
        ("version 1", "0103000000000000", Invalid),
        ("version 3", "0303000000000000", Invalid),
        ("version 255", "ff03000000000000", Invalid),
        ("type 0", "0200000000000000", Invalid),
        ("type 5, which servers use among themselves", "0205000000000000", Invalid),
        ("type 6", "0206000000000000", Invalid),
        ("type 255", "02ff000000000000", Invalid),
        ("size one over the limit", "0203000008000001", Limit),
        ("size 2^32", "0203000100000000", Limit),
        ("size 2^47", "0203800000000000", Limit),
        ("size 2^48 - 1", "0203ffffffffffff", Limit),
        ("an info frame over the limit", "0201000010000000", Limit),
        ("HTTP", "485454502f312e31", Invalid),
        ("a TLS alert", "1503030002022800", Invalid),
        ("SSH", "5353482d322e302d", Invalid),
        ("zeros", "0000000000000000", Invalid),
    ];
    for (name, hex, kind) in cases {
        let mut deframer = Deframer::new(128 << 20);
        deframer.push(&unhex(hex));
        assert_eq!(deframer.frame_len().map_err(|error| error.kind), Err(kind), "{name}");
    }
}

#[test]
fn a_frame_is_partial_until_its_last_byte_and_never_reserved_for() {
    let whole = unhex("0203000000000016 16000000000200000000000000000000000000000000");
    let mut deframer = Deframer::new(128 << 20);
    for (at, byte) in whole.iter().enumerate() {
        assert!(matches!(deframer.frame_len(), Ok(Status::Partial { need }) if need > 0), "byte {at}");
        assert!(deframer.frame(whole.len()).is_none());
        deframer.push(&[*byte]);
    }
    assert_eq!(deframer.frame_len(), Ok(Status::Complete(whole.len())));
    deframer.consume(whole.len() + 99);
    assert_eq!(deframer.frame_len(), Ok(Status::Partial { need: HEADER_SIZE }));
}

#[test]
fn message_structure() {
    let cases = [
        ("no header", vec![], Truncated),
        ("one byte of a header", unhex("16"), Truncated),
        ("21 bytes of a header", vec![0; 21], Truncated),
        ("a field is promised", message(1, 0, ""), Truncated),
        ("65,535 fields are promised", message(u16::MAX, 0, "00000001 00"), Truncated),
        ("an operation is promised", message(0, 1, ""), Truncated),
        ("65,535 operations are promised", message(0, u16::MAX, ""), Truncated),
        ("field of size 0", message(1, 0, "00000000"), Truncated),
        ("field size cut short", message(1, 0, "0000"), Truncated),
        ("field longer than the message", message(1, 0, "00000005 00 7465"), Truncated),
        ("field of 4 GiB", message(1, 0, "ffffffff 00"), Truncated),
        ("field size with the sign bit", message(1, 0, "80000000 00"), Truncated),
        ("operation of size 0", message(0, 1, "00000000"), Truncated),
        ("operation of size 3", message(0, 1, "00000003 010000"), Truncated),
        ("operation longer than the message", message(0, 1, "00000010 01010001 61"), Truncated),
        ("operation of 4 GiB", message(0, 1, "ffffffff 01010001 61"), Truncated),
        ("name longer than the operation", message(0, 1, "00000005 010100ff 61"), Truncated),
        ("name one byte longer than the operation", message(0, 1, "00000005 01010002 61"), Truncated),
        ("second operation missing", message(0, 2, "00000004 01000000"), Truncated),
        ("a byte after the message", message(0, 0, "00"), Trailing),
        (
            "another message after the message",
            message(0, 0, "16000000000000000000000000000000000000000000"),
            Trailing,
        ),
        ("bytes after the last operation", message(0, 1, "00000004 01000000 ff"), Trailing),
    ];
    for (name, bytes, kind) in cases {
        assert_eq!(Message::read_only(&bytes).map_err(|error| error.kind), Err(kind), "{name}");
    }
}

#[test]
fn a_stream_with_a_broken_message_ends_with_one_error() {
    let mut bytes = message(0, 0, "");
    bytes.extend(message(1, 0, "ffffffff"));
    let read: Vec<_> = messages(&bytes).collect();
    assert!(read[0].is_ok() && read[1].is_err() && read.len() == 2);
    assert_eq!(messages(&[]).count(), 1, "an empty body is an error, not nothing");
}

#[test]
fn messagepack() {
    let deep = "91".repeat(200) + "00";
    let deep_map = "8100".repeat(200) + "00";
    let cases = [
        ("nothing", "", Truncated),
        ("the undefined code", "c1", Invalid),
        ("the undefined code inside", "91c1", Invalid),
        ("uint8 cut", "cc", Truncated),
        ("uint16 cut", "cd00", Truncated),
        ("uint32 cut", "ce000000", Truncated),
        ("uint64 cut", "cf00000000000000", Truncated),
        ("int8 cut", "d0", Truncated),
        ("int64 cut", "d3ff", Truncated),
        ("float cut", "ca000000", Truncated),
        ("double cut", "cb00000000000000", Truncated),
        ("raw cut", "a50361", Truncated),
        ("raw 8 of 255 bytes", "d9ff03", Truncated),
        ("raw 16 of 64 KiB", "daffff03", Truncated),
        ("raw 32 of 4 GiB", "dbffffffff03", Truncated),
        ("bin 32 of 4 GiB", "c6ffffffff", Truncated),
        ("raw length cut", "da00", Truncated),
        ("ext cut", "c7", Truncated),
        ("ext 32 of 4 GiB", "c9ffffffff01", Truncated),
        ("fixext 16 cut", "d80000", Truncated),
        ("list of 15 with 1", "9f01", Truncated),
        ("list 16 of 65,535 with 1", "dcffff01", Truncated),
        ("list 32 of 4 G with 1", "ddffffffff01", Truncated),
        ("map of 1 with a key only", "8101", Truncated),
        ("map 32 of 4 G with nothing", "dfffffffff", Truncated),
        ("list of lists of 4 G", "91ddffffffff", Truncated),
        ("nested 200 lists deep", &deep, Limit),
        ("nested 200 maps deep", &deep_map, Limit),
        ("two elements", "0102", Trailing),
        ("a byte after a list", "910100", Trailing),
    ];
    for (name, hex, kind) in cases {
        assert_eq!(Value::unpack(&unhex(hex)).map_err(|error| error.kind), Err(kind), "{name}");
    }
}

#[test]
fn odd_elements_are_kept_as_they_are() {
    for hex in [
        "a0",
        "a26162",
        "cfffffffffffffffff",
        "d4ff00",
        "c70005",
        "a103",
        "94c7000101c70002d4ff01",
        "a403fffeff",
    ] {
        let bytes = unhex(hex);
        let value = Value::unpack(&bytes).unwrap();
        let mut back = Vec::new();
        value.pack(&mut aerospike_wasm::wire::Writer::new(&mut back));
        // A raw with type 3 and nothing behind it is an empty string, and stays one.
        assert_eq!(back, bytes, "{hex}: {value:?}");
    }
}

#[test]
fn particles_that_do_not_fit_their_type_are_kept_with_it() {
    let cases = [
        ("integer of 0 bytes", 1, ""),
        ("integer of 7 bytes", 1, "00000000000000"),
        ("integer of 9 bytes", 1, "000000000000000000"),
        ("float of 4 bytes", 2, "00000000"),
        ("string that is not UTF-8", 3, "fffe"),
        ("boolean of 0 bytes", 17, ""),
        ("boolean of 2 bytes", 17, "0101"),
        ("map of nothing", 19, ""),
        ("map that is a list", 19, "90"),
        ("map cut short", 19, "8101"),
        ("list of nothing", 20, ""),
        ("list that is a map", 20, "80"),
        ("list with more behind it", 20, "9000"),
        ("list of 4 G", 20, "ddffffffff"),
        ("GeoJSON of 2 bytes", 23, "0000"),
        ("GeoJSON whose cells reach beyond it", 23, "00ffff0000"),
        ("GeoJSON that is not UTF-8", 23, "000000ff"),
        ("type 99", 99, "010203"),
        ("a Java blob", 7, "aced"),
    ];
    for (name, kind, hex) in cases {
        let bytes = unhex(hex);
        let value = ValueRef::from_particle(ParticleType(kind), &bytes);
        assert_eq!(value, ValueRef::Unknown(ParticleType(kind), &bytes), "{name}");
        let mut back = Vec::new();
        value.write_particle(&mut aerospike_wasm::wire::Writer::new(&mut back));
        assert_eq!((back, value.particle_type()), (bytes.clone(), ParticleType(kind)), "{name}");
    }
}

#[test]
fn info_replies() {
    let cases: [(&str, &[u8], Option<&str>); 12] = [
        ("nothing", b"", None),
        ("newlines", b"\n\n\n", None),
        ("another command", b"build\t8\n", None),
        ("the name alone", b"node\n", None),
        ("not UTF-8", b"node\t\xff\xfe\n", None),
        ("no newline at the end", b"node\tA1", Some("A1")),
        ("an empty value", b"node\t\n", Some("")),
        ("a tab in the value", b"node\ta\tb\n", Some("a\tb")),
        ("the same command twice", b"node\tA1\nnode\tA2\n", Some("A1")),
        ("an error without a code", b"node\tERROR::oops\n", None),
        ("an error with a code that is no number", b"node\tERROR:x:oops\n", None),
        ("NUL bytes", b"node\t\0\0\n", Some("\0\0")),
    ];
    for (name, body, expected) in cases {
        assert_eq!(info::value(body, "node").ok(), expected, "{name}");
    }
    let error = info::value(b"ERROR:80:not authenticated\n", "node").unwrap_err().unwrap();
    assert_eq!((error.code.0, error.text), (80, "not authenticated"));
}

#[test]
fn batch_rows() {
    let row = "00000000 0000000000000000000000000000000000000000";
    let cases = [
        ("no header", String::new(), Truncated),
        ("no flags", "00000001".into(), Truncated),
        ("a row is promised", "00000001 00".into(), Truncated),
        ("4 G rows are promised", "ffffffff 00".into(), Truncated),
        ("a digest is cut", "00000001 00 00000000 0011".into(), Truncated),
        ("the flags are missing", format!("00000001 00 {row}"), Truncated),
        ("the first row repeats", format!("00000001 00 {row} 01"), Invalid),
        ("info bytes are missing", format!("00000001 00 {row} 0a 03"), Truncated),
        ("a generation is cut", format!("00000001 00 {row} 0e 030000 00"), Truncated),
        ("a field is promised", format!("00000001 00 {row} 02 030000 0001 0000"), Truncated),
        ("a field of 4 GiB", format!("00000001 00 {row} 02 030000 0001 0000 ffffffff 00"), Truncated),
        (
            "65,535 operations are promised",
            format!("00000001 00 {row} 02 030000 0001 ffff 00000002 0074"),
            Truncated,
        ),
    ];
    for (name, hex, kind) in cases {
        let bytes = unhex(&hex);
        let read = Rows::new(&bytes).and_then(|mut rows| rows.next_row().map(drop));
        assert_eq!(read.map_err(|error| error.kind), Err(kind), "{name}");
    }
}
