//! The operations of a command, one by one, and what each answers.
//!
//! Imports drafts, scalars, extensions. Source: server `write.c`, `read.c`, `rw_utils.c`
//! (`process_bin_read_op`). Every operation sees what the ones before it did; the first error ends the command.

use aerospike_wasm::data::Digest;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::message::{Op, OpCode};
use aerospike_wasm::wire::particle::ParticleType;

use crate::draft::Draft;
use crate::extension::{self, View};
use crate::particle::{Applied, Particle, Stored};
use crate::record::{BinName, Record};
use crate::reply::Reply;
use crate::request::Request;
use crate::scalar;
use crate::store::Clock;

/// The most operations of one command.
pub(crate) const MAX_OPS: usize = 32_768;

/// What an operation does with a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OpKind {
    /// Reads one bin as it is, or all of them.
    Read,
    /// Reads part of a bin, or an expression.
    ReadPart,
    /// Writes.
    Write,
    /// Not an operation.
    Unknown,
}

impl OpKind {
    pub(crate) const fn of(code: OpCode) -> Self {
        match code {
            OpCode::READ => Self::Read,
            OpCode::CDT_READ | OpCode::EXP_READ | OpCode::BITS_READ | OpCode::HLL_READ => Self::ReadPart,
            OpCode::WRITE
            | OpCode::CDT_MODIFY
            | OpCode::INCR
            | OpCode::EXP_MODIFY
            | OpCode::APPEND
            | OpCode::PREPEND
            | OpCode::TOUCH
            | OpCode::BITS_MODIFY
            | OpCode::DELETE_ALL
            | OpCode::HLL_MODIFY => Self::Write,
            _ => Self::Unknown,
        }
    }
}

/// Whether an operation has a bin name that means something.
pub(crate) const fn has_name(code: OpCode) -> bool {
    !matches!(code, OpCode::TOUCH | OpCode::DELETE_ALL)
}

/// Runs the operations of a command that only reads.
pub(crate) fn read(request: &Request<'_>, view: &View<'_>, reply: &mut Reply<'_>) -> Result<(), ResultCode> {
    for op in &request.ops {
        BinName::new(op.name)?;
        match OpKind::of(op.code) {
            OpKind::Read => read_bin(request, op, view.record, reply),
            OpKind::ReadPart => read_part(request, op, view, reply)?,
            OpKind::Write | OpKind::Unknown => return Err(ResultCode::PARAMETER),
        }
    }
    Ok(())
}

/// Answers every bin.
pub(crate) fn read_all(record: &Record, reply: &mut Reply<'_>) {
    for bin in &record.bins {
        reply.op(OpCode::READ, bin.name.as_bytes(), Some(&bin.value));
    }
}

/// Runs the operations of a command that writes.
pub(crate) fn write(
    request: &Request<'_>,
    draft: &mut Draft<'_>,
    digest: Digest,
    clock: Clock,
    reply: &mut Reply<'_>,
) -> Result<(), ResultCode> {
    for op in &request.ops {
        match op.code {
            OpCode::READ if op.name.is_empty() && request.reads_all() => read_all(draft.record(), reply),
            OpCode::READ => read_bin(request, op, draft.record(), reply),
            OpCode::TOUCH => {}
            OpCode::DELETE_ALL => {
                draft.clear();
                no_result(request, op, reply);
            }
            OpCode::WRITE => {
                write_bin(op, draft)?;
                no_result(request, op, reply);
            }
            OpCode::INCR | OpCode::APPEND | OpCode::PREPEND => {
                modify_scalar(op, draft)?;
                no_result(request, op, reply);
            }
            _ => {
                let view = View { record: draft.record(), digest, clock };
                match OpKind::of(op.code) {
                    OpKind::ReadPart => read_part(request, op, &view, reply)?,
                    OpKind::Write => modify_part(request, op, extension::apply(op, &view)?, draft, reply)?,
                    OpKind::Read | OpKind::Unknown => return Err(ResultCode::PARAMETER),
                }
            }
        }
    }
    Ok(())
}

fn read_bin(request: &Request<'_>, op: &Op<'_>, record: &Record, reply: &mut Reply<'_>) {
    let value = record.bin(op.name);
    if value.is_some() || request.responds_all() {
        reply.op(op.code, op.name, value);
    }
}

fn read_part(
    request: &Request<'_>,
    op: &Op<'_>,
    view: &View<'_>,
    reply: &mut Reply<'_>,
) -> Result<(), ResultCode> {
    let is_there = op.code == OpCode::EXP_READ || view.record.bin(op.name).is_some();
    let answer = extension::apply(op, view)?.answer;
    if answer.is_some() || request.responds_all() || (is_there && request.writes()) {
        reply.op(op.code, op.name, answer.as_ref());
    }
    Ok(())
}

fn modify_part(
    request: &Request<'_>,
    op: &Op<'_>,
    applied: Applied,
    draft: &mut Draft<'_>,
    reply: &mut Reply<'_>,
) -> Result<(), ResultCode> {
    draft.store(op.name, applied.stored)?;
    match applied.answer {
        Some(answer) if matches!(op.code, OpCode::CDT_MODIFY | OpCode::HLL_MODIFY) => {
            reply.op(op.code, op.name, Some(&answer));
        }
        _ => no_result(request, op, reply),
    }
    Ok(())
}

fn no_result(request: &Request<'_>, op: &Op<'_>, reply: &mut Reply<'_>) {
    if request.responds_all() {
        reply.op(op.code, op.name, None);
    }
}

fn write_bin(op: &Op<'_>, draft: &mut Draft<'_>) -> Result<(), ResultCode> {
    let stored = match op.particle {
        ParticleType::NULL => Stored::Removed,
        kind => Stored::Set(Particle::from_wire(kind, op.value)?),
    };
    draft.store(op.name, stored)
}

fn modify_scalar(op: &Op<'_>, draft: &mut Draft<'_>) -> Result<(), ResultCode> {
    let value = Particle::from_wire(op.particle, op.value)?;
    let value = match draft.record().bin(op.name) {
        None => value,
        Some(stored) => match op.code {
            OpCode::INCR => scalar::incr(stored, &value)?,
            OpCode::APPEND => scalar::append(stored, &value)?,
            _ => scalar::prepend(stored, &value)?,
        },
    };
    draft.set(op.name, value)
}
