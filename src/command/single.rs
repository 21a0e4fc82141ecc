//! Requests of commands on one record, or of one node.
//!
//! Imports the command's parts and `wire`. Composition follows the C client's `as_command.c`: fields namespace, set,
//! digest, user key, filter; the set field is always there, also when empty.

use alloc::vec::Vec;

use super::{Action, Bins, Command};
use crate::data::KeyRef;
use crate::error::ArgError;
use crate::operation::Operation;
use crate::policy::Policy;
use crate::wire::flags::{info1, info2, info3};
use crate::wire::info;
use crate::wire::message::{self, Body, FieldType, Header, OpCode};
use crate::wire::particle::ParticleType;

/// Checks a command and appends its request; gives the key of the record back for routing, if it is about one.
///
/// # Errors
/// A mistake of the caller; `out` is then to be thrown away. A batch is not for this function.
pub(crate) fn encode<'a>(command: &Command<'a>, out: &mut Vec<u8>) -> Result<Option<KeyRef<'a>>, ArgError> {
    match command.action {
        Action::Read { key, bins } => read(command, &key, bins, out).map(|()| Some(key)),
        Action::Operate { key, ops } => operate(command, &key, ops, out).map(|()| Some(key)),
        Action::Remove { key } => remove(command, &key, out).map(|()| Some(key)),
        Action::Info { names, .. } => {
            super::check_info_names(names)?;
            info::write_request(out, names);
            Ok(None)
        }
        Action::Batch { .. } => Err(ArgError::Malformed { what: "batch" }),
    }
}

fn read(command: &Command<'_>, key: &KeyRef<'_>, bins: Bins<'_>, out: &mut Vec<u8>) -> Result<(), ArgError> {
    super::check_key(key)?;
    super::check_bins(bins)?;
    let header = read_header(command.policy, super::bins_bits(bins));
    message::write_request(out, &header, |body| {
        write_fields(body, key, command.policy.row.send_key, command.filter);
        if let Bins::Named(names) = bins {
            names.iter().for_each(|name| write_op(body, &Operation::read(name)));
        }
    });
    Ok(())
}

fn operate(
    command: &Command<'_>,
    key: &KeyRef<'_>,
    ops: &[Operation<'_>],
    out: &mut Vec<u8>,
) -> Result<(), ArgError> {
    super::check_key(key)?;
    super::check_ops(ops)?;
    let policy = command.policy;
    let reads = super::read_bits(ops);
    let writes = super::writes(ops);
    let mut header = if writes { write_header(policy)? } else { read_header(policy, 0) };
    header.info1 |= reads | if reads == 0 { 0 } else { super::ap_bits(policy) };
    // The server refuses "read all bins" together with an answer per operation.
    if policy.respond_all_ops && reads & info1::GET_ALL == 0 {
        header.info2 |= info2::RESPOND_ALL_OPS;
    }
    message::write_request(out, &header, |body| {
        write_fields(body, key, policy.row.send_key, command.filter);
        ops.iter().for_each(|op| write_op(body, op));
    });
    Ok(())
}

fn remove(command: &Command<'_>, key: &KeyRef<'_>, out: &mut Vec<u8>) -> Result<(), ArgError> {
    super::check_key(key)?;
    let row = &command.policy.row;
    let (bits2, bits3) = super::write_bits(row);
    // Of the exists-policies none means anything to a delete.
    let header = Header {
        info2: bits2 & !info2::CREATE_ONLY | info2::DELETE,
        info3: bits3 & info3::COMMIT_LEVEL_MASTER,
        generation: super::carried_generation(row),
        timeout: command.policy.server_timeout_ms(),
        ..Header::default()
    };
    message::write_request(out, &header, |body| write_fields(body, key, row.send_key, command.filter));
    Ok(())
}

fn read_header(policy: &Policy, bits: u8) -> Header {
    Header {
        info1: bits | super::ap_bits(policy),
        info3: super::sc_bits(policy),
        ttl: policy.read_touch_ttl_percent,
        timeout: policy.server_timeout_ms(),
        ..Header::default()
    }
}

fn write_header(policy: &Policy) -> Result<Header, ArgError> {
    super::check_row_policy(&policy.row)?;
    let (info2, info3) = super::write_bits(&policy.row);
    Ok(Header {
        info2,
        info3,
        generation: super::carried_generation(&policy.row),
        ttl: policy.row.ttl,
        timeout: policy.server_timeout_ms(),
        ..Header::default()
    })
}

fn write_fields(body: &mut Body<'_, '_>, key: &KeyRef<'_>, send_key: bool, filter: Option<&[u8]>) {
    body.field(FieldType::NAMESPACE, key.namespace.as_bytes());
    body.field(FieldType::SET, key.set.as_bytes());
    body.field(FieldType::DIGEST, &key.digest.0);
    if let Some(user_key) = key.user_key.filter(|_| send_key) {
        body.field_with(FieldType::KEY, |writer| user_key.write(writer));
    }
    if let Some(filter) = filter {
        body.field(FieldType::FILTER, filter);
    }
}

/// Appends one operation; reads and record-level operations carry no value.
pub(super) fn write_op(body: &mut Body<'_, '_>, op: &Operation<'_>) {
    let has_value = !matches!(op.code, OpCode::READ | OpCode::TOUCH | OpCode::DELETE_ALL);
    let particle = if has_value { op.value.particle_type() } else { ParticleType::NULL };
    body.op(op.code, particle, op.bin.as_bytes(), |writer| {
        if has_value {
            op.value.write_particle(writer);
        }
    });
}
