//! Replays exchanges captured between official clients and a real server: the answers must be the same.
//!
//! Each file of `tests/vectors` at the root is one family. Void times are blanked (the clocks differ), messages of a
//! stream may come in another order. Vectors whose volatile part is only described in words are skipped. What is
//! known to differ is listed in [`KNOWN`] with the reason; anything else that differs fails, and so does a listed
//! one that does not.

#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect ends")]

extern crate alloc;

use alloc::collections::BTreeMap;
use std::path::Path;

use aerospike_testserver::{Config, ConnectionId, Server, Verdict};
use aerospike_wasm::wire::Reader;
use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE, write_frame};
use aerospike_wasm::wire::message::Message;
use serde_json::Value;

const NO_UDF: &str = "user-defined functions are not implemented: no package can be registered";

/// Family, client, name, reason.
const KNOWN: &[(&str, &str, &str, &str)] = &[
    ("modify", "node-6.7.1", "modify_apply", NO_UDF),
    ("modify", "rust-3.0.0", "modify_udf", NO_UDF),
    ("modify", "rust-3.0.0", "modify_udf_no_args", NO_UDF),
    ("batch", "python-19.3", "batch_apply", NO_UDF),
    ("batch", "python-19.3", "batch_apply_one", NO_UDF),
    ("batch", "python-19.3", "batch_apply_missing_function", NO_UDF),
    ("batch", "python-19.3", "batch_apply_policy", NO_UDF),
    ("batch", "node-6.7.1", "batch_apply", NO_UDF),
    ("batch", "rust-3.0.0", "batch_mixed", NO_UDF),
    ("batch", "rust-3.0.0", "batch_udf_same", NO_UDF),
];

struct Replay {
    server: Server,
    main: ConnectionId,
    others: BTreeMap<String, ConnectionId>,
}

impl Replay {
    fn new() -> Self {
        let mut config = Config::with_nodes(1);
        config.cluster_name = "single2".into();
        config.nodes[0].port = 3100;
        let mut server = Server::new(config);
        let main = server.open(0).unwrap();
        Self { server, main, others: BTreeMap::new() }
    }

    fn call(&mut self, connection: ConnectionId, request: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        assert_eq!(self.server.receive(connection, request, &mut out), Verdict::Keep);
        out
    }

    /// Runs one vector; `None` if it is skipped, else whether the answer is the captured one.
    fn run(&mut self, vector: &Value) -> Option<bool> {
        let text = |key: &str| vector.get(key).and_then(Value::as_str).unwrap_or_default();
        if vector.pointer("/volatile/note").is_some() {
            return None;
        }
        let (name, main) = (text("name"), self.main);
        if !name.contains('#') || name.ends_with("#1") {
            for request in vector.get("setup").and_then(Value::as_array).into_iter().flatten() {
                self.call(main, &from_hex(request.as_str().unwrap()));
            }
        }
        let connection = match vector.get("connection") {
            None => main,
            Some(number) => {
                let group = name.split('#').next().unwrap();
                let server = &mut self.server;
                let key = format!("{group} {} {number}", text("client"));
                *self.others.entry(key).or_insert_with(|| server.open(0).unwrap())
            }
        };
        let got = self.call(connection, &from_hex(text("request")));
        let responses = vector["responses"].as_array().unwrap();
        let expected: Vec<u8> = responses.iter().flat_map(|one| from_hex(one.as_str().unwrap())).collect();
        if text("note").contains("max-record-size") {
            self.restore_max_record_size();
        }
        Some(got == expected || comparable(&got) == comparable(&expected))
    }

    fn restore_max_record_size(&mut self) {
        let mut request = Vec::new();
        write_frame(&mut request, FrameType::INFO, |writer| {
            writer.bytes(b"set-config:context=namespace;namespace=test;max-record-size=1048576\n");
        });
        let main = self.main;
        self.call(main, &request);
    }
}

#[track_caller]
fn check(family: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/vectors/{family}.jsonl"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut replay = Replay::new();
    let mut problems = Vec::new();
    let mut passed = 0;
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let (client, name) = (vector["client"].as_str().unwrap(), vector["name"].as_str().unwrap());
        let known = KNOWN.iter().find(|known| (known.0, known.1, known.2) == (family, client, name));
        match (replay.run(&vector), known) {
            (Some(true), None) => passed += 1,
            (Some(false), None) => problems.push(format!("{client} {name} differs: {}", vector["call"])),
            (Some(true), Some(known)) => {
                problems
                    .push(format!("{client} {name} is right, but is listed as known to differ: {}", known.3));
            }
            (Some(false), Some(_)) | (None, _) => {}
        }
    }
    assert!(problems.is_empty(), "{passed} right, {} not:\n{}", problems.len(), problems.join("\n"));
    assert!(passed > 0);
}

/// The record messages of a reply, sorted, void times blanked; other frames as they are.
fn comparable(reply: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut reader = Reader::new(reply);
    while !reader.is_empty() {
        let header = FrameHeader::from_bytes(reader.array::<HEADER_SIZE>("header").unwrap());
        let body = reader.take(header.size as usize, "body").unwrap();
        if header.kind != FrameType::MESSAGE {
            messages.push(body.to_vec());
            continue;
        }
        let mut inner = Reader::new(body);
        while !inner.is_empty() {
            let start = inner.position();
            Message::read(&mut inner).unwrap();
            let mut message = inner.since(start).to_vec();
            if message[10..14] != [0; 4] {
                message[10..14].fill(0xff);
            }
            messages.push(message);
        }
    }
    messages.sort();
    messages
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digits).collect()
}

#[test]
fn put() {
    check("put");
}

#[test]
fn read() {
    check("read");
}

#[test]
fn modify() {
    check("modify");
}

#[test]
fn errors() {
    check("errors");
}

#[test]
fn batch() {
    check("batch");
}

#[test]
fn info() {
    check("info");
}

#[test]
fn list() {
    check("list");
}

#[test]
fn map() {
    check("map");
}

#[test]
fn bit_hll() {
    check("bit_hll");
}

#[test]
fn expr() {
    check("expr");
}

#[test]
fn security() {
    check("security");
}
