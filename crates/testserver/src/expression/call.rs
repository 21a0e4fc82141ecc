//! Evaluates operations on lists, maps, blobs and HyperLogLog sketches inside expressions.
//!
//! Imports this folder, `cdt`, `bits`, `hll`. Invariant: no operation is built from more than [`MAX_SIZE`] bytes, so
//! that repeated doubling ends. Whatever fails gives UNKNOWN. Source: server `exp.c`.

use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{Writer, msgpack};

use super::eval::Env;
use super::node::{Call, Called, Module, Operation, Param};
use super::select;
use super::value::{Kind, Value};
use crate::particle::{Applied, Particle, Stored};
use crate::{bits, cdt, hll};

/// Most bytes of an operation, and of what it works on.
const MAX_SIZE: usize = 8 << 20;

/// Opcode of an operation with a context.
const CONTEXT: i64 = 0xff;

pub(super) fn eval<'e>(call: &'e Call, env: &mut Env<'e>) -> Value<'e> {
    let base = env.eval(&call.base);
    try_eval(call, &base, env).map_or(Value::Unknown, |value| value.of_kind(call.kind))
}

fn try_eval<'e>(call: &'e Call, base: &Value<'e>, env: &mut Env<'e>) -> Option<Value<'static>> {
    let Value::Bytes(kind, bytes) = base else { return None };
    if bytes.len() > MAX_SIZE {
        return None;
    }
    match &call.what {
        Called::Select(select) => {
            let called = select::run(select, bytes, call.is_modify, env).ok()?;
            let result = if call.is_modify { Some(called.value) } else { called.answer };
            Some(Value::from_packed(&result?).into_owned())
        }
        Called::Operation(module, operation) => {
            let op_value = packed(operation, env)?;
            match module {
                Module::Cdt => collection(bytes, &op_value, call.is_modify),
                Module::Bits => {
                    let blob = particle(*kind, Kind::Blob, ParticleType::BLOB, bytes)?;
                    changed_or_answer(
                        bits::apply(Some(&blob), &op_value, call.is_modify).ok()?,
                        &blob,
                        call.is_modify,
                    )
                }
                Module::Hll => {
                    let sketch = particle(*kind, Kind::Hll, ParticleType::HLL, bytes)?;
                    changed_or_answer(
                        hll::apply(Some(&sketch), &op_value, call.is_modify).ok()?,
                        &sketch,
                        call.is_modify,
                    )
                }
            }
        }
    }
}

fn collection(bytes: &[u8], op_value: &[u8], is_modify: bool) -> Option<Value<'static>> {
    let called = cdt::call(bytes, op_value, is_modify).ok()?;
    let result = if is_modify { Some(called.value) } else { called.answer };
    Some(Value::from_packed(&result?).into_owned())
}

fn particle(kind: Kind, needed: Kind, particle: ParticleType, bytes: &[u8]) -> Option<Particle> {
    (kind == needed).then(|| Particle { kind: particle, bytes: bytes.into() })
}

fn changed_or_answer(applied: Applied, base: &Particle, is_modify: bool) -> Option<Value<'static>> {
    if !is_modify {
        return applied.answer.map(|answer| Value::from_particle(&answer).into_owned());
    }
    match applied.stored {
        Stored::Unchanged => Some(Value::from_particle(base).into_owned()),
        Stored::Set(changed) => Some(Value::from_particle(&changed).into_owned()),
        Stored::Removed => None,
    }
}

/// The operation with its parameters evaluated, packed.
fn packed<'e>(operation: &'e Operation, env: &mut Env<'e>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    if let Some(context) = &operation.context {
        let mut writer = Writer::new(&mut out);
        msgpack::write_list_header(&mut writer, 3, 0);
        msgpack::write_integer(&mut writer, CONTEXT);
        writer.bytes(context);
    }
    msgpack::write_list_header(&mut Writer::new(&mut out), operation.params.len(), 0);
    for param in &operation.params {
        match param {
            Param::Packed(bytes) => out.extend_from_slice(bytes),
            Param::Expression(node) => env.eval(node).pack(&mut out)?,
        }
        if out.len() > MAX_SIZE {
            return None;
        }
    }
    Some(out)
}
