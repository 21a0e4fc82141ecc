//! Write commands: put, operate with a write, touch.
//!
//! Imports drafts, checks, operations. Source: server `write.c`. Order of the checks: the list of operations, then
//! existence, generation, set, filter, user key, TTL, then the operations; nothing is stored unless all succeed.

use alloc::collections::BTreeMap;

use aerospike_wasm::data::{Digest, Ttl};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::wire::particle::ParticleType;

use crate::check;
use crate::config::NamespaceConfig;
use crate::draft::Draft;
use crate::extension::View;
use crate::operate::{self, MAX_OPS, OpKind};
use crate::record::{self, BinName, MAX_BINS, Record};
use crate::reply::{Outcome, Reply};
use crate::request::Request;
use crate::store::{Clock, Namespace};

/// What a command left of its record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Left {
    Record,
    Nothing,
}

/// Runs a write command.
pub(crate) fn write(
    namespace: &mut Namespace,
    clock: Clock,
    request: &Request<'_>,
    reply: &mut Reply<'_>,
) -> Outcome {
    if let Err(code) = check_ops(request) {
        return Outcome::bare(code);
    }
    if namespace.config.disallow_null_set && request.fields.set.is_empty() {
        return Outcome::bare(ResultCode::PARAMETER);
    }
    let is_full = namespace.is_full(request.fields.set);
    let (config, partition) = namespace.split(&request.digest);
    match partition.get_mut(&request.digest) {
        Some(record) if !record.is_expired(clock.seconds()) => {
            let before = record.outcome(ResultCode::OK);
            let result = check_existing(request, record, clock)
                .and_then(|()| change(config, clock, request, record, reply));
            match result {
                Err(code) => Outcome { code, ..before },
                Ok(Left::Record) => record.outcome(ResultCode::OK),
                Ok(Left::Nothing) => {
                    partition.remove(&request.digest);
                    Outcome::default()
                }
            }
        }
        Some(expired) if request.needs_record() => expired.outcome(ResultCode::RECORD_NOT_FOUND),
        _ if is_full => Outcome::bare(check_absent(request).err().unwrap_or(ResultCode::FORBIDDEN)),
        _ => create(config, partition, clock, request, reply),
    }
}

fn create(
    config: &NamespaceConfig,
    partition: &mut BTreeMap<Digest, Record>,
    clock: Clock,
    request: &Request<'_>,
    reply: &mut Reply<'_>,
) -> Outcome {
    let mut record = Record { set: request.fields.set.into(), ..Record::default() };
    let result = check_absent(request).and_then(|()| change(config, clock, request, &mut record, reply));
    match result {
        Err(code) => Outcome::bare(code),
        Ok(Left::Nothing) => Outcome::bare(ResultCode::RECORD_NOT_FOUND),
        Ok(Left::Record) => {
            let outcome = record.outcome(ResultCode::OK);
            partition.insert(request.digest, record);
            outcome
        }
    }
}

/// The rules on the list of operations, checked before the record is looked up.
fn check_ops(request: &Request<'_>) -> Result<(), ResultCode> {
    if request.ops.is_empty() || request.ops.len() > MAX_OPS {
        return Err(ResultCode::PARAMETER);
    }
    let mut read_alls = 0;
    let mut other_reads = 0;
    for op in &request.ops {
        if operate::has_name(op.code) {
            BinName::new(op.name)?;
        }
        let kind = OpKind::of(op.code);
        let reads = matches!(kind, OpKind::Read | OpKind::ReadPart);
        if reads && !request.reads() {
            return Err(ResultCode::PARAMETER);
        }
        if request.replaces() && kind == OpKind::Write && !is_allowed_in_replace(op.code, op.particle) {
            return Err(ResultCode::PARAMETER);
        }
        let may_answer = reads || matches!(op.code, OpCode::CDT_MODIFY | OpCode::HLL_MODIFY);
        if op.code == OpCode::READ && op.name.is_empty() {
            read_alls += 1;
        } else if may_answer {
            other_reads += 1;
        }
    }
    let is_bad_read_all = read_alls != 1 || other_reads > 0 || request.responds_all();
    if request.reads_all() && is_bad_read_all { Err(ResultCode::PARAMETER) } else { Ok(()) }
}

fn is_allowed_in_replace(code: OpCode, particle: ParticleType) -> bool {
    match code {
        OpCode::WRITE => particle != ParticleType::NULL,
        _ => code == OpCode::EXP_MODIFY,
    }
}

fn check_existing(request: &Request<'_>, record: &Record, clock: Clock) -> Result<(), ResultCode> {
    if request.creates_only() {
        return Err(ResultCode::RECORD_EXISTS);
    }
    request.check_generation(record.generation)?;
    if *request.fields.set != *record.set {
        return Err(ResultCode::PARAMETER);
    }
    check::filter(request, &View { record, digest: request.digest, clock })?;
    check::user_key(request, record)?;
    if record.user_key.is_none() { check::storable_key(request) } else { Ok(()) }
}

fn check_absent(request: &Request<'_>) -> Result<(), ResultCode> {
    if request.needs_record() {
        return Err(ResultCode::RECORD_NOT_FOUND);
    }
    request.check_generation(0)?;
    if !record::is_valid_set(request.fields.set) {
        return Err(ResultCode::PARAMETER);
    }
    check::storable_key(request)
}

/// Applies a command to a record that passed the checks; an error leaves it as it was.
fn change(
    config: &NamespaceConfig,
    clock: Clock,
    request: &Request<'_>,
    record: &mut Record,
    reply: &mut Reply<'_>,
) -> Result<Left, ResultCode> {
    let is_new = record.generation == 0;
    let existing = Some(&*record).filter(|_| !is_new);
    let (void_time, ttl) = check::expiry(config, Ttl(request.flags.ttl), clock.seconds(), existing)?;
    let mut draft = Draft::new(record);
    draft.set_expiry(void_time, ttl);
    draft.set_key(request.fields.user_key);
    if request.replaces() {
        draft.clear();
    }
    let result = operate::write(request, &mut draft, request.digest, clock, reply)
        .and_then(|()| check_result(config, request, draft.record(), is_new));
    match result {
        Err(code) => {
            draft.roll_back();
            Err(code)
        }
        Ok(Left::Nothing) => Ok(Left::Nothing),
        Ok(Left::Record) => {
            record.generation = record.next_generation();
            record.last_update = clock.0;
            Ok(Left::Record)
        }
    }
}

fn check_result(
    config: &NamespaceConfig,
    request: &Request<'_>,
    record: &Record,
    is_new: bool,
) -> Result<Left, ResultCode> {
    if record.bins.is_empty() {
        let is_refused = request.is_durable_delete() && !is_new;
        return if is_refused { Err(ResultCode::ENTERPRISE_ONLY) } else { Ok(Left::Nothing) };
    }
    if record.bins.len() > MAX_BINS {
        return Err(ResultCode::PARAMETER);
    }
    if record.stored_size() > config.max_record_size {
        return Err(ResultCode::RECORD_TOO_BIG);
    }
    Ok(Left::Record)
}
