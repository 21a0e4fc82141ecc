//! Delete commands. Operations and TTL in them are ignored; every reply carries generation 0.
//!
//! Imports checks. Source: server `delete_ce.c`. Order of the checks: durable delete, absent, set, generation,
//! filter, user key.

use aerospike_wasm::wire::ResultCode;

use crate::check;
use crate::extension::View;
use crate::record::Record;
use crate::reply::Outcome;
use crate::request::Request;
use crate::store::{Clock, Namespace};

/// Runs a delete command.
pub(crate) fn delete(namespace: &mut Namespace, clock: Clock, request: &Request<'_>) -> Outcome {
    if request.is_durable_delete() {
        return Outcome::bare(ResultCode::ENTERPRISE_ONLY);
    }
    let (_, partition) = namespace.split(&request.digest);
    let Some(record) = partition.get(&request.digest) else {
        return Outcome::bare(ResultCode::RECORD_NOT_FOUND);
    };
    if let Err(code) = check(request, record, clock) {
        return Outcome::bare(code);
    }
    partition.remove(&request.digest);
    Outcome::default()
}

fn check(request: &Request<'_>, record: &Record, clock: Clock) -> Result<(), ResultCode> {
    check::sent_set(request, record)?;
    request.check_generation(record.generation)?;
    if !record.is_expired(clock.seconds()) {
        check::filter(request, &View { record, digest: request.digest, clock })?;
    }
    check::user_key(request, record)
}
