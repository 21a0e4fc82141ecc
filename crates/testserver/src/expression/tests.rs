//! Replays of captured exchanges with expressions, bit and HyperLogLog operations, and hostile bytes.

use std::path::Path;

use aerospike_wasm::wire::Reader;
use aerospike_wasm::wire::message::{FieldType, Message};
use aerospike_wasm::wire::particle::ParticleType;
use serde_json::Value as Json;

use super::*;
use crate::{Config, Server, Verdict};

/// Where void time stands in a reply, which depends on the clock.
const VOID_TIME: core::ops::Range<usize> = 18..22;

/// Client, name and reason of what is known to differ.
const KNOWN: &[(&str, &str, &str)] = &[];

#[test]
fn captured_expressions() {
    replay("expr", 326);
}

#[test]
fn captured_bit_and_hll_operations() {
    replay("bit_hll", 89);
}

/// Sends the setup and the request of every vector to a server and compares the reply byte by byte.
#[track_caller]
fn replay(family: &str, count: usize) {
    let vectors = vectors(family);
    assert_eq!(vectors.len(), count);
    let mut config = Config::with_nodes(1);
    config.nodes[0].port = 3100;
    let mut server = Server::new(config);
    let connection = server.open(0).unwrap();
    let mut send = |request: &Json| {
        let mut out = Vec::new();
        assert_eq!(server.receive(connection, &from_hex(request), &mut out), Verdict::Keep);
        if let Some(void_time) = out.get_mut(VOID_TIME) {
            void_time.fill(0);
        }
        out
    };
    let mut problems = Vec::new();
    for vector in &vectors {
        let (client, name) = (vector["client"].as_str().unwrap(), vector["name"].as_str().unwrap());
        for request in vector.get("setup").and_then(Json::as_array).into_iter().flatten() {
            send(request);
        }
        let got = send(&vector["request"]);
        let mut expected: Vec<u8> =
            vector["responses"].as_array().unwrap().iter().flat_map(from_hex).collect();
        expected[VOID_TIME].fill(0);
        let is_known = KNOWN.iter().any(|known| (known.0, known.1) == (client, name));
        if (got == expected) == is_known {
            problems.push(format!("{client} {name}: {got:02x?}"));
        }
    }
    assert!(problems.is_empty(), "{} of {count}:\n{}", problems.len(), problems.join("\n"));
}

/// Whatever is cut off or changed in a captured request, nothing panics, and what no longer parses is code 4.
#[test]
fn hostile_bytes() {
    for vector in vectors("expr").iter().chain(&vectors("bit_hll")) {
        let request = from_hex(&vector["request"]);
        let Some(payload) = payload(&request) else { continue };
        for cut in 0..payload.len() {
            try_all(&payload[..cut]);
        }
        for at in 0..payload.len() {
            for byte in [0x00, 0x7f, 0x91, 0xc1, 0xdd, 0xff] {
                let mut changed = payload.to_vec();
                changed[at] = byte;
                try_all(&changed);
            }
        }
    }
}

#[test]
fn nesting_is_bounded() {
    let mut deep = [0x92, 18].repeat(10_000);
    deep.push(0xc3);
    assert_eq!(Filter::parse(&deep).map(drop), Err(ResultCode::PARAMETER));
    let shallow = [&[0x92, 18].repeat(90)[..], &[0xc3]].concat();
    assert!(Filter::parse(&shallow).unwrap().matches(&Empty));
}

#[test]
fn filters_must_be_bool() {
    for filter in [&[][..], &[0x05], &[0xc0], &[0x91, 0], &[0x90], &[0xc3, 0xc3], &[0xc1]] {
        assert_eq!(Filter::parse(filter).map(drop), Err(ResultCode::PARAMETER), "{filter:?}");
    }
    assert!(Filter::parse(&[0xc3]).unwrap().matches(&Empty));
    assert!(!Filter::parse(&[0xc2]).unwrap().matches(&Empty));
}

/// A record without anything.
pub(super) struct Empty;

impl RecordView for Empty {
    fn bin(&self, _: &[u8]) -> Option<&Particle> {
        None
    }

    fn user_key(&self) -> Option<&[u8]> {
        None
    }

    fn set(&self) -> &[u8] {
        &[]
    }

    fn digest(&self) -> [u8; 20] {
        [0; 20]
    }

    fn void_time(&self) -> u32 {
        0
    }

    fn last_update_millis(&self) -> u64 {
        0
    }

    fn record_size(&self) -> u32 {
        0
    }

    fn now_millis(&self) -> u64 {
        0
    }
}

fn try_all(bytes: &[u8]) {
    if let Ok(filter) = Filter::parse(bytes) {
        filter.matches(&Empty);
    }
    for modify in [false, true] {
        let _ = apply(bytes, &Empty, modify, None);
        let _ = select(&[0x81, 0x01, 0x92, 0x01, 0x02], bytes, modify);
        let sketch = [&[0, 4, 0][..], &[0; 20]].concat();
        for (kind, value) in [(ParticleType::BLOB, vec![0x5a; 5]), (ParticleType::HLL, sketch)] {
            let stored = Particle { kind, bytes: value };
            for stored in [None, Some(&stored)] {
                let _ = crate::bits::apply(stored, bytes, modify);
                let _ = crate::hll::apply(stored, bytes, modify);
            }
        }
    }
}

/// The filter, or the value of the first operation.
fn payload(request: &[u8]) -> Option<&[u8]> {
    let (_, body) = request.split_at_checked(8)?;
    let message = Message::read(&mut Reader::new(body)).ok()?;
    message.field(FieldType::FILTER).or_else(|| message.ops().next().map(|op| op.value))
}

fn vectors(family: &str) -> Vec<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/vectors/{family}.jsonl"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn from_hex(text: &Json) -> Vec<u8> {
    let text = text.as_str().unwrap();
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digits).collect()
}
