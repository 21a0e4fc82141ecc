//! Decides what kind of command a request is.
//!
//! Imports the commands. Source: server `tsvc.c`, `transaction.c`.

use aerospike_wasm::wire::ResultCode;

use crate::reply::{Outcome, Reply};
use crate::request::Request;
use crate::store::{Clock, Namespace};
use crate::{delete, read, udf, write};

/// Runs one command on one record.
pub(crate) fn execute(
    namespace: &mut Namespace,
    clock: Clock,
    request: &Request<'_>,
    reply: &mut Reply<'_>,
) -> Outcome {
    if !request.writes() && !request.reads() {
        return Outcome::bare(ResultCode::PARAMETER);
    }
    if request.is_enterprise() {
        return Outcome::bare(ResultCode::ENTERPRISE_ONLY);
    }
    if !request.writes() {
        return if request.is_udf() {
            Outcome::bare(ResultCode::PARAMETER)
        } else {
            read::read(namespace, clock, request, reply)
        };
    }
    if namespace.config.reject_writes {
        return Outcome::bare(ResultCode::FORBIDDEN);
    }
    if request.deletes() {
        delete::delete(namespace, clock, request)
    } else if request.is_udf() {
        udf::call(namespace, clock, request, reply)
    } else {
        write::write(namespace, clock, request, reply)
    }
}
