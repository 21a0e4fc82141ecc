//! Scans and queries: not implemented, and refused as a server refuses what its configuration forbids.
//!
//! Imports requests. Source: server `query.c`.

use aerospike_wasm::wire::ResultCode;

use crate::request::Fields;
use crate::store::Store;

/// The code that answers a message without a digest.
pub(crate) fn refuse(store: &mut Store, fields: &Fields<'_>) -> ResultCode {
    match fields.namespace.and_then(|name| store.namespace(name)) {
        None => ResultCode::INVALID_NAMESPACE,
        Some(_) => ResultCode::FORBIDDEN,
    }
}
