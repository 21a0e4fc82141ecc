//! Messages worked out byte by byte from the protocol's description, and sent to a real server: the same key, the same
//! bytes. Namespace `test`, set `demo`, key "k1", bins a = 7 and b = "hi", timeout 1,000 ms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Lab, key};
use aerospike_wasm::data::{List, Map, Value, ValueRef};
use aerospike_wasm::wire::message::Message;
use aerospike_wasm::wire::{ResultCode, Writer, info};
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, Exists, GenerationPolicy, Operation, Policy, RowAction, RowPolicy,
};

const FIELDS: &str =
    "0000000500 74657374 0000000501 64656d6f 0000001504 b747f5854d0b33259928d0cfab7fad81d6abfbf6";
const OP_A: &str = "0000000d 02010001 61 0000000000000007";

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn sent(action: Action<'_>, policy: &Policy) -> Vec<u8> {
    let mut lab = Lab::new(1);
    lab.writes.clear();
    lab.submit(&Command { action, policy, filter: None });
    lab.settle();
    lab.writes.remove(0).1
}

#[test]
fn put() {
    let key = key("k1");
    let ops = [Operation::write("a", ValueRef::Integer(7)), Operation::write("b", ValueRef::String("hi"))];
    let expected = format!(
        "020300000000005d 16000100000000000000000000000000 03e800030002 {FIELDS} {OP_A} 00000007 02030001 62 6869"
    );
    assert_eq!(sent(Action::Operate { key: key.as_ref(), ops: &ops }, &Policy::write()), unhex(&expected));
}

#[test]
fn put_with_update_only_generation_ttl_and_key() {
    let key = key("k1");
    let row = RowPolicy {
        exists: Exists::UpdateOnly,
        generation_policy: GenerationPolicy::Equal,
        generation: 3,
        ttl: 3600,
        send_key: true,
        ..RowPolicy::default()
    };
    let expected = format!(
        "020300000000005a 1600050800000000000300000e10000003e800040001 {FIELDS} 00000004 02 03 6b31 {OP_A}"
    );
    let ops = [Operation::write("a", ValueRef::Integer(7))];
    let policy = Policy { row, ..Policy::write() };
    assert_eq!(sent(Action::Operate { key: key.as_ref(), ops: &ops }, &policy), unhex(&expected));
}

#[test]
fn get_exists_remove_touch() {
    let key = key("k1");
    let key = key.as_ref();
    let frame = |header: &str, rest: &str| unhex(&format!("{header} {FIELDS} {rest}"));
    let get = frame("02030000000000411603000000000000000000000000000003e800030000", "");
    assert_eq!(sent(Action::Read { key, bins: Bins::All }, &Policy::read()), get);
    let exists = frame("02030000000000411621000000000000000000000000000003e800030000", "");
    assert_eq!(sent(Action::Read { key, bins: Bins::None }, &Policy::read()), exists);
    let remove = frame("02030000000000411600030000000000000000000000000003e800030000", "");
    assert_eq!(sent(Action::Remove { key }, &Policy::write()), remove);
    let touch = frame("02030000000000491600010000000000000000000000000003e800030001", "00000004 0b000000");
    assert_eq!(sent(Action::Operate { key, ops: &[Operation::touch()] }, &Policy::write()), touch);
}

#[test]
fn replies() {
    let body = unhex(
        "160000000000000000010000000000000000000000020000000d010100016100000000000000070000000701030001626869",
    );
    let message = Message::read_only(&body).unwrap();
    assert_eq!((message.header.generation, message.header.ttl, message.header.ops), (1, 0, 2));
    let values: Vec<ValueRef<'_>> =
        message.ops().map(|op| ValueRef::from_particle(op.particle, op.value)).collect();
    assert_eq!(values, [ValueRef::Integer(7), ValueRef::String("hi")]);
    let absent = unhex("16000000000200000000000000000000000000000000");
    assert_eq!(Message::read_only(&absent).unwrap().header.result_code, ResultCode::RECORD_NOT_FOUND);
}

#[test]
fn batch_read_of_two_keys() {
    let (k1, k2) = (key("k1"), key("k2"));
    let rows = [&k1, &k2].map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) });
    // The flags here also ask for all rows (04), which is this client's default.
    let expected = "02 03 00000000006f 16 08 00 00 00 00 00000000 00000000 000003e8 0001 0000 \
        00000055 29 00000002 0d \
        00000000 b747f5854d0b33259928d0cfab7fad81d6abfbf6 0a 03 00 00 00000000 0002 0000 \
        00000005 00 74657374 00000005 01 64656d6f \
        00000001 a933ee0e8f82c106697150d15e504f08b2b2e01d 01";
    assert_eq!(sent(Action::Batch { rows: &rows }, &Policy::read()), unhex(expected));
}

#[test]
fn packed_values() {
    let pack = |value: Value| {
        let mut bytes = Vec::new();
        value.pack(&mut Writer::new(&mut bytes));
        bytes
    };
    let ordered = Value::List(List { items: vec![Value::Integer(1), Value::Integer(2)], order: 1 });
    assert_eq!(pack(ordered), unhex("93 c70001 01 02"));
    let entries = vec![(Value::String("x".into()), Value::Integer(1))];
    assert_eq!(pack(Value::Map(Map { entries, order: 1 })), unhex("82 c70001 c0 a20378 01"));
}

#[test]
fn info_request_and_reply() {
    let mut bytes = Vec::new();
    info::write_request(&mut bytes, &["node", "partition-generation", "build"]);
    let expected = "0201000000000020 6e6f64650a706172746974696f6e2d67656e65726174696f6e0a6275696c640a";
    assert_eq!(bytes, unhex(expected));
    let reply = b"node\tBB9020011AC4202\npartition-generation\t1\nbuild\t8.1.2.0\n";
    assert_eq!(info::value(reply, "node"), Ok("BB9020011AC4202"));
    assert_eq!(info::value(reply, "build"), Ok("8.1.2.0"));
}
