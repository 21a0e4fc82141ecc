//! Bytes that nobody should send: whatever comes, there is an answer, and what is stored is in stored form.

use std::path::Path;

use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::wire::particle::ParticleType;
use serde_json::Value;

use super::super::{apply, call, compare, normalize};
use super::{message, particle, unhex};
use crate::particle::{Particle, Stored};

/// Deterministic random numbers.
struct Random(u64);

impl Random {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize
    }

    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..1 + self.next() % 3 {
            if bytes.is_empty() {
                return bytes;
            }
            let at = self.next() % bytes.len();
            match self.next() % 5 {
                0 => bytes.truncate(at),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, self.next() as u8),
                3 => bytes[at] = [0xc7, 0x93, 0xdf, 0x82, 0xff, 0xd4, 0xc0, 0xcc][self.next() % 8],
                _ => bytes[at] ^= 1 << (self.next() % 8),
            }
        }
        bytes
    }
}

#[test]
fn mutated_operations_and_values() {
    let mut random = Random(0x5eed);
    let mut stored_values = 0;
    for file in ["list", "map"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/vectors/{file}.jsonl"));
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let vector: Value = serde_json::from_str(line).unwrap();
            let request = unhex(vector["request"].as_str().unwrap());
            let setup = unhex(vector["setup"][0].as_str().unwrap_or_default());
            let bin = message(&setup).and_then(|setup| setup.ops().find_map(|op| particle(&op)));
            for op in message(&request).unwrap().ops() {
                for _ in 0..20 {
                    stored_values += usize::from(run(&mut random, bin.as_ref(), op.code, op.value));
                }
            }
        }
    }
    assert!(stored_values > 100, "mutations that still work are part of the test: {stored_values}");
}

fn run(random: &mut Random, bin: Option<&Particle>, code: OpCode, value: &[u8]) -> bool {
    let modify = (code == OpCode::CDT_MODIFY) ^ random.next().is_multiple_of(16);
    let value = random.mutate(value);
    if let Some(bin) = bin {
        let bytes = random.mutate(&bin.bytes);
        compare(&bytes, &bin.bytes);
        let _ = call(&bytes, &value, modify);
        let _ = normalize(bin.kind, &bytes);
        // A stored value may be of an unexpected form (an expression can write one).
        let _ = apply(Some(&Particle { kind: bin.kind, bytes }), &value, modify);
    }
    match apply(bin, &value, modify) {
        Ok(applied) => match applied.stored {
            Stored::Set(value) => {
                assert_eq!(normalize(value.kind, &value.bytes), Ok(value.bytes.clone()));
                true
            }
            _ => false,
        },
        Err(_) => false,
    }
}

#[test]
fn depth_is_no_limit() {
    for (open, depth) in [(&[0x91][..], 300_000), (&[0x81, 0x01], 300_000)] {
        let mut deep: Vec<u8> = open.repeat(depth);
        deep.push(0xc0);
        let kind = if open.len() == 1 { ParticleType::LIST } else { ParticleType::MAP };
        assert_eq!(normalize(kind, &deep), Ok(deep.clone()));
        assert!(compare(&deep, &deep).is_eq());
        let size = if open.len() == 1 { [0x91, 16] } else { [0x91, 96] };
        let applied = apply(Some(&Particle { kind, bytes: deep }), &size, false).unwrap();
        assert_eq!(applied.answer, Some(Particle::integer(1)));
    }
}

#[test]
fn declared_counts_allocate_nothing() {
    for bytes in [&[0xdd, 0xff, 0xff, 0xff, 0xff][..], &[0xdb, 0xff, 0xff, 0xff, 0xff, 0x03]] {
        assert!(normalize(ParticleType::LIST, bytes).is_err());
        assert!(apply(None, bytes, true).is_err());
    }
    // SET far beyond the end.
    let far = [0x93, 9, 0xcf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    assert!(apply(None, &far, true).is_err());
}
