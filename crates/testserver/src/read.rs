//! Commands that only read.
//!
//! Imports checks and operations. Source: server `read.c`, `read_touch.c`. Order of the checks: absent, set,
//! expired, read-touch percent, filter, user key, then the operations.

use aerospike_wasm::wire::ResultCode;

use crate::check;
use crate::extension::View;
use crate::operate::{self, MAX_OPS};
use crate::record::Record;
use crate::reply::{Outcome, Reply};
use crate::request::Request;
use crate::store::{Clock, Namespace};

/// A read that never touches.
const NEVER_TOUCH: u32 = u32::MAX;

/// Runs a read command.
pub(crate) fn read(
    namespace: &mut Namespace,
    clock: Clock,
    request: &Request<'_>,
    reply: &mut Reply<'_>,
) -> Outcome {
    let wants_ops = !request.reads_all() && !request.reads_no_bins();
    if wants_ops && (request.ops.is_empty() || request.ops.len() > MAX_OPS) {
        return Outcome::bare(ResultCode::PARAMETER);
    }
    let (config, partition) = namespace.split(&request.digest);
    let default_percent = config.default_read_touch_percent;
    let Some(record) = partition.get_mut(&request.digest) else {
        return Outcome::bare(ResultCode::RECORD_NOT_FOUND);
    };
    let outcome = record.outcome(ResultCode::OK);
    match read_record(request, record, default_percent, clock, reply) {
        Err(code) => Outcome { code, ..outcome },
        Ok(touches) => {
            if touches {
                record.void_time = clock.seconds().saturating_add(record.ttl);
                record.last_update = clock.0;
            }
            outcome
        }
    }
}

/// Answers from a record; gives whether the read touches it.
fn read_record(
    request: &Request<'_>,
    record: &Record,
    default_percent: u8,
    clock: Clock,
    reply: &mut Reply<'_>,
) -> Result<bool, ResultCode> {
    check::sent_set(request, record)?;
    if record.is_expired(clock.seconds()) {
        return Err(ResultCode::RECORD_NOT_FOUND);
    }
    let touches = touches(request.flags.ttl, record, default_percent, clock)?;
    let view = View { record, digest: request.digest, clock };
    check::filter(request, &view)?;
    check::user_key(request, record)?;
    if request.reads_no_bins() {
        return Ok(touches);
    }
    if request.reads_all() {
        operate::read_all(record, reply);
    } else {
        operate::read(request, &view, reply)?;
    }
    Ok(touches)
}

/// Whether less than the asked percentage of a record's TTL is left.
fn touches(asked: u32, record: &Record, default_percent: u8, clock: Clock) -> Result<bool, ResultCode> {
    if record.void_time == 0 {
        return Ok(false);
    }
    let percent = match asked {
        0 => u64::from(default_percent),
        NEVER_TOUCH => 0,
        1..=100 => u64::from(asked),
        _ => return Err(ResultCode::PARAMETER),
    };
    let left = u64::from(record.void_time.saturating_sub(clock.seconds()));
    Ok(left * 100 < u64::from(record.ttl) * percent)
}
