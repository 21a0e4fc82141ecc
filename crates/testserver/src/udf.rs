//! Calls of user-defined functions. None can be registered, so every call that passes the checks answers what a
//! server answers for a package that it does not know.
//!
//! Imports checks. Source: server `udf.c`.

use aerospike_wasm::data::Ttl;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::message::OpCode;

use crate::check;
use crate::extension::View;
use crate::particle::Particle;
use crate::record::Record;
use crate::reply::{Outcome, Reply};
use crate::request::Request;
use crate::store::{Clock, Namespace};

const NO_PACKAGE: &str = "UDF: Execution Error 1";

/// Runs a function call.
pub(crate) fn call(
    namespace: &mut Namespace,
    clock: Clock,
    request: &Request<'_>,
    reply: &mut Reply<'_>,
) -> Outcome {
    if request.has_conditions() || !request.is_whole_udf() {
        return Outcome::bare(ResultCode::PARAMETER);
    }
    let (config, partition) = namespace.split(&request.digest);
    let record = partition.get(&request.digest).filter(|record| !record.is_expired(clock.seconds()));
    let checked = record
        .map_or(Ok(()), |record| check_existing(request, record, clock))
        .and_then(|()| check::expiry(config, Ttl(request.flags.ttl), clock.seconds(), record));
    let mut outcome = record.map_or_else(Outcome::default, |record| record.outcome(ResultCode::UDF));
    outcome.code = match checked {
        Err(code) => code,
        Ok(_) => {
            reply.op(OpCode::READ, b"FAILURE", Some(&Particle::string(NO_PACKAGE)));
            outcome.keeps_ops = true;
            ResultCode::UDF
        }
    };
    outcome
}

fn check_existing(request: &Request<'_>, record: &Record, clock: Clock) -> Result<(), ResultCode> {
    if *request.fields.set != *record.set {
        return Err(ResultCode::PARAMETER);
    }
    check::filter(request, &View { record, digest: request.digest, clock })?;
    check::user_key(request, record)
}
