//! List and map operations against replies captured from a real server.
//!
//! Every captured single-record command that has a list or map operation, or a list or map value, runs on a model of
//! one record: its bins.

mod hostile;
mod rules;

use alloc::collections::BTreeMap;
use std::path::Path;

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::flags::{info2, info3};
use aerospike_wasm::wire::message::{FieldType, Message, Op, OpCode};
use aerospike_wasm::wire::particle::ParticleType;
use serde_json::Value;

use super::{apply, normalize};
use crate::particle::{Particle, Stored};

/// Files, and how many of their commands are of concern here. Every one has to be right.
const FILES: [(&str, usize); 5] = [("list", 296), ("map", 434), ("put", 29), ("modify", 5), ("errors", 9)];

#[test]
fn captured_replies() {
    for (file, count) in FILES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/vectors/{file}.jsonl"));
        let (mut passed, mut failures) = (0, Vec::new());
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let vector: Value = serde_json::from_str(line).unwrap();
            match replay(&vector) {
                None => {}
                Some(Ok(())) => passed += 1,
                Some(Err(what)) => failures.push(format!("{} ({}): {what}", vector["name"], vector["call"])),
            }
        }
        assert!(failures.is_empty(), "{file}: {passed} right, not these:\n{}", failures.join("\n"));
        assert_eq!(passed, count, "{file}");
    }
}

/// Whether the captured reply is what comes out; `None` for a command that is not of concern here.
fn replay(vector: &Value) -> Option<Result<(), String>> {
    let request = unhex(vector["request"].as_str()?);
    let message = message(&request)?;
    if !is_single_record(&message)
        || !message.ops().any(|op| is_cdt(&op))
        || !message.ops().all(|op| is_modelled(op.code))
    {
        return None;
    }
    let mut record = Record::default();
    for setup in vector["setup"].as_array().into_iter().flatten() {
        let setup = unhex(setup.as_str()?);
        let Some(setup) = self::message(&setup).filter(is_single_record) else { continue };
        record.run(&setup).ok()?;
    }
    let reply = unhex(vector["responses"][0].as_str()?);
    let expected = self::message(&reply)?;
    let expected_ops: Vec<_> = expected.ops().map(|op| (op.code.0, name(&op), particle(&op))).collect();
    let expected = (expected.header.result_code, expected_ops);
    let found = match record.run(&message) {
        Ok(answers) => (ResultCode::OK, answers),
        Err(code) => (code, Vec::new()),
    };
    Some(if found == expected { Ok(()) } else { Err(format!("{found:x?} instead of {expected:x?}")) })
}

/// Op id, bin name and value.
type Answer = (u8, Vec<u8>, Option<Particle>);

/// One record.
#[derive(Default)]
struct Record {
    bins: BTreeMap<Vec<u8>, Particle>,
}

impl Record {
    fn run(&mut self, message: &Message<'_>) -> Result<Vec<Answer>, ResultCode> {
        let writes = message.header.info2 & info2::WRITE != 0;
        if !writes && self.bins.is_empty() {
            return Err(ResultCode::RECORD_NOT_FOUND);
        }
        let responds_all = message.header.info2 & info2::RESPOND_ALL_OPS != 0;
        let mut answers = Vec::new();
        for op in message.ops() {
            let is_there = self.bins.contains_key(op.name);
            if op.code == OpCode::TOUCH {
                continue;
            }
            let answer = self.run_op(&op)?;
            let is_read = matches!(op.code, OpCode::CDT_READ);
            if answer.is_some() || responds_all || (is_read && is_there && writes) {
                answers.push((op.code.0, name(&op), answer));
            }
        }
        Ok(answers)
    }

    fn run_op(&mut self, op: &Op<'_>) -> Result<Option<Particle>, ResultCode> {
        let stored = self.bins.get(op.name);
        match op.code {
            OpCode::READ => Ok(stored.cloned()),
            OpCode::WRITE => {
                let value = Particle::from_wire(op.particle, op.value)?;
                self.bins.insert(name(op), value);
                Ok(None)
            }
            OpCode::CDT_READ | OpCode::CDT_MODIFY => {
                let applied = apply(stored, op.value, op.code == OpCode::CDT_MODIFY)?;
                match applied.stored {
                    Stored::Unchanged => {}
                    Stored::Removed => drop(self.bins.remove(op.name)),
                    Stored::Set(value) => {
                        // What is stored is in stored form.
                        assert_eq!(normalize(value.kind, &value.bytes), Ok(value.bytes.clone()));
                        self.bins.insert(name(op), value);
                    }
                }
                Ok(applied.answer)
            }
            _ => Err(ResultCode::PARAMETER),
        }
    }
}

fn is_single_record(message: &Message<'_>) -> bool {
    message.field(FieldType::DIGEST).is_some()
        && message.field(FieldType::BATCH).is_none()
        && message.header.info3 & info3::LAST == 0
}

fn is_cdt(op: &Op<'_>) -> bool {
    matches!(op.code, OpCode::CDT_READ | OpCode::CDT_MODIFY)
        || matches!(op.particle, ParticleType::LIST | ParticleType::MAP)
}

const fn is_modelled(code: OpCode) -> bool {
    matches!(code, OpCode::READ | OpCode::WRITE | OpCode::CDT_READ | OpCode::CDT_MODIFY | OpCode::TOUCH)
}

fn message(frame: &[u8]) -> Option<Message<'_>> {
    Message::read_only(frame.get(8..)?).ok()
}

fn name(op: &Op<'_>) -> Vec<u8> {
    op.name.to_vec()
}

fn particle(op: &Op<'_>) -> Option<Particle> {
    (op.particle != ParticleType::NULL).then(|| Particle { kind: op.particle, bytes: op.value.to_vec() })
}

fn unhex(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
